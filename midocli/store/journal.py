"""Transactions, and taking them back: every change is written down with what it replaced."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import chain, count, islice
from typing import Protocol

from grammar.errors import RefusedError
from midocli.store.rows import Row
from midocli.store.told import Told, untold

Change = tuple[object, ...]
Transaction = tuple[Change, ...]
#: Transactions with their numbers, the last one at the end.
Numbered = deque[tuple[int, Transaction]]
#: The history holds no more changes, but always the last transaction: some hundred MiB at most.
MOST_CHANGES = 250_000


class Undoes(Protocol):
    """Something whose changes can be taken back one by one."""

    def take_back(self, change: Change) -> Change:
        """Undo one change; returns the change that would undo that again."""


class History(Protocol):
    """Where transactions are kept, to be taken back: the session's memory, or a store that stays.

    `last` is the number of the transaction that would be taken back next, 0 where there was none:
    it tells states of the owner apart, for done again a transaction has the number it had.
    `is_whole` says that everything can be taken back, and nothing was too long ago; `undoable`
    and `redoable` how many can be, and how many that were can be done again.
    """

    @property
    def last(self) -> int: ...
    @property
    def is_whole(self) -> bool: ...
    @property
    def undoable(self) -> int: ...
    @property
    def redoable(self) -> int: ...

    def begin(self) -> None:
        """A transaction begins; a MidoError where nothing can be changed just now."""

    def settle(self, transaction: Transaction) -> None:
        """See to it that a transaction stays; where a MidoError is raised, it is taken back."""

    def keep(self, transaction: Transaction) -> None:
        """Remember a transaction that was made."""

    def end(self) -> None:
        """The transaction that began has ended, one way or the other."""

    def introduced(self, row: Row) -> None:
        """A row has got an alias, which is not taken back with anything, not even with the row."""

    def together(self) -> AbstractContextManager[None]:
        """The transactions inside are one later on, such as those of a file.

        Meanwhile they are taken back one by one, and none that was there before.
        """

    def undo(self, steps: int, told: Told, force: bool = False) -> None:
        """Take the last transactions back: all of them or, if `told` raises something, none.

        By `force` also what others have made who are still at it, where the history is shared.
        """

    def redo(self, steps: int, told: Told, force: bool = False) -> None:
        """Do again what was undone last, in the same way."""


class Journal:
    """The changes of the transaction under way, and the transactions before it in its `history`.

    `touched` holds the rows that the last transaction (or its undoing) changed,
    for those who derive something from them; `stepped` the transactions that were undone or
    redone last, in the order in which that was done to them, their changes as they were made.
    """

    def __init__(self, owner: Undoes) -> None:
        self._owner = owner
        self._numbers = count(1)
        #: The number of the state that is the outcome of the transaction under way, if it has one.
        self._reserved = 0
        self.history: History = Remembered(self)
        self.changes: list[Change] = []
        self.touched: list[Row] = []
        self.stepped: list[Transaction] = []
        #: Whether something is being changed just now.
        self.is_open = False

    @contextmanager
    def transaction(self, lasting: bool = True) -> Iterator[None]:
        """All of the changes made inside, or none of them if anything is raised.

        A transaction inside another one is part of that, and taken back alone where what is
        raised goes no further. One that is not `lasting` is always taken back: its history does
        not hear of it.
        """
        if self.is_open:
            with self._part():
                yield
            return
        if lasting:
            self.history.begin()
        self.changes = []
        self.touched = []
        self.is_open = True
        try:
            yield
            if self.changes:
                self.history.settle(tuple(self.changes))
        except BaseException:
            self.roll_back(self.changes)
            self.changes = []
            self.touched = []
            raise
        finally:
            self.is_open = False
            if lasting:
                self.history.end()
        if self.changes:
            self.history.keep(tuple(self.changes))
            self.changes = []

    def number(self) -> int:
        """A number for the state the owner is in now, which tells it from all others."""
        number, self._reserved = self._reserved or next(self._numbers), 0
        return number

    @contextmanager
    def reserving(self, number: int) -> Iterator[None]:
        """Inside, the first state that is to be told from others has a number it had before."""
        self._reserved = number
        try:
            yield
        finally:
            self._reserved = 0

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        """Inside, all is as it was when `last` was a number, to be looked at.

        RefusedError where that is lost. Of a topology that stays the log tells what it was.
        """
        assert isinstance(self.history, Remembered)
        with self.elsewhere(), self.history.at(number):
            yield

    @contextmanager
    def without(self, transactions: Sequence[Transaction]) -> Iterator[None]:
        """Inside, some transactions have not been made, the first one of them last."""
        inverse = [
            self._owner.take_back(change)
            for transaction in transactions
            for change in reversed(transaction)
        ]
        try:
            yield
        finally:
            self.roll_back(inverse)

    @contextmanager
    def elsewhere(self) -> Iterator[list[Row]]:
        """Inside, make changes that have been made elsewhere; gives the rows they touch."""
        before = self.changes, self.touched
        self.changes, self.touched = [], []
        try:
            yield self.touched
        finally:
            self.changes, self.touched = before

    @contextmanager
    def _part(self) -> Iterator[None]:
        """A part of the transaction under way that is taken back if anything is raised."""
        changes, touched = len(self.changes), len(self.touched)
        try:
            yield
        except BaseException:
            self.roll_back(self.changes[changes:])
            del self.changes[changes:], self.touched[touched:]
            raise

    @property
    def last(self) -> int:
        """The number of the transaction that would be taken back next."""
        return self.history.last

    @property
    def is_whole(self) -> bool:
        """Whether everything can be taken back."""
        return self.history.is_whole

    @property
    def undoable(self) -> int:
        """How many transactions can be taken back."""
        return self.history.undoable

    @property
    def redoable(self) -> int:
        """How many transactions that were taken back can be done again."""
        return self.history.redoable

    def undo(self, steps: int = 1, told: Told = untold, force: bool = False) -> None:
        """Take the last transactions back: all of them or, if `told` raises something, none."""
        self.history.undo(steps, told, force)

    def redo(self, steps: int = 1, told: Told = untold, force: bool = False) -> None:
        """Do again what was undone last, in the same way."""
        self.history.redo(steps, told, force)

    def take_back(self, transactions: Sequence[Transaction], told: Told) -> Iterator[Change]:
        """Take transactions back, the first one first: all, or none if `told` raises something.

        Gives the changes that would undo that, one for each.
        """
        self.touched = []
        total = sum(map(len, transactions))
        inverse: list[Change] = []
        self.is_open = True
        try:
            for transaction in transactions:
                for change in reversed(transaction):
                    inverse.append(self._owner.take_back(change))
                    told(len(inverse), total)
        except BaseException:
            self.roll_back(inverse)
            raise
        finally:
            self.is_open = False
        return iter(inverse)

    def roll_back(self, changes: Sequence[Change]) -> None:
        """Undo changes, last first."""
        for change in reversed(changes):
            self._owner.take_back(change)


class Remembered:
    """The history of a session that is kept nowhere else: changes as they can be taken back."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._undoable: Numbered = deque()
        self._redoable: Numbered = deque()
        #: Where the transactions begin that are to be one, from the outermost in.
        self._begun: list[int] = []
        #: The number of the last transaction that is kept no more, and how many changes are.
        self._forgotten = 0
        self._size = 0

    def begin(self) -> None:
        """Nothing is in the way."""

    def settle(self, transaction: Transaction) -> None:
        """It stays as long as the session does."""

    def end(self) -> None:
        """Nothing waits for it."""

    def introduced(self, row: Row) -> None:
        """The row knows."""

    def keep(self, transaction: Transaction) -> None:
        """Keep a transaction to be taken back, and of older ones as many as there is room for."""
        self._undoable.append((self._journal.number(), transaction))
        self._size += len(transaction)
        if self._redoable:
            self._size -= sum(len(undone) for _, undone in self._redoable)
            self._redoable.clear()
        self._make_room()

    def _make_room(self) -> None:
        """Forget what is oldest, but for the last transaction, and what is to be one with it."""
        while self._size > MOST_CHANGES and self._begun[:1] != [0] and len(self._undoable) > 1:
            self._forgotten, oldest = self._undoable.popleft()
            self._begun = [place - 1 for place in self._begun]
            self._size -= len(oldest)

    @contextmanager
    def together(self) -> Iterator[None]:
        depth = len(self._begun)
        self._begun.append(len(self._undoable))
        try:
            yield
        finally:
            try:
                self._join(depth)
            except BaseException:  # a signal, which may come at any moment
                self._join(depth)
                raise

    def _join(self, depth: int) -> None:
        """Make one of what began at a depth, unless it is; all at once, or not at all."""
        if len(self._begun) <= depth:
            return
        *outer, begun = self._begun
        joined = deque(islice(self._undoable, begun))
        parts = list(islice(self._undoable, begun, None))
        if parts:
            whole = chain.from_iterable(part for _, part in parts)
            joined.append((parts[-1][0], tuple(whole)))
        self._undoable, self._begun = joined, outer

    def at(self, number: int) -> AbstractContextManager[None]:
        found = self._between(self._undoable, number, self._forgotten)
        if found is None:
            # What is redone is in its place with its number: that state is behind it.
            ahead = [number for number, _ in self._redoable]
            if number not in ahead:
                raise RefusedError("what there was then is kept no more")
            steps = len(ahead) - ahead.index(number)
            found = [transaction for _, transaction in islice(reversed(self._redoable), steps)]
        return self._journal.without(found)

    def _between(self, numbered: Numbered, number: int, first: int) -> list[Transaction] | None:
        """The transactions since a state, the last first; None where that is not among them."""
        found: list[Transaction] = []
        for each, transaction in reversed(numbered):
            if each == number:
                return found
            found.append(transaction)
        return found if number == first else None

    @property
    def last(self) -> int:
        return self._undoable[-1][0] if self._undoable else self._forgotten

    @property
    def is_whole(self) -> bool:
        return not self._forgotten

    @property
    def undoable(self) -> int:
        return len(self._undoable) - (self._begun[-1] if self._begun else 0)

    @property
    def redoable(self) -> int:
        return len(self._redoable)

    def undo(self, steps: int, told: Told, force: bool = False) -> None:
        self._journal.stepped = self._step(self._undoable, self._redoable, steps, told)

    def redo(self, steps: int, told: Told, force: bool = False) -> None:
        done = self._step(self._redoable, self._undoable, steps, told)
        # What was written down while it was undone, is so with the last change first.
        self._journal.stepped = [transaction[::-1] for transaction in done]

    def _step(
        self, source: Numbered, target: Numbered, steps: int, told: Told
    ) -> list[Transaction]:
        last = list(islice(reversed(source), steps))
        changes = self._journal.take_back([transaction for _, transaction in last], told)
        for number, transaction in last:
            source.pop()
            target.append((number, tuple(islice(changes, len(transaction)))))
        return [transaction for _, transaction in last]
