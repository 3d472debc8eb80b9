"""Rows in an order of their own, such as the rules of a chain.

They stand in runs of bounded length, and each knows its run: to put one in, to take one out and
to tell its place costs about the same however many there are.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

#: The most rows in a run; it is cut in two where one more comes.
_LONGEST = 512


class Run:
    """Some rows that follow each other; `number` is its own among the runs.

    `next` is the index of the row whose place is probably asked for next: places are read in order.
    """

    __slots__ = ("next", "number", "rows")

    def __init__(self, rows: list[Any], number: int = 0) -> None:
        self.rows = rows
        self.number = number
        self.next = 0


class Order:
    """The rows of a collection in order; each has its run in its slot `run`."""

    __slots__ = ("_lengths", "_runs")

    def __init__(self) -> None:
        self._runs = [Run([])]
        #: How long each of them is.
        self._lengths = [0]

    def __iter__(self) -> Iterator[Any]:
        for run in self._runs:
            yield from run.rows

    def __len__(self) -> int:
        return sum(self._lengths)

    def place(self, row: Any) -> int:
        """The place of a row, from 1."""
        run: Run = row.run
        rows, index = run.rows, run.next
        if index >= len(rows) or rows[index] is not row:
            index = rows.index(row)
        run.next = index + 1
        return sum(self._lengths[: run.number]) + index + 1

    def beside(self, row: Any) -> tuple[Any, Any]:
        """The rows before and behind one; None where there is none."""
        rows, number = row.run.rows, row.run.number
        index = rows.index(row)
        before = rows[index - 1] if index else (self._runs[number - 1].rows[-1] if number else None)
        if index + 1 < len(rows):
            return before, rows[index + 1]
        follows = number + 1 < len(self._runs)
        return before, self._runs[number + 1].rows[0] if follows else None

    def insert(self, place: int, row: Any) -> None:
        """Put a row in at a place from 1, before the one that has it, or behind all there are."""
        run, index = self._at(place)
        if len(run.rows) >= _LONGEST:
            run, index = self._cut(run, index)
        run.rows.insert(index, row)
        self._lengths[run.number] += 1
        row.run = run

    def remove(self, row: Any) -> int:
        """Take a row out; the place it had."""
        run: Run = row.run
        index = run.rows.index(row)
        place = sum(self._lengths[: run.number]) + index + 1
        del run.rows[index]
        self._lengths[run.number] -= 1
        if not run.rows and len(self._runs) > 1:
            self._replace(run)
        row.run = None
        return place

    def _at(self, place: int) -> tuple[Run, int]:
        """Where to put a row in: behind a run that has room, or else before the next."""
        ends = list(accumulate(self._lengths))
        place = min(place, ends[-1] + 1)
        number = bisect_left(ends, place - 1)
        index = place - 1 - ends[number] + self._lengths[number]
        if index == _LONGEST and number + 1 < len(ends):
            return self._runs[number + 1], 0
        return self._runs[number], index

    def _cut(self, run: Run, index: int) -> tuple[Run, int]:
        """Cut a full run in halves, but at its ends, where more may keep coming; where it goes."""
        cut = index if index in (0, len(run.rows)) else len(run.rows) // 2
        first, second = Run(run.rows[:cut]), Run(run.rows[cut:])
        for half in (first, second):
            for row in half.rows:
                row.run = half
        self._replace(run, first, second)
        goes_first = len(first.rows) < _LONGEST and index <= cut
        return (first, index) if goes_first else (second, index - cut)

    def _replace(self, run: Run, *others: Run) -> None:
        self._runs[run.number : run.number + 1] = others
        self._lengths = [len(each.rows) for each in self._runs]
        for number, each in enumerate(self._runs):
            each.number = number
