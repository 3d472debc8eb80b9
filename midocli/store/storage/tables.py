"""The tables of a store, and how those of older versions become them.

object     each object as one row: what it is, where it stands, its values as JSON
reference  which object refers to which, by which field
counter    the aliases given among some siblings: the next one, and what is out of turn
change     the log: each command's changes, of the journal's four kinds
session    who made them
meta       the schema's version
"""

from __future__ import annotations

from typing import NamedTuple

from grammar.errors import StoreError
from midocli.store.storage.database import Database


class Tables(NamedTuple):
    """The tables of a version: what makes them where there are none, and where older ones are.

    The first of the `migrations` makes a store of version 1 one of version 2, and so on. Each is in
    one transaction with the version: statements that both databases understand.
    """

    create: tuple[str, ...]
    migrations: tuple[tuple[str, ...], ...] = ()

    @property
    def version(self) -> int:
        """The version that these are."""
        return len(self.migrations) + 1


#: What stores have. Who changes it appends a migration, and a store of the version before to
#: tests/data/stores.
TABLES = Tables(
    (
        "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        "CREATE TABLE object (id TEXT PRIMARY KEY, collection TEXT NOT NULL, parent TEXT NOT NULL,"
        " number BIGINT NOT NULL, shared BIGINT NOT NULL, holder TEXT, place BIGINT, key TEXT,"
        " data TEXT NOT NULL)",
        "CREATE INDEX object_siblings ON object (collection, parent, number)",
        "CREATE INDEX object_key ON object (collection, key)",
        "CREATE INDEX object_shared ON object (holder, shared)",
        "CREATE TABLE reference (target TEXT NOT NULL, source TEXT NOT NULL, field TEXT NOT NULL,"
        " PRIMARY KEY (target, source, field))",
        "CREATE INDEX reference_source ON reference (source)",
        "CREATE TABLE counter (collection TEXT NOT NULL, parent TEXT NOT NULL,"
        " next BIGINT NOT NULL, nameless BIGINT NOT NULL, taken TEXT NOT NULL,"
        " PRIMARY KEY (collection, parent))",
        "CREATE TABLE change (number BIGINT PRIMARY KEY, run BIGINT NOT NULL,"
        " part BIGINT NOT NULL, session TEXT NOT NULL,"
        " made BIGINT NOT NULL, kind TEXT NOT NULL, undoes BIGINT, undone BIGINT,"
        " summary TEXT NOT NULL, data TEXT NOT NULL)",
        "CREATE TABLE session (id TEXT PRIMARY KEY, process TEXT NOT NULL, began BIGINT NOT NULL)",
    )
)

_FOUND = "SELECT value FROM meta WHERE name = 'version'"


def prepare(database: Database, tables: Tables = TABLES) -> None:
    """Make the tables where there are none, or bring them up to date.

    StoreError where they are of a newer version, or are no store's.
    """
    if not database.is_empty and _version(database) == tables.version:
        return
    database.begin(5)
    try:
        for statement in _making(tables) if database.is_empty else _missing(database, tables):
            database.run(statement)
    except BaseException:
        database.rollback()
        raise
    database.commit()


def check(database: Database, tables: Tables = TABLES) -> None:
    """StoreError where a newer midocli has brought the tables up to date, perhaps meanwhile."""
    version = _version(database)
    if version > tables.version:
        raise StoreError(
            f"the store {database.name} was written by a newer midocli: its version is {version}, "
            f"and this one knows up to {tables.version}"
        )


def _making(tables: Tables) -> tuple[str, ...]:
    return (*tables.create, f"INSERT INTO meta VALUES ('version', '{tables.version}')")


def _missing(database: Database, tables: Tables) -> tuple[str, ...]:
    """The statements that bring a store of an older version up to date."""
    check(database, tables)
    steps = tables.migrations[_version(database) - 1 :]
    statements = [statement for step in steps for statement in step]
    return (*statements, f"UPDATE meta SET value = '{tables.version}' WHERE name = 'version'")


def _version(database: Database) -> int:
    try:
        ((text,),) = database.rows(_FOUND)
        return int(text)
    except ValueError:
        raise StoreError(f"the store {database.name} is damaged: its version is missing") from None
