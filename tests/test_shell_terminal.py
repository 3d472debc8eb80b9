"""What becomes of the terminal, and of the topology, when a session is stopped or ended."""

from __future__ import annotations

import os
import shutil
import signal
import threading
from pathlib import Path

import pytest
from terminal import MIDOCLI, Terminal, at_prompt, shell_words

needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")


@pytest.fixture
def bash(tmp_path: Path) -> Terminal:
    """A shell that has started midocli, and keeps its jobs."""
    terminal = Terminal(tmp_path, command=("bash", "--norc", "-i"), environment={"PS1": "bash> "})
    terminal.wait_for("bash> ".strip())
    terminal.run("stty -a >before")
    terminal.run(shell_words(*MIDOCLI))
    terminal.wait_for("midonet>")
    return terminal


def assert_terminal_is_as_before(bash: Terminal, home: Path) -> None:
    bash.run("stty -a >after; echo compar''ed")
    bash.wait_for("compared")
    assert (home / "after").read_text() == (home / "before").read_text()


@needs_bash
def test_ctrl_z_stops_and_fg_goes_on(bash: Terminal, tmp_path: Path) -> None:
    bash.run("router create name kept")
    bash.wait_for("router0")
    bash.type("router li\x1a")
    bash.wait_for("Stopped")
    assert_terminal_is_as_before(bash, tmp_path)
    bash.run("fg")
    bash.wait_for("midonet> router li")
    bash.run("st")
    bash.wait_for("router router0 name kept state up")


@needs_bash
@pytest.mark.parametrize("how", ["quit", "SIGTERM", "SIGHUP"])
def test_the_terminal_is_left_as_it_was(bash: Terminal, tmp_path: Path, how: str) -> None:
    bash.run("router create")
    bash.wait_for("router0")
    if how == "quit":
        bash.run("quit")
    else:
        bash.type("\x1a")
        bash.wait_for("Stopped")
        bash.run(f"kill -{how[3:]} %1; fg")
    bash.wait_until(lambda text: text.endswith("bash>"), "bash's prompt")
    assert_terminal_is_as_before(bash, tmp_path)
    kept = tmp_path / ".local" / "state" / "midocli" / "recovered.mido"
    assert kept.exists() is (how != "quit")


def test_a_session_ended_while_it_reads_its_files_keeps_what_there_is(tmp_path: Path) -> None:
    fifo = tmp_path / "endless.mido"
    os.mkfifo(fifo)
    ended = threading.Event()

    def write() -> None:
        with fifo.open("w") as stream:
            stream.write("router create name early\n")
            stream.flush()
            ended.wait()

    writer = threading.Thread(target=write)
    writer.start()
    terminal = Terminal(tmp_path, arguments=("-i", "endless.mido"))
    terminal.wait_for("router0")
    os.kill(terminal.process.pid, signal.SIGTERM)
    status = terminal.end()
    ended.set()
    writer.join()
    assert status == 128 + signal.SIGTERM
    kept = tmp_path / ".local" / "state" / "midocli" / "recovered.mido"
    assert "router create name early" in kept.read_text()


def test_names_of_any_language_where_the_locale_is_ascii(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, environment={"LC_ALL": "C", "PYTHONUTF8": "0"})
    terminal.run("router create name Zürich-東京")
    terminal.wait_for("router0")
    terminal.run("show topology")
    text = terminal.wait_for(" ok")
    assert "Traceback" not in text
    terminal.run("save kept.mido")
    terminal.wait_for("kept.mido | 1 object")
    assert "Zürich-東京" in (tmp_path / "kept.mido").read_text(encoding="utf-8")
