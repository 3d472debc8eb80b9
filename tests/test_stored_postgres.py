"""Stores in PostgreSQL: a real server, which the tests start."""

from __future__ import annotations

import re
import sys
from random import Random

import pytest
from postgres_server import administer, drop, forget, named_in, new_database, shared
from scheduled import Schedule
from sessions import midocli, named
from sharer import Sharer
from stored import difference, side_by_side
from test_stored import run

from midocli.session.stores import check


@pytest.fixture
def store() -> str:
    """The URL of a database with nothing in it."""
    return new_database()


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


def test_it_is_compared_with(store: str) -> None:
    midocli("-s", store, "-e", "router create name r", "-e", "router r set name s")
    done = midocli("-e", f"diff {store} as mido", "-e", "bridge create", "-e", f"diff {store}")
    assert done.stdout.splitlines()[:2] == ["router router0 delete", "bridge0"]
    assert done.stdout.splitlines()[-2:] == ["-router create name s", "+bridge create"]
    done = midocli("-s", store, "-e", "diff log 2 as mido", "-e", "diff", "-e", "log 2 show")
    assert done.stdout.splitlines()[0] == "router router0 set name s"
    assert done.stdout.splitlines()[-1] == "+ router router0 name s state up asn 0"
    nowhere = midocli("-e", "diff postgresql://127.0.0.1:9/x")
    assert (nowhere.returncode, nowhere.stderr.count("\n")) == (1, 1)


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


# -- what is told where it cannot be used ----------------------------------------------------


def as_user(store: str, user: str) -> str:
    return store.replace("midocli@", f"{user}@")


def told(store: str, reason: str) -> None:
    """No command can be carried out, for a reason; passwords are not told."""
    status, out, err = run(store, "-e", "router list")
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert err.startswith("midocli: ") and re.search(reason, err), err
    assert "hush" not in err


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        ("postgresql:///none?host=/nowhere", "the store postgresql:///nowhere/none cannot be reac"),
        ("postgresql://me:hush@127.0.0.1:1/none", "cannot be reached: .*Connection refused"),
        ("postgresql://me@nowhere.invalid/none", "cannot be reached: .*nowhere.invalid"),
        ("postgresql://me:hush@[::1/none", "no store can be named so: .*IPv6"),
        ("postgresql://me/none?colour=red", "no store can be named so: .*colour"),
    ],
)
def test_what_cannot_be_reached_is_told(where: str, reason: str) -> None:
    told(where, reason)


def test_who_may_not_is_told(store: str) -> None:
    database = named_in(store)
    administer(
        database,
        "DROP ROLE IF EXISTS secret, guest",
        "CREATE ROLE secret LOGIN PASSWORD 'right'",
        "CREATE ROLE guest LOGIN",
    )
    told(store.replace(database, "none"), 'cannot be reached: .*"none" does not exist')
    told(as_user(store, "nobody"), 'cannot be reached: .*"nobody" does not exist')
    told(as_user(store, "secret"), "cannot be reached: .*no password supplied")
    told(as_user(store, "secret:hush"), "cannot be reached: .*password authentication failed")
    told(as_user(store, "guest"), "cannot be used: permission is denied")
    Sharer(store).run("router create")
    told(as_user(store, "guest"), "cannot be used: permission is denied")


def test_what_is_no_store_is_told(store: str) -> None:
    database = named_in(store)
    administer(database, "CREATE SCHEMA midocli", "CREATE TABLE midocli.other (x int)")
    told(store, "cannot be used: .*meta")
    administer(database, "DROP SCHEMA midocli CASCADE")
    Sharer(store).run("router create")
    administer(database, "UPDATE midocli.meta SET value = '99'")
    told(store, "was written by a newer midocli: its version is 99")


