"""Which rules, routes and ports decide something in a test, and which do nothing in any.

A rule decides when it matches and is applied, a route when it is taken, a port when a frame passes
it or ends there.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO
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
from midocli.suite.made import Kind, Made, Mutant, Place, Register
from midocli.suite.world import Outcome, run

_KINDS: tuple[Kind, ...] = ("rule", "route", "port")


class Coverage(NamedTuple):
    """What was made in some tests, and the places of what decided something in any of them.

    `mutants` are the changes that can be made in a test, each with the number of the line before
    which it is soon enough; None: nothing that happens there depends on it.
    """

    made: dict[Place, Made]
    decided: set[Place]
    mutants: dict[Mutant, int | None]

    def counts(self, kind: Kind | None = None) -> tuple[int, int]:
        """How many of a kind (None: of all) decided something, and of how many."""
        kinds = (kind,) if kind else _KINDS
        places = [place for place, made in self.made.items() if made.kind in kinds]
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


class Covering(Register):
    """Notes what decides, as steps tell that."""

    def __init__(self, steps: Deciders) -> None:
        super().__init__()
        self.decided: set[Place] = set()
        self._steps = steps
        self._recorder = Recorder(wants_decisions=True, steps=steps)

    def begin(self, context: Context, screen: StringIO) -> None:
        super().begin(context, screen)
        context.datapath.network.watch(self._recorder)

    def behind(self, file: str, line: Line) -> None:
        super().behind(file, line)
        self.decide({self.called[each] for each in self._steps.taken() if each in self.called})

    def decide(self, places: set[Place]) -> None:
        """Note that things decided something in the line that is done."""
        self.decided |= places


def covered(case: Case) -> tuple[Outcome, Coverage]:
    """Run a test, and see what decides in it."""
    covering = Covering(Deciders())
    outcome = run(case, covering)
    return outcome, Coverage(covering.made, covering.decided, {})


def uncovered(case: Case) -> tuple[Outcome, Coverage]:
    """Run a test, and see nothing."""
    return run(case), Coverage({}, set(), {})


def together(coverages: Iterable[Coverage]) -> Coverage:
    """The coverage of several tests."""
    whole = Coverage({}, set(), {})
    for each in coverages:
        whole.made.update(each.made)
        whole.decided.update(each.decided)
    return whole


def lines(coverage: Coverage) -> Iterator[str]:
    """For each chain, router and bridge how much of it decided, and what did not; then the sums."""
    groups: dict[tuple[str, str, Kind], list[Made]] = {}
    for made in coverage.made.values():
        if made.kind not in _KINDS:
            continue
        groups.setdefault((shown(made.place.file), made.owner, made.kind), []).append(made)
    for (file, owner, kind), every in groups.items():
        idle = [made for made in every if made.place not in coverage.decided]
        decided = share(len(every) - len(idle), len(every))
        yield printable(f"{file}: {owner}: {kind}s that decided: {decided}")
        yield from (f"    {described(made)}" for made in idle)
    sums = [f"{each}s {share(*coverage.counts(each))}" for each in _KINDS]
    yield f"decided: {', '.join(sums)}; in sum {share(*coverage.counts())}"


def described(made: Made, change: str = "") -> str:
    """Where a thing is made, what it is called, what is otherwise, and the line."""
    words = (f"{shown(made.place.file)}:{made.place.line}", made.alias, change, made.text)
    return printable(": ".join(word for word in words if word))


def shown(file: str) -> str:
    """The path of a file from here, where it is below."""
    path = Path(file)
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else file


def share(some: int, every: int) -> str:
    """So many of all, and the percentage."""
    percent = f" ({some * 100 // every} %)" if every else ""
    return f"{some} of {every}{percent}"
