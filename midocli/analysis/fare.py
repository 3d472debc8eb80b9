"""How all packets between two addresses fare: a verdict for every atom, without asking for each.

Where the way is plain, all is settled at once (`algebra`). Else a packet is simulated, and what
fares alike is settled with it (`alike`); what is left is asked for again, until nothing is. Where
chance decides on the way, all it might choose is tried.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from midocli.advice.failure import Failure
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.trial import Outcome, Trial
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import LOOPBACK
from midocli.simulator.wire.protocol import TCP

if TYPE_CHECKING:
    from midocli.analysis.algebra import Settled
    from midocli.analysis.atoms import Packet
    from midocli.analysis.ends import Machine

Kind = Literal["reached", "some", "refused", "unknown"]

#: In how many ways chance may decide about one packet before no more of them are tried.
_MOST_WAYS = 512
TOO_MANY_WAYS = "chance may decide in too many ways"
#: Where connect(2) goes that is given no address (INADDR_LOOPBACK).
_LOCALHOST = LOOPBACK << 24 | 1


class Verdict(NamedTuple):
    """How packets fare: `why` says what decides, where that is not known beforehand.

    `failure` explains why they, or some of them, are not answered.
    """

    kind: Kind
    failure: Failure | None = None
    why: str = ""

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two verdicts the same to a reader."""
        reason = self.failure.reason if self.failure is not None else None
        return self.kind, self.why, reason and (reason.code, reason.at, reason.rule)


class Fate(NamedTuple):
    """Some atoms, and their verdict."""

    atoms: int
    verdict: Verdict


def fates_between(
    lab: Laboratory, source: Machine, target: int, wanted: int, meant: Key = None
) -> list[Fate]:
    """How packets fare from a machine to an address, as `connect` takes it: 0.0.0.0 is itself.

    They have to come to the machine that is `meant`, if there is one.
    """
    return fates(lab, source.key, *addresses(lab, source, target), wanted, meant)


def addresses(lab: Laboratory, source: Machine, target: int) -> tuple[int, int]:
    """The address from which a machine sends to an address, and the one it means by that."""
    target = target or _LOCALHOST
    if target >> 24 == LOOPBACK:
        return target, target
    if not source.chooses:
        return source.address, target
    plan = lab.network.topology.guest_plans[source.key]
    route = plan.route(target) if plan is not None else None
    return route[4] if route is not None else source.address, target


def reached(found: Iterable[Fate]) -> int:
    """The atoms that are answered for certain."""
    return sum(fate.atoms for fate in found if fate.verdict.kind == "reached")


def fates(
    lab: Laboratory, sender: Key, source: int, target: int, wanted: int, meant: Key = None
) -> list[Fate]:
    """The verdicts for the `wanted` atoms from one address to another, each verdict once.

    Where several have the other address, it is the machine that is `meant` that has to be reached.
    """
    settled = lab.settle(sender, source, target, wanted)
    known = settled_fates(settled) if settled is not None else []
    left = wanted & ~sum(fate.atoms for fate in known)
    found = {fate.verdict.key: fate for fate in known}
    if left:
        with lab.sending(sender):
            _simulate(lab, Trial(lab, sender, source, target, meant), left, found)
    return list(found.values())


def settled_fates(settled: Settled) -> list[Fate]:
    """The verdicts for atoms that are settled without a simulation, each verdict once."""
    found: dict[tuple[object, ...], Fate] = {}
    _add(found, Verdict("reached"), settled.reached)
    for atoms, failure in settled.taken:
        _add(found, Verdict("refused", failure), atoms)
    return list(found.values())


def _add(found: dict[tuple[object, ...], Fate], verdict: Verdict, atoms: int) -> None:
    """Add atoms to those of the same verdict."""
    if atoms:
        known = found.get(verdict.key, Fate(0, verdict))
        found[verdict.key] = known._replace(atoms=known.atoms | atoms)


def _simulate(
    lab: Laboratory, trial: Trial, left: int, found: dict[tuple[object, ...], Fate]
) -> None:
    """Find the verdicts of some atoms packet by packet."""
    while left:
        atom = (left & -left).bit_length() - 1
        verdict, alike = _judge(lab, trial, atom)
        _add(found, verdict, alike & left)
        left &= ~alike


def _judge(lab: Laboratory, trial: Trial, atom: int) -> tuple[Verdict, int]:
    """The verdict for an atom, and all atoms that fare alike."""
    outcomes: list[Outcome] = []
    for outcome in _outcomes(lab, trial, lab.begin(atom)):
        if outcome is None:
            outcomes.clear()
        elif len(outcomes) == _MOST_WAYS:
            return _verdict(lab, outcomes, TOO_MANY_WAYS), 1 << atom
        else:
            outcomes.append(outcome)
    return _verdict(lab, outcomes, lab.untried), lab.watch.alike


def _outcomes(lab: Laboratory, trial: Trial, packet: Packet) -> Iterator[Outcome | None]:
    """What comes of a packet on each way it may go; None: what came of it so far does not count."""
    while True:
        lab.begin_way()
        outcome = trial.run(packet)
        if packet.proto == TCP and outcome.heard and not outcome.reached:
            # The answer comes back, but not all that follows: it matters whether somebody listens.
            with lab.services_as_said():
                lab.begin_way()
                outcome = trial.run(packet)
        yield outcome
        if lab.begins_again():
            yield None
        elif not lab.choices.next_way():
            return


def _verdict(lab: Laboratory, outcomes: list[Outcome], untried: str) -> Verdict:
    """Of what was tried; `untried` says why that is not all that chance might choose."""
    reached = [outcome for outcome in outcomes if outcome.reached]
    failed = [outcome for outcome in outcomes if not outcome.reached]
    why = "; ".join(lab.choices.whys)
    if not failed:
        return Verdict("reached") if not untried else Verdict("some", None, untried)
    known = [outcome for outcome in failed if not outcome.unknown]
    failure = (known or failed)[0].failure
    if reached:
        return Verdict("some", failure, why)
    if untried:
        return Verdict("unknown", failure, untried)
    if not known:
        return Verdict("unknown", failure, "no machine is known there")
    return Verdict("refused" if len(known) == len(failed) else "unknown", failure, why)
