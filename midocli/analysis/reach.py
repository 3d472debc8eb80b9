"""`reach`: which packets of which pairs get there and are answered, and why others are not."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grammar.commands.matrix import Scheduler
from grammar.commands.reach import Place, Reach, Traffic
from grammar.errors import InvalidValueError
from midocli.analysis.atoms import Atoms
from midocli.analysis.ends import Machine, guest_machines, machines
from midocli.analysis.fare import Fate, Kind
from midocli.analysis.standing import Standing

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.simulator.topology.keys import Key


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


def answer(context: Context, question: Reach) -> Answer:
    """Find out; UnknownObjectError or InvalidValueError where nobody is meant."""
    sources, targets = _ends(context, question.sources), _ends(context, question.targets)
    senders = [source for source in sources if source.key is not None]
    own = {(each.address, each.key) for each in targets}
    asked = [
        (source, target)
        for source in senders
        for target in (_by_address(targets) if question.targets is not None else targets)
        if _leaves(source, target, own)
    ]
    if question.sources is not None and not senders:
        message = f"nothing is sent from {question.sources.name}: no machine has an address there"
        raise InvalidValueError(message, question.sources.column)
    if not asked:
        raise InvalidValueError("no two different machines are meant", _column(question))
    return ask(context, asked, question.traffic)


def ask(context: Context, asked: Sequence[tuple[Machine, Machine]], traffic: Traffic) -> Answer:
    """Find out about some pairs."""
    standing = Standing.of(context, traffic)
    found = [
        Pair(source, target, tuple(standing.fates(source, target.address, target.meant)))
        for source, target in context.following("asking", asked)
    ]
    return Answer(standing.lab.atoms, traffic, standing.wanted, tuple(found))


def found(
    context: Context,
    standing: Standing,
    machines: Sequence[Machine],
    left: Sequence[tuple[int, int]],
    workers: int | Scheduler,
) -> Iterator[Sequence[Fate]]:
    """Find out about pairs of machines by their numbers, in so many processes or on a cluster.

    A cluster is asked about all there are, and like processes does not say why packets are not
    answered.
    """

    def fates_of(number: int) -> Sequence[Fate]:
        source, target = left[number]
        return standing.fates(machines[source], machines[target].address, machines[target].meant)

    def progress(done: int) -> None:
        context.progress("asking", done, len(left))

    if workers == 1 or not left:
        return map(fates_of, context.following("asking", range(len(left))))
    context.store.all_rows()  # no process can go on reading for another one
    if isinstance(workers, int):
        from midocli.analysis.workers import found_by

        return found_by(workers, fates_of, len(left), progress)
    from midocli.analysis.cluster import found_on
    from midocli.analysis.remote import message

    known = message(context, machines, standing.traffic)
    return found_on(workers, known, fates_of, len(left), progress)


def _ends(context: Context, place: Place | None) -> list[Machine]:
    return machines(context, place) if place is not None else guest_machines(context)


def _by_address(targets: Sequence[Machine]) -> list[Machine]:
    """Who is sent to: where an address is meant, those that share it as one, and all ways to it."""
    found: dict[tuple[int, Key], list[Machine]] = {}
    for each in targets:
        found.setdefault((each.address, each.meant), []).append(each)
    return [
        same[0]._replace(name=", ".join(dict.fromkeys(each.name for each in same)))
        for same in found.values()
    ]


def _leaves(source: Machine, target: Machine, own: Collection[tuple[int, Key]]) -> bool:
    """Whether packets are for another; `own` are the addresses that are asked for, of each."""
    if target.is_itself:
        return source.key != target.key
    return (target.address, source.key) not in own


def _column(question: Reach) -> int | None:
    place = question.sources or question.targets
    return place.column if place is not None else None
