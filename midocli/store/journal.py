"""Transactions, and taking them back: every change is written down with what it replaced."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Protocol

from midocli.store.rows import Row
from midocli.store.told import Told, untold

Change = tuple[object, ...]
Transaction = tuple[Change, ...]
#: Transactions with their numbers, the last one at the end.
History = deque[tuple[int, Transaction]]
#: The history holds no more changes, but always the last transaction: some hundred MiB at most.
MOST_CHANGES = 250_000


class Undoes(Protocol):
    """Something whose changes can be taken back one by one."""

    def take_back(self, change: Change) -> Change:
        """Undo one change; returns the change that would undo that again."""


class Journal:
    """The changes of the transaction under way, and the transactions before it.

    `touched` holds the rows that the last transaction (or its undoing) changed,
    for those who derive something from them.
    """

    def __init__(self, owner: Undoes) -> None:
        self._owner = owner
        self._undoable: History = deque()
        self._redoable: History = deque()
        self._count = 0
        #: The number of the last transaction that is kept no more, and how many changes are.
        self._forgotten = 0
        self._size = 0
        self.changes: list[Change] = []
        self.touched: list[Row] = []
        #: Whether something is being changed just now.
        self.is_open = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes made inside, or none of them if anything is raised.

        A transaction inside another one is part of that, and taken back alone where what is
        raised goes no further.
        """
        if self.is_open:
            with self._part():
                yield
            return
        self.changes = []
        self.touched = []
        self.is_open = True
        try:
            yield
        except BaseException:
            self._roll_back(self.changes)
            self.changes = []
            self.touched = []
            raise
        finally:
            self.is_open = False
        if self.changes:
            self._keep(tuple(self.changes))
            self.changes = []

    def _keep(self, transaction: Transaction) -> None:
        """Keep a transaction to be taken back, and of older ones as many as there is room for."""
        self._count += 1
        self._undoable.append((self._count, transaction))
        self._size += len(transaction) - sum(len(undone) for _, undone in self._redoable)
        self._redoable.clear()
        while self._size > MOST_CHANGES and len(self._undoable) > 1:
            self._forgotten, oldest = self._undoable.popleft()
            self._size -= len(oldest)

    @contextmanager
    def _part(self) -> Iterator[None]:
        """A part of the transaction under way that is taken back if anything is raised."""
        changes, touched = len(self.changes), len(self.touched)
        try:
            yield
        except BaseException:
            self._roll_back(self.changes[changes:])
            del self.changes[changes:], self.touched[touched:]
            raise

    @property
    def last(self) -> int:
        """The number of the transaction that would be taken back next, 0 where there was none.

        It tells states of the owner apart: done again, a transaction has the number it had.
        """
        return self._undoable[-1][0] if self._undoable else self._forgotten

    @property
    def is_whole(self) -> bool:
        """Whether everything can be taken back, and nothing was too long ago."""
        return not self._forgotten

    @property
    def undoable(self) -> int:
        """How many transactions can be taken back."""
        return len(self._undoable)

    @property
    def redoable(self) -> int:
        """How many transactions that were taken back can be done again."""
        return len(self._redoable)

    def undo(self, steps: int = 1, told: Told = untold) -> None:
        """Take the last transactions back: all of them or, if `told` raises something, none."""
        self._step(self._undoable, self._redoable, steps, told)

    def redo(self, steps: int = 1, told: Told = untold) -> None:
        """Do again what was undone last, in the same way."""
        self._step(self._redoable, self._undoable, steps, told)

    def _step(self, source: History, target: History, steps: int, told: Told) -> None:
        self.touched = []
        last = list(islice(reversed(source), steps))
        total = sum(len(transaction) for _, transaction in last)
        inverse: list[Change] = []
        self.is_open = True
        try:
            for _, transaction in last:
                for change in reversed(transaction):
                    inverse.append(self._owner.take_back(change))
                    told(len(inverse), total)
        except BaseException:
            self._roll_back(inverse)
            raise
        finally:
            self.is_open = False
        changes = iter(inverse)
        for number, transaction in last:
            source.pop()
            target.append((number, tuple(islice(changes, len(transaction)))))

    def _roll_back(self, changes: Sequence[Change]) -> None:
        """Undo changes, last first."""
        for change in reversed(changes):
            self._owner.take_back(change)
