"""The prompt in a real terminal: what the screen shows."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

ROOT = Path(__file__).parent.parent


class Terminal:
    """midocli on a terminal of 100 columns, and the screen as a user sees it."""

    def __init__(self, home: Path) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT),
            "PROMPT_TOOLKIT_NO_CPR": "1",
        }
        self.process = pexpect.spawn(
            sys.executable,
            ["-m", "midocli", "--seed", "1"],
            env=environment,
            cwd=str(home),
            dimensions=(30, 100),
            encoding="utf-8",
            timeout=20,
        )
        self.screen = pyte.Screen(100, 30)
        self._stream = pyte.Stream(self.screen)

    def text(self) -> str:
        """The screen, without trailing blanks."""
        try:
            while True:
                self._stream.feed(self.process.read_nonblocking(65536, timeout=0.1))
        except (pexpect.TIMEOUT, pexpect.EOF):
            pass
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def wait_for(self, words: str) -> str:
        """The screen once it shows some words."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            text = self.text()
            if words in text:
                return text
        raise AssertionError(f"{words!r} never appeared on:\n{self.text()}")

    def type(self, keys: str) -> None:
        self.process.send(keys)


@pytest.fixture
def terminal(tmp_path: Path) -> Terminal:
    terminal = Terminal(tmp_path)
    terminal.wait_for("midonet>")
    return terminal


def test_commands_run_and_objects_complete(terminal: Terminal) -> None:
    terminal.type("router create name edge\r")
    terminal.wait_for("router0")
    terminal.type("router ed\t")
    terminal.wait_for("midonet> router edge")
    terminal.type(" show\r")
    terminal.wait_for("router router0 name edge state up asn 0")
    terminal.type("router create state \t")
    screen = terminal.wait_for("down")
    assert "up" in screen


def test_verbs_collections_and_fields_complete(terminal: Terminal) -> None:
    terminal.type("ro\t")
    terminal.wait_for("midonet> router")
    terminal.type("\x15bridge create na\t")
    terminal.wait_for("midonet> bridge create name")


def test_an_error_points_at_its_column(terminal: Terminal) -> None:
    terminal.type("router create nam x\r")
    screen = terminal.wait_for("did you mean name?")
    lines = screen.splitlines()
    caret = next(line for line in lines if line.strip() == "^")
    typed = next(line for line in lines if "router create nam x" in line)
    assert caret.index("^") == typed.index("nam")


def test_interrupt_keeps_the_session(terminal: Terminal) -> None:
    terminal.type("router create name a\r")
    terminal.wait_for("router0")
    terminal.type("half a line\x03")
    terminal.type("router list\r")
    terminal.wait_for("router router0 name a state up asn 0")
    terminal.type("ping x 1.2.3.4 \x03")
    terminal.type("\x04")
    terminal.process.expect(pexpect.EOF)
    terminal.process.close()
    assert terminal.process.exitstatus == 0


def test_history_lasts(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("midonet>")
    first.type("router create name kept\r")
    first.wait_for("router0")
    first.type("quit\r")
    first.process.expect(pexpect.EOF)
    second = Terminal(tmp_path)
    second.wait_for("midonet>")
    second.type("\x1b[A\x1b[A")
    second.wait_for("midonet> router create name kept")


def test_a_backslash_continues_the_line(terminal: Terminal) -> None:
    terminal.type("router create \\\rname split\r")
    terminal.wait_for("router0")
    terminal.type("router list\r")
    terminal.wait_for("name split")
