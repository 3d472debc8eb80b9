"""What makes a condition sound, whoever has it: a rule, a mirror or a trace request.

Checks and defaults are those of `Condition.java` and `ForwardNatRule.java` in MidoNet's REST
models.
"""

from __future__ import annotations

from collections.abc import Collection

from grammar.addresses import NatTarget, PortRange
from grammar.errors import RefusedError
from grammar.values import Negated
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row

#: Types of rules whose target says what to translate to.
FORWARD_NAT = ("dnat", "snat")
_ICMP = 1


class ConditionPolicy(Policy):
    """The fragment policy fits what else is asked for, and port 0 is no port."""

    def before_create(self, edit: Edit, row: Row) -> None:
        if row.get("fragment-policy") is None:
            row.values[row.collection.index["fragment-policy"]] = default_fragment_policy(row)

    def complete(self, edit: Edit, row: Row, given: Collection[str]) -> None:
        """The fragment policy follows the rest, unless the same command gives it."""
        is_given = "fragment-policy" in given and row.get("fragment-policy") is not None
        if not is_given and (row.get("fragment-policy") is None or not _fits(row)):
            edit.put(row, "fragment-policy", default_fragment_policy(row))

    def check(self, edit: Edit, row: Row) -> None:
        if _has_ports(row):
            _check_ports(row)
        if not _fits(row):
            why = (
                "a translation of ports needs unfragmented packets"
                if _translates(row)
                else "later fragments have no ports to match"
            )
            policy = f"fragment-policy {row.get('fragment-policy')}"
            whose = "rule" if "type" in row.collection.index else "condition"
            raise RefusedError(f"{policy} contradicts the {whose}: {why}", "fragment-policy")


def default_fragment_policy(row: Row) -> str:
    """The policy a condition gets when none is given."""
    if _translates(row):
        return "any" if _is_static(row) else "unfragmented"
    return "header" if _has_ports(row) else "any"


def _fits(row: Row) -> bool:
    policy: str = row.get("fragment-policy")
    if _translates(row) and not _is_static(row):
        return policy == "unfragmented"
    return not _has_ports(row) or policy in ("header", "unfragmented")


def _translates(row: Row) -> bool:
    return "type" in row.collection.index and row.get("type") in FORWARD_NAT


def _is_static(row: Row) -> bool:
    """Whether a NAT rule has one plain address and no L4 ports in its condition."""
    targets: tuple[NatTarget, ...] = row.get("target") or ()
    plain = len(targets) == 1 and targets[0].first == targets[0].last
    ports = targets and (targets[0].first_port or targets[0].last_port)
    return bool(plain and not ports and not _has_ports(row))


def _has_ports(row: Row) -> bool:
    return row.get("src-port") is not None or row.get("dst-port") is not None


def _check_ports(row: Row) -> None:
    """RefusedError for a range with 0 in it, unless ICMP types and codes are meant.

    MidoNet's API refuses 0 for ICMP as well, although type 0 is the echo reply.
    """
    for name in ("src-port", "dst-port"):
        value = row.get(name)
        ports: PortRange | None = value.value if isinstance(value, Negated) else value
        if ports is not None and ports.first == 0 and row.get("proto") != _ICMP:
            why = "0 is for ICMP types and codes, with proto"
            raise RefusedError(f"{name} is from 1 to 65535; {why} {_ICMP}", name)
