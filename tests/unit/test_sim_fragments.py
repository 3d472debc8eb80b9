"""Fragmentation and reassembly at guests (RFC 791), as Linux does them."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import LINUX, VM_MAC, NetLab, ip, mac, seen

from midocli.simulator.guests import fragments
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import echo_request

CLIENT, VM = ip("192.168.78.9"), ip("192.168.77.119")
MORE = 0x2000


def request(data: bytes) -> Frame:
    frame = echo_request(CLIENT, VM, 7, 1, data)
    frame.ip_id, frame.hw_src, frame.hw_dst = 9, 2, mac(VM_MAC)
    return frame


def lab_that_knows() -> NetLab:
    lab = NetLab(LINUX)
    lab.echoed("client", "192.168.77.119")
    lab.drops.clear()
    return lab


def answers(lab: NetLab, pieces: list[Frame]) -> list[Frame]:
    """What the machine sends when it gets fragments, itself put together again."""
    recorder = lab.watch("host0:vm")
    for piece in pieces:
        lab.network.inject("host0:r1", piece)
    lab.wait(0.1)
    lab.network.unwatch(recorder)
    return [frame for direction, frame in seen(recorder, "host0:vm") if direction == "in"]


def piece(at: int, data: bytes, more: bool) -> Frame:
    """A fragment of an echo request to the machine: `at` in bytes, of the IP payload."""
    frame = request(b"")
    frame.fragment = at // 8 | (MORE if more else 0)
    frame.tp_src = frame.tp_dst = -1
    frame.tp_sum = -1
    frame.read_transport(data)
    return frame


def joined(pieces: list[Frame]) -> bytes:
    """The IP payload that fragments are of."""
    body = bytearray(sum(each.transport_length() for each in pieces))
    for each in pieces:
        at = (each.fragment & 0x1FFF) * 8
        body[at : at + each.transport_length()] = each.transport_bytes()
    return bytes(body)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=3000), st.integers(68, 1500), st.randoms(use_true_random=False))
def test_fragments_in_any_order_make_the_packet_again(
    data: bytes, mtu: int, order: random.Random
) -> None:
    pieces = fragments.split(request(data), mtu)
    assert all(each.ip_length() <= mtu for each in pieces)
    order.shuffle(pieces)
    reply = joined(answers(lab_that_knows(), pieces))
    assert (reply[0], reply[4:]) == (0, request(data).transport_bytes()[4:])


@settings(max_examples=40, deadline=None)
@given(st.binary(min_size=1, max_size=4000), st.integers(68, 1500), st.integers(68, 600))
def test_fragments_of_fragments_cover_the_packet(data: bytes, mtu: int, narrower: int) -> None:
    frame = request(data)
    pieces = [
        small for each in fragments.split(frame, mtu) for small in fragments.split(each, narrower)
    ]
    assert joined(pieces) == frame.transport_bytes()
    assert [bool(each.fragment & MORE) for each in pieces] == [True] * (len(pieces) - 1) + [False]


BODY = request(bytes(range(40))).transport_bytes()  # 48 bytes


@pytest.mark.parametrize(
    ("pieces", "answered", "dropped"),
    [
        ([(0, 24, True), (24, 48, False)], 1, []),
        ([(24, 48, False), (0, 24, True)], 1, []),
        ([(0, 24, True), (0, 24, True), (24, 48, False)], 1, []),
        ([(0, 24, True), (8, 16, True), (24, 48, False)], 1, []),
        ([(0, 16, True), (16, 32, True), (8, 24, True), (32, 48, False)], 1, []),
        ([(0, 24, True), (16, 48, False)], 0, ["malformed"]),
        ([(16, 32, True), (8, 48, False)], 0, ["malformed"]),
        ([(24, 40, False), (24, 48, True)], 0, ["malformed"]),
        ([(24, 48, True), (0, 32, False)], 0, ["malformed"]),
        ([(0, 24, True), (24, 24, False)], 0, ["malformed"]),
        ([(0, 27, True), (24, 48, False)], 1, []),
    ],
)
def test_repetitions_are_ignored_and_overlaps_end_the_packet(
    pieces: list[tuple[int, int, bool]], answered: int, dropped: list[str]
) -> None:
    lab = lab_that_knows()
    sent = [piece(at, BODY[at:end], more) for at, end, more in pieces]
    # parity: linux-reassembly
    assert len(answers(lab, sent)) == answered
    assert lab.codes() == dropped


def test_more_than_a_packet_can_hold_ends_it() -> None:
    lab = lab_that_knows()
    assert answers(lab, [piece(0x1FFF * 8, bytes(32), False)]) == []
    assert lab.codes() == ["malformed"]


def test_after_an_overlap_the_rest_is_given_up_in_time() -> None:
    lab = lab_that_knows()
    sent = [piece(0, BODY[:24], True), piece(16, BODY[16:32], True), piece(32, BODY[32:], False)]
    assert answers(lab, sent) == []
    lab.wait(31)
    # parity: linux-reassembly
    assert lab.codes() == ["malformed", "no-answer"]
    assert lab.state.reassemblies == {}
