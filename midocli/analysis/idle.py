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
        for each in idle_rules(chain, key in called, topology.chains.__getitem__):
            code = "unreached-rule" if not each.reached else "idle-rule"
            yield Finding(not each.reached, code, each.rule.alias, _text(each))


def _text(idle: Idle) -> str:
    if idle.undecided:
        return "from here on the chain is too intricate to say which rules do nothing"
    if not idle.reached:
        if not idle.because:
            return "no packet can meet all it asks for"
        return f"no packet reaches it: {_those(idle, 'takes', 'take')} all that it matches"
    if idle.rule.type == "continue":
        return "it changes nothing: it only goes on to the next"
    if idle.rule.type == "jump":
        return "it changes nothing: there is no rule where it jumps to"
    return f"it changes nothing: {_those(idle, 'does', 'do')} the same to what it matches"


def _those(idle: Idle, one: str, several: str) -> str:
    """The rules that make a rule idle, and the word for what they do."""
    names = [rule.alias for rule in idle.because]
    if idle.ends:
        names.append("the end of the chain")
    return f"{', '.join(names)} {one if len(names) == 1 else several}"
