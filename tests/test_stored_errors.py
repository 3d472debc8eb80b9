"""What is told where a store cannot be used: one sentence each, and nothing is lost."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

import pytest
from damage import a_store_to_damage, mishaps
from handmade import Hands, errors
from ordinary import ordinary_user
from proofs import prove
from sharer import Sharer
from test_stored import ran, run

from grammar.errors import StoreError
from grammar.script import Line
from midocli.session import stores
from midocli.session.session import Session, SessionEnd, Settings
from midocli.session.world import fixed_world
from midocli.store.storage import kept, sqlite
from midocli.store.storage.database import Database

READ_ONLY = "cannot be written: it is read-only"
FULL = "cannot be written: the disk is full"
LOCKED = "is locked: another session has been writing to it for too long; try again"
NOT_ACCESSIBLE = "cannot be opened: it, or the folder it is in, is not accessible"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a router."""
    where = tmp_path / "folder" / "net.db"
    where.parent.mkdir()
    ran(where, "router create name r")
    return where


def told(store: Path | str, command: str, sentence: str, status: int = 2) -> None:
    """A command has to fail with a sentence about the store."""
    begin = "midocli:" if status == 2 else "-e:1:1:"
    found = run(Path(store), "-e", command)
    assert found == (status, "", f"{begin} the store {store} {sentence}\n")


@contextmanager
def allowing(path: Path, mode: int) -> Iterator[None]:
    """Inside, an ordinary user may do so much with a file or folder."""
    before = path.stat().st_mode
    path.chmod(mode)
    try:
        with ordinary_user():
            yield
    finally:
        path.chmod(before)


# -- a file that cannot be opened, or only read -----------------------------------------------


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_read_only_store_is_read(store: Path, what: str) -> None:
    before = store.read_bytes()
    store.with_name("net.db-journal").unlink(missing_ok=True)
    with allowing(store, 0o400) if what == "file" else allowing(store.parent, 0o500):
        told(store, "router create", READ_ONLY, 1)
        told(store, "undo", READ_ONLY, 1)
        assert ran(store, "router list") == "router router0 name r state up asn 0\n"
        status, printed, _ = run(store, "--check")
        assert (status, printed) == (0, f"{store} is sound: 1 objects, 1 changes\n")
    assert store.read_bytes() == before


def test_a_crash_is_mended_before_a_store_is_read(store: Path) -> None:
    """What a crash has left beside a file has to go first, which takes writing."""
    other = sqlite3.connect(store, isolation_level=None)
    other.execute("PRAGMA cache_spill = 1")
    other.execute("PRAGMA cache_size = 1")
    other.execute("BEGIN IMMEDIATE")
    other.execute("UPDATE object SET data = 'x'")
    for number in range(99):
        other.execute("INSERT INTO meta VALUES (?, ?)", (f"{number}", "x" * 999))
    left = {file: file.read_bytes() for file in store.parent.iterdir()}
    other.execute("ROLLBACK")
    other.close()
    assert len(left) == 2
    for file, content in left.items():
        file.write_bytes(content)
    with allowing(store, 0o400):
        told(
            store,
            "router list",
            "has to be mended after a crash before it is read, and is read-only",
        )
    assert ran(store, "router list") == "router router0 name r state up asn 0\n"
    prove(str(store))


def test_who_may_not_is_told(store: Path) -> None:
    with allowing(store, 0):
        told(store, "router list", NOT_ACCESSIBLE)
    with allowing(store.parent, 0):
        told(store, "router list", "cannot be opened: Permission denied")
    with allowing(store.parent, 0o500):
        told(store.with_name("new.db"), "router list", "cannot be opened: Permission denied")


def test_what_is_no_file_is_told(store: Path) -> None:
    told(store.parent, "router list", "cannot be opened: it is a folder")
    told("/dev/null", "router list", "cannot be opened: it is no file")
    os.mkfifo(store.with_name("fifo"))
    told(store.with_name("fifo"), "router list", "cannot be opened: it is no file")
    missing = store.parent / "none" / "net.db"
    told(missing, "router list", "cannot be opened: No such file or directory")
    told(store / "net.db", "router list", "cannot be opened: Not a directory")
    told("~nobody-at-all/x", "router list", "cannot be opened: No such file or directory")
    told(store.with_name("n" * 300), "router list", "cannot be opened: File name too long")
    status, _, err = run(store.with_name("none.db"), "--check")
    assert (status, err.count("\n")) == (2, 1)
    assert NOT_ACCESSIBLE in err and not store.with_name("none.db").exists()


def test_a_link_leads_to_a_store(store: Path) -> None:
    link, target = store.with_name("link.db"), store.with_name("target.db")
    link.symlink_to(target)
    ran(link, "router create name s")
    assert ran(target, "router list") == "router router0 name s state up asn 0\n"


