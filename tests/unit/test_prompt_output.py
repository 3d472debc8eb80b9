"""What is printed at the prompt, and what in scripts."""

from __future__ import annotations

import re
from io import StringIO

import pytest
from handmade import Hands, session_of

from grammar.script import Line
from midocli.session.world import Defaults

PING = "ping client vm count 1 capture veth0"


def shown(*lines: str, typed: bool) -> str:
    """What the last of some lines prints."""
    hands = Hands(is_interactive=typed)
    session = session_of(hands, preferences=Defaults())
    screen = hands.screen
    assert isinstance(screen, StringIO)
    before = ""
    for line in lines:
        before = screen.getvalue()
        assert session.run_line("", Line(line, 1))
    return screen.getvalue().removeprefix(before)


@pytest.mark.parametrize("line", [PING, "arping client 192.168.78.1", "traceroute client vm"])
def test_a_frame_is_a_line_at_the_prompt_and_whole_in_a_script(line: str) -> None:
    frame = re.compile(r"^\d\d:\d\d:\d\d\.\d{6} (IP|ARP),? .*, length \d+$", re.MULTILINE)
    typed, read = shown("demo", line, typed=True), shown("demo", line, typed=False)
    assert frame.search(typed)
    assert "0x0000:" not in typed
    assert "0x0000:" in read


def test_the_preference_says_how() -> None:
    whole = shown("demo", PING, typed=False)
    assert shown("demo", 'prefs flags "-nnn -vvv -X -e"', PING, typed=True) == whole
    assert "ethertype" in shown("demo", "prefs flags -ne", PING, typed=True)
    assert "ethertype" not in shown("demo", "prefs flags -ne", "prefs reset", PING, typed=True)
