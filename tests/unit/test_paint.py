"""Colours of output: addresses keep theirs, and what was rewritten stands out."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from midocli.shell.paint import Painter

_FRAME = (
    "12:00:00.000001 02:00:00:00:00:01 > 02:00:00:00:00:02, ethertype IPv4 (0x0800), length 98: "
    "(tos 0x0, ttl {ttl}, id 7, offset 0, flags [DF], proto ICMP (1), length 84)\n"
    "    10.0.0.1 > {to}: ICMP echo request, id 1, seq 1, length 64\n"
)


def plain(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def styles(painted: str, word: str) -> set[str]:
    """The ways a word is painted."""
    return set(re.findall(rf"\x1b\[([0-9;]*)m{re.escape(word)}\x1b", painted))


def test_an_address_keeps_its_colour_from_text_to_text() -> None:
    painter = Painter()
    first = painter.paint("64 bytes from 10.0.0.2: icmp_seq=1\n")
    painter.begin()
    second = painter.paint("12:00:00.000001 IP 10.0.0.1.80 > 10.0.0.2.90: UDP, length 1\n")
    assert styles(first, "10.0.0.2") == styles(second, "10.0.0.2") != set()
    assert styles(second, "10.0.0.1") != styles(second, "10.0.0.2")


def test_fields_that_were_rewritten_on_the_way_stand_out() -> None:
    painter = Painter()
    before = painter.paint(_FRAME.format(ttl=64, to="10.0.0.2"))
    after = painter.paint(_FRAME.format(ttl=63, to="10.9.9.9"))
    assert not any("1;4" in style for style in styles(before, "10.0.0.2"))
    assert styles(after, "63") == {"1;4"}
    assert all("1;4" in style for style in styles(after, "10.9.9.9"))
    assert not any("1;4" in style for style in styles(after, "10.0.0.1"))


def test_what_was_rewritten_is_told_in_the_order_of_time() -> None:
    """A reply is printed first where it came out, though it was seen there last."""
    out = _FRAME.format(ttl=63, to="10.0.0.2").replace(":00.000001", ":00.000009")
    entered = _FRAME.format(ttl=64, to="10.0.0.2")
    painted = Painter().paint(out + "tcpdump: listening on veth1\n" + entered)
    assert styles(painted, "63") == {"1;4"}
    assert styles(painted, "64") == set()


def test_a_date_before_the_time_hides_no_mac() -> None:
    painter = Painter()
    painter.paint("2026-01-02 " + _FRAME.format(ttl=64, to="10.0.0.2"))
    after = _FRAME.format(ttl=63, to="10.0.0.2").replace("02:00:00:00:00:02", "02:00:00:00:00:99")
    painted = painter.paint("2026-01-02 " + after)
    assert all("1;4" in style for style in styles(painted, "02:00:00:00:00:99"))
    assert styles(painted, "02:00:00:00:00:99")


def test_frames_of_another_command_are_no_others_further_on() -> None:
    painter = Painter()
    painter.paint(_FRAME.format(ttl=64, to="10.0.0.2"))
    painter.begin()
    assert "1;4" not in painter.paint(_FRAME.format(ttl=63, to="10.0.0.2"))


def test_names_of_fields_are_dimmed_and_values_are_not() -> None:
    painted = Painter().paint("router router0 name state state up\n")
    assert painted == (
        "\x1b[2mrouter\x1b[m router0 \x1b[2mname\x1b[m state \x1b[2mstate\x1b[m up\n"
    )


def test_verdicts_are_green_or_red() -> None:
    paint = Painter().paint
    assert paint("icmp_seq=1: answered by 10.0.0.1\n").startswith("\x1b[32m")
    assert paint("icmp_seq=1 ended at router0 (no-route): none\n").startswith("\x1b[31m")


@given(st.text(alphabet="0123456789abcdef.:> \n\t,()ttlid-wrouen", max_size=200))
def test_paint_changes_no_character(text: str) -> None:
    assert plain(Painter().paint(text)) == text
