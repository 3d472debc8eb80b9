"""Runs of the benchmarks: kept in files, and two of them side by side.

Times are compared as they are measured, as ratios to something that was timed in turns with
them, so that the machine's pace does not matter. The noise is how far apart the middle half of
the rounds lies, in both runs added up: a difference of medians says something where it is
larger. Counts have no noise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, TypeVar

from measure import Count, Ratio, Row

#: How many times the instructions of an earlier run something may take.
LIMIT = 1.05

Kind = TypeVar("Kind", Ratio, Count)


class Run(NamedTuple):
    """What was measured at one time."""

    ratios: Sequence[Ratio]
    counts: Sequence[Count]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> Run:
        """The rows of both kinds."""
        every = list(rows)
        return cls(
            [row for row in every if isinstance(row, Ratio)],
            [row for row in every if isinstance(row, Count)],
        )

    @classmethod
    def load(cls, path: Path) -> Run:
        """The run that a file keeps."""
        kept = json.loads(path.read_text())
        return cls(
            [Ratio(**one) for one in kept["ratios"]], [Count(**one) for one in kept["counts"]]
        )

    def save(self, path: Path) -> None:
        """Keep the run in a file, as JSON."""
        kept = {name: [row._asdict() for row in rows] for name, rows in self._asdict().items()}
        path.write_text(json.dumps(kept, indent=1) + "\n")


class Difference(NamedTuple):
    """A line of the comparison, and whether it takes more instructions than it may."""

    text: str
    too_many: bool = False


def compare(before: Run, now: Run) -> Iterator[Difference]:
    """What both runs have, side by side, and how much only one of them has."""
    yield Difference(f"{'':48}{'before':>15}{'now':>15}{'ratio':>8}{'noise':>8}")
    for old, new in _both(before.ratios, now.ratios):
        yield _times(old, new)
    for earlier, later in _both(before.counts, now.counts):
        yield _counts(earlier, later)
    names = [{row.name for rows in run for row in rows} for run in (before, now)]
    for only, when in ((names[0] - names[1], "before"), (names[1] - names[0], "now")):
        if only:
            yield Difference(f"{len(only)} measured {when} only")


def _both(before: Sequence[Kind], now: Sequence[Kind]) -> Iterator[tuple[Kind, Kind]]:
    """The rows that two runs have of the same thing, in the order of the second."""
    old = {row.name: row for row in before}
    return ((old[row.name], row) for row in now if row.name in old)


def _times(old: Ratio, new: Ratio) -> Difference:
    ratio = new.typical / old.typical
    text = f"{new.what:48}{old.typical:15.2f}{new.typical:15.2f}{ratio:8.3f}"
    if old.spread is None or new.spread is None:
        return Difference(f"{text}{'?':>8}  measured once")
    noise = old.spread + new.spread
    verdict = "within the noise" if abs(ratio - 1) <= noise else "slower" if ratio > 1 else "faster"
    return Difference(f"{text}{noise:8.3f}  {verdict}")


def _counts(old: Count, new: Count) -> Difference:
    ratio = new.instructions / old.instructions
    text = f"{new.what:48}{old.instructions:15,.0f}{new.instructions:15,.0f}{ratio:8.3f}"
    too_many = ratio > LIMIT
    verdict = f"more than {LIMIT} times" if too_many else "instructions"
    return Difference(f"{text}{0:8}  {verdict}", too_many)
