"""Conditions of rules and mirrors, from the store's rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from grammar.addresses import Cidr, mac_number
from grammar.values import Negated
from midocli.simulator.topology.condition import ALL_BITS, Condition
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import Prefix
from midocli.store.rows import Row

# Stands in a set of ports for "those named are gone": no frame ever has this port.
_NO_SUCH_PORT = -1


def condition(row: Row) -> Condition:
    """The condition of a rule (or of anything else that has a condition's fields)."""
    values: dict[str, Any] = {}
    negated: set[str] = set()
    for name, convert in _CONDITION.items():
        value = row.get(name)
        if value is None:
            continue
        attribute = name.replace("-", "_")
        if type(value) is Negated:
            negated.add(attribute)
            value = value.value
        values[attribute] = convert(value)
    for unset in ("proto", "tos"):
        if values.get(unset) == 0:
            del values[unset]
    return Condition(**values, negated=frozenset(negated))


def _same(value: Any) -> Any:
    return value


def _key(row: Row) -> Key:
    return row.id


def _network(cidr: Cidr) -> Prefix:
    return (cidr.network, cidr.length)


def _keys(rows: tuple[Row, ...]) -> frozenset[Key]:
    return frozenset(row.id for row in rows) or frozenset((_NO_SUCH_PORT,))


def _mask(text: str) -> int:
    return int(text.replace(".", ""), 16) & ALL_BITS


# The fields by what becomes of their values.
_BY_MEANING: dict[Callable[[Any], Any], str] = {
    _same: "inverted ethertype proto tos src-port dst-port flow fragment-policy no-vlan vlan "
    "match-nw-dst-rewritten",
    mac_number: "hw-src hw-dst",
    _mask: "hw-src-mask hw-dst-mask",
    _network: "src dst icmp-data-src icmp-data-dst",
    _key: "port-group in-port-group out-port-group ip-address-group-src ip-address-group-dst",
    _keys: "in-ports out-ports",
}
_CONDITION = {name: meant for meant, names in _BY_MEANING.items() for name in names.split()}
