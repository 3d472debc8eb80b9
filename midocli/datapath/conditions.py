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


_CONDITION: dict[str, Callable[[Any], Any]] = {
    "inverted": _same,
    "hw-src": mac_number,
    "hw-src-mask": _mask,
    "hw-dst": mac_number,
    "hw-dst-mask": _mask,
    "ethertype": _same,
    "src": _network,
    "dst": _network,
    "proto": _same,
    "tos": _same,
    "src-port": _same,
    "dst-port": _same,
    "flow": _same,
    "port-group": _key,
    "in-port-group": _key,
    "out-port-group": _key,
    "ip-address-group-src": _key,
    "ip-address-group-dst": _key,
    "in-ports": _keys,
    "out-ports": _keys,
    "fragment-policy": _same,
    "no-vlan": _same,
    "vlan": _same,
    "icmp-data-src": _network,
    "icmp-data-dst": _network,
    "match-nw-dst-rewritten": _same,
}
