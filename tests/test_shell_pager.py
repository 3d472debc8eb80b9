"""Output that does not fit the screen: in the pager, in odd pagers, and without one."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from terminal import Terminal, at_prompt

COUNT = 60
LAST = f"router router{COUNT - 1} state up"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a topology whose list is longer than the screen."""
    (tmp_path / "many.mido").write_text("router create\n" * COUNT)
    return tmp_path


def paging(home: Path, pager: str | None = None, **options: object) -> Terminal:
    """A terminal on which a long list has just been asked for."""
    if pager is not None:
        folder = home / ".config" / "midocli"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prefs.toml").write_text(f"pager = '''{pager}'''\n")
    terminal = at_prompt(home, "--color", "never", **options)
    terminal.run("source many.mido")
    terminal.wait_for(f"{COUNT} o")
    terminal.run("router list")
    return terminal


def children(terminal: Terminal) -> list[int]:
    """The processes that midocli has started."""
    number = terminal.process.pid
    return [*map(int, Path(f"/proc/{number}/task/{number}/children").read_text().split())]


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="there is no /proc to find the pager in"
)


@pytest.fixture
def less(home: Path) -> Iterator[Terminal]:
    """A terminal on which the pager shows the first page."""
    terminal = paging(home)
    terminal.wait_for("router router28 state up")
    yield terminal
    terminal.hang_up()


def works(terminal: Terminal) -> None:
    """What is typed next is seen and run."""
    terminal.type("echo back again")
    terminal.wait_for("midonet> echo back again")
    terminal.type("\r")
    terminal.wait_until(lambda text: text.count("back again") == 2)


# -- as it should be ------------------------------------------------------------------------


def test_a_long_list_is_shown_page_by_page_and_stays(less: Terminal) -> None:
    assert LAST not in less.text()
    less.type(" ")
    less.wait_for("router router57 state up")
    less.type("q")
    text = less.wait_for("midonet>\n")
    assert "router router57 state up" in text
    assert LAST not in text
    works(less)


def test_what_just_fits_is_not_paged(home: Path) -> None:
    (home / "many.mido").write_text("router create\n" * 29)
    terminal = at_prompt(home)
    terminal.run("source many.mido")
    terminal.wait_for("29 o")
    terminal.run("router list")
    terminal.wait_for("router router28 state up asn 0\nmidonet>")


def test_ctrl_c_is_the_pagers(less: Terminal) -> None:
    before = less.written
    less.type("\x03")
    less.wait_until(lambda text: less.written != before)  # it forgets what is typed until then
    less.type("G")
    less.wait_for(LAST)
    less.type("q")
    text = less.wait_for("midonet>\n")
    assert "^C" not in text
    assert "Traceback" not in text
    works(less)


def test_the_screen_may_change_its_size_under_the_pager(less: Terminal) -> None:
    less.resize(12, 20)
    less.wait_for("router router5 state\n:")
    less.type("G")
    less.wait_for("router59")
    less.resize(40, 120)
    less.wait_for("router59 state up asn 0\n")
    less.type("q")
    less.wait_for("midonet>")
    less.run("router router7 show")
    less.wait_for("\nrouter router7 state up asn 0\n")
    works(less)


@pytest.mark.parametrize(("lines", "columns"), [(1, 80), (2, 20), (3, 20), (30, 20)])
def test_tiny_screens(home: Path, lines: int, columns: int) -> None:
    terminal = at_prompt(home, "-i", "many.mido", lines=lines, columns=columns)
    terminal.run("router list")
    terminal.wait_until(lambda text: text.endswith(":"), "the pager")
    terminal.type("q")
    terminal.wait_for("midonet>")
    terminal.run("save kept.mido")
    terminal.run("quit")
    assert terminal.end() == 0
    assert (home / "kept.mido").read_text().count("router create") == COUNT


# -- pagers that fail -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pager", "told"),
    [
        ("no-such-pager -x", ""),
        ('"', ""),
        ("/", ""),
        ("off", ""),
        ("false", "the pager false ended with status 1; prefs pager chooses another, or off"),
        ("sh -c 'exit 3'", "the pager sh ended with status 3;"),
        ("sh -c 'head -n 5; exit 3'", "the pager sh ended with status 3;"),
        ("sh -c 'kill -9 $$'", "the pager sh ended with signal 9;"),
        ("./unknown-format", "the pager ./unknown-format cannot be run: Exec format error;"),
    ],
)
def test_what_a_pager_does_not_show_is_shown_without(home: Path, pager: str, told: str) -> None:
    program = home / "unknown-format"
    program.write_bytes(b"\x7fnothing that can be run")
    program.chmod(0o755)
    terminal = paging(home, pager)
    terminal.wait_for(f"{LAST} asn 0\nmidonet>")
    assert told in terminal.written
    assert ("the pager" in terminal.written) == bool(told)
    assert "router router0 state up" in terminal.written
    works(terminal)


def test_a_pager_that_shows_a_part_on_purpose(home: Path) -> None:
    terminal = paging(home, "head -n 3")
    text = terminal.wait_for("router router2 state up asn 0\nmidonet>")
    assert "router router3 state" not in text


@needs_proc
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_pager_that_is_killed(less: Terminal, number: signal.Signals) -> None:
    (pager,) = children(less)
    os.kill(pager, number)
    less.wait_for(f"{LAST} asn 0\nmidonet>")
    works(less)
    # What less had changed of the terminal is as it was: the commands of a shell are seen.
    less.run("quit")
    assert less.end() == 0


@needs_proc
def test_a_session_that_is_ended_ends_its_pager(less: Terminal, home: Path) -> None:
    (pager,) = children(less)
    os.kill(less.process.pid, signal.SIGTERM)
    assert less.end() == 128 + signal.SIGTERM
    assert not Path(f"/proc/{pager}").exists()
    kept = home / ".local" / "state" / "midocli" / "recovered.mido"
    assert not kept.exists(), "the file has it all"
