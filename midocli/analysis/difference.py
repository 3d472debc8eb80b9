"""`reach diff`: which pairs gain or lose between two topologies, and the rule that does it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.addresses import format_ipv4
from grammar.commands.reach import Traffic
from midocli.analysis.atoms import Atoms, in_words, part_data
from midocli.analysis.chart import Chart
from midocli.analysis.deciders import Decider, Deciders, Way
from midocli.analysis.ends import (
    Machine,
    further_addresses,
    guest_machines,
    name_of,
    names_of,
)
from midocli.analysis.fare import Fate, fates_between, reached
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.pair_words import pairs_in_words
from midocli.analysis.port_readers import PortReaders
from midocli.analysis.standing import wanted_atoms
from midocli.analysis.twins import Twins
from midocli.results.values import Record, Result
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.simulator.topology.keys import Key

#: What rules that let packets pass do and did, by their type.
_PASSING = {"accept": ("accepts", "accepted"), "return": ("returns", "returned")}
#: A machine, by its name and address; of several that share both, by their order.
End = tuple[str, int, int]


class Change(NamedTuple):
    """Packets that are answered now and were not, or the other way round, of some pairs.

    `reason` is why they are not, or were not; `passing` the rule of the same filter that lets them
    pass, or did, where that is known.
    """

    opens: bool
    pairs: tuple[tuple[str, str], ...]
    atoms: int
    reason: Reason | None
    why: str
    passing: Decider | None = None

    @property
    def rules(self) -> tuple[str | None, str | None]:
        """The rule that does it, and the one that did otherwise in its place before.

        Where packets pass now by no rule, it is the one that refused them, and does no more.
        """
        refusing = self.reason.rule if self.reason is not None else None
        passing = self.passing.rule if self.passing is not None else None
        return (passing, refusing) if self.opens and passing is not None else (refusing, passing)


class Difference(Result):
    """All that changed between two topologies."""

    changes: Sequence[Change]
    atoms: Atoms
    traffic: Traffic

    def text(self) -> str:
        """A line for each: what is lost first; nothing where nothing changed."""
        return "".join(f"{line}\n" for change in self.changes for line in self._lines(change))

    def _lines(self, change: Change) -> Iterator[str]:
        does = "opens" if change.opens else "closes"
        reason = f"   ({change.why})" if change.why else ""
        packets = self._packets(change)
        yield f"{does}: {pairs_in_words(change.pairs)}   {packets}{reason}"

    def _packets(self, change: Change) -> str:
        """The packets, by the words of the question where they are all that it asks about."""
        if change.atoms == wanted_atoms(self.atoms, self.traffic) and self.traffic.proto:
            return " ".join(self.traffic.written())
        return in_words(self.atoms.parts(change.atoms))

    def document(self) -> dict[str, Any]:
        """What is opened and closed."""
        return {
            "opens": [self._data(each) for each in self.changes if each.opens],
            "closes": [self._data(each) for each in self.changes if not each.opens],
        }

    def _data(self, change: Change) -> dict[str, Any]:
        reason = change.reason
        return {
            "pairs": [{"from": source, "to": target} for source, target in change.pairs],
            "atoms": [part_data(part) for part in self.atoms.parts(change.atoms)],
            "code": reason and str(reason.code),
            "place": reason and reason.at,
            "rule": change.rules[0],
            "instead_of": change.rules[1],
            "why": change.why or None,
        }

    def records(self) -> Sequence[Record]:
        """A row for each pair that gains or loses."""
        return [
            {
                "change": "opens" if change.opens else "closes",
                "from": source,
                "to": target,
                "packets": self._packets(change),
                "rule": change.rules[0] or "",
            }
            for change in self.changes
            for source, target in change.pairs
        ]


class _Side(NamedTuple):
    """One of the two topologies: its machines by name and address, and where to try packets.

    `targets` are the machines, and addresses that they have besides; nothing tells those apart
    whose `sorts` are the same.
    """

    machines: dict[End, Machine]
    targets: dict[End, Machine]
    lab: Laboratory
    chart: Chart
    sorts: dict[End, int]

    def row(self, one: End, others: Sequence[End], wanted: int) -> list[int | None]:
        """The packets that are answered from one to others, where nothing is to be simulated."""
        there = [self.machines.get(one), *map(self.targets.get, others)]
        source, *targets = (each.key if each is not None else None for each in there)
        passages = self.chart.row(source, targets)
        return [each and each.answered(wanted) for each in passages]

    def is_same(self, one: End, other: End) -> bool:
        """Whether two ends are of one machine."""
        source, target = self.machines.get(one), self.targets.get(other)
        return source is not None and target is not None and source.key == target.key

    def way(self, one: End, other: End) -> Way:
        """Where the packets of a pair that is there are sent."""
        return Way(self.lab, self.machines[one], self.targets[other].address)


def difference(context: Context, before: Context, traffic: Traffic) -> Difference:
    """What became of all pairs of machines since another topology; equal names are the same."""
    both = _readers(before).joined(_readers(context))
    sides = old, new = _side(before, both, traffic), _side(context, both, traffic)
    atoms = new.lab.atoms
    wanted = wanted_atoms(atoms, traffic)
    machines = list({**old.machines, **new.machines})
    targets = list({**old.targets, **new.targets})
    names = _names({**old.targets, **new.targets}, machines)
    deciders = Deciders()
    found: dict[tuple[object, ...], Change] = {}
    unmoved: set[tuple[int | None, ...]] = set()
    for one, other in _in_doubt(context, sides, machines, targets, wanted):
        sorts = tuple(side.sorts.get(end) for side in sides for end in (one, other))
        if sorts in unmoved:
            continue
        changes = list(_changes(sides, one, other, wanted, deciders))
        if not changes:
            unmoved.add(sorts)
        for change in changes:
            reason = change.reason
            place = reason and (reason.code, reason.at, reason.rule)
            key = (change.opens, change.atoms, place, change.why, change.passing)
            known = found.get(key)
            pairs = known.pairs if known is not None else ()
            found[key] = change._replace(pairs=(*pairs, (names[one], names[other])))
    return Difference(sorted(found.values(), key=lambda each: each.opens), atoms, traffic)


def _in_doubt(
    context: Context,
    sides: tuple[_Side, _Side],
    machines: Sequence[End],
    targets: Sequence[End],
    wanted: int,
) -> Iterator[tuple[End, End]]:
    """The pairs that may have gained or lost something."""
    for one in context.following("comparing", machines):
        rows = (side.row(one, targets, wanted) for side in sides)
        for other, was, now in zip(targets, *rows, strict=True):
            if (was is not None and was == now) or one == other:
                continue
            if not any(side.is_same(one, other) for side in sides):
                yield one, other


def _names(targets: Mapping[End, Machine], machines: Sequence[End]) -> dict[End, str]:
    """What ends are called; addresses that machines have besides stand with these."""
    known = names_of(targets[end].end for end in machines)
    besides = {end: f"{each.name} ({format_ipv4(each.address)})" for end, each in targets.items()}
    return besides | {end: known[targets[end].end] for end in machines}


def _ends(context: Context, machines: Iterable[Machine]) -> dict[End, Machine]:
    """Machines by what they are compared by."""
    names: dict[Key, str] = {row.id: name_of(row) for row in context.store.rows("guest")}
    shared = Counter[tuple[object, int]]()
    found: dict[End, Machine] = {}
    for each in machines:
        name = names[each.key]
        found[name, each.address, shared[name, each.address]] = each
        shared[name, each.address] += 1
    return found


def _readers(context: Context) -> PortReaders:
    return PortReaders.of(context.store, context.datapath.network.topology)


def _side(context: Context, readers: PortReaders, traffic: Traffic) -> _Side:
    found_alive = context.datapath.network.state.found_alive
    lab = Laboratory(
        context.store, context.clock, found_alive, traffic.proto, traffic.port, readers
    )
    every = guest_machines(context)
    targets = _ends(context, [*every, *further_addresses(context)])
    machines = dict(islice(targets.items(), len(every)))
    assert lab.algebra is not None
    chart = Chart(lab.algebra, [each.key for each in machines.values()])
    twins = Twins(lab)
    numbers: dict[Hashable, int] = {}
    sorts = {end: numbers.setdefault(twins.of(each), len(numbers)) for end, each in targets.items()}
    return _Side(machines, targets, lab, chart, sorts)


def _changes(
    sides: tuple[_Side, _Side], one: End, other: End, wanted: int, deciders: Deciders
) -> Iterator[Change]:
    """What a pair gains and loses, without its names."""
    before, after = (_fates(side, one, other, wanted) for side in sides)
    was, now = reached(before or ()), reached(after or ())
    for opens, some, others in ((False, was & ~now, after), (True, now & ~was, before)):
        refusing, passing = sides if opens else reversed(sides)
        if others is None and some:
            gone = one if one not in refusing.machines else other
            own = passing.targets[gone].end
            name = names_of([own, *(each.end for each in refusing.targets.values())])[own]
            why = f"{name} {'was not there' if opens else 'is gone'}"
            yield Change(opens, (), some, None, why)
        for fate in others or ():
            if not fate.atoms & some:
                continue
            failure = fate.verdict.failure
            reason = failure.reason if failure is not None else None
            ways = refusing.way(one, other), passing.way(one, other)
            for decider, atoms in deciders.passing(*ways, fate.atoms & some, reason):
                why = _why(reason, opens, decider) or fate.verdict.why
                yield Change(opens, (), atoms, reason, why, decider)


def _fates(side: _Side, one: End, other: End, wanted: int) -> list[Fate] | None:
    """How packets fare on a side; None where one of the two is not there."""
    source, target = side.machines.get(one), side.targets.get(other)
    if source is None or target is None:
        return None
    return fates_between(side.lab, source, target.address, wanted, target.meant)


def _why(reason: Reason | None, opens: bool, passing: Decider | None) -> str:
    """Why packets are not answered on the one side, and which rule lets them pass on the other."""
    if reason is None:
        return ""
    if reason.rule is None:
        return f"{'before: ' if opens else ''}{reason.text}"
    does = {Code.RULE_DROP: "drop", Code.RULE_REJECT: "reject"}.get(reason.code, "refuse")
    past = {"drop": "dropped", "reject": "rejected", "refuse": "refused"}
    where = f"it in the {reason.details.get('filter', 'filter')} of {reason.at}"
    if passing is None:
        return f"{reason.rule} {past[does] if opens else f'{does}s'} {where}"
    lets, let = _PASSING.get(passing.type, ("takes", "took"))
    if opens:
        return f"{passing.rule} {lets} {where}, where {reason.rule} {past[does]} it"
    return f"{reason.rule} {does}s {where}, where {passing.rule} {let} it"
