"""Several sessions on one store: what they see of each other, and what they refuse."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sessions import midocli
from sharer import Sharer
from stored import side_by_side
from terminal import Terminal
from worlds import World, listing
from worlds import check as check_store

from grammar.errors import MidoError, StoreError
from midocli.session import stores
from midocli.session.stores import check
from midocli.store.storage.database import Cell


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "net.db"


def test_each_session_sees_what_the_others_do(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create name r")
    assert b.run("router list") == "router router0 name r state up asn 0"
    b.run("router r set name s")
    b.run("router s add port address 10.0.0.1 net 10.0.0.0/24")
    assert a.run("router router0 list port") == b.run("router router0 list port")
    a.run("delete router router0")
    assert b.run("router list") == b.run("port list") == ""
    assert not check(str(store))


def test_a_waiting_session_hears_of_changes_in_a_few_words(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("bridge create")
    a.run("bridge bridge0 set name b")
    assert b.kept.refresh() == ["bridge0 created", "bridge0 (name) changed"]
    assert b.kept.refresh() == []


def test_orders_and_aliases_are_those_of_the_store(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("chain create name c")
    for number in range(6):
        (a if number % 2 else b).run(f"chain c add rule type accept tos {number} pos 1")
    a.run("chain c rule rule2 set pos 6")
    b.run("delete chain c rule rule4")
    assert a.run("chain c list rule") == b.run("chain c list rule")
    assert Sharer(store).run("chain c list rule") == a.run("chain c list rule")
    assert a.run("router create") == "router0"
    assert b.run("router create") == "router1"
    assert not check(str(store))


def test_an_alias_that_is_first_printed_is_everybodys(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create")
    a.run("router router0 add port address 10.0.0.1 net 10.0.0.0/24")
    printed = a.run("router router0 list route")
    assert printed.startswith("route route0 ")
    assert b.run("router router0 list route") == printed
    assert not check(str(store))


@pytest.fixture
def named(store: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Sharer, Sharer]:
    """Two sessions, and a route whose alias the first one gave, but could not write."""
    monkeypatch.setattr("midocli.store.storage.kept._LITTLE_PATIENCE", 0.01)
    a, b = Sharer(store), Sharer(store)
    a.run("router create")
    for net in (1, 2):
        a.run(f"router router0 add port address 10.0.{net}.1 net 10.0.{net}.0/24")
    b.run("router list")
    b.kept.begin()
    try:
        assert a.run("router router0 list route dst 10.0.2.1").startswith("route route0 ")
    finally:
        b.kept.end()
    return a, b


def test_an_alias_that_could_not_be_written_gives_way(
    named: tuple[Sharer, Sharer], store: Path
) -> None:
    a, b = named
    printed = b.run("router router0 list route")
    assert printed.startswith("route route0 src 0.0.0.0/0 dst 10.0.1.1 ")
    assert a.run("router router0 list route") == printed
    a.run("delete router router0 route route0")
    assert a.run("router router0 list route") == b.run("router router0 list route") != ""
    assert not check(str(store))


def test_an_alias_that_could_not_be_written_is_with_the_next_change(
    named: tuple[Sharer, Sharer], store: Path
) -> None:
    a, b = named
    a.run("bridge create")
    assert "route route0 src 0.0.0.0/0 dst 10.0.2.1 " in b.run("router router0 list route")
    assert a.run("router router0 list route") == b.run("router router0 list route")
    assert not check(str(store))


def test_traffic_follows_what_others_change(store: Path) -> None:
    lines = """\
        host create name h
        bridge create name lan
        bridge lan add port
        bridge lan add port
        host h add binding port bridge0:port0 interface veth0
        host h add binding port bridge0:port1 interface veth1
        guest create name one interface host0:veth0 address 10.0.0.1/24
        guest create name two interface host0:veth1 address 10.0.0.2/24"""
    a, b = Sharer(store), Sharer(store)
    for line in lines.splitlines():
        a.run(line.strip())
    assert "1 received" in b.run("ping one 10.0.0.2 count 1 capture none")
    a.run("guest two set address 10.0.0.3/24")
    assert "0 received" in b.run("ping one 10.0.0.2 count 1 capture none")
    assert "1 received" in b.run("ping one 10.0.0.3 count 1 capture none")


def test_undo_takes_a_sessions_own_change_first(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create name mine")
    b.run("router create name other")
    a.run("undo")
    assert "mine" not in b.run("router list") and "other" in b.run("router list")
    a.run("redo")
    assert "mine" in b.run("router list")


def test_what_a_later_change_built_on_is_not_taken_back(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create name r")
    b.run("router r add port address 10.0.0.1 net 10.0.0.0/24")
    before = a.run("port list")
    assert a.refused("undo").startswith("cannot undo router0 created: router0 holds ")
    b.run("undo")
    b.run("router r set name s")
    assert a.refused("undo") == "cannot undo router0 created: router0 has been changed since"
    assert before and a.run("router list") == "router router0 name s state up asn 0"
    assert not check(str(store))


def test_what_was_moved_since_it_was_made_is_not_taken_back(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("chain create name c")
    for number in range(3):
        a.run(f"chain c add rule type accept tos {number}")
    b.run("chain c rule rule2 set pos 1")
    assert a.refused("undo") == (
        "cannot undo chain0:rule2 created: chain0:rule2 has another place since"
    )
    b.run("undo")
    a.run("undo")
    a.run("redo")
    a.run("delete chain c rule rule1")
    a.run("undo")
    b.run("chain c rule rule1 set pos 1")
    assert a.refused("redo").endswith(" deleted: chain0:rule1 has another place since")
    assert a.run("chain c list rule") == b.run("chain c list rule")
    assert not check(str(store))


def test_what_was_not_taken_back_after_all_keeps_its_alias(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create")
    b.run("router router0 add port address 10.0.0.1 net 10.0.0.0/24")
    a.run("router create")
    assert a.refused("undo 2").startswith("cannot undo router0 created: router0 holds ")
    assert a.run("router create") == "router2"
    assert not check(str(store))


def test_what_follows_a_commit_at_once_is_seen(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b = Sharer(store), Sharer(store)
    commit = a.kept._database.commit

    def followed() -> None:
        commit()
        b.run("bridge create name b")

    monkeypatch.setattr(a.kept._database, "commit", followed)
    a.run("bridge create name a")
    assert a.run("bridge list") == b.run("bridge list") != ""
    assert a.run("bridge list").count("\n") == 1


def test_a_draft_is_made_once_more_on_what_others_did(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create name r")
    for line in ("begin", "bridge create name draft", "router r set name s"):
        b.run(line)
    a.run("chain create name c")
    assert b.run("chain list") == "" and a.run("bridge list") == ""
    b.run("commit")
    assert a.run("router list") == "router router0 name s state up asn 0"
    assert b.run("chain list") == "chain chain0 name c" and "draft" in a.run("bridge list")
    for line in ("begin", "router s set name t"):
        b.run(line)
    a.run("router s set name u")
    assert b.refused("commit") == "name of router0 has been changed since begin"
    assert b.run("router list") == a.run("router list") == "router router0 name u state up asn 0"
    a.run("undo 2")
    assert not check(str(store))


def test_what_a_live_session_made_takes_force(store: Path) -> None:
    a, b = Sharer(store, "a"), Sharer(store, "b")
    a.run("router create name r")
    why = b.refused("undo")
    assert why.startswith("another session, which is still there, made this: router0 created; ")
    b.run("undo force")
    assert a.run("router list") == ""
    assert a.refused("undo") == "nothing to undo"


def test_the_log_tells_who_did_what(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("router create name r")
    b.run("router r add bgp-peer asn 5 address 10.0.0.3 password hush")
    a.run("router r set name s")
    a.run("undo")
    listed = a.run("log").splitlines()
    assert [line.split("  ")[3] for line in listed] == [
        "router0 created",
        "router0:peer0 created",
        "router0 (name) changed (undone)",
        "router0 (name) changed undone",
    ]
    assert len({line.split("  ")[2] for line in listed}) == 2
    shown = b.run("log 3 show").splitlines()
    assert shown[1:] == [
        "- router router0 name r state up asn 0",
        "+ router router0 name s state up asn 0",
    ]
    assert "hush" not in a.run("log 2 show") and "(not shown)" in a.run("log 2 show")
    assert a.run("log last 1") == listed[-1]
    assert a.refused("log 7 show") == "the log has no change 7"
    assert World().error("log").message.startswith("this session has no store, and so no log")


def test_a_pruned_log_is_no_obstacle(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    for number in range(5):
        a.run(f"bridge create name b{number}")
    assert a.run("log prune last 2") == "3 changes forgotten"
    assert len(a.run("log").splitlines()) == 2
    assert b.run("bridge list") == a.run("bridge list")
    for _ in range(2):
        a.run("undo")
    assert a.refused("undo") == "nothing to undo; what was before is kept no more"
    assert not check(str(store))


def test_a_store_that_is_written_to_for_too_long_is_told(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("midocli.store.storage.kept._PATIENCE", 0.1)
    a, b = Sharer(store), Sharer(store)
    a.run("router create")
    a.kept.begin()
    try:
        assert b.refused("router create").endswith(
            "is locked: another session has been writing to it for too long; try again"
        )
        assert b.run("router list") == "router router0 state up asn 0"
    finally:
        a.kept.end()
    assert b.run("router create") == "router1"


def test_many_processes_lose_nothing(store: Path) -> None:
    """What each was told is made is there, once, and the log leads to it."""
    script = "".join(f"router create name r{number}\n" for number in range(12))
    program = [sys.executable, "-m", "midocli", "-s", str(store)]
    printed = side_by_side(program, script, 4)
    assert sorted(printed) == sorted(f"router{number}" for number in range(48))
    assert len(Sharer(store).run("router list").splitlines()) == 48
    assert not check(str(store))


def test_a_read_only_store_is_read(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Sharer(store).run("router create name r")
    real = stores.opened

    def read_only(where: str, new: bool = True) -> object:
        database = real(where, new)
        database.rows("PRAGMA query_only = 1")
        return database

    monkeypatch.setattr(stores, "opened", read_only)
    session = Sharer(store)
    assert session.run("router list") == "router router0 name r state up asn 0"
    with pytest.raises(StoreError):
        session.run("router create")
    assert session.run("router list") == "router router0 name r state up asn 0"


def test_a_waiting_prompt_tells_of_others(tmp_path: Path) -> None:
    store = str(tmp_path / "net.db")
    terminal = Terminal(tmp_path, arguments=("--store", "net.db"))
    terminal.wait_for("net.db | 0 objects")
    terminal.type("router lis")
    midocli("-s", store, "-e", "bridge create", "-e", "bridge create")
    screen = terminal.wait_for("bridge0 created")
    assert "change" in screen and "midonet> router lis" in screen
    terminal.type("\x15bridge list\r")
    terminal.wait_for("bridge bridge1 state up")


def test_a_damaged_store_is_told_in_one_sentence(store: Path) -> None:
    Sharer(store).run("router create name r")
    whole = store.read_bytes()
    for place in (100, 4096 + 8, whole.index(b'{"name":"r"}')):
        store.write_bytes(whole[:place] + b"\xff" * 300 + whole[place + 300 :])
        done = midocli("-s", str(store), "-e", "router list")
        assert done.returncode in (0, 1, 2)  # 1 where a command is the first to see it
        assert "damaged" in done.stderr or not done.stderr
        assert done.stderr.count("\n") <= 1
        try:
            assert check(str(store))
        except StoreError as error:
            assert "is damaged" in error.message


def test_what_had_to_be_read_anew_meanwhile_is_not_changed(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log was pruned between a command's look at the store and its change."""
    a, b = Sharer(store), Sharer(store)
    a.run("router create name r")
    begin = a.kept._database.begin

    def preceded(seconds: float) -> None:
        for _ in range(3):
            b.run("bridge create name b")
        b.run("log prune last 1")
        begin(seconds)

    with monkeypatch.context() as patch:
        patch.setattr(a.kept._database, "begin", preceded)
        assert a.refused("router r set name s").endswith(" had to be read anew: try again")
    a.run("router r set name s")
    assert b.run("router list") == "router router0 name s state up asn 0"
    assert listing(a) == listing(b)


