"""`reach`: which packets of which pairs get there and are answered, and why others are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grammar.commands.reach import Place, Reach, Traffic
from grammar.errors import InvalidValueError
from midocli.analysis.atoms import LOCAL_PORTS, Atoms
from midocli.analysis.ends import Machine, guest_machines, machines
from midocli.analysis.fare import Fate, Kind, fates
from midocli.analysis.laboratory import Laboratory
from midocli.simulator.wire.addresses import LOOPBACK

if TYPE_CHECKING:
    from midocli.context.context import Context

#: Where connect(2) goes that is given no address (INADDR_LOOPBACK).
_LOCALHOST = LOOPBACK << 24 | 1


class Pair(NamedTuple):
    """Two machines, and how the packets asked about fare from the first to the second."""

    source: Machine
    target: Machine
    fates: tuple[Fate, ...]

    def atoms(self, *kinds: Kind) -> int:
        """The packets whose verdict is one of some."""
        return sum(fate.atoms for fate in self.fates if fate.verdict.kind in kinds)

    @property
    def verdict(self) -> Kind:
        """The verdict on all packets that were asked about: `some` where they fare differently."""
        kinds: set[Kind] = {fate.verdict.kind for fate in self.fates}
        if len(kinds) == 1:
            return kinds.pop()
        return "some" if kinds & {"reached", "some"} else "unknown"


class Answer(NamedTuple):
    """All pairs that were asked about, and the packets: `wanted` are those of the traffic."""

    atoms: Atoms
    traffic: Traffic
    wanted: int
    pairs: tuple[Pair, ...]

    @property
    def is_all(self) -> bool:
        """Whether every pair can talk: by all that was asked for or, where that is open, at all."""
        if self.traffic.proto is None:
            return all(pair.atoms("reached") for pair in self.pairs)
        return all(pair.verdict == "reached" for pair in self.pairs)

    @property
    def is_some(self) -> bool:
        """Whether some packet of some pair is answered for certain."""
        return any(pair.atoms("reached") for pair in self.pairs)

    @property
    def is_none(self) -> bool:
        """Whether it is certain that nothing of any pair is answered."""
        return all(pair.verdict == "refused" for pair in self.pairs)


def laboratory(context: Context, traffic: Traffic) -> Laboratory:
    """A network to try packets in, as the topology is now, which tells those asked about apart."""
    found_alive = context.datapath.network.state.found_alive
    return Laboratory(context.store, context.clock, found_alive, traffic.proto, traffic.port)


def answer(context: Context, question: Reach) -> Answer:
    """Find out; UnknownObjectError or InvalidValueError where nobody is meant."""
    sources, targets = _ends(context, question.sources), _ends(context, question.targets)
    senders = [source for source in sources if source.key is not None]
    targets = _by_address(targets) if question.targets is not None else targets
    asked = [
        (source, target) for source in senders for target in targets if _differ(source, target)
    ]
    if not asked:
        raise InvalidValueError("no two different machines are meant", _column(question))
    return ask(context, asked, question.traffic)


def ask(
    context: Context,
    asked: Sequence[tuple[Machine, Machine]],
    traffic: Traffic,
    workers: int = 1,
) -> Answer:
    """Find out about some pairs, in so many processes."""
    lab = laboratory(context, traffic)
    wanted = wanted_atoms(lab.atoms, traffic)
    return Answer(lab.atoms, traffic, wanted, tuple(_pairs(context, lab, asked, wanted, workers)))


def _pairs(
    context: Context,
    lab: Laboratory,
    asked: Sequence[tuple[Machine, Machine]],
    wanted: int,
    workers: int,
) -> Iterator[Pair]:
    def fates_of(number: int) -> Sequence[Fate]:
        source, target = asked[number]
        return fates_between(lab, source, target.address, wanted)

    def progress(done: int) -> None:
        context.progress("asking", min(done, len(asked)), len(asked))

    if workers > 1:
        from midocli.analysis.workers import found_by

        found = found_by(workers, fates_of, len(asked), progress)
        for (source, target), fates_found in zip(asked, found, strict=True):
            yield Pair(source, target, tuple(fates_found))
        return
    for number, (source, target) in enumerate(asked):
        progress(number)
        yield Pair(source, target, tuple(fates_of(number)))


def fates_between(lab: Laboratory, source: Machine, target: int, wanted: int) -> list[Fate]:
    """How packets fare from a machine to an address, as `connect` takes it: 0.0.0.0 is itself."""
    target = target or _LOCALHOST
    return fates(lab, source.key, _sending_address(lab, source, target), target, wanted)


def _ends(context: Context, place: Place | None) -> list[Machine]:
    return machines(context, place) if place is not None else guest_machines(context)


def _by_address(targets: Sequence[Machine]) -> list[Machine]:
    """Who is sent to, by the address alone: those that share one as one, outside all ways to it."""
    found: dict[int, list[Machine]] = {}
    for each in targets:
        found.setdefault(each.address, []).append(each)
    return [
        same[0]._replace(name=", ".join(dict.fromkeys(each.name for each in same)))
        for same in found.values()
    ]


def _differ(source: Machine, target: Machine) -> bool:
    return target.key is None or source.key != target.key


def _column(question: Reach) -> int | None:
    place = question.sources or question.targets
    return place.column if place is not None else None


def wanted_atoms(atoms: Atoms, traffic: Traffic) -> int:
    """The packets that are asked about: those to a port come from where programs send from."""
    if traffic.proto is None:
        return atoms.all
    wanted = atoms.protocol(traffic.proto)
    if traffic.port is not None:
        wanted &= atoms.to_ports(traffic.port, traffic.port) & atoms.from_ports(*LOCAL_PORTS)
    return wanted


def _sending_address(lab: Laboratory, source: Machine, target: int) -> int:
    """The address from which a machine sends to an address."""
    if target >> 24 == LOOPBACK:
        return target
    if not source.chooses:
        return source.address
    plan = lab.network.topology.guest_plans[source.key]
    route = plan.route(target) if plan is not None else None
    return route[4] if route is not None else source.address
