"""Topologies that stay: what one run leaves, the next one finds."""

from __future__ import annotations

import gc
import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from pathlib import Path
from random import Random
from subprocess import PIPE

import pytest
from sessions import ROOT, midocli, named
from stored import comparable, difference

from midocli.app.cli import main

#: Sessions between them with most of what a store has to do, and some that are others each time
#: when there is a new one; `python tests/campaigns.py transcripts` takes all.
SAMPLE = ("local-route-alias", "chain", "references", "captures", "bridge-tables", "vtep")
OTHERS = Random(len(comparable())).sample([script.stem for script in comparable()], 4)


def run(store: Path | str, *arguments: str) -> tuple[int, str, str]:
    """The exit status of a run of the program, what it prints, and its errors."""
    printed, told = BytesIO(), BytesIO()
    out, err = (TextIOWrapper(each, encoding="utf-8") for each in (printed, told))
    with redirect_stdout(out), redirect_stderr(err):
        status = main(["-s", str(store), *arguments])
        out.flush()
        err.flush()
    gc.unfreeze()
    return status, printed.getvalue().decode(), told.getvalue().decode()


def ran(store: Path, *commands: str) -> str:
    """What some commands print, each in a run of its own; all of them have to succeed."""
    printed = ""
    for command in commands:
        status, out, err = run(store, "-e", command)
        assert (status, err) == (0, ""), command
        printed += out
    return printed


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "net.db"


@pytest.mark.parametrize("name", dict.fromkeys((*SAMPLE, *OTHERS)))
def test_a_session_prints_the_same_on_a_store(name: str, store: Path) -> None:
    for script in named(name):  # a lab may be called as a kept session is
        assert difference(script, str(store.with_name(script.parent.name))) == ""


def test_what_one_run_makes_the_next_one_finds(store: Path) -> None:
    assert ran(store, "router create name r", "router list") == (
        "router0\nrouter router0 name r state up asn 0\n"
    )
    assert stat.S_IMODE(store.stat().st_mode) == 0o600


def test_the_environment_names_a_store(store: Path) -> None:
    environment = {**os.environ, "MIDOCLI_STORE": str(store)}
    midocli("-e", "bridge create", env=environment)
    assert midocli("-e", "bridge list", env=environment).stdout == "bridge bridge0 state up\n"


def test_an_untrusted_script_has_no_store(store: Path) -> None:
    done = midocli("-s", str(store), "--untrusted", "-e", "bridge create")
    assert done.stdout == "bridge0\n"
    assert not store.exists()


def test_aliases_stay(store: Path) -> None:
    """Those given when a route is first printed too, and what was deleted gives none back."""
    ran(store, "router create", "router router0 add port address 10.0.0.1 net 10.0.0.0/24")
    first = ran(store, "router router0 add route dst 1.0.0.0/8 type normal port port0")
    listed = ran(store, "router router0 list route")
    assert first == "route0\n" or first == "router0:route0\n"
    assert "route1" in listed
    assert ran(store, "router router0 list route") == listed
    ran(store, "router router0 route route1 delete", "router create")
    assert ran(store, "router create") == "router2\n"
    done = ran(store, "router router0 add route dst 2.0.0.0/8 type normal port port0")
    assert done.endswith("route2\n")


def test_lines_of_a_pipe_are_answered_when_none_follows(store: Path) -> None:
    """What is piped in is committed some commands at a time, but nobody waits for the next one."""
    program = [sys.executable, "-m", "midocli", "-s", str(store)]
    with subprocess.Popen(program, stdin=PIPE, stdout=PIPE, cwd=ROOT) as session:
        assert session.stdin is not None and session.stdout is not None
        session.stdin.write(b"router create\nrouter create name b\n")
        session.stdin.flush()
        assert session.stdout.readline() == b"router0\n"
        assert session.stdout.readline() == b"router1\n"
        assert ran(store, "router list name b") == "router router1 name b state up asn 0\n"
        session.kill()


def test_rules_stay_in_order(store: Path) -> None:
    ran(store, "chain create name c")
    for number in range(1, 8):
        place = f" pos {number // 2}" if number > 1 else ""
        ran(store, f"chain c add rule type accept tos {number}{place}")
    ran(store, "chain c rule rule1 set pos 7")
    listed = ran(store, "chain c list rule")
    assert ran(store, "chain c list rule") == listed
    places = [line.split("pos ")[1].split()[0] for line in listed.splitlines()]
    assert places == [str(number) for number in range(1, 8)]
    assert listed.splitlines()[-1].startswith("rule rule1 ")


