"""A store in a SQLite file.

WAL loses acknowledged commits to a race between processes in SQLite 3.7.0 to 3.51.2 (fixed in
3.51.3, 3.50.7 and 3.44.6, see https://sqlite.org/wal.html), so it is used only where the linked
SQLite is fixed; elsewhere a rollback journal that is truncated. Every commit is synced either way.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from grammar.errors import StoreError
from midocli.store.storage.database import Cell

#: The mark of a store in the file's head, which file(1) shows: "mido".
_APPLICATION = 0x6D69646F
#: How long a statement outside a transaction waits for another session's commit, in seconds.
_PATIENCE = 5.0
#: What writing comes to, a full disk apart: an error, a quota, a limit on the size of files.
_WRITING = (sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE)
_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether a SQLite's WAL keeps what processes commit at the same moment."""
    newest = _FIXED[0]
    return version >= newest or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED
    )


def journal_mode(version: tuple[int, int, int]) -> str:
    """The journal mode that a SQLite is to use."""
    return "wal" if wal_is_safe(version) else "truncate"


def kind() -> str:
    """Which SQLite keeps stores, and how."""
    mode = journal_mode(sqlite3.sqlite_version_info)
    return f"SQLite {sqlite3.sqlite_version}, journal mode {mode.upper()}, synchronous FULL"


def is_database(path: str) -> bool:
    """Whether a file is a SQLite database, by its head.

    SQLite itself looks: whoever else opens and closes a file takes the locks from it that
    connections of this process may have.
    """
    try:
        connection = sqlite3.connect(f"file:{_escaped(path)}?mode=ro", uri=True)
    except sqlite3.Error:
        return False
    try:
        return bool(connection.execute("PRAGMA schema_version").fetchone()[0])
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF != sqlite3.SQLITE_NOTADB
    finally:
        connection.close()


class Processes(Protocol):
    """The processes of this machine."""

    own: str

    def lives(self, process: str) -> bool:
        """Whether the process of a word is still there."""


class _Told:
    """Inside, what SQLite reports about a store of a name is one sentence: StoreError."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        if isinstance(error, sqlite3.Error):
            raise StoreError(f"the store {self._name} {_reason(error)}") from None
        if isinstance(error, UnicodeDecodeError):  # in the words of an error about the schema
            raise StoreError(f"the store {self._name} is damaged: {error}") from None


class Sqlite:
    """A connection to a store's file, which has to be there, if only empty.

    `identity` tells the file that has the path just now from all others.
    """

    def __init__(
        self, path: str, name: str, processes: Processes, identity: Callable[[], object]
    ) -> None:
        self._name = name
        self._told = _Told(name)
        self._waits: float = _PATIENCE
        self._processes = processes
        self._is_prepared = False
        self._identity = identity
        self._file = identity()
        with self._told:
            uri = f"file:{_escaped(path)}?mode=rw"
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, timeout=_PATIENCE, check_same_thread=False
            )
        try:
            with self._told:
                self._check()
        except BaseException:
            self._connection.close()
            raise

    def _check(self) -> None:
        """StoreError where the file is another program's database."""
        self._connection.execute("PRAGMA synchronous = FULL")
        ((mark,),) = self._connection.execute("PRAGMA application_id").fetchall()
        if mark != _APPLICATION and not self.is_empty:
            raise StoreError(
                f"the store {self._name} is a SQLite database, but no store of midocli's"
            )

    def _prepare(self) -> None:
        """Have the file written in the mode that is safe."""
        run = self._connection.execute
        if self.is_empty:
            run(f"PRAGMA application_id = {_APPLICATION}")
        wanted = journal_mode(sqlite3.sqlite_version_info)
        ((mode,),) = run(f"PRAGMA journal_mode = {wanted}").fetchall()
        if mode != wanted:
            raise StoreError(f"the store {self._name} is in use in another journal mode ({mode})")
        self._is_prepared = True

    @property
    def is_empty(self) -> bool:
        """Whether there are no tables yet."""
        return not self.rows("SELECT 1 FROM sqlite_master LIMIT 1")

    @property
    def name(self) -> str:
        return self._name

    @property
    def process(self) -> str:
        return self._processes.own

    def lives(self, process: str) -> bool:
        return self._processes.lives(process)

    def rows(self, statement: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        with self._told:
            return self._connection.execute(statement, parameters).fetchall()

    def run(self, statement: str, parameters: Sequence[Cell] = ()) -> None:
        with self._told:
            self._connection.execute(statement, parameters)

    def run_many(self, statement: str, many: Sequence[Sequence[Cell]]) -> None:
        with self._told:
            self._connection.executemany(statement, many)

    def mark(self) -> object:
        return self.rows("PRAGMA data_version")[0][0]

    def stirs(self) -> bool:
        return True  # asking costs microseconds

    def begin(self, seconds: float) -> None:
        with self._told:
            self._wait_for(seconds)
            if not self._is_prepared:
                self._prepare()
            self._connection.execute("BEGIN IMMEDIATE")
            self._wait_for(_PATIENCE)
        if self._identity() != self._file:
            self.rollback()
            why = "cannot be written: the file was removed or replaced"
            raise StoreError(f"the store {self._name} {why}")

    def _wait_for(self, seconds: float) -> None:
        """Have each statement wait so long for other sessions."""
        if seconds != self._waits:
            self._connection.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._waits = seconds

    def commit(self) -> None:
        with self._told:
            self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            try:
                self._connection.execute("ROLLBACK")
            except sqlite3.Error:
                return  # it is rolled back by whoever opens the file next

    def verify(self) -> list[str]:
        found = [str(text) for (text,) in self.rows("PRAGMA integrity_check(20)")]
        return [] if found == ["ok"] else found

    def close(self) -> None:
        self._connection.close()


def _reason(error: sqlite3.Error) -> str:
    """Why a store cannot do what was asked, to follow its name."""
    code = getattr(error, "sqlite_errorcode", None)
    if code is None and isinstance(error, sqlite3.OperationalError):
        return "is damaged: it has text that is not UTF-8"
    if code == sqlite3.SQLITE_READONLY_ROLLBACK:
        return "has to be mended after a crash before it is read, and is read-only"
    match (code or 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "cannot be written: the disk is full"
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return "is locked: another session has been writing to it for too long; try again"
        case sqlite3.SQLITE_READONLY:
            return "cannot be written: it is read-only"
        case sqlite3.SQLITE_CORRUPT:
            return f"is damaged: {error}"
        case sqlite3.SQLITE_NOTADB:
            return "is no store: it is not a SQLite database"
        case sqlite3.SQLITE_CANTOPEN:
            return "cannot be opened: it, or the folder it is in, is not accessible"
        case sqlite3.SQLITE_IOERR if code in _WRITING:
            return "cannot be written: the disk reports an error, or the user's share of it is full"
        case sqlite3.SQLITE_IOERR:
            return "cannot be read: the disk reports an error"
        case sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return "cannot be opened: permission is denied"
    return f"cannot be used: {error}"


def _escaped(path: str) -> str:
    """A path as it stands in SQLite's URIs."""
    return path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
