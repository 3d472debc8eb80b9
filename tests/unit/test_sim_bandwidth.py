"""Bandwidth limits: how much gets through, whatever comes when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from midocli.simulator.devices.bandwidth import policed_length, refused
from midocli.simulator.learnt.memory import Memory
from midocli.simulator.learnt.state import State
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import BandwidthLimit
from midocli.simulator.wire.frame import Frame

PORT = Port("p", "p", interface="h:tap0")
SECOND = 1_000_000_000


@given(
    kbps=st.integers(1, 10_000),
    burst_kb=st.integers(1, 1000),
    arrivals=st.lists(st.tuples(st.integers(0, 2 * SECOND), st.integers(14, 1514)), max_size=50),
)
def test_no_more_than_burst_and_rate_pass_and_a_new_limit_starts_full(
    kbps: int, burst_kb: int, arrivals: list[tuple[int, int]]
) -> None:
    limit, state, now = BandwidthLimit("r", kbps, burst_kb), State(), 0
    passed = 0
    for gap, size in arrivals:
        now += gap
        frame = Frame.from_bytes(bytes(12) + b"\x88\xb5" + bytes(size - 14))
        allowed = burst_kb * 128 + limit.bytes_per_second * now // SECOND
        if refused(Memory(state, now), PORT, limit, frame) is None:
            passed += size - 14
            assert passed <= allowed
    again = BandwidthLimit("r", kbps, burst_kb + 1)
    small = Frame.from_bytes(bytes(12) + b"\x88\xb5" + bytes(50))
    assert refused(Memory(state, now), PORT, again, small) is None


def test_a_refused_frame_costs_nothing() -> None:
    limit, state = BandwidthLimit("r", 8, 8), State()
    big, small = (Frame.from_bytes(bytes(12) + b"\x88\xb5" + bytes(n)) for n in (1025, 1000))
    assert refused(Memory(state, 0), PORT, limit, big) is not None
    assert refused(Memory(state, 0), PORT, limit, small) is None
    assert refused(Memory(state, SECOND // 2), PORT, limit, small) is not None
    assert refused(Memory(state, SECOND), PORT, limit, small) is None


def test_zero_limits_nothing() -> None:
    state = State()
    for _ in range(3):
        frame = Frame.from_bytes(bytes(60_000))
        assert refused(Memory(state, 0), PORT, BandwidthLimit("r", 0, 0), frame) is None


@given(st.binary(min_size=14, max_size=80))
def test_what_follows_the_ethernet_header_counts(data: bytes) -> None:
    frame = Frame.from_bytes(data)
    tag = 4 if frame.vlans else 0
    assert policed_length(frame) == len(data) - 14 - tag
