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
        self._undoable: list[Transaction] = []
        self._redoable: list[Transaction] = []
        self.changes: list[Change] = []
        self.touched: list[Row] = []
        self.is_open = False

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes made inside, or none of them if anything is raised.

        A transaction inside another one is part of that.
        """
        if self.is_open:
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
            self._undoable.append(tuple(self.changes))
            self._redoable.clear()
            self.changes = []

    @property
    def last(self) -> Transaction | None:
        """The transaction that would be taken back next: it tells states of the owner apart."""
        return self._undoable[-1] if self._undoable else None

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

    def _step(self, source: list[Transaction], target: list[Transaction]) -> None:
        self.touched = []
        target.append(self._take_back(source.pop()))

    def _take_back(self, transaction: Transaction) -> Transaction:
        """Undo changes, last first; returns the transaction that would undo that."""
        return tuple(self._owner.take_back(change) for change in reversed(transaction))
