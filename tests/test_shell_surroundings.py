"""The prompt where things are not as they should be, and what a terminal shows of long output."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from netlab import PAIR
from terminal import ROOT, Terminal


def screen(home: Path, **options: object) -> Terminal:
    terminal = Terminal(home, **options)  # type: ignore[arg-type]
    terminal.wait_for("midonet>")
    return terminal


# -- long output --------------------------------------------------------------------------


def test_long_output_pages_and_stays_when_the_pager_is_left(tmp_path: Path) -> None:
    (tmp_path / "many.mido").write_text("router create\n" * 60)
    terminal = screen(tmp_path)
    terminal.type("source many.mido\r")
    terminal.wait_for("60 objects")
    terminal.type("router list\r")
    text = terminal.wait_for("router router28 state up")
    assert "router router59" not in text
    assert "midonet>" not in text.splitlines()[-1]
    terminal.resize(20, 60)
    terminal.wait_for("router router18 state up asn 0\n:")  # less forgets what is typed before
    terminal.type("q")
    text = terminal.wait_for("60 objects")
    assert "router router1" in text
    terminal.type("prefs pager off\r")
    terminal.wait_for("midonet> prefs pager off")
    terminal.type("router list\r")
    terminal.wait_for("router router59 state up")


def test_a_source_with_an_error_ends_only_itself(tmp_path: Path) -> None:
    (tmp_path / "bad.mido").write_text("router create name a\nrouter creat\nrouter create\n")
    terminal = screen(tmp_path)
    terminal.type("source bad.mido\r")
    assert "bad.mido:2:" in terminal.wait_for("1 of its commands failed")
    terminal.type("router list\r")
    terminal.wait_for("router router0 name a state up")


# -- interruption ----------------------------------------------------------------------------


def test_ctrl_c_stops_a_command_and_a_bar_shows_how_far_it_is(tmp_path: Path) -> None:
    (tmp_path / "lab.mido").write_text(PAIR)
    terminal = screen(tmp_path)
    terminal.type("source lab.mido\r")
    terminal.wait_for("guest1")
    terminal.type("prefs pager off\r")
    terminal.wait_for("midonet> prefs pager off\nmidonet>")
    terminal.type("ping one 10.0.0.2 count 1000000\r")
    terminal.wait_for("% ping")
    terminal.type("\x03")
    text = terminal.wait_for(" packets transmitted, ")
    assert "^C" in terminal.written
    assert "Traceback" not in terminal.written
    assert "% ping" not in text
    terminal.type("ping one 10.0.0.2 count 1 capture none\r")
    terminal.wait_for("1 packets transmitted, 1 received")


def test_a_stopped_ping_shows_its_statistics_without_the_pager(tmp_path: Path) -> None:
    (tmp_path / "lab.mido").write_text(PAIR)
    terminal = screen(tmp_path)
    terminal.type("source lab.mido\r")
    terminal.wait_for("guest1")
    terminal.type("ping one 10.0.0.2 count 1000000 capture none\r")
    terminal.wait_for("% ping")
    terminal.type("\x03")
    terminal.wait_for(" packets transmitted, ")
    terminal.wait_for_prompt()


def test_ctrl_c_in_a_script_gives_130_behind_what_was_printed() -> None:
    # The first ping loads what pings need: Python loses a signal that comes in the midst of that.
    script = f"{PAIR}ping one 10.0.0.2\nping one 10.0.0.2 count 1000000\n"
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "midocli", "--echo", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        # What a shell runs in the background ignores Ctrl-C, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(script)
    process.stdin.close()
    for line in process.stdout:
        if "count 1000000" in line:
            break
    process.send_signal(signal.SIGINT)
    try:
        # For a shell both are status 130; Python dies of the signal if it loads modules just then.
        assert process.wait(30) in (130, -signal.SIGINT)
    finally:
        process.kill()
    assert process.stderr is not None
    assert process.stderr.read() == ""


# -- surroundings ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "environment",
    [
        {"TERM": "dumb"},
        {"LC_ALL": "C", "PYTHONUTF8": "0"},
        {"XDG_STATE_HOME": "/proc/none", "XDG_CONFIG_HOME": "/proc/none"},
        {"HOME": "/proc/none"},
        {"NO_COLOR": "1"},
    ],
    ids=lambda environment: next(iter(environment)),
)
def test_odd_surroundings_keep_nobody_from_working(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    terminal = screen(tmp_path, environment=environment)
    terminal.type("router create name a\r")
    terminal.wait_for("router0")
    terminal.type("router list\r")
    text = terminal.wait_for("router router0 name a state up")
    terminal.type("quit\r")
    assert terminal.end() == 0
    assert "Traceback" not in text + terminal.written


def test_a_narrow_terminal(tmp_path: Path) -> None:
    terminal = screen(tmp_path, columns=20)
    terminal.type("router create nam\r")
    terminal.wait_for("failed")
    terminal.type("router create\r")
    assert "Traceback" not in terminal.wait_for("router0")


def test_resizing_while_typing_keeps_the_line(tmp_path: Path) -> None:
    terminal = screen(tmp_path)
    terminal.type("router create na")
    terminal.wait_for("midonet> router create na")
    terminal.resize(12, 40)
    terminal.type("me edge\r")
    terminal.wait_for("router0")
    terminal.type("router list\r")
    terminal.wait_for("name edge")


def test_a_history_of_other_bytes(tmp_path: Path) -> None:
    folder = tmp_path / ".local" / "state" / "midocli"
    folder.mkdir(parents=True)
    (folder / "history").write_bytes(bytes(range(256)) * 4)
    terminal = screen(tmp_path)
    terminal.type("router create\r")
    assert "Traceback" not in terminal.wait_for("router0")


def test_vi_keys_and_an_editor(tmp_path: Path) -> None:
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\necho 'router create name edited' > \"$1\"\n")
    editor.chmod(0o755)
    terminal = screen(tmp_path, environment={"EDITOR": str(editor), "VISUAL": str(editor)})
    terminal.type("rou\x18\x05")
    terminal.wait_for("midonet> router create name edited")
    terminal.type("\r")
    terminal.wait_for("router0")
    terminal.type("prefs key-mode vi\r")
    terminal.wait_for("midonet> prefs key-mode vi\nmidonet>")
    terminal.type("xxrouter list\x1b0")
    terminal.wait_for("midonet> xxrouter list")
    terminal.type("xx\r")
    terminal.wait_for("router router0 name edited")


@pytest.mark.parametrize("arguments", [(), ("-i",)])
def test_no_input_at_all(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "midocli", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_terminal_to_type_at_and_a_pipe_to_write_to(tmp_path: Path) -> None:
    """What is typed is a script then, and what is written plain."""
    master, slave = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "midocli"],
        stdin=slave,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(slave)
    os.write(master, b"router create name a\nrouter list\n\x04")
    out, err = process.communicate(timeout=60)
    os.close(master)
    assert out == b"router0\nrouter router0 name a state up asn 0\n"
    assert err == b""
