"""A change of several commands, held in the session until it is committed or rolled back.

It is a history on top of the one there was: what its commands change is in the store, where the
session's own probes see it, but goes no further, and locks nothing. Committed, it is taken back and
made once more as one transaction of the history below, on what others have done there meanwhile;
what does not fit that any more is refused, with the reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

from grammar.errors import RefusedError
from midocli.store.journal import Change, Remembered, Transaction
from midocli.store.rows import Row, referred
from midocli.store.store import Store


class Draft(Remembered):
    """The change that is held. It begins when it is made; there is one at a time."""

    def __init__(self, store: Store) -> None:
        super().__init__(store.journal)
        self._store = store
        self._below = store.journal.history
        store.journal.history = self

    @property
    def last(self) -> int:
        return super().last or self._below.last

    @property
    def is_whole(self) -> bool:
        return True

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        own = self._between(self._undoable, number, self._forgotten)
        if own is not None and (own or number):
            with self._journal.without(own):
                yield
            return
        assert isinstance(self._below, Remembered)
        with self.aside(), self._below.at(number):
            yield

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Inside, all is as it was before the change, to be looked at."""
        parts = [part for _, part in reversed(self._undoable)]
        with self._journal.elsewhere(), self._journal.without(parts):
            yield

    def introduced(self, row: Row) -> None:
        self._below.introduced(row)

    def commit(self) -> None:
        """Make all of it one transaction of the history below.

        RefusedError, and nothing of it is left, where others have changed what it is about.
        """
        number = self.last
        whole = self._whole()
        inverse = self.take_back(retiring=False)
        own = frozenset(row for _, row, *_ in whole if isinstance(row, Row))
        journal = self._journal
        journal.history = self._below
        touched = journal.touched
        try:
            with journal.reserving(number), journal.transaction():
                for change in reversed(inverse):
                    _check(self._store, change, own)
                    journal.changes.append(self._store.take_back(change))
        except BaseException:
            self._retire(whole)
            raise
        finally:
            journal.touched = [*touched, *journal.touched]

    def roll_back(self) -> None:
        """Take all of it back. The aliases it gave are given no more: somebody has seen them."""
        self.take_back()
        self._journal.history = self._below

    def take_back(self, retiring: bool = True) -> Sequence[Change]:
        """Take all of it back, and go on; the changes that would make it again, the last first."""
        whole = self._whole()
        self._journal.touched = []
        inverse = [self._store.take_back(change) for change in reversed(whole)]
        self._undoable.clear()
        self._redoable.clear()
        if retiring:
            self._retire(whole)
        return inverse

    def _whole(self) -> Transaction:
        return tuple(change for _, part in self._undoable for change in part)

    def _make_room(self) -> None:
        """All of it has to be there to be taken back."""

    def _retire(self, whole: Transaction) -> None:
        for kind, row, *_ in whole:
            if kind == "attach" and isinstance(row, Row):
                self._store.retire(row)
                self._below.introduced(row)


def _check(store: Store, change: Change, own: AbstractSet[Row]) -> None:
    """RefusedError where a change that was taken back, of rows of our `own`, fits no more."""
    match change:
        case ("attach again", Row() as row, _):
            _check_there(store, row, (row.parent,) if row.parent is not None else ())
            for value in row.values:
                _check_there(store, row, referred(value))
            store.check_free(row, row.number, row.shared_number)
        case ("detach again", Row() as row):
            _check_there(store, row, (row,))
            users = {source for source, _ in row.referrers or ()}
            users.update(child for held in row.held() for child in held)
            if not users <= own:
                raise RefusedError(f"{row.full_alias} has come into use since begin")
        case ("put", Row() as row, int(index), _, old):
            _check_there(store, row, (row,))
            if row.values[index] != old:
                name = row.collection.fields[index].name
                raise RefusedError(f"{name} of {row.full_alias} has been changed since begin")
        case ("move", Row() as row, _, old):
            _check_there(store, row, (row,))
            if store.position(row) != old:
                raise RefusedError(f"{row.full_alias} has another place since begin")


def _check_there(store: Store, row: Row, needed: Sequence[Row]) -> None:
    """RefusedError where a row needs one that others have deleted."""
    gone = next((each for each in needed if not store.is_live(each)), None)
    if gone is row:
        raise RefusedError(f"{row.full_alias} has been deleted since begin")
    if gone is not None:
        raise RefusedError(f"{row.full_alias} needs {gone.full_alias}, deleted since begin")
