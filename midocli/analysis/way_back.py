"""Translations without a way back: nothing restores the address in the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from midocli.analysis.check import Finding
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Rule
from midocli.simulator.topology.topology import Topology

if TYPE_CHECKING:
    from midocli.store.rows import Row
    from midocli.store.store import Store

_FILTERS = ("infilter", "outfilter", "forward-chain", "local-redirect-chain")
_RESTORERS = {"dnat": "rev_dnat", "snat": "rev_snat"}


def one_way(store: Store, topology: Topology) -> Iterator[Finding]:
    """A remark for each rule that translates for a device whose chains restore nothing."""
    for kind in ("router", "bridge"):
        for device in store.rows(kind):
            rules = list(_rules_of(device, kind, topology))
            types = {rule.type for rule in rules}
            for rule in dict.fromkeys(rules):
                restorer = _RESTORERS.get(rule.type)
                if rule.dynamic and restorer is not None and restorer not in types:
                    text = f"no {restorer} rule of {device.full_alias} takes back what it does"
                    yield Finding(False, "no-way-back", rule.alias, text)


def _rules_of(device: Row, kind: str, topology: Topology) -> Iterator[Rule]:
    """The rules of all chains that a device and its ports go through."""
    places = [device, *(device.siblings(f"{kind}.port") or ())]
    named = [
        row.get(name).id
        for row in places
        for name in _FILTERS
        if name in row.collection.by_name and row.get(name) is not None
    ]
    waiting: list[Key] = named
    seen: set[Key] = set()
    while waiting:
        key = waiting.pop()
        chain = topology.chains[key] if key not in seen else None
        seen.add(key)
        for rule in chain.rules if chain is not None else ():
            yield rule
            if rule.type == "jump" and rule.jump_to is not None:
                waiting.append(rule.jump_to)
