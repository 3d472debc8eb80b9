"""A store in a PostgreSQL database, in a schema of its own; psycopg 3 is loaded only for it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from time import monotonic, sleep
from typing import Any, TypeVar

from grammar.errors import StoreError
from midocli.store.storage.database import Cell

try:
    import psycopg
    from psycopg import errors
    from psycopg.conninfo import conninfo_to_dict
except ImportError:
    message = "a store in PostgreSQL needs psycopg: pip install 'midocli[postgres]'"
    raise StoreError(message) from None

_Found = TypeVar("_Found")

# What psycopg warns of, it raises as well: nobody wants it on the standard error.
logging.getLogger("psycopg").addHandler(logging.NullHandler())

#: The lock that a session holds while it writes, one in each database.
_LOCK = 0x6D69646F
_SCHEMA = "midocli"
_MARK = "SELECT max(number), (SELECT value FROM meta WHERE name = 'version') FROM change"
#: How long a lost connection is tried again to learn what became of a change, in seconds.
_PATIENCE = 10.0


class Postgres:
    """A connection to a store's database."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._name = _name(url)
        self._transaction: str | None = None
        self._has_heard = True
        with self._told():
            self._connect()

    def _connect(self) -> None:
        self._connection = psycopg.connect(
            self._url,
            autocommit=True,
            application_name="midocli",
            client_encoding="utf8",
            connect_timeout=10,
        )
        self._connection.execute("SET client_min_messages = warning")
        self._connection.execute("SET synchronous_commit = on")
        self._connection.execute(f"SET search_path = {_SCHEMA}")
        self._connection.execute(f"LISTEN {_SCHEMA}")
        self._has_heard = True
        found = self._connection.execute(
            "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        ).fetchall()
        self.process = f"{found[0][0]} {found[0][1]}"

    @property
    def name(self) -> str:
        return self._name

    @property
    def is_empty(self) -> bool:
        found = self.rows(
            "SELECT 1 FROM information_schema.tables WHERE table_schema = ? LIMIT 1", (_SCHEMA,)
        )
        return not found

    def lives(self, process: str) -> bool:
        pid, _, began = process.partition(" ")
        statement = "SELECT 1 FROM pg_stat_activity WHERE pid = ? AND backend_start::text = ?"
        return pid.isdigit() and bool(self.rows(statement, (int(pid), began)))

    def rows(self, statement: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        def found() -> list[tuple[Any, ...]]:
            return self._connection.execute(_own(statement), parameters).fetchall()

        with self._told():
            return found() if self._transaction is not None else self._once_more(found)

    def run(self, statement: str, parameters: Sequence[Cell] = ()) -> None:
        with self._told():
            self._connection.execute(_own(statement), parameters)

    def run_many(self, statement: str, many: Sequence[Sequence[Cell]]) -> None:
        with self._told(), self._connection.cursor() as cursor:
            cursor.executemany(_own(statement), many)

    def mark(self) -> object:
        return self.rows(_MARK)[0]

    def stirs(self) -> bool:
        if self._connection.closed:
            return False  # to connect may take long: the next command does
        with self._told():
            heard = list(self._connection.notifies(timeout=0))
        stirs, self._has_heard = bool(heard) or self._has_heard, False
        return stirs

    def begin(self, seconds: float) -> None:
        with self._told():
            self._once_more(partial(self._begin, seconds))

    def _begin(self, seconds: float) -> None:
        try:
            self._connection.execute("BEGIN")
            self._connection.execute(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
            self._connection.execute(f"SELECT pg_advisory_xact_lock({_LOCK})")
            self._connection.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
            found = self._connection.execute("SELECT pg_current_xact_id()::text").fetchall()
            self._transaction = found[0][0]
        except BaseException:
            self.rollback()
            raise

    def _once_more(self, act: Callable[[], _Found]) -> _Found:
        """Do what changes nothing; once more on a new connection where that is lost."""
        try:
            return act()
        except psycopg.OperationalError:
            if not self._connection.closed:
                raise
        self._connect()
        return act()

    def commit(self) -> None:
        transaction, self._transaction = self._transaction, None
        with self._told():
            try:
                self._connection.execute(f"NOTIFY {_SCHEMA}")
                self._connection.execute("COMMIT")
            except psycopg.OperationalError as error:
                if not self._connection.closed:
                    raise
                if self._outcome(transaction, error) != "committed":
                    raise

    def _outcome(self, transaction: str | None, lost: psycopg.Error) -> str:
        """What became of a transaction whose connection was lost meanwhile.

        A server that is restarted is waited for, and one that has not noticed yet. StoreError where
        it does not become known.
        """
        end = monotonic() + _PATIENCE
        while monotonic() < end:
            try:
                self._connect()
                found = self._connection.execute(
                    "SELECT pg_xact_status(%s::text::xid8)", (transaction,)
                ).fetchall()
            except psycopg.OperationalError:
                found = []
            if found and found[0][0] != "in progress":
                return str(found[0][0])
            self._connection.close()
            sleep(0.1)
        raise StoreError(
            f"the store {self._name} {_reason(lost)}; whether the change was made is not known: "
            "look at the log when it can be reached again"
        )

    def rollback(self) -> None:
        self._transaction = None
        if not self._connection.closed:
            try:
                self._connection.execute("ROLLBACK")
            except psycopg.Error:
                self._connection.close()

    def verify(self) -> list[str]:
        return []

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What PostgreSQL reports, as one sentence."""
        try:
            yield
        except psycopg.Error as error:
            raise StoreError(f"the store {self._name} {_reason(error)}") from None


def _own(statement: str) -> Any:
    """A statement with psycopg's marks for parameters, which takes literals only."""
    return statement.replace("?", "%s")


def _name(url: str) -> str:
    """What a store is called: its URL without a password or options."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        why = str(error).strip().replace(f': "{url}"', "")  # which may hold a password
        raise StoreError(f"no store can be named so: {why}") from None
    user = f"{given['user']}@" if "user" in given else ""
    port = f":{given['port']}" if "port" in given else ""
    return f"postgresql://{user}{given.get('host', '')}{port}/{given.get('dbname', '')}"


def _reason(error: psycopg.Error) -> str:
    """Why a store cannot do what was asked, to follow its name."""
    match error:
        case errors.LockNotAvailable():
            return "is locked: another session has been writing to it for too long; try again"
        case errors.DiskFull():
            return "cannot be written: the disk is full"
        case errors.ReadOnlySqlTransaction():
            return "cannot be written: it is read-only"
        case errors.InsufficientPrivilege():
            return "cannot be used: permission is denied"
        case errors.DataCorrupted() | errors.IndexCorrupted():
            return f"is damaged: {_first_line(error)}"
        case psycopg.OperationalError() if error.sqlstate is None or error.sqlstate[:2] == "57":
            return f"cannot be reached: {_first_line(error)}"
    return f"cannot be used: {_first_line(error)}"


def _first_line(error: psycopg.Error) -> str:
    return str(error).strip().partition("\n")[0]
