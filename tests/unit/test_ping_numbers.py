"""What ping works out: its statistics (iputils, `finish`), its addresses, and TCP's times."""

from __future__ import annotations

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from midocli.probes.ping_text import Statistics, statistics
from midocli.probes.targets import inet_aton
from midocli.simulator.engine import Engine
from midocli.simulator.wire.segment import stamp_offset


def numbers(*micros: int, **more: object) -> Statistics:
    rtts = [each * 1000 for each in micros]
    fields = {"duplicates": 0, "errors": 0, "span_ns": 101_000_000, "pipe": 1} | more
    return Statistics(len(rtts), len(rtts), rtts=rtts, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("micros", "shown"),
    [
        ((52, 58), "0.052/0.055/0.058/0.003"),
        ((43, 79), "0.043/0.061/0.079/0.018"),
        ((81, 78), "0.078/0.079/0.081/0.001"),
        ((41, 62, 64), "0.041/0.055/0.064/0.010"),
        ((713, 118, 65, 62), "0.062/0.239/0.713/0.274"),
        ((271,), "0.271/0.271/0.271/0.000"),
    ],
)
def test_round_trips_as_the_real_ping_summed_them_up(micros: tuple[int, ...], shown: str) -> None:
    # parity: ping-statistics
    assert f"rtt min/avg/max/mdev = {shown} ms\n" in statistics("x", numbers(*micros))


def test_what_a_flood_adds() -> None:
    """Of five packets of 6 to 41 µs the real ping's average of late is 26 µs."""
    text = statistics("x", numbers(41, 7, 7, 6, 6, span_ns=96_000, floods=True))
    # parity: ping-statistics
    assert text.endswith(", ipg/ewma 0.024/0.026 ms\n")


def test_what_else_the_statistics_name() -> None:
    more = numbers(50, duplicates=1, errors=2, pipe=3)
    text = statistics("x", more)
    # parity: ping-statistics
    assert "1 packets transmitted, 1 received, +1 duplicates, +2 errors, 0% packet loss" in text
    assert text.endswith(" ms, pipe 3\n")


WORD = st.text("0123456789abcfxX.", max_size=16) | st.from_regex(
    r"(0x[0-9a-f]{1,8}|0[0-7]{0,11}|[1-9][0-9]{0,9})(\.(0x[0-9a-f]{1,3}|0[0-7]{0,3}|[0-9]{1,3})){0,3}",
    fullmatch=True,
)


@given(WORD)
def test_addresses_are_those_of_the_c_library(text: str) -> None:
    try:
        expected = int.from_bytes(socket.inet_aton(text), "big")
    except OSError:
        with pytest.raises(ValueError, match="it is not"):
            inet_aton(text)
    else:
        # parity: ping-addresses
        assert inet_aton(text) == expected


def test_times_of_tcp_count_from_anywhere() -> None:
    """Offsets of many ends are as many, and as often high as low."""
    offsets = [stamp_offset(first << 16) for first in range(1 << 10)]
    # parity: linux-tcp-timestamps
    assert len(set(offsets)) == len(offsets)
    assert 400 < sum(offset >> 31 for offset in offsets) < 624


def test_what_is_on_its_way_is_waited_for_and_a_timer_is_not() -> None:
    engine, done = Engine(), list[str]()

    def later() -> None:
        done.append("first")
        engine.at(engine.now_ns, lambda: done.append("at once"))
        engine.at(engine.now_ns + 999_999_999, lambda: done.append("soon"))

    engine.at(5, later)
    engine.at(1_000_000_000, lambda: done.append("a timer that is due meanwhile"))
    engine.at(3_000_000_000, lambda: done.append("a timer"))
    engine.run_dry()
    # parity: probe-quiet
    assert done == ["first", "at once", "a timer that is due meanwhile", "soon"]
    assert engine.now_ns == 1_000_000_004
