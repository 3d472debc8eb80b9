"""`check rules`: the rules of a chain that do nothing, as findings."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

from midocli.analysis.check import Finding
from midocli.analysis.shadows import Idle, idle_rules

if TYPE_CHECKING:
    from midocli.simulator.topology.keys import Key
    from midocli.simulator.topology.topology import Topology


def idle(topology: Topology, key: Key, called: Collection[Key]) -> Iterator[Finding]:
    """What is to be said of a chain's rules; `called` are the chains that others jump to."""
    chain = topology.chains[key]
    if chain is not None:
        for each in idle_rules(chain, key in called):
            code = "unreached-rule" if not each.reached else "idle-rule"
            yield Finding(not each.reached, code, each.rule.alias, _text(each))


def _text(idle: Idle) -> str:
    if idle.undecided:
        return "from here on the chain is too intricate to say which rules do nothing"
    names = ", ".join(rule.alias for rule in idle.because)
    if not idle.reached:
        if not names:
            return "no packet can meet all it asks for"
        verb = "takes" if len(idle.because) == 1 else "take"
        return f"no packet reaches it: {names} {verb} all that it matches"
    return "it changes nothing: what it matches fares the same without it"
