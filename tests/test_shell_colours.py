"""Colours on a terminal: where there are some, what they tell, and where there are none."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from sessions import ROOT
from terminal import MIDOCLI, Terminal, at_prompt

PING = 'ping client 192.168.79.119 count 1 flags "-n -e -v"'


def with_demo(home: Path, *arguments: str, **options: object) -> Terminal:
    """A terminal on which the demo network is loaded, and there is room for a trace."""
    terminal = at_prompt(home, *arguments, lines=60, **options)
    terminal.run("demo")
    terminal.wait_for("ping again")
    return terminal


def colours(terminal: Terminal) -> set[str]:
    """All colours on the screen."""
    rows = terminal.screen.buffer.values()
    return {char.fg for row in rows for char in row.values()} | {
        char.bg for row in rows for char in row.values()
    }


def test_words_of_a_command_have_the_colour_of_their_kind(tmp_path: Path) -> None:
    terminal = with_demo(tmp_path)
    terminal.type("router tr set state down # why")
    terminal.wait_for("# why")
    words = ("router", "tr", "set", "state", "down", "# why")
    assert {word: terminal.colour(word, "midonet> router") for word in words} == {
        "router": "cyan",
        "tr": "green",
        "set": "blue",
        "state": "brown",  # what xterm calls yellow
        "down": "default",
        "# why": "brightblack",
    }


def test_a_line_is_red_from_the_first_wrong_character(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.type("router create nam x")
    terminal.wait_for("did you mean name?")
    line = terminal.look("router create nam x", "midonet> ")
    assert [char.fg == "red" for char in line] == [False] * 14 + [True] * 5
    assert terminal.colour("unexpected 'nam'") == "red"
    terminal.type("\r")
    terminal.wait_for("\n" + " " * 23 + "^\nunexpected 'nam'")
    terminal.wait_for(" failed")
    assert terminal.colour("^") == "red"
    assert terminal.colour("unexpected 'nam'") == "red"
    assert terminal.colour("failed") == "red"
    terminal.run("router create")
    terminal.wait_for(" ok")
    assert terminal.colour("ok") == "green"


def test_the_addresses_of_a_flow_keep_their_colour_and_rewritten_fields_stand_out(
    tmp_path: Path,
) -> None:
    terminal = with_demo(tmp_path, columns=200)
    terminal.run(PING)
    text = terminal.wait_until(lambda text: text.count("echo reply") == 2)
    frames = [line for line in text.splitlines() if "ICMP echo request" in line]
    assert len(frames) == 2
    rows = [text.splitlines().index(frame) for frame in frames]

    def look(row: int, word: str) -> set[tuple[str, bool]]:
        at = text.splitlines()[row].index(word)
        cells = terminal.screen.buffer[row]
        return {
            (cells[column].fg, cells[column].underscore) for column in range(at, at + len(word))
        }

    entered, left = rows
    (source, *_), (again, *_) = look(entered, "192.168.78.9"), look(left, "192.168.78.9")
    assert source == again
    assert source[0] != "default"
    ((before, was_rewritten),) = look(entered, "192.168.79.119")
    ((after, is_rewritten),) = look(left, "192.168.77.119")
    assert before != after
    assert (was_rewritten, is_rewritten) == (False, True)
    assert look(left - 1, "ttl 63") == {("default", False), ("default", True)}
    # The address that the replies come from is the one the request was rewritten to.
    assert terminal.colour("192.168.77.119") == after


def test_verdicts_have_the_colour_of_their_kind(tmp_path: Path) -> None:
    terminal = with_demo(tmp_path)
    terminal.run("ping client 192.168.70.1 count 1 capture none")
    terminal.wait_for("icmp_seq=1 ended at")
    assert terminal.colour("icmp_seq=1 ended at") == "red"


@pytest.mark.parametrize(
    ("arguments", "environment"),
    [
        ((), {"NO_COLOR": "1"}),
        ((), {"TERM": "dumb"}),
        (("--color", "never"), {}),
    ],
    ids=["NO_COLOR", "dumb", "never"],
)
def test_no_colours(
    tmp_path: Path, arguments: tuple[str, ...], environment: dict[str, str]
) -> None:
    terminal = with_demo(tmp_path, *arguments, environment=environment)
    terminal.run("router creat x y")
    terminal.wait_for("did you mean create")
    terminal.run(PING)
    terminal.wait_until(lambda text: text.count("echo reply") == 2)
    terminal.type("router list")
    terminal.wait_for("midonet> router list")
    assert colours(terminal) == {"default"}


def test_colours_can_be_preferred_or_not(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run("prefs color never")
    terminal.wait_for("midonet> prefs color never\nmidonet>")
    terminal.type("router list")
    terminal.wait_for("midonet> router list")
    assert terminal.colour("router list", "midonet> ") == "default"
    terminal = at_prompt(tmp_path)
    terminal.type("router list")
    terminal.wait_for("midonet> router list")
    assert terminal.colour("router list", "midonet> ") == "default"
    terminal.type("\x15")
    terminal.run("prefs color always")
    terminal.wait_for("midonet> prefs color always\nmidonet>")
    terminal.type("router list")
    terminal.wait_for("midonet> router list")
    assert terminal.colour("router", "midonet> ") == "cyan"


def test_always_is_stronger_than_no_color(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, "--color", "always", environment={"NO_COLOR": "1"})
    terminal.run("router creat x y")
    terminal.wait_for("did you mean create")
    assert terminal.colour("did you mean create") == "red"
    terminal.type("router list")
    terminal.wait_for("midonet> router list")
    assert terminal.colour("router", "midonet> ") == "cyan"


def test_errors_in_a_file_are_plain(tmp_path: Path) -> None:
    terminal = Terminal(
        tmp_path, command=("sh", "-c", 'exec "$@" 2>errors', "sh", *MIDOCLI, "--seed", "1")
    )
    terminal.wait_for("midonet>")
    terminal.run("router creat x y")
    terminal.wait_for(" failed")
    terminal.run("quit")
    terminal.end()
    errors = (tmp_path / "errors").read_text()
    assert "did you mean create" in errors
    assert "\x1b" not in errors


@pytest.mark.parametrize("choice", ["auto", "always"])
def test_what_is_piped_is_plain(choice: str) -> None:
    done = subprocess.run(
        [*MIDOCLI, "--color", choice, "--keep-going"],
        input=f"demo\n{PING}\nrouter list\nrouter creat x y\n",
        capture_output=True,
        cwd=ROOT,
        text=True,
        check=False,
        env={"TERM": "xterm", "PATH": "/bin:/usr/bin"},
    )
    assert "echo reply" in done.stdout
    assert "did you mean create" in done.stderr
    assert "\x1b" not in done.stdout + done.stderr