def test_a_network_file_system_is_told(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = [
        "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw",
        "22 21 0:40 / {} rw,relatime shared:2 - {} server:/home rw,vers=4.2",
    ]
    for kind in ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p"):
        listed = [mounts[0], mounts[1].format(store.parent.resolve(), kind)]
        monkeypatch.setattr(stores, "_mounts", lambda listed=listed: listed)
        told(
            store,
            "router list",
            f"is on a network file system ({kind}), where what several sessions write may be lost:"
            " keep it on a disk of this machine, or in PostgreSQL",
        )
    link = store.parent.parent / "link.db"
    link.symlink_to(store)
    assert run(link, "-e", "router list")[0] == 2
    listed.append(mounts[1].format(store.parent.resolve(), "ext4"))  # mounted over it
    assert run(link, "-e", "router list")[0] == 0
    monkeypatch.setattr(stores, "_mounts", lambda: [mounts[1].format("/f\\040ldér", "nfs")])
    assert stores._file_system(Path("/f ldér/inside")) == "nfs"
    assert stores._file_system(Path("/f ldérs")) == ""


# -- a file that is in use ------------------------------------------------------------------


def test_a_store_that_another_program_locks_is_told(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PATIENCE", 0.05)
    monkeypatch.setattr(kept, "_PATIENCE", 0.05)
    here = Sharer(store)
    other = sqlite3.connect(store, isolation_level=None)
    for mode, is_read in (("EXCLUSIVE", False), ("IMMEDIATE", True)):
        other.execute(f"BEGIN {mode}")
        assert here.refused("router create") == f"the store {store} {LOCKED}"
        if is_read:
            told(store, "router create", LOCKED, 1)
            assert here.run("router list") == ran(store, "router list").rstrip()
        else:
            told(store, "router list", LOCKED)
        other.execute("ROLLBACK")
    assert here.run("router create") == "router1"
    prove(str(store))


def test_a_file_that_is_removed_or_replaced_is_told(store: Path) -> None:
    """What would be written to a file that nobody finds any more would be lost."""
    here = Sharer(store)
    content = store.read_bytes()
    store.unlink()
    for _ in range(2):
        why = here.refused("router create")
        assert why == f"the store {store} cannot be written: the file was removed or replaced"
        store.write_bytes(content)
    prove(str(store))


# -- a disk that is full --------------------------------------------------------------------


class Filling:
    """A store's disk: `fill` leaves it no room, `clear` all of it."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._databases: list[Database] = []
        real = stores.opened

        def opened(where: str, new: bool = True) -> Database:
            self._databases.append(real(where, new))
            return self._databases[-1]

        monkeypatch.setattr(stores, "opened", opened)

    def fill(self) -> None:
        ((pages,),) = self._databases[-1].rows("PRAGMA page_count")
        self._databases[-1].rows(f"PRAGMA max_page_count = {pages}")

    def clear(self) -> None:
        self._databases[-1].rows("PRAGMA max_page_count = 1000000")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Filling:
    return Filling(monkeypatch)


def test_a_full_disk_loses_nothing(store: Path, disk: Filling) -> None:
    here = Sharer(store)
    there = here.run("router list")
    disk.fill()
    numbers = list(range(99))
    for number in numbers:
        line = f"bridge create name b{number}x{'x' * 200}"
        try:
            here.run(line)
        except StoreError as error:
            assert error.message == f"the store {store} {FULL}"
            break
    assert 0 < number < 98
    for _ in range(2):
        assert FULL in here.refused(line)
        assert here.run("router list") == there
        assert len(here.run("bridge list").splitlines()) == number
    disk.clear()
    assert here.run(line) == f"bridge{number}"
    assert here.run("bridge list") == Sharer(store).run("bridge list")
    prove(str(store))


def session_on(store: Path) -> tuple[Session, StringIO]:
    """A session as at a prompt, and its screen."""
    screen = StringIO()
    hands = Hands(screen, is_interactive=True)
    context = fixed_world(hands, seed=str(store))
    stores.keep(context, str(store))
    return Session(Settings(), context, StringIO()), screen


def test_a_prompt_goes_on_where_the_disk_is_full(store: Path, disk: Filling) -> None:
    here, screen = session_on(store)
    begin = ["begin", *(f"bridge create name b{number}{'x' * 200}" for number in range(99))]
    assert all(here.run_line("", Line(line, 1)) for line in begin)
    disk.fill()
    screen.truncate(0)
    for line, done in (
        ("commit", False),
        ("bridge list", True),
        ("router r set name s", True),
        ("undo", True),
        ("commit", False),
    ):
        assert here.run_line("", Line(line, 1)) == done, (line, errors(here))
    assert f"the store {store} {FULL}" in errors(here)
    disk.clear()
    assert here.run_line("", Line("bridge create name after", 1))
    assert "name after" in ran(store, "bridge list")
    prove(str(store))


def test_a_file_tells_how_much_the_full_disk_took(store: Path, disk: Filling) -> None:
    here, screen = session_on(store)
    disk.fill()
    lines = (Line(f"bridge create name {'x' * 200}{number}", number) for number in range(99))
    with pytest.raises(SessionEnd):
        here.run_file("f", lines)
    said = re.fullmatch(
        rf"f:\d+:1: the store {store} {FULL}; nothing is left of the last (\d+) changes\n",
        errors(here),
    )
    assert said is not None, errors(here)
    disk.clear()
    answered = screen.getvalue().split()
    assert len(ran(store, "bridge list").splitlines()) == len(answered) < 99
    prove(str(store))


def test_a_limit_on_the_size_of_files_is_told(store: Path) -> None:
    here = Sharer(store)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (store.stat().st_size, before[1]))
    try:
        with pytest.raises(StoreError) as caught:
            for number in range(99):
                here.run(f"bridge create name {number}x{'x' * 200}")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.message == (
        f"the store {store} cannot be written: the disk reports an error, "
        "or the user's share of it is full"
    )
    assert here.run("bridge create") == f"bridge{number}"
    prove(str(store))


# -- a file that is damaged -------------------------------------------------------------------


def test_damage_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By hand: thousands."""
    monkeypatch.setenv("HOME", str(tmp_path))
    content = a_store_to_damage(tmp_path / "whole.db")
    for seed in range(60):
        assert not list(mishaps(seed, content, tmp_path / "net.db"))