@pytest.mark.parametrize(
    ("code", "reason"), [("53100", "the disk is full"), ("25006", "it is read-only")]
)
def test_what_cannot_be_written_is_told(store: str, code: str, reason: str) -> None:
    here = Sharer(store)
    here.run("router create")
    administer(
        named_in(store),
        "CREATE FUNCTION midocli.fail() RETURNS trigger LANGUAGE plpgsql AS"
        f" $$BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{code}'; END$$",
        "CREATE TRIGGER fail BEFORE INSERT ON midocli.object EXECUTE FUNCTION midocli.fail()",
    )
    for _ in range(2):
        assert here.refused("bridge create").endswith(f" cannot be written: {reason}")
        assert here.run("router list") == "router router0 state up asn 0"
    administer(named_in(store), "DROP TRIGGER fail ON midocli.object")
    assert here.run("bridge create") == "bridge0"
    assert not check(store)


# -- what is lost with a connection ----------------------------------------------------------

_OTHERS = "pid <> pg_backend_pid() AND datname = current_database()"
_END_THEM = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {_OTHERS}"


def test_a_connection_that_is_lost_leaves_nothing_half_done(store: str) -> None:
    here = Sharer(store)
    here.run("router create name r")
    administer(named_in(store), _END_THEM)
    assert here.run("router create name s") == "router1"
    here.kept.begin()
    administer(named_in(store), _END_THEM)
    assert "cannot be reached: " in here.refused("router create name t")
    assert here.run("router create name t") == "router2"
    names = [line.split(" name ")[1][0] for line in here.run("router list").splitlines()]
    assert names == ["r", "s", "t"]
    assert not check(store)


def test_a_server_that_is_restarted_loses_nothing(store: str) -> None:
    here, there = Sharer(store), Sharer(store)
    here.run("router create name r")
    shared().stop()
    try:
        for line in ("router create name s", "router list", "undo", "log"):
            assert "cannot be reached: " in here.refused(line)
    finally:
        shared().start()
    for each, other in ((here, there), (there, here)):
        assert each.run("bridge create").startswith("bridge")
        assert other.run("bridge list") == each.run("bridge list")
    assert here.run("router list") == "router router0 name r state up asn 0"
    assert not check(store)


@pytest.mark.parametrize("is_made", [True, False])
def test_what_became_of_a_change_is_asked(
    store: str, is_made: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is lost with the answer to a COMMIT, or with the COMMIT itself."""
    here = Sharer(store)
    connection = here.kept._database._connection  # type: ignore[attr-defined]

    def lost(statement: str, *rest: object) -> object:
        if statement == "COMMIT":
            if is_made:
                connection.__class__.execute(connection, statement)
            administer(named_in(store), _END_THEM)
        return connection.__class__.execute(connection, statement, *rest)

    monkeypatch.setattr(connection, "execute", lost)
    if is_made:
        assert here.run("router create name r") == "router0"
    else:
        assert "cannot be reached: " in here.refused("router create name r")
    assert here.run("router list").count("name r") == is_made
    assert not check(store)


def test_courses_of_events_are_as_the_model_says(store: str) -> None:
    """By hand: thousands, by tests/campaigns.py."""
    for seed in range(6):
        forget(store)
        schedule = Schedule(Random(seed), store, drop)
        assert not schedule.run(), "\n".join([f"seed {seed}", *schedule.events, *schedule.wrong])


def test_what_cannot_be_asked_is_told(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("midocli.store.storage.postgres._PATIENCE", 0.3)
    here = Sharer(store)
    connection = here.kept._database._connection  # type: ignore[attr-defined]

    def lost(statement: str, *rest: object) -> object:
        if statement == "COMMIT":
            shared().stop()
        return connection.__class__.execute(connection, statement, *rest)

    monkeypatch.setattr(connection, "execute", lost)
    try:
        why = here.refused("router create name r")
    finally:
        shared().start()
    assert "whether the change was made is not known: look at the log" in why
    assert here.run("router list") == ""
    assert here.run("router create") == "router0"
    assert not check(store)