def test_undo_takes_back_what_another_run_did(store: Path) -> None:
    ran(store, "router create name a", "router create name b", "router a set name c", "undo")
    assert ran(store, "router list name a") == "router router0 name a state up asn 0\n"
    ran(store, "undo", "undo")
    assert ran(store, "router list") == ""
    assert run(store, "-e", "undo") == (1, "", "-e:1:1: nothing to undo\n")
    ran(store, "redo", "redo", "redo")
    assert ran(store, "router list") == (
        "router router0 name c state up asn 0\nrouter router1 name b state up asn 0\n"
    )


def test_what_others_named_comes_back(store: Path) -> None:
    ran(store, "bridge create name a", "bridge create name b", "bridge a add port")
    ran(store, "bridge b add port", "bridge0:port0 set peer bridge1:port0")
    before = ran(store, "port list")
    ran(store, "bridge a delete", "undo")
    assert ran(store, "port list") == before
    ran(store, "redo")
    assert "peer" not in ran(store, "port list")
    assert run(store, "--check")[0] == 0


def test_an_alias_that_was_taken_back_is_given_again(store: Path) -> None:
    ran(store, "bridge create", "undo")
    assert ran(store, "bridge create") == "bridge0\n"


def test_a_file_is_one_change_behind_it(store: Path, tmp_path: Path) -> None:
    script = tmp_path / "two.mido"
    script.write_text("router create\nrouter create\nundo\nbridge create\n")
    assert run(store, str(script))[0] == 0
    assert ran(store, "router list", "bridge list").count("\n") == 2
    ran(store, "undo")
    assert ran(store, "router list", "bridge list") == ""
    ran(store, "redo")
    assert ran(store, "router list", "bridge list").count("\n") == 2


def test_a_command_that_fails_leaves_nothing(store: Path) -> None:
    ran(store, "router create")
    assert run(store, "-e", "router router0 add port address 10.0.0.1 net nothing")[0] == 1
    assert ran(store, "port list") == ""
    assert "port0" in ran(store, "router router0 add port address 10.0.0.1 net 10.0.0.0/24")


def test_a_repeated_seed_repeats_no_uuid(store: Path) -> None:
    for _ in range(2):
        assert run(store, "--seed", "1", "-e", "router create")[0] == 0
    assert ran(store, "router list").count("\n") == 2


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"no database at all, but a long enough text " * 30, "is no store: it is not a SQLite"),
        (b"short", "is no store: it is not a SQLite"),
    ],
)
def test_what_is_no_database_is_told(store: Path, content: bytes, sentence: str) -> None:
    store.write_bytes(content)
    status, out, err = run(store, "-e", "router list")
    assert (status, out) == (2, "")
    assert sentence in err and err.count("\n") == 1
    assert store.read_bytes() == content


def test_another_programs_database_is_left_alone(store: Path) -> None:
    connection = sqlite3.connect(store)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    before = store.read_bytes()
    status, _, err = run(store, "-e", "router create")
    assert status == 2
    assert err.endswith("is a SQLite database, but no store of midocli's\n")
    assert store.read_bytes() == before


def test_a_newer_store_is_left_alone(store: Path) -> None:
    ran(store, "router create")
    connection = sqlite3.connect(store)
    connection.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    connection.commit()
    connection.close()
    status, _, err = run(store, "-e", "router create")
    assert status == 2
    assert "was written by a newer midocli: its version is 99" in err


def test_numbers_of_a_change_that_was_rolled_back_are_not_given_again(tmp_path: Path) -> None:
    """Somebody has seen them, whoever comes next: as with PostgreSQL's sequences."""
    store = str(tmp_path / "net.db")

    def made(*lines: str) -> list[str]:
        commands = [word for line in lines for word in ("-e", line)]
        return midocli("--store", store, *commands).stdout.splitlines()

    assert made("begin", "bridge create name a", "rollback") == ["bridge0"]
    assert made("begin", "bridge create name b", "nonsense") == ["bridge1"]
    assert made("begin", "bridge create name c") == ["bridge2"]
    assert made("begin", "bridge create name c", "quit") == ["bridge3"]
    assert made("bridge create name d") == ["bridge4"]
    assert midocli("--store", store, "--check").returncode == 0


@pytest.mark.parametrize("name", [r"\xff", r"\x00", r"\ud800", r"\ud800\xff", r"é\u2028"])
def test_names_that_no_database_takes_as_text_stay(tmp_path: Path, name: str) -> None:
    store, word = str(tmp_path / "net.db"), f"$'{name}'"
    made = midocli("--store", store, "-e", f"bridge create name {word}", "-e", "log")
    assert made.returncode == 0, made.stderr
    found = midocli("--store", store, "-e", f"bridge {word} show name", "-e", "bridge list")
    assert found.returncode == 0, found.stderr
    assert midocli("--store", store, "--check").returncode == 0
