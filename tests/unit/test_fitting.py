"""What is shown on a screen of any width: whole words, tables that fit, JSON to be read."""

from __future__ import annotations

import json
import re
from io import StringIO

import pyte
import pytest
from handmade import Hands, session_of
from hypothesis import given
from hypothesis import strategies as st

from grammar.script import Line
from midocli.results.tables import table
from midocli.session.world import Defaults
from midocli.shell.folding import folded, unpainted
from midocli.shell.paint import Painter
from midocli.shell.screen import Screen

NAMES = ("alias", "name", "address", "mtu", "state")
ROWS = (
    ("guest0", "alice", "10.0.1.10/24", "1500", "up"),
    ("guest1", "bob", "10.0.1.11/24,10.9.9.9/24,10.8.8.8/24", "1500", "up"),
)


class Narrow(Hands):
    """The manner of a prompt on a screen of some width."""

    screen_width = 80

    @property
    def width(self) -> int:
        return self.screen_width


def shown(width: int, *lines: str) -> str:
    """What some lines print at a prompt, before it gets to the screen."""
    hands = Narrow(is_interactive=True)
    hands.screen_width = width
    session = session_of(hands, preferences=Defaults())
    for line in lines:
        session.run_line("", Line(line, 1))
    assert isinstance(hands.screen, StringIO)
    return hands.screen.getvalue()


def test_columns_that_tell_nothing_apart_leave_a_table_that_is_too_wide() -> None:
    assert table(NAMES, ROWS, 80) == table(NAMES, ROWS)
    assert table(NAMES, ROWS, 60).splitlines() == [
        " alias  | name  | address",
        "--------+-------+--------------------------------------",
        " guest0 | alice | 10.0.1.10/24",
        " guest1 | bob   | 10.0.1.11/24,10.9.9.9/24,10.8.8.8/24",
        "all: mtu 1500, state up",
    ]


def test_then_each_row_is_a_table_of_its_own() -> None:
    assert table(NAMES, ROWS[1:], 40).splitlines() == [
        "-[ 1 ]---------------------",
        "alias   | guest1",
        "name    | bob",
        "address |",
        "  10.0.1.11/24,10.9.9.9/24,10.8.8.8/24",
        "mtu     | 1500",
        "state   | up",
    ]
    assert "\n  10.0.1.11/24,10.9.9.9/24,\n  10.8.8.8/24\n" in table(NAMES, ROWS, 30)


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("what", ["guest", "router", "chain", "port", "host"])
def test_every_table_fits(what: str, width: int) -> None:
    printed = shown(width, "demo", f"{what} list as table").partition("now ping again\n")[2]
    assert printed
    assert max(map(len, printed.splitlines())) <= width


def test_a_pipe_and_a_script_get_the_table_as_it_is() -> None:
    piped = shown(40, "demo", "guest list as table | include guest0").splitlines()[-1]
    assert piped.startswith(
        " guest0 | vm     | host0:tape239f31e-63 | fa:16:3e:39:9e:e9 | 192.168.77.119/24"
    )
    hands = Hands()
    session = session_of(hands)
    for line in ("demo", "guest list as table", "guest list as json"):
        session.run_line("", Line(line, 1))
    assert isinstance(hands.screen, StringIO)
    *_, document = hands.screen.getvalue().splitlines()
    assert len(json.loads(document)) == 2


def test_json_is_indented_and_has_colours() -> None:
    printed = shown(80, "bridge create name lan", "bridge lan show as json")
    document = printed.removeprefix("bridge0\n")
    assert document.startswith('{\n  "alias": "bridge0",\n')
    assert document == json.dumps(json.loads(document), indent=2) + "\n"
    painted = Painter().paint(document)
    assert '\x1b[34m"alias"\x1b[m: \x1b[32m"bridge0"\x1b[m' in painted
    assert "\x1b[36mnull\x1b[m" in painted
    assert unpainted(painted) == document
    of_session = shown(80, "format json", "bridge create").removeprefix('{\n  "ok": true\n}\n')
    assert of_session.startswith('{\n  "created": "bridge0",\n')


def on_screen(text: str, columns: int, lines: int) -> list[str]:
    """The rows of a screen that shows a text."""
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return [row.rstrip() for row in screen.display]


@pytest.mark.parametrize("columns", [24, 40, 80, 140])
@pytest.mark.parametrize(
    "line", ["help", "help ping", "chain list", "ping client 192.168.79.119 explain", "guest crate"]
)
def test_no_line_breaks_within_a_word(
    line: str, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("LINES", "400")
    text = shown(columns, "demo", line)
    out, preferences = StringIO(), Defaults()
    preferences.set({"pager": "off"})
    Screen(out, preferences, Painter().paint).writelines([text])
    rows = on_screen(out.getvalue(), columns, 1000)
    words = {word for row in rows for word in row.split()}
    assert {word for word in text.split() if len(word) <= columns} <= words
    assert unpainted(out.getvalue()).split() == text.split()


@given(st.lists(st.text("ab \t", max_size=40), max_size=4).map("\n".join), st.integers(4, 30))
def test_folding_changes_blanks_alone(text: str, columns: int) -> None:
    after = folded(text, columns)
    assert after.split() == text.split()
    assert after.count("\n") == text.count("\n")
    for before, line in zip(text.split("\n"), after.split("\n"), strict=True):
        rows = [line[at : at + columns] for at in range(0, len(line), columns)]
        words = [word for row in rows for word in row.split()]
        assert words == before.split() or any(len(word) > columns for word in before.split())


def test_a_command_that_is_copied_from_a_broken_line_is_one_still() -> None:
    line = "try: router router0 add route dst 10.0.2.0/24 type normal port router0:port1"
    assert re.sub(" +", " ", folded(line, 40)) == line
