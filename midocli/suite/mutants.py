"""Changes of one thing at a time, and whether any test notices.

A test is run once more, and before the line that a change may first matter for, a child of the
process goes on in a network that is changed. So what comes before is run once for all changes, and
a change is tried only in tests in which something depends on it.
"""

from __future__ import annotations

import gc
import os
import random
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from io import StringIO
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from grammar.script import Line
from midocli.context.context import Context
from midocli.suite import world
from midocli.suite.aside import AsideFiles
from midocli.suite.cases import Case
from midocli.suite.changes import make
from midocli.suite.coverage import Coverage, described, share
from midocli.suite.made import Made, Mutant, Register

_SEED = "1"


class Tried(NamedTuple):
    """Changes that were tried, each with what it is a change of, and those that were noticed."""

    mutants: dict[Mutant, Made]
    noticed: set[Mutant]


class _Over(BaseException):
    """A run is over: all that it was to show is seen. Nothing that catches errors stops it."""


class _Forking(Register):
    """Lets children of the process go on in other networks, so many at a time.

    `plan` has the changes by the number of the line ahead of which they are made; `expected` is
    what the test has to print, if that is kept.
    """

    def __init__(
        self, plan: Mapping[int, Sequence[Mutant]], jobs: int, expected: bytes | None, folder: Path
    ) -> None:
        super().__init__()
        self.is_child = False
        self.noticed: set[Mutant] = set()
        self._plan = dict(plan)
        self._jobs = jobs
        self._expected = expected
        self._folder = folder
        self._running: dict[int, Mutant] = {}
        self._is_ready = False

    def begin(self, context: Context, screen: StringIO) -> None:
        super().begin(context, screen)
        self._context = context
        self._screen = screen
        self._files = AsideFiles(self._folder / "first")
        context.use_files(self._files)
        self._network = context.datapath.network

    def ready(self) -> None:
        self._is_ready = True

    def ahead(self, file: str, line: Line) -> None:
        if not (self._plan or self.is_child):
            raise _Over
        super().ahead(file, line)
        for mutant in self._plan.pop(self.line, ()):
            self._fork(mutant)
            if self.is_child:
                break

    def _fork(self, mutant: Mutant) -> None:
        while len(self._running) >= self._jobs:
            self._wait()
        child = os.fork()
        if child:
            self._running[child] = mutant
            return
        self.is_child = True
        gc.disable()
        self._plan.clear()
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, world.SECONDS)
        self._files.move(self._folder / str(os.getpid()))
        make(self._network.topology, self.rows[mutant.place], mutant.change)

    def behind(self, file: str, line: Line) -> None:
        super().behind(file, line)
        if self.is_child and self._is_ready and self._expected is not None:
            printed = self._screen.getvalue().encode("utf-8", "backslashreplace")
            if not self._expected.startswith(printed):
                raise _Over

    def _wait(self) -> None:
        """Wait for a child to end; what does not pass, however it ends, has noticed.

        A child may be another's: of who runs tests within a program of its own.
        """
        child, status = os.wait()
        mutant = self._running.pop(child, None)
        if status != 0 and mutant is not None:
            self.noticed.add(mutant)

    def wait_for_all(self) -> set[Mutant]:
        """The changes that were noticed."""
        while self._running:
            self._wait()
        return self.noticed


def tried(tests: Sequence[tuple[Case, Coverage]], most: float = inf, jobs: int = 1) -> Tried:
    """Try the changes that can be made in some tests, all of which pass; so many of them at most.

    Which are left out is left to chance, which is the same every time.
    """
    every = {mutant: each.made[mutant.place] for _, each in tests for mutant in each.mutants}
    chosen = _some(list(every), most)
    noticed: set[Mutant] = set()
    for case, each in tests:
        plan: dict[int, list[Mutant]] = {}
        for mutant in chosen:
            line = each.mutants.get(mutant)
            if line is not None and mutant not in noticed:
                plan.setdefault(line, []).append(mutant)
        if plan:
            noticed |= _noticed(case, plan, jobs)
    return Tried({mutant: every[mutant] for mutant in chosen}, noticed)


def _some(every: Sequence[Mutant], most: float) -> Sequence[Mutant]:
    if len(every) <= most:
        return every
    chosen = random.Random(_SEED).sample(range(len(every)), int(most))
    return [every[place] for place in sorted(chosen)]


def _noticed(case: Case, plan: Mapping[int, Sequence[Mutant]], jobs: int) -> set[Mutant]:
    """The changes that a test notices; a child never comes back from here."""
    # What would help nobody reads: it is not looked for, neither here nor there.
    expected = world.printed(case, advises=False) if case.expected.exists() else None
    with TemporaryDirectory() as folder:
        (Path(folder) / "first").mkdir()
        forking = _Forking(plan, jobs, expected, Path(folder))
        gc.freeze()
        passed = False
        try:
            with suppress(_Over):
                passed = _passes(case, forking, expected)
        finally:
            if forking.is_child:
                os._exit(0 if passed else 1)
            gc.unfreeze()
        return forking.wait_for_all()


def _passes(case: Case, watch: world.Watch, expected: bytes | None) -> bool:
    if expected is None:
        return world.judged(case, watch)[0] == "passed"
    return world.printed(case, watch, advises=False) == expected


def lines(tried: Tried) -> Iterator[str]:
    """The changes that no test notices, and how many were noticed."""
    idle = {each: made for each, made in tried.mutants.items() if each not in tried.noticed}
    if idle:
        yield "changes that no test notices:"
        yield from (f"    {described(made, mutant.change)}" for mutant, made in idle.items())
    yield f"changes noticed: {share(len(tried.noticed), len(tried.mutants))}"
