"""What makes a rule sound: its type's own fields, and its fragment policy."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from grammar.addresses import NatTarget
from grammar.errors import RefusedError
from midocli.store.policy import Edit, Policy
from midocli.store.rows import Row

_FORWARD_NAT = ("dnat", "snat")
_NAT = (*_FORWARD_NAT, "rev_dnat", "rev_snat")
_MOVES = {"ingress": False, "fail-open": False, "pop-vlan": False, "push-vlan": 0}


class RulePolicy(Policy):
    """Defaults and checks of a rule (`Rule.java`, `Condition.java` of the REST models)."""

    def before_create(self, edit: Edit, row: Row) -> None:
        index = row.collection.index
        row.values[index["chain"]] = row.parent
        for name, value in _missing(row):
            row.values[index[name]] = value
        if row.get("fragment-policy") is None:
            row.values[index["fragment-policy"]] = default_fragment_policy(row)

    def complete(self, edit: Edit, row: Row, given: Collection[str]) -> None:
        """Fields follow the type and the ports, but none that the same command gives."""
        if "type" in given:
            for name, value in _missing(row):
                edit.put(row, name, value)
            if row.get("type") not in _FORWARD_NAT and "target" not in given:
                edit.put(row, "target", None)
        fits = _fits(row, row.get("fragment-policy"))
        if not fits and "fragment-policy" not in given:
            edit.put(row, "fragment-policy", default_fragment_policy(row))

    def check(self, edit: Edit, row: Row) -> None:
        kind = row.get("type")
        if kind in _FORWARD_NAT and not row.get("target"):
            raise RefusedError(f"a {kind} rule needs target: what to translate to", "type")
        if kind == "jump" and row.get("jump-to") is None:
            raise RefusedError("a jump rule needs jump-to: a chain", "type")
        if kind == "redirect" and row.get("target-port") is None:
            raise RefusedError("a redirect rule needs target-port: a port", "type")
        if kind not in _FORWARD_NAT and row.get("target"):
            raise RefusedError(f"only dnat and snat rules take a target; this is {kind}", "target")
        policy = row.get("fragment-policy")
        if not _fits(row, policy):
            why = (
                "a translation of ports needs unfragmented packets"
                if kind in _FORWARD_NAT
                else "later fragments have no ports to match"
            )
            raise RefusedError(
                f"fragment-policy {policy} contradicts the rule: {why}", "fragment-policy"
            )


def _missing(row: Row) -> Iterator[tuple[str, Any]]:
    """What a rule's type calls for and the rule does not have, with its default."""
    kind = row.get("type")
    if kind in (*_NAT, "l2-transform") and row.get("action") is None:
        yield "action", "accept"
    if kind in ("redirect", "l2-transform"):
        for name, value in _MOVES.items():
            if row.get(name) is None:
                yield name, value


def _is_static(row: Row) -> bool:
    """Whether a NAT rule has one plain address and no L4 ports in its condition."""
    targets: tuple[NatTarget, ...] = row.get("target") or ()
    plain = len(targets) == 1 and targets[0].first == targets[0].last
    ports = targets and (targets[0].first_port or targets[0].last_port)
    return bool(plain and not ports and not _has_ports(row))


def _has_ports(row: Row) -> bool:
    return row.get("src-port") is not None or row.get("dst-port") is not None


def default_fragment_policy(row: Row) -> str:
    """The policy a condition gets when none is given (`Condition.java`, `Rule.java`)."""
    if "type" in row.collection.index and row.get("type") in _FORWARD_NAT:
        return "any" if _is_static(row) else "unfragmented"
    return "header" if _has_ports(row) else "any"


def _fits(row: Row, policy: str | None) -> bool:
    if row.get("type") in _FORWARD_NAT and not _is_static(row):
        return policy == "unfragmented"
    if _has_ports(row):
        return policy in ("header", "unfragmented")
    return True
