"""Rows in an order of their own, such as the rules of a chain.

They stand in runs of bounded length, and each knows its run: to put one in, to take one out and
to tell its place costs about the same however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from operator import attrgetter
from typing import Any

#: The most rows in a run; it is cut in two where one more comes.
_LONGEST = 256


class Run:
    """Some rows that follow each other; `start` is how many there are before them."""

    __slots__ = ("rows", "start")

    def __init__(self, rows: list[Any], start: int) -> None:
        self.rows = rows
        self.start = start


_start = attrgetter("start")


class Order:
    """The rows of a collection in order; each has its run in its slot `run`."""

    __slots__ = ("_is_counted", "_runs")

    def __init__(self) -> None:
        self._runs = [Run([], 0)]
        self._is_counted = True

    def __iter__(self) -> Iterator[Any]:
        for run in self._runs:
            yield from run.rows

    def __len__(self) -> int:
        last = self._counted()[-1]
        return last.start + len(last.rows)

    def place(self, row: Any) -> int:
        """The place of a row, from 1."""
        self._counted()
        return int(row.run.start + row.run.rows.index(row) + 1)

    def insert(self, place: int, row: Any) -> None:
        """Put a row in at a place from 1, before the one that has it."""
        run, index = self._at(place)
        if len(run.rows) >= _LONGEST:
            run, index = self._cut(run, index)
        run.rows.insert(index, row)
        row.run = run
        self._is_counted = False

    def remove(self, row: Any) -> int:
        """Take a row out; the place it had."""
        place = self.place(row)
        run = row.run
        del run.rows[place - 1 - run.start]
        if not run.rows and len(self._runs) > 1:
            self._runs.remove(run)
        row.run = None
        self._is_counted = False
        return place

    def _counted(self) -> list[Run]:
        """The runs, with where they start."""
        if not self._is_counted:
            start = 0
            for run in self._runs:
                run.start = start
                start += len(run.rows)
            self._is_counted = True
        return self._runs

    def _at(self, place: int) -> tuple[Run, int]:
        """Where to put a row in: behind a run that has room, or else before the next."""
        runs = self._counted()
        number = max(bisect_left(runs, place - 1, key=_start) - 1, 0)
        run = runs[number]
        if place - 1 == run.start + _LONGEST and number + 1 < len(runs):
            run = runs[number + 1]
        return run, place - 1 - run.start

    def _cut(self, run: Run, index: int) -> tuple[Run, int]:
        """Cut a full run in halves, but at its ends, where more may keep coming; where it goes."""
        cut = index if index in (0, len(run.rows)) else len(run.rows) // 2
        first, second = halves = (Run(run.rows[:cut], 0), Run(run.rows[cut:], 0))
        for half in halves:
            for row in half.rows:
                row.run = half
        number = self._runs.index(run)
        self._runs[number : number + 1] = halves
        return (
            (first, index) if len(first.rows) < _LONGEST and index <= cut else (second, index - cut)
        )
