"""Transactions: every change is written down so that it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

Undo = tuple[object, ...]


class Undoes(Protocol):
    """Something whose changes can be taken back one by one."""

    def take_back(self, change: Undo) -> None:
        """Undo one change that was written down."""


class Journal:
    """The changes of the transaction under way, in the order they were made.

    `touched` holds what the transaction changed, for those who derive something
    from it.
    """

    def __init__(self, owner: Undoes) -> None:
        self._owner = owner
        self.changes: list[Undo] = []
        self.touched: list[object] = []

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All of the changes made inside, or none of them if anything is raised."""
        self.changes = []
        self.touched = []
        try:
            yield
        except BaseException:
            self.roll_back()
            raise

    def roll_back(self) -> None:
        """Take the changes of the transaction back, last first."""
        changes, self.changes = self.changes, []
        for change in reversed(changes):
            self._owner.take_back(change)
        self.changes = []
        self.touched = []
