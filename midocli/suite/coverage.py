"""Which rules, routes and ports decide something in a test, and which do nothing in any.

A rule decides when it matches and is applied, a route when it is taken, a port when a frame passes
it or ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from grammar.script import Line
from midocli.context.context import Context
from midocli.results.printable import printable
from midocli.simulator.events import (
    Dropped,
    Entered,
    Left,
    RouteChosen,
    RuleMatched,
    RuleNotApplied,
)
from midocli.simulator.recorder import Recorder, Step
from midocli.suite.cases import Case
from midocli.suite.made import Kind, Made, Place, Register
from midocli.suite.world import Outcome, run

_KINDS: tuple[Kind, ...] = ("rule", "route", "port")


class Coverage(NamedTuple):
    """What was made in some tests, and the places of what decided something in any of them."""

    made: dict[Place, Made]
    decided: set[Place]

    def counts(self, kind: Kind | None = None) -> tuple[int, int]:
        """How many of a kind (None: of all) decided something, and of how many."""
        places = [place for place, made in self.made.items() if kind in (None, made.kind)]
        return len(self.decided.intersection(places)), len(places)


class Deciders(list[Step]):
    """Steps of which no more is kept than the aliases of what they say decides."""

    def __init__(self) -> None:
        super().__init__()
        self.aliases: set[str] = set()
        self._matched: tuple[str, ...] = ()

    def append(self, step: Step) -> None:
        """Take a step, as a recorder does."""
        if self._matched:
            if not isinstance(step.event, RuleNotApplied):
                self.aliases.update(self._matched)
            self._matched = ()
        match step.event:
            case RuleMatched(rule=rule):
                self._matched = (rule, step.at)
            case RouteChosen(route=route):
                self.aliases.add(route)
            case Entered() | Left():
                self.aliases.add(step.at)
            case Dropped(reason=reason):
                self.aliases.update((reason.at, str(reason.details.get("route"))))

    def taken(self) -> set[str]:
        """What was kept since this was asked last."""
        taken = self.aliases | set(self._matched)
        self.aliases, self._matched = set(), ()
        return taken


class _Covering(Register):
    """Notes what decides."""

    def __init__(self) -> None:
        super().__init__()
        self.decided: set[Place] = set()
        self._deciders = Deciders()

    def begin(self, context: Context) -> None:
        super().begin(context)
        context.datapath.network.watch(Recorder(wants_decisions=True, steps=self._deciders))

    def behind(self, file: str, line: Line) -> None:
        super().behind(file, line)
        taken = self._deciders.taken()
        self.decided.update(self.called[alias] for alias in taken if alias in self.called)


def covered(case: Case) -> tuple[Outcome, Coverage]:
    """Run a test, and see what decides in it."""
    covering = _Covering()
    outcome = run(case, covering)
    return outcome, Coverage(covering.made, covering.decided)


def uncovered(case: Case) -> tuple[Outcome, Coverage]:
    """Run a test, and see nothing."""
    return run(case), Coverage({}, set())


def together(coverages: Iterable[Coverage]) -> Coverage:
    """The coverage of several tests."""
    whole = Coverage({}, set())
    for each in coverages:
        whole.made.update(each.made)
        whole.decided.update(each.decided)
    return whole


def lines(coverage: Coverage) -> Iterator[str]:
    """For each chain, router and bridge how much of it decided, and what did not; then the sums."""
    groups: dict[tuple[str, str, Kind], list[Made]] = {}
    for made in coverage.made.values():
        groups.setdefault((shown(made.place.file), made.owner, made.kind), []).append(made)
    for (file, owner, kind), every in groups.items():
        idle = [made for made in every if made.place not in coverage.decided]
        share = _share(len(every) - len(idle), len(every))
        yield printable(f"{file}: {owner}: {kind}s that decided: {share}")
        yield from (f"    {described(made)}" for made in idle)
    sums = [f"{each}s {_share(*coverage.counts(each))}" for each in _KINDS]
    yield f"decided: {', '.join(sums)}; in sum {_share(*coverage.counts())}"


def described(made: Made) -> str:
    """Where a thing is made, what it is called, and the line."""
    return printable(f"{shown(made.place.file)}:{made.place.line}: {made.alias}: {made.text}")


def shown(file: str) -> str:
    """The path of a file from here, where it is below."""
    path = Path(file)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def _share(some: int, every: int) -> str:
    percent = f" ({some * 100 // every} %)" if every else ""
    return f"{some} of {every}{percent}"
