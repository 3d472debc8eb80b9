"""Transactions, and taking them back: every change is written down with what it replaced."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from midocli.store.rows import Row

Change = tuple[object, ...]
Transaction = tuple[Change, ...]


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
        self._undoable: list[tuple[int, Transaction]] = []
        self._redoable: list[tuple[int, Transaction]] = []
        self._count = 0
        self.changes: list[Change] = []
        self.touched: list[Row] = []
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
            self._take_back(tuple(self.changes))
            self.changes = []
            self.touched = []
            raise
        finally:
            self.is_open = False
        if self.changes:
            self._count += 1
            self._undoable.append((self._count, tuple(self.changes)))
            self._redoable.clear()
            self.changes = []

    @contextmanager
    def _part(self) -> Iterator[None]:
        """A part of the transaction under way that is taken back if anything is raised."""
        changes, touched = len(self.changes), len(self.touched)
        try:
            yield
        except BaseException:
            self._take_back(tuple(self.changes[changes:]))
            del self.changes[changes:], self.touched[touched:]
            raise

    @property
    def last(self) -> int:
        """The number of the transaction that would be taken back next, 0 where there is none.

        It tells states of the owner apart: done again, a transaction has the number it had.
        """
        return self._undoable[-1][0] if self._undoable else 0

    @property
    def undoable(self) -> int:
        """How many transactions can be taken back."""
        return len(self._undoable)

    @property
    def redoable(self) -> int:
        """How many transactions that were taken back can be done again."""
        return len(self._redoable)

    def undo(self) -> None:
        """Take the last transaction back."""
        self._step(self._undoable, self._redoable)

    def redo(self) -> None:
        """Do again what was undone last."""
        self._step(self._redoable, self._undoable)

    def _step(
        self, source: list[tuple[int, Transaction]], target: list[tuple[int, Transaction]]
    ) -> None:
        self.touched = []
        number, transaction = source.pop()
        target.append((number, self._take_back(transaction)))

    def _take_back(self, transaction: Transaction) -> Transaction:
        """Undo changes, last first; returns the transaction that would undo that."""
        return tuple(self._owner.take_back(change) for change in reversed(transaction))
