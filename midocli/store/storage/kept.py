"""A topology that stays: every change is in the store before it counts as made.

A transaction takes the store's lock when it begins, so that sessions wait for each other only as
long as a command takes; it sees what the others have committed, and is committed itself before
anybody hears of it. While a file is read, commits are gathered: who reads it holds the answers.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from grammar.errors import MidoError, RefusedError, StoreError
from midocli.store.copying import copied
from midocli.store.display import Display
from midocli.store.journal import Change, Transaction
from midocli.store.rows import Row, Siblings
from midocli.store.storage.database import Database, understood
from midocli.store.storage.entries import OWN, Entries, Entry, is_own
from midocli.store.storage.loading import Loading
from midocli.store.storage.log import CHANGE, NAME, OF_ITS_OWN, REDO, UNDO, Found, Log
from midocli.store.storage.tables import check
from midocli.store.storage.values import Shapes, hex_of
from midocli.store.storage.writing import Writing
from midocli.store.store import Store
from midocli.store.summary import in_words, summary
from midocli.store.told import Told

#: How long a change waits for other sessions' changes, in seconds, and an alias to be written.
_PATIENCE, _LITTLE_PATIENCE = 5.0, 0.2

#: Is told of the rows that other sessions have changed.
Seer = Callable[[list[Row]], None]


class Kept:
    """The history of a topology that is kept in a database, shared with other sessions.

    `log` is what was done; `seen` hears of rows that others have changed. While `is_gathering`,
    what is settled stays uncommitted until `commit`.
    """

    def __init__(self, store: Store, database: Database, log: Log, seen: Seer) -> None:
        self._store = store
        self._database = database
        self._shapes = Shapes(store.schema)
        self._entries = Entries(store, self._shapes)
        self._display = Display(store)
        self._seer = seen
        self.log = log
        #: What has an alias that is not written, and what has one that will be committed.
        self._unwritten: dict[Row, None] = {}
        self._noted: dict[Row, None] = {}
        self._is_named = False
        self._settled: list[Transaction] = []
        #: What the transaction under way takes back, and where the changes of each step end.
        self._steps: list[tuple[Found, bool, int]] = []
        self._refusal: StoreError | None = None
        self._is_writing = False
        #: Whether something could not be read that others have changed.
        self._is_behind = False
        self.is_gathering = False
        self._mark: object = database.mark()
        self._load()
        #: The last entry of the log when this session began.
        self.began = log.seen
        store.journal.history = self

    def _load(self) -> None:
        """Begin with nothing: rows are read when they are needed."""
        self.log.catch_up()
        self._loading = Loading(self._store, self._database, self._shapes, self)
        self._writing = Writing(self._store, self._database, self._shapes)
        self._store.journal.changes.clear()
        self._store.journal.touched.clear()

    def is_current(self) -> bool:
        """Whether what was just read is of the moment that memory is of: nobody wrote since."""
        if self._is_writing:
            return True
        mark = self._database.mark()
        if mark != self._mark:
            try:
                if self.log.unseen():
                    return False
            except KeyError:
                return False
            self._mark = mark
        return True

    def unseen(self) -> list[str]:
        """What others have changed that is not made here yet."""
        return [data for *_, data in self.log.unseen()]

    @property
    def name(self) -> str:
        """What the store is called."""
        return self._database.name

    # -- what other sessions do ---------------------------------------------------------------

    def refresh(self) -> list[str]:
        """See what other sessions have committed; in a few words each, what that was.

        While something is being written there can be nothing, and what is drafted stays on what
        there was when it was begun.
        """
        if self._is_writing or self._store.journal.history is not self:
            return []
        return self._see(self._database.mark())

    def _see(self, mark: object) -> list[str]:
        """See what others have committed, if anything, up to a mark; what that was."""
        if mark == self._mark and not self._is_behind:
            return []
        check(self._database)
        self._mark = mark
        return self._take_in()

    def overheard(self) -> list[str]:
        """The same for a prompt that waits, and asks several times a second."""
        return self.refresh() if self._database.stirs() else []

    def _take_in(self) -> list[str]:
        """Make the changes of others here too; load everything anew where that cannot be."""
        told: list[str] = []
        touched: list[Row] = []
        try:
            with self._store.journal.elsewhere() as touched:
                try:
                    self._repeat(told)
                except (MidoError, ValueError, LookupError, TypeError):
                    self._begin_anew(touched)
        finally:
            if touched:
                self._seer(list(dict.fromkeys(touched)))
        return told

    def _repeat(self, told: list[str]) -> None:
        """Make the changes of others here, and have them told."""
        if self._is_behind:
            raise LookupError
        with self._loading.taking_in():
            for kind, words, data in self.log.news():
                if kind != NAME:
                    told.append(words)
                entries = [each for each in json.loads(data) if each[2] not in OWN]
                self._entries.repeat(entries, self._loading.passes_over)

    def _begin_anew(self, touched: list[Row]) -> None:
        """Forget all that was read; where it cannot be read again now, that is tried next time."""
        self._is_behind = True
        self._loading.end()
        touched += self._store.forget(OWN)
        self._load()
        touched += self._store.all_rows()
        self._is_behind = False

    # -- what this one does: a history ---------------------------------------------------------

    def begin(self) -> None:
        """Take the store's lock, and see what others have done; what is refused is told later.

        StoreError at once where all had to be read anew: what is at hand is not of it.
        """
        loading = self._loading
        try:
            self._lock(_PATIENCE)
        except StoreError as error:
            if self._is_behind:
                raise
            self._refusal = error
        if self._loading is not loading:
            self.end()
            raise StoreError(f"the store {self.name} had to be read anew: try again")

    def _lock(self, seconds: float) -> None:
        if self._is_writing:
            return
        self._database.begin(seconds)
        self._is_writing = True
        try:
            self._see(self._database.mark())  # nobody else can write
        except BaseException:
            self._unlock()
            raise

    def _unlock(self) -> None:
        self._database.rollback()
        self._is_writing = False

    def settle(self, transaction: Transaction) -> None:
        """Commit a transaction or, while they are gathered, get it ready to be."""
        own = all(map(is_own, transaction))
        if self._refusal is not None:
            if own:
                return
            raise self._refusal
        self._writing.note(transaction)
        self._log(transaction, own)
        self._note_names()
        self._settled.append(transaction)
        if not self.is_gathering:
            self._commit()

    def _log(self, transaction: Transaction, own: bool) -> None:
        """Have the log tell of a transaction, of each step by itself where it takes some back."""
        written = self._entries.written
        if not self._steps:
            kind = OF_ITS_OWN if own else CHANGE
            self.log.add(kind, in_words(summary(transaction, self._display)), written(transaction))
        begin = 0
        for found, again, end in self._steps:
            kind, done = (REDO, "done again") if again else (UNDO, "undone")
            changes = transaction[begin:end]
            self.log.add(kind, f"{found.summary} {done}", written(changes), found.numbers[0])
            begin = end

    def keep(self, transaction: Transaction) -> None:
        """The log has it."""

    def end(self) -> None:
        """Let others write, if nothing waits to be committed."""
        self._refusal = None
        if self._is_writing and not self._settled:
            self._unlock()

    def introduced(self, row: Row) -> None:
        """An alias was given, which is to be written with what comes next."""
        self._unwritten[row] = None
        self._is_named = True

    @property
    def waits(self) -> bool:
        """Whether something is to be committed."""
        return bool(self._settled) or self._is_named

    def position(self) -> int:
        """The last entry of the log, as far as this session knows."""
        return self.log.seen

    def past(self, number: int) -> Store:
        """The topology as it was behind an entry of the log; RefusedError: that is kept no more.

        What is drafted must be set aside.
        """
        other = copied(self._store)
        self._turn_back(other, self.log.since(number))
        return other

    def around(self, number: int) -> tuple[Store, Store]:
        """The topology before and behind a change of the log; RefusedError as for `past`.

        What others have done while a file was run is in both.
        """
        found = self.log.change(number)
        assert found is not None
        after = self.past(self.log.span(number)[1])
        before = copied(after)
        try:
            self._turn_back(before, reversed(found[1]))
        except RefusedError as error:
            why = "others built on it while it was made"
            raise RefusedError(f"change {number} cannot be told apart: {why}") from error
        return before, after

    def _turn_back(self, store: Store, done: Iterable[str]) -> None:
        """Take back in a store of nobody's what was done, the last first."""
        entries = Entries(store, self._shapes)
        with store.journal.elsewhere(), understood(self._database):
            for data in done:
                changes = [each for each in json.loads(data) if each[2] not in OWN]
                counters = list(_counters(store, changes))
                entries.take_back(changes)
                for siblings, number in reversed(counters):
                    siblings.rewind(number)

    def together(self) -> AbstractContextManager[None]:
        return self.log.together()

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Inside, commits are gathered."""
        self.is_gathering = True
        try:
            yield
        finally:
            self.is_gathering = False

    def commit(self) -> None:
        """Commit what has been settled; StoreError, with all of it taken back, where that fails."""
        settled = self._settled
        if not settled:
            return self.commit_names()
        try:
            self._note_names()
            self._commit()
        except BaseException as error:
            with self._store.journal.elsewhere() as touched:
                for transaction in reversed(settled):
                    self._store.journal.roll_back(transaction)
            self._seer(touched)
            if isinstance(error, StoreError) and len(settled) > 1:
                why = f"{error.message}; nothing is left of the last {len(settled)} changes"
                raise StoreError(why) from None
            raise
        return None

    def commit_names(self) -> None:
        """Write aliases that were given.

        Where that cannot be they are this session's own, until they are with its next change.
        """
        if not self._is_named or self._settled or self._store.journal.history is not self:
            return
        self._is_named = False
        try:
            self._lock(_LITTLE_PATIENCE)
            self._note_names()
            if self._writing.is_needed:
                self._commit()
            self.end()
        except StoreError:
            return

    def _note_names(self) -> None:
        names, self._unwritten, self._is_named = self._unwritten, {}, False
        for row in names:
            if row.collection.path in OWN:
                continue
            if self._store.is_live(row):
                self._noted[row] = None
                self._writing.note_number(row)
                entry = f'[["name","{hex_of(row)}",{row.number},{row.shared_number}]]'
                self.log.add(NAME, "", entry)
            else:  # it went with a change that was rolled back
                self._writing.note_counters(row)

    def _commit(self) -> None:
        try:
            self.log.write()
            self._writing.write()
            mark = self._database.mark()
            self._database.commit()
        except BaseException:
            self._unwritten |= self._noted
            self._noted.clear()
            self._writing.clear()
            self.log.forget()
            self._settled = []
            self._unlock()
            raise
        self._noted.clear()
        self._writing.clear()
        self.log.written()
        self._settled = []
        self._is_writing = False
        self._mark = mark

    # -- taking back ---------------------------------------------------------------------------

    @property
    def last(self) -> int:
        return self.log.last

    @property
    def is_whole(self) -> bool:
        return self.log.is_whole

    @property
    def undoable(self) -> int:
        return self.log.count(again=False)

    @property
    def redoable(self) -> int:
        return self.log.count(again=True)

    def undo(self, steps: int, told: Told, force: bool = False) -> None:
        self._take_back(steps, told, False, force)

    def redo(self, steps: int, told: Told, force: bool = False) -> None:
        self._take_back(steps, told, True, force)

    def _take_back(self, steps: int, told: Told, again: bool, force: bool) -> None:
        """Take back what the log names, in a transaction of its own that the log has too."""
        journal = self._store.journal
        try:
            with journal.transaction():
                if self._refusal is not None:
                    raise self._refusal
                self.log.write()
                journal.stepped = []
                with self._part():
                    for step in range(steps):
                        journal.stepped.append(self._step(again, force))
                        told(step + 1, steps)
                stepped = [changes if again else _turned(changes) for changes in self._parted()]
            journal.stepped = stepped
        finally:
            self._steps = []

    def _parted(self) -> Iterator[Transaction]:
        """The changes that each step has made."""
        begin = 0
        for _, _, end in self._steps:
            yield tuple(self._store.journal.changes[begin:end])
            begin = end

    @contextmanager
    def _part(self) -> Iterator[None]:
        """What the database forgets alone if anything is raised."""
        self._database.run("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._database.run("ROLLBACK TO part")
            raise
        self._database.run("RELEASE part")

    def _step(self, again: bool, force: bool) -> Transaction:
        """Take back what is next; the changes that were, as they were made."""
        found = self.log.redoable() if again else self.log.undoable()
        verb = "redo" if again else "undo"
        if found is None:
            raise RefusedError(f"nothing to {verb}")
        if not force and self.log.is_anothers(found.session):
            raise RefusedError(
                f"another session, which is still there, made this: {found.summary}; "
                f"{verb} force takes it back all the same"
            )
        try:
            with understood(self._database):
                parts = map(json.loads, reversed(found.changes))
                entries = [entry for part in parts for entry in part]
                self._check_places(entries, found.numbers[0])
                self._entries.take_back(entries)
        except RefusedError as error:
            raise RefusedError(f"cannot {verb} {found.summary}: {error.message}") from None
        self.log.mark(found, self.log.next + len(self._steps), again)
        changes = self._store.journal.changes
        begin = self._steps[-1][2] if self._steps else 0
        self._steps.append((found, again, len(changes)))
        made = changes[begin:]
        return tuple(made if again else map(_inverted, reversed(made)))

    def _check_places(self, entries: Iterable[Entry], number: int) -> None:
        """RefusedError where something was made that has another place since a number."""
        for kind, id, *said in entries:
            if kind == "attach" and self._store.schema[said[0]].ordered_by is not None:
                row = self._store.by_id(int(id, 16))
                if row is not None and self.log.has_moved(id, number):
                    raise RefusedError(f"{row.full_alias} has another place since")

    def prune(self, last: int) -> int:
        """Have the log forget all but the last changes; how many it forgot."""
        self.commit()
        self._lock(_PATIENCE)
        try:
            forgotten = self.log.prune(last)
            self._database.commit()
        except BaseException:
            self._unlock()
            raise
        self._is_writing = False
        return forgotten

    def close(self) -> None:
        """End the session, and with it the connection."""
        self.log.close()
        self._database.close()


def _counters(store: Store, changes: list[list[Any]]) -> Iterator[tuple[Siblings, int]]:
    """Where objects are that changes created, and what the counters of aliases were before."""
    for each in changes:
        row = store.by_id(int(each[1], 16)) if each[0] == "attach" else None
        if row is not None:
            places = (siblings for _, _, siblings in store.places(row))
            yield from zip(places, each[-1], strict=True)


def _turned(changes: Transaction) -> Transaction:
    """Of changes that took others back, what those were about."""
    turned = {"attach": "detach", "detach": "attach"}
    return tuple((turned.get(str(kind), kind), *rest) for kind, *rest in reversed(changes))


def _inverted(change: Change) -> Change:
    """A change that took another one back, as that one: what it did to which row."""
    kind, *rest = change
    return ({"attach": "detach", "detach": "attach"}.get(str(kind), kind), *rest)
