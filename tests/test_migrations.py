"""Stores of older versions are brought up to date, and those of this one stay readable."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from postgres_server import administer, named_in, new_database
from proofs import prove
from sessions import ROOT
from sharer import Sharer

from grammar.errors import StoreError
from midocli.session.stores import opened
from midocli.store.storage.database import Cell, Database
from midocli.store.storage.tables import TABLES, Tables, prepare

OLDER = sorted((ROOT / "tests" / "data" / "stores").glob("version-*.sql"))
#: A version that never was: twice the same would fail, and so would half of it.
NEXT = Tables(
    TABLES.create,
    (
        *TABLES.migrations,
        (
            "ALTER TABLE object ADD COLUMN colour TEXT",
            "UPDATE object SET colour = 'red' WHERE collection = 'router'",
            "CREATE TABLE label (id TEXT PRIMARY KEY)",
            "INSERT INTO label SELECT id FROM object",
        ),
    ),
)


def older(dump: Path, where: str) -> str:
    """A store of an older version in a file, or in PostgreSQL."""
    if where.startswith("postgresql:"):
        begin = "CREATE SCHEMA midocli; SET search_path = midocli;"
        administer(named_in(where), begin + dump.read_text())
        return where
    connection = sqlite3.connect(where)
    connection.executescript(dump.read_text())
    connection.execute(f"PRAGMA application_id = {0x6D69646F}")
    connection.close()
    return where


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "net.db") if request.param == "sqlite" else new_database()


def test_every_older_version_is_kept() -> None:
    assert [int(dump.stem.partition("-")[2]) for dump in OLDER] == list(
        range(1, TABLES.version + 1)
    )


@pytest.mark.parametrize("dump", OLDER, ids=lambda dump: dump.stem)
def test_a_store_of_an_older_version_is_as_it_was(dump: Path, where: str) -> None:
    """What it holds, its aliases, its order, and what can be taken back."""
    prove(older(dump, where))
    script = dump.with_suffix(".mido")
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "-s", where, "--echo", script.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=dump.parent,
        env={"PATH": "", "TZ": "UTC", "PYTHONPATH": str(ROOT)},
    )
    assert done.stdout == dump.with_suffix(".out").read_text()
    prove(where)


def versions(where: str, tables: Tables) -> tuple[Any, ...]:
    """What a store has of the version that never was, after it has been prepared."""
    database = opened(where)
    try:
        prepare(database, tables)
        ((version,),) = database.rows("SELECT value FROM meta WHERE name = 'version'")
        colours = database.rows("SELECT count(*) FROM object WHERE colour = 'red'")
        return version, colours[0][0], database.rows("SELECT count(*) FROM label")[0][0]
    finally:
        database.close()


def test_a_store_is_brought_up_to_date(where: str) -> None:
    here = Sharer(where)
    here.run("router create name r")
    here.run("bridge create name b")
    for _ in range(2):
        assert versions(where, NEXT) == ("2", 1, 2)
    newer = "was written by a newer midocli: its version is 2, and this one knows up to 1"
    for line in ("router create", "undo"):
        assert here.refused(line).endswith(newer)
    with pytest.raises(StoreError, match=newer):
        Sharer(where)


class Interrupted:
    """A database in which the statement of some number is interrupted."""

    def __init__(self, real: Database, number: int) -> None:
        self._real = real
        self._left = number

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def run(self, statement: str, parameters: Sequence[Cell] = ()) -> None:
        if not self._left:
            raise KeyboardInterrupt
        self._left -= 1
        self._real.run(statement, parameters)


def test_an_interrupted_migration_leaves_the_version_before(where: str) -> None:
    Sharer(where).run("router create name r")
    for number in range(len(NEXT.migrations[-1]) + 1):
        database = opened(where)
        with pytest.raises(KeyboardInterrupt):
            prepare(Interrupted(database, number), NEXT)
        database.close()
        assert Sharer(where).run("router list") == "router router0 name r state up asn 0"
    prove(where)
    assert versions(where, NEXT) == ("2", 1, 1)


def test_processes_that_migrate_at_once_do_so_once(where: str) -> None:
    Sharer(where).run("router create name r")
    code = (
        "import sys; sys.path[:0] = sys.argv[2:]; from test_migrations import NEXT, versions;"
        "print(*versions(sys.argv[1], NEXT))"
    )
    program = [sys.executable, "-c", code, where, str(ROOT), str(ROOT / "tests")]
    together = [subprocess.Popen(program, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    assert [each.communicate()[0] for each in together] == ["2 1 1\n"] * 2
