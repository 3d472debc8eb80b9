"""`reach diff`: which pairs gain or lose between two topologies, and the rule that does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.addresses import format_ipv4
from grammar.commands.reach import Traffic
from midocli.analysis.atoms import Atoms, in_words, part_data
from midocli.analysis.ends import Machine, guest_machines
from midocli.analysis.fare import Fate
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.port_readers import PortReaders
from midocli.analysis.reach import fates_between, wanted_atoms
from midocli.results.values import Record, Result
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.context.context import Context


class Change(NamedTuple):
    """Packets that are answered now and were not, or the other way round, of some pairs.

    `reason` is why they are not, or were not.
    """

    opens: bool
    pairs: tuple[tuple[str, str], ...]
    atoms: int
    reason: Reason | None
    why: str


class Difference(Result):
    """All that changed between two topologies."""

    changes: Sequence[Change]
    atoms: Atoms

    def text(self) -> str:
        """A line for each: what is lost first; nothing where nothing changed."""
        return "".join(f"{line}\n" for change in self.changes for line in self._lines(change))

    def _lines(self, change: Change) -> Iterator[str]:
        does = "opens" if change.opens else "closes"
        reason = f"   ({change.why})" if change.why else ""
        packets = in_words(self.atoms.parts(change.atoms))
        yield f"{does}: {self._pairs(change)}   {packets}{reason}"

    def _pairs(self, change: Change) -> str:
        """The pairs as targets with those that gain or lose them: `web <- alice, bob`."""
        by_target: dict[str, list[str]] = {}
        for source, target in change.pairs:
            by_target.setdefault(target, []).append(source)
        merged: dict[tuple[str, ...], list[str]] = {}
        for target, sources in by_target.items():
            merged.setdefault(tuple(sources), []).append(target)
        return "; ".join(
            f"{', '.join(targets)} <- {', '.join(sources)}" for sources, targets in merged.items()
        )

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
            "rule": reason and reason.rule,
            "why": change.why or None,
        }

    def records(self) -> Sequence[Record]:
        """A row for each pair that gains or loses."""
        return [
            {
                "change": "opens" if change.opens else "closes",
                "from": source,
                "to": target,
                "packets": in_words(self.atoms.parts(change.atoms)),
                "rule": (change.reason and change.reason.rule) or "",
            }
            for change in self.changes
            for source, target in change.pairs
        ]


class _Side(NamedTuple):
    """One of the two topologies: its machines by name and address, and where to try packets."""

    machines: dict[tuple[str, int], Machine]
    lab: Laboratory


def difference(context: Context, before: Context, traffic: Traffic) -> Difference:
    """What became of all pairs of machines since another topology; equal names are the same."""
    contexts = (before, context)
    readers = [_readers(each) for each in contexts]
    both = readers[0].joined(readers[1])
    old, new = (_side(each, both, traffic) for each in contexts)
    atoms = new.lab.atoms
    wanted = wanted_atoms(atoms, traffic)
    machines = list({**old.machines, **new.machines})
    found: dict[tuple[object, ...], Change] = {}
    asked = [(one, other) for one in machines for other in machines if one != other]
    for done, (one, other) in enumerate(asked):
        context.progress("comparing", done, len(asked))
        for change in _changes(old, new, one, other, wanted):
            reason = change.reason
            place = reason and (reason.code, reason.at, reason.rule)
            key = (change.opens, change.atoms, place, change.why)
            known = found.get(key)
            pairs = (*(known.pairs if known is not None else ()), *change.pairs)
            found[key] = change._replace(pairs=pairs)
    return Difference(sorted(found.values(), key=lambda each: each.opens), atoms)


def _readers(context: Context) -> PortReaders:
    return PortReaders.of(context.store, context.datapath.network.topology)


def _side(context: Context, readers: PortReaders, traffic: Traffic) -> _Side:
    found_alive = context.datapath.network.state.found_alive
    lab = Laboratory(
        context.store, context.clock, found_alive, traffic.proto, traffic.port, readers
    )
    machines = {(each.name, each.address): each for each in guest_machines(context)}
    return _Side(machines, lab)


def _changes(
    old: _Side, new: _Side, one: tuple[str, int], other: tuple[str, int], wanted: int
) -> Iterator[Change]:
    """What a pair gains and loses."""
    before, after = (_fates(side, one, other, wanted) for side in (old, new))
    was, now = _reached(before), _reached(after)
    pair = ((_named(one), _named(other)),)
    for opens, some, others in ((False, was & ~now, after), (True, now & ~was, before)):
        if others is None and some:
            gone = next(end for end in (one, other) if end not in (old if opens else new).machines)
            why = f"{gone[0]} {'was not there' if opens else 'is gone'}"
            yield Change(opens, pair, some, None, why)
        for fate in others or ():
            if fate.atoms & some:
                failure = fate.verdict.failure
                reason = failure.reason if failure is not None else None
                why = _why(reason, opens) or fate.verdict.why
                yield Change(opens, pair, fate.atoms & some, reason, why)


def _named(end: tuple[str, int]) -> str:
    return end[0] or format_ipv4(end[1])


def _fates(
    side: _Side, one: tuple[str, int], other: tuple[str, int], wanted: int
) -> list[Fate] | None:
    """How packets fare on a side; None where one of the two is not there."""
    source, target = side.machines.get(one), side.machines.get(other)
    if source is None or target is None:
        return None
    return fates_between(side.lab, source, target.address, wanted)


def _reached(fates: list[Fate] | None) -> int:
    return sum(fate.atoms for fate in fates or () if fate.verdict.kind == "reached")


def _why(reason: Reason | None, before: bool) -> str:
    """Why packets are not answered on the one side."""
    if reason is None:
        return ""
    if reason.rule is None:
        return f"{'before: ' if before else ''}{reason.text}"
    does = {Code.RULE_DROP: "drop", Code.RULE_REJECT: "reject"}.get(reason.code, "refuse")
    past = {"drop": "dropped", "reject": "rejected", "refuse": "refused"}
    verb = past[does] if before else f"{does}s"
    where = f"the {reason.details.get('filter', 'filter')} of {reason.at}"
    return f"{reason.rule} {verb} it in {where}"
