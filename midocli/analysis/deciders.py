"""Which rule lets packets pass where one of another topology does not: found by sending them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from midocli.analysis.ends import Machine
from midocli.analysis.fare import addresses
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.trial import Trial
from midocli.simulator.events import Dropped, Entered, RuleMatched
from midocli.simulator.reason import Reason
from midocli.simulator.recorder import Recorder, Step
from midocli.simulator.wire.protocol import ETHERTYPE_ARP

#: So many packets are sent to find out; what is left then is told without a name.
_MOST_SENT = 2000


class Decider(NamedTuple):
    """A rule, and what it does, as its type says."""

    rule: str
    type: str


class Way(NamedTuple):
    """The network that packets of a pair are sent in, from whom and to which address."""

    lab: Laboratory
    source: Machine
    target: int


class Deciders:
    """Finds the rules that let packets pass, as long as they are not too many."""

    def __init__(self) -> None:
        self._left = _MOST_SENT

    def passing(
        self, refused: Way, answered: Way, atoms: int, reason: Reason | None
    ) -> Iterator[tuple[Decider | None, int]]:
        """The rules by which atoms pass on the one way, that end for a reason on the other.

        None stands for no rule, and for not known.
        """
        found: dict[Decider | None, int] = {}
        while atoms:
            alike, decider = atoms, None
            if reason is not None and reason.rule is not None and self._left > 0:
                self._left -= 2
                atom = (atoms & -atoms).bit_length() - 1
                decider = _passing(refused, answered, atom, reason)
                alike = answered.lab.watch.alike
            found[decider] = found.get(decider, 0) | atoms & alike
            atoms &= ~alike
        yield from found.items()


def _passing(refused: Way, answered: Way, atom: int, reason: Reason) -> Decider | None:
    """The last rule of the same filter that the same packet of an exchange comes to."""
    ended = _sent(refused, atom)
    walk = next((step.walk for step in ended if _is_end(step, reason)), None)
    passed = _sent(answered, atom)
    if walk is None:
        return None
    before, there = _walks(ended, reason), _walks(passed, reason)
    number = list(before).index(walk) if walk in before else len(there)
    return list(there.values())[number] if number < len(there) else None


def _sent(way: Way, atom: int) -> list[Step]:
    """What decides about a packet of an atom, from beginning to end."""
    lab, recorder = way.lab, Recorder(wants_decisions=True)
    source, target = addresses(lab, way.source, way.target)
    packet = lab.begin(atom)
    lab.begin_way()
    lab.network.watch(recorder)
    try:
        Trial(lab, way.source.key, source, target).run(packet)
    finally:
        lab.network.unwatch(recorder)
    return recorder.steps


def _is_end(step: Step, reason: Reason) -> bool:
    event = step.event
    ending = event.reason if isinstance(event, Dropped) else None
    return ending is not None and (ending.at, ending.rule) == (reason.at, reason.rule)


def _walks(steps: list[Step], reason: Reason) -> dict[int, Decider]:
    """Walks of packets about which rules decide in the filter of a reason, the last of each."""
    filter_ = reason.details.get("filter")
    asking = {
        step.walk
        for step in steps
        if isinstance(step.event, Entered) and step.event.frame.ethertype == ETHERTYPE_ARP
    }
    found: dict[int, Decider] = {}
    for step in steps:
        event = step.event
        is_there = step.at == reason.at and step.walk not in asking
        if is_there and isinstance(event, RuleMatched) and event.filter == filter_:
            found[step.walk] = Decider(event.rule, event.type)
    return found
