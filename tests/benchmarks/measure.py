"""Measuring ratios: two things timed in turns, so that a busy machine slows both alike."""

from __future__ import annotations

import compileall
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

#: The tree that is measured: this one, or another (`python tests/benchmarks --root DIR`).
ROOT = Path(os.environ.get("MIDOCLI_ROOT") or Path(__file__).resolve().parents[2])
PACKAGES = ("grammar", "midocli")
# What the benchmarks import is that tree's, too.
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

Action = Callable[[], object]


class Ratio(NamedTuple):
    """How many times longer something takes than something else.

    `best` compares the fastest runs, which a busy machine distorts least, `typical` the
    medians. `seconds` is the fastest run itself, `amount` what is shown in its place where
    something else than time is compared; without a `goal` it is only shown. `spread` is how
    far apart the middle half of the rounds lies, as a part of their median; None of what is
    measured only once.
    """

    what: str
    unit: str
    best: float
    typical: float
    seconds: float
    goal: float | None = None
    amount: str = ""
    spread: float | None = None

    @property
    def name(self) -> str:
        """What tells this row from others."""
        return f"{self.what} / {self.unit}"

    @property
    def met(self) -> bool:
        """Whether the goal was reached, by the fastest runs."""
        return self.goal is None or self.best <= self.goal


class Count(NamedTuple):
    """How many instructions something takes."""

    what: str
    instructions: float

    @property
    def name(self) -> str:
        """What tells this row from others."""
        return self.what


Row = Ratio | Count


def ratio(
    what: str,
    action: Action,
    unit: str,
    baseline: Action,
    goal: float | None = None,
    *,
    rounds: int = 11,
    repeat: int = 1,
    repeat_baseline: int = 1,
) -> Ratio:
    """Time `action` against `baseline`; each is repeated within a round where it is short."""
    actions: list[float] = []
    baselines: list[float] = []
    for _ in range(rounds):
        baselines.append(_seconds(baseline, repeat_baseline))
        actions.append(_seconds(action, repeat))
    best = min(actions)
    typical = median(actions) / median(baselines)
    spread = relative_spread([one / unit for one, unit in zip(actions, baselines, strict=True)])
    return Ratio(what, unit, best / min(baselines), typical, best, goal, spread=spread)


def relative_spread(rounds: Sequence[float]) -> float:
    """From the first quartile of some rounds to the third, as a part of their median."""
    first, middle, third = quantiles(rounds, n=4, method="inclusive")
    return (third - first) / middle


def _seconds(action: Action, times: int) -> float:
    start = time.perf_counter()
    for _ in range(times):
        action()
    return (time.perf_counter() - start) / times


def compile_all() -> None:
    """Compile the packages to bytecode, as an installation does, and make sure of it."""
    for package in PACKAGES:
        compileall.compile_dir(ROOT / package, quiet=2)
        for source in (ROOT / package).rglob("*.py"):
            if not Path(importlib.util.cache_from_source(str(source))).exists():
                sys.exit(f"{source.relative_to(ROOT)} has no bytecode: the times would mislead")


def python(*arguments: str, stdin: bytes = b"") -> Action:
    """An action that runs Python on some arguments, to the end, from the project's folder."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "UTC"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def run() -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            input=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )
        if done.stderr:
            sys.exit(f"python {' '.join(arguments)} failed: {done.stderr.decode()}")

    return run


def report(rows: Sequence[Row]) -> int:
    """Print tables of ratios and of counts; 1 when a goal was missed, else 0."""
    ratios = [row for row in rows if isinstance(row, Ratio)]
    counts = [row for row in rows if isinstance(row, Count)]
    if ratios:
        print(f"{'':48}{'best':>7}{'median':>8}{'goal':>6}  {'time':>10}")
    for one in ratios:
        goal = "" if one.goal is None else f"{one.goal:g}"
        mark = "" if one.met else "  missed"
        print(
            f"{one.what:48}{one.best:7.2f}{one.typical:8.2f}{goal:>6}"
            f"  {one.amount or _duration(one.seconds):>10}  x {one.unit}{mark}"
        )
    if counts:
        print(f"{'':48}{'instructions':>15}")
    for count in counts:
        print(f"{count.what:48}{count.instructions:15,.0f}")
    return 0 if all(one.met for one in ratios) else 1


def _duration(seconds: float) -> str:
    return f"{seconds * 1e6:.1f} µs" if seconds < 0.001 else f"{seconds * 1000:.1f} ms"