@pytest.mark.parametrize("number", range(10))
@pytest.mark.parametrize("line", ["router list", "router r set name t"])
def test_a_session_whose_store_fails_for_a_while_sees_all_of_it_again(
    store: Path, monkeypatch: pytest.MonkeyPatch, line: str, number: int
) -> None:
    """Whichever statement is the first to fail, while it takes in what others did."""
    a, b = Sharer(store), Sharer(store)
    for made in ("router create name r", "bridge create name b", "bridge b add port"):
        a.run(made)
    a.run("bridge list")
    b.run("router r add port address 10.0.0.1 net 10.0.0.0/24")
    b.run("delete bridge b")
    b.run("bridge create name c")
    left, rows = number, a.kept._database.rows

    def failing(statement: str, parameters: Sequence[Cell] = ()) -> list[tuple[Any, ...]]:
        nonlocal left
        left -= 1
        if left < 0:
            raise StoreError("it fails")
        return rows(statement, parameters)

    with monkeypatch.context() as patch:
        patch.setattr(a.kept._database, "rows", failing)
        with suppress(MidoError):
            a.run(line)
    a.kept.refresh()
    assert listing(a) == listing(Sharer(store))
    check_store(a.store)
    a.run("bridge create")
    assert not check(str(store))


def test_what_came_back_holds_what_others_put_in(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("chain create name k")
    a.run("undo")
    a.run("redo")
    b.run("chain k add rule type accept")
    assert a.run("chain k list rule") == b.run("chain k list rule")
    a.run("begin")
    a.run("delete chain k")
    a.run("rollback")
    b.run("chain k add rule type drop pos 1")
    assert a.run("chain k list rule") == b.run("chain k list rule")
    assert a.run("chain k list rule").count("\n") == 1
    check_store(a.context.store)
    assert not check(str(store))


def test_what_comes_back_behind_all_that_others_have_left_is_the_last(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("chain create name k")
    for number in range(6):
        a.run(f"chain k add rule type accept tos {number}")
    a.run("delete chain k rule rule4")
    for number in (0, 1, 2, 3, 5):
        b.run(f"delete chain k rule rule{number}")
    a.run("undo")
    b.run("chain k add rule type drop pos 1")
    assert a.run("chain k list rule") == b.run("chain k list rule")
    assert "rule4 inverted no tos 4 " in a.run("chain k list rule").splitlines()[1]
    check_store(a.context.store)
    assert not check(str(store))
