"""What makes a rule sound: its type's own fields, beside its condition."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from grammar.errors import RefusedError
from midocli.store.condition_policy import FORWARD_NAT, ConditionPolicy
from midocli.store.policy import Edit
from midocli.store.rows import Row

_NAT = (*FORWARD_NAT, "rev_dnat", "rev_snat")
_L2 = "l2-transform"
_MOVES = {"ingress": False, "fail-open": False, "pop-vlan": False, "push-vlan": 0}
#: What may follow the rules of a type (`NatRule.java`, `L2TransformRule.java`).
_ACTIONS = {**dict.fromkeys(_NAT, ("accept", "continue", "return")), _L2: ("accept", "redirect")}


class RulePolicy(ConditionPolicy):
    """Defaults and checks of a rule (`Rule.java` and its kinds in the REST models)."""

    def before_create(self, edit: Edit, row: Row) -> None:
        index = row.collection.index
        row.values[index["chain"]] = row.parent
        for name, value in _missing(row):
            row.values[index[name]] = value
        super().before_create(edit, row)

    def complete(self, edit: Edit, row: Row, given: Collection[str]) -> None:
        """Fields follow the type and the ports, but none that the same command gives."""
        if "type" in given:
            for name, value in _missing(row):
                edit.put(row, name, value)
            if row.get("type") not in FORWARD_NAT and "target" not in given:
                edit.put(row, "target", None)
        super().complete(edit, row, given)

    def check(self, edit: Edit, row: Row) -> None:
        kind, action = row.get("type"), row.get("action")
        if kind in FORWARD_NAT and not row.get("target"):
            raise RefusedError(f"a {kind} rule needs target: what to translate to", "type")
        if kind == "jump" and row.get("jump-to") is None:
            raise RefusedError("a jump rule needs jump-to: a chain", "type")
        allowed = _ACTIONS.get(kind, (action,))
        if action not in allowed:
            words = f"{', '.join(allowed[:-1])} or {allowed[-1]}"
            raise RefusedError(f"what follows {kind} is {words}, not {action}", "action")
        redirects = kind == "redirect" or (kind == _L2 and action == "redirect")
        if redirects and row.get("target-port") is None:
            field = "action" if kind == _L2 else "type"
            raise RefusedError("a redirect rule needs target-port: a port", field)
        if kind not in FORWARD_NAT and row.get("target"):
            raise RefusedError(f"only dnat and snat rules take a target; this is {kind}", "target")
        super().check(edit, row)


def _missing(row: Row) -> Iterator[tuple[str, Any]]:
    """What a rule's type calls for and the rule does not have, with its default."""
    kind = row.get("type")
    if kind in (*_NAT, _L2) and row.get("action") is None:
        yield "action", "accept"
    if kind in ("redirect", _L2):
        for name, value in _MOVES.items():
            if row.get(name) is None:
                yield name, value
