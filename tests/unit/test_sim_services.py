"""UDP and TCP at a guest: services, closed ports, and what a SYN-ACK looks like."""

from __future__ import annotations

import pytest
from netlab import PUBLISHED, NetLab, ip, seen

from midocli.simulator.wire.datagram import udp_data, udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.segment import (
    ACK,
    FIN,
    PSH,
    RST,
    SYN,
    Segment,
    read_options,
    read_segment,
    tcp_packet,
)

CLIENT, SERVER = ip("192.168.78.9"), ip("192.168.77.119")
# mss 1460, sackOK, timestamps 1000 0, nop, wscale 7: as a Linux SYN has them.
SYN_OPTIONS = bytes.fromhex("020405b4 0402 080a 000003e8 00000000 01 030307")


def lab_with(service: str = "") -> NetLab:
    lab = NetLab(PUBLISHED)
    if service:
        lab(f"guest vm add service {service}")
    lab.echoed("client", "192.168.77.119")
    return lab


def say(lab: NetLab, frame: Frame) -> list[Frame]:
    """Send a packet from the client; the answers, as they reach its socket."""
    answers: list[Frame] = []
    stack = lab.stack("client")
    stack.sockets[frame.proto, frame.tp_src] = answers.append
    assert stack.send(frame) is None
    lab.wait(0.1)
    return answers


def segment(seq: int, ack: int, flags: int, data: bytes = b"", options: bytes = b"") -> Frame:
    return tcp_packet(CLIENT, 40000, SERVER, 80, Segment(seq, ack, flags, 64240, options, data))


def test_a_udp_service_echoes() -> None:
    (answer,) = say(lab_with("proto udp port 7"), udp_packet(CLIENT, 1234, SERVER, 7, b"hello"))
    assert udp_data(answer) == b"hello"
    assert (answer.tp_src, answer.tp_dst, answer.nw_src) == (7, 1234, SERVER)


def test_a_closed_udp_port_is_unreachable() -> None:
    lab = lab_with()
    arrivals = lab.heard("client")
    assert say(lab, udp_packet(CLIENT, 1234, SERVER, 7, b"hello")) == []
    (error,) = arrivals
    assert (error.frame.tp_src, error.frame.tp_dst, error.frame.nw_src) == (3, 3, SERVER)
    assert (error.quoted.tp_dst, error.quoted.ttl) == (7, 63)
    assert lab.codes() == ["no-answer"]


@pytest.mark.parametrize("flags", [SYN, ACK, SYN | ACK, FIN])
def test_a_closed_tcp_port_resets(flags: int) -> None:
    (answer,) = say(lab_with(), segment(1000, 77, flags))
    got = read_segment(answer)
    assert (answer.ip_id, answer.fragment, got.window) == (0, 0x4000, 0)
    if flags & ACK:
        assert (got.flags, got.seq) == (RST, 77)
    else:
        assert (got.flags, got.seq, got.ack) == (RST | ACK, 0, 1001)


def test_no_reset_for_a_reset() -> None:
    assert say(lab_with(), segment(1, 0, RST)) == []


def test_the_syn_ack_is_linuxs() -> None:
    lab = lab_with("proto tcp port 80")
    (answer,) = say(lab, segment(1000, 0, SYN, options=SYN_OPTIONS))
    got = read_segment(answer)
    assert (got.flags, got.ack, got.window) == (SYN | ACK, 1001, 65160)
    assert (answer.ip_id, answer.fragment, answer.ttl) == (0, 0x4000, 63)
    assert got.options[:6].hex() == "020405b40402"
    assert got.options[6:8].hex() == "080a" and got.options[12:16].hex() == "000003e8"
    assert got.options[16:].hex() == "01030307"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (b"", "020405b4"),
        (bytes.fromhex("04020101"), "020405b401010402"),
        (bytes.fromhex("01030302"), "020405b401030307"),
    ],
)
def test_the_syn_ack_offers_what_the_syn_did(options: bytes, expected: str) -> None:
    (answer,) = say(lab_with("proto tcp port 80"), segment(1, 0, SYN, options=options))
    assert read_segment(answer).options.hex() == expected


def test_a_conversation() -> None:
    lab = lab_with("proto tcp port 80")
    (answer,) = say(lab, segment(1000, 0, SYN))
    first = read_segment(answer).seq
    assert say(lab, segment(1001, first + 1, ACK)) == []
    received, answer = say(lab, segment(1001, first + 1, ACK | PSH, b"hello"))
    got = read_segment(received)
    assert (got.flags, got.data, got.seq, got.ack) == (ACK, b"", first + 1, 1006)
    got = read_segment(answer)
    assert (got.data, got.seq, got.ack) == (b"hello", first + 1, 1006)
    assert answer.ip_id != 0
    (answer,) = say(lab, segment(1006, first + 6, ACK | FIN))
    got = read_segment(answer)
    assert (got.flags & FIN, got.ack) == (FIN, 1007)
    assert say(lab, segment(1007, first + 7, ACK)) == []
    assert lab.state.tcp == {}


def test_a_repeated_syn_gets_the_same_answer() -> None:
    lab = lab_with("proto tcp port 80")
    (one,) = say(lab, segment(1000, 0, SYN))
    (two,) = say(lab, segment(1000, 0, SYN))
    assert read_segment(one) == read_segment(two)


def test_a_reset_ends_the_connection() -> None:
    lab = lab_with("proto tcp port 80")
    say(lab, segment(1000, 0, SYN))
    assert say(lab, segment(1001, 0, RST)) == []
    assert lab.state.tcp == {}


def test_out_of_order_data_is_only_acknowledged() -> None:
    lab = lab_with("proto tcp port 80")
    (answer,) = say(lab, segment(1000, 0, SYN))
    (answer,) = say(lab, segment(5000, read_segment(answer).seq + 1, ACK, b"late"))
    assert read_segment(answer).data == b""
    assert read_segment(answer).ack == 1001


def test_a_cut_short_tcp_header() -> None:
    lab = lab_with()
    frame = segment(1, 0, SYN)
    frame.payload = frame.payload[:6]
    say(lab, frame)
    assert lab.codes() == ["malformed"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (b"", {}),
        (b"\x01\x01\x02\x04\x05\xb4", {2: b"\x05\xb4"}),
        (b"\x00\x02\x04\x05\xb4", {}),
        (b"\x02\x00", {}),
        (b"\x02", {}),
    ],
)
def test_reading_options(options: bytes, found: dict[int, bytes]) -> None:
    assert read_options(options) == found


def test_checksums_on_the_wire_are_right() -> None:
    lab = lab_with("proto tcp port 80")
    recorder = lab.watch("host0:tap")
    say(lab, segment(1000, 0, SYN, options=SYN_OPTIONS))
    frames = [frame for _, frame in seen(recorder, "host0:tap")]
    assert [frame.tp_sum for frame in frames] == [None, None]
