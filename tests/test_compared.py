"""What `diff`, `reach diff` and `log` compare with: stores, and what there was in them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import midocli
from sharer import Sharer
from worlds import World, snapshot

from midocli.session.stores import stored
from midocli.shell.cursor import at_cursor
from midocli.shell.hint import Hint, hint
from midocli.shell.offers import Offers
from midocli.shell.words import Candidate


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "net.db"


def _compared(session: World, line: str) -> list[str]:
    """The lines that a comparison has found, without those around them."""
    found = session.run(line).splitlines()
    return [line for line in found if line[:1] in "+-" and line[:3] not in ("+++", "---")]


# -- with what there was -----------------------------------------------------------------


def test_bare_compares_with_what_the_session_found(store: Path) -> None:
    Sharer(store).run("router create name r")
    a, b = Sharer(store), Sharer(store)
    assert a.run("diff") == ""
    a.run("router r set name s")
    b.run("bridge create name lan")
    wanted = ["-router create name r", "+router create name s", "+bridge create name lan"]
    assert _compared(a, "diff") == wanted
    assert a.run("diff").startswith(f"--- {store} as this session found it\n+++ now\n")
    a.run("undo")
    assert _compared(a, "diff") == ["+bridge create name lan"]
    assert Sharer(store).run("diff") == ""


def test_bare_compares_a_change_with_what_is_committed(store: Path) -> None:
    a = Sharer(store)
    a.run("router create name r")
    a.run("begin")
    assert a.run("diff") == ""
    a.run("router r delete")
    a.run("bridge create name lan")
    before = snapshot(a.store)
    assert _compared(a, "diff") == ["-router create name r", "+bridge create name lan"]
    assert a.run("diff log 1 as mido") == "router create name r alias router0"
    assert snapshot(a.store) == before
    a.run("rollback")
    assert _compared(a, "diff") == ["+router create name r"]


def test_bare_compares_with_what_the_session_saved(store: Path, tmp_path: Path) -> None:
    lines = ("router create name r", f"save {tmp_path}/r.mido", "bridge create", "begin", "diff")
    done = midocli("-s", str(store), *(word for line in lines for word in ("-e", line)))
    assert f"--- {tmp_path}/r.mido\n+++ now\n" in done.stdout
    assert "+bridge create" in done.stdout and "+router" not in done.stdout


def test_what_a_change_did_is_what_it_did_then(store: Path) -> None:
    a, b = Sharer(store), Sharer(store)
    a.run("bridge create name lan")
    with a.context.store.journal.history.together():
        a.run("router create name r")
        a.run("router r add port address 10.0.0.1 net 10.0.0.0/24")
    a.run("router r set name s")
    b.run("bridge lan delete")
    a.run("undo")
    a.run("undo")
    shown = a.run("diff log 2 as mido").splitlines()
    assert [line.split()[:2] for line in shown] == [["router", "create"], ["router", "router0"]]
    assert a.run("diff log 4 as mido") == "router router0 set name s"
    assert a.run("diff log 5 as mido") == "bridge bridge0 delete"
    assert a.run("diff log 6 as mido") == "router router0 set name r"
    assert a.run("log 6 show").splitlines()[1:] == [
        "- router router0 name s state up asn 0",
        "+ router router0 name r state up asn 0",
    ]
    assert a.run("log 5 show").splitlines()[1:] == ["- bridge bridge0 name lan state up"]
    assert a.refused("diff log 3") == a.refused("log 3 show") == "the log has no change 3"
    assert World().error("diff log 1").message.startswith("this session has no store")


def test_what_is_pruned_is_told(store: Path) -> None:
    a = Sharer(store)
    for number in range(4):
        a.run(f"bridge create name b{number}")
    a.run("log prune last 2")
    assert a.run("diff log 3 as mido") == "bridge create name b2 alias bridge2"
    assert a.refused("diff") == "the log has been pruned since: it begins with 3"
    assert a.refused("diff log 2") == "the log has no change 2"


def test_rows_are_whole_and_in_their_place(store: Path) -> None:
    a = Sharer(store)
    a.run("chain create name c")
    for kind in ("drop", "accept"):
        a.run(f"chain c add rule type {kind} dst 10.0.0.1")
    a.run("chain0:rule0 set pos 1")
    more = "fragment-policy any no-vlan false match-nw-dst-rewritten false"
    rule = f"rule chain0:rule0 inverted no dst 10.0.0.1 {more} type drop pos"
    shown = a.run("log 4 show").splitlines()[1:]
    assert sorted(shown[0].split()) == sorted(f"- {rule} 2".split())
    assert sorted(shown[1].split()) == sorted(f"+ {rule} 1".split())


def test_secrets_are_nowhere(store: Path) -> None:
    a = Sharer(store)
    a.run("router create name r")
    a.run("router r add bgp-peer asn 5 address 10.0.0.3 password hush")
    a.run("router0:peer0 set password quiet")
    for line in ("diff", "diff log 2", "diff log 3", "log 2 show", "log 3 show"):
        for form in ("", " as json", " as table", " as yaml"):
            shown = a.run(line + form)
            assert "hush" not in shown and "quiet" not in shown
            assert shown
    assert len(_compared(a, "diff log 3")) == 2


def test_changes_are_offered_with_what_they_did(store: Path) -> None:
    a = Sharer(store)
    a.run("router create name r")
    a.run("bridge create name lan")
    offers = Offers(a.context)
    for line in ("diff log ", "log ", "reach diff log "):
        word = at_cursor(line)
        assert word is not None
        offered = [each for each in offers.at(word) if each.text.isdigit()]
        assert offered == [Candidate("2", "bridge0 created"), Candidate("1", "router0 created")]
    assert hint(a.context, "diff log 2").text.startswith("Enter runs it")
    assert hint(a.context, "diff log 3") == Hint("the log has no change 3", True)
    assert hint(a.context, "log 3 show") == Hint("the log has no change 3", True)
    assert hint(a.context, "log 2 ").text.startswith("show: ")
    assert hint(World().context, "diff log 2").wrong


def test_the_forms_of_a_difference_are_offered() -> None:
    world = World()
    word = at_cursor("diff as ")
    assert word is not None
    forms = [each.text for each in Offers(world.context).at(word)]
    assert forms == ["table", "json", "yaml", "csv", "commands", "mido"]
    assert "mido" in hint(world.context, "diff as ").text
    word = at_cursor("expect diff as m")
    assert word is not None
    assert [each.text for each in Offers(world.context).at(word)] == ["mido"]
    word = at_cursor("router list as ")
    assert word is not None
    assert "mido" not in [each.text for each in Offers(world.context).at(word)]


# -- with another store ---------------------------------------------------------------------


def test_another_store_is_compared(store: Path, tmp_path: Path) -> None:
    other = Sharer(tmp_path / "other.db")
    other.run("router create name r")
    other.run("router r add port")
    a = Sharer(store)
    a.context.stored = stored
    a.run("router create name s")
    before = (tmp_path / "other.db").read_bytes()
    assert a.run(f"diff {tmp_path}/other.db as mido").splitlines() == [
        "router router0 port port0 delete",
        "router router0 set name s",
    ]
    assert _compared(a, f"diff {store}") == []
    a.run("begin")
    a.run("router s delete")
    assert _compared(a, f"diff {store}") == ["-router create name s"]
    assert (tmp_path / "other.db").read_bytes() == before


def test_every_session_compares_with_a_store(store: Path, tmp_path: Path) -> None:
    Sharer(store).run("router create name r")
    done = midocli("-e", "router create name s", "-e", f"diff {store}")
    assert done.stdout.splitlines()[-2:] == ["-router create name r", "+router create name s"]
    (tmp_path / "log").write_text("router create name s")
    done = midocli("-e", "router create name s", "-e", f"diff {tmp_path}/log")
    assert (done.stdout, done.stderr) == ("router0\n", "")
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(store.read_bytes()[:5000] + bytes(4000))
    done = midocli("-e", f"diff {damaged}")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert f"the store {damaged} is damaged" in done.stderr


def test_an_untrusted_script_compares_with_no_store(store: Path, tmp_path: Path) -> None:
    Sharer(store).run("router create name r")
    (tmp_path / "x.mido").write_text(f"diff {store}\ndiff postgresql://localhost/x\n")
    done = midocli("--untrusted", "--keep-going", str(tmp_path / "x.mido"))
    assert done.stdout == ""
    told = [line.partition(": ")[2] for line in done.stderr.splitlines()]
    assert told[0].startswith(f"{store}:1: unexpected 'SQLite': ")
    assert told[1] == "there are no stores in databases here"


# -- who can talk to whom -----------------------------------------------------------------

LAN = (
    "bridge create name lan",
    "guest create name alice bridge lan address 10.0.0.10/24",
    "guest create name web bridge lan address 10.0.0.11/24",
    "chain create name in",
    "chain in add rule proto 6 dst-port 443 type drop",
)


def test_reach_diff_compares_with_the_same(store: Path) -> None:
    a = Sharer(store)
    a.context.stored = stored
    for line in LAN:
        a.run(line)
    number = len(a.run("log last 50").splitlines()) + 1
    a.run("bridge0:port1 set outfilter in")
    found = a.run(f"reach diff log {number} tcp 443")
    assert found.startswith("closes: web <- alice   tcp 443   (chain0:rule0 drops it in ")
    assert a.run(f"reach diff log {number - 1}") == ""
    assert a.run(f"reach diff {store}") == ""
    assert a.refused("reach diff").startswith("no change has begun: ")
    a.run("begin")
    a.run("bridge0:port1 clear outfilter")
    assert a.run("reach diff tcp 443").startswith("opens: web <- alice   tcp 443")
    assert a.run(f"reach diff {store} tcp 443").startswith("opens: web <- alice   tcp 443")
    assert a.refused("reach diff log 99") == "the log has no change 99"
