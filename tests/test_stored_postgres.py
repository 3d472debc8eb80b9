"""Stores in PostgreSQL: a real server, which the tests start."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from postgres_server import programs, server
from sessions import midocli, named
from sharer import Sharer
from stored import difference, side_by_side

from midocli.app.stores import check

psycopg = pytest.importorskip("psycopg", reason="psycopg is not installed: no PostgreSQL")
if programs() is None:
    pytest.skip("PostgreSQL's server is not installed", allow_module_level=True)

_NUMBERS = count()


@pytest.fixture(scope="module")
def databases() -> Iterator[str]:
    with server() as url:
        yield url


@pytest.fixture
def store(databases: str) -> str:
    """The URL of a database with nothing in it."""
    name = f"net{next(_NUMBERS)}"
    with psycopg.connect(databases.format("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return databases.format(name)


def test_a_topology_stays_in_postgresql(store: str) -> None:
    printed = [
        midocli("-s", store, "-e", "router create name r"),
        midocli("-s", store, "-e", "router list", "-e", "undo", "-e", "router list"),
        midocli("-s", store, "--check"),
    ]
    assert [(done.returncode, done.stderr) for done in printed] == [(0, "")] * 3
    assert printed[0].stdout == "router0\n"
    assert printed[1].stdout == "router router0 name r state up asn 0\nundone: router0 created\n"
    assert " is sound: 0 objects, 1 changes\n" in printed[2].stdout


def test_sessions_print_the_same(store: str) -> None:
    (script,) = named("local-route-alias")
    assert difference(script, store) == ""


def test_sessions_share_it(store: str) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("chain create name c")
    for number in range(6):
        (a if number % 2 else b).run(f"chain c add rule type accept tos {number} pos 1")
    assert a.run("chain c list rule") == b.run("chain c list rule")
    why = b.refused("undo 4")
    assert why.startswith("another session, which is still there, made this: ")
    b.run("undo 3")
    b.run("undo force")
    assert a.run("chain c list rule").count("\n") == 1
    assert len(b.run("log").splitlines()) == 11
    b.run("log prune last 3")
    assert a.run("chain c list rule") == b.run("chain c list rule")
    a.kept.close()
    b.run("chain c set name d")
    assert "name d" in a.run("chain list")  # on another connection
    assert not check(store)


def test_many_processes_lose_nothing(store: str) -> None:
    script = "".join(f"router create name r{number}\n" for number in range(8))
    program = [sys.executable, "-m", "midocli", "-s", store]
    printed = side_by_side(program, script, 3)
    assert sorted(printed) == sorted(f"router{number}" for number in range(24))
    assert not check(store)


def test_what_is_not_there_is_told(store: str, tmp_path: Path) -> None:
    done = midocli("-s", f"postgresql:///none?host={tmp_path}", "-e", "router list")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith(
        f"midocli: the store postgresql://{tmp_path}/none cannot be reached"
    )


def test_a_connection_that_is_lost_leaves_nothing_half_done(store: str) -> None:
    a = Sharer(store)
    a.run("router create name r")
    with psycopg.connect(store, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database()"
        )
    for _ in range(2):
        try:
            a.run("router create name s")
            break
        except Exception as error:
            assert "cannot be reached" in str(error)
    assert a.run("router list").count("name s") == 1
    assert not check(store)
