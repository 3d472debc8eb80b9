"""Frames: any bytes become a record and come back; the fields mean what the formats say."""

import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import ip

from midocli.simulator.wire.addresses import NO_ADDRESS
from midocli.simulator.wire.checksum import checksum, words_sum
from midocli.simulator.wire.datagram import udp_data, udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import (
    arp_reply,
    arp_request,
    echo_reply,
    echo_request,
    icmp_error,
)
from midocli.simulator.wire.protocol import ICMP, TCP, UDP
from midocli.simulator.wire.quoted import quoted_packet

ECHO = bytes.fromhex(
    "fa163e5265b1c286ffce170a0800"
    "45000054cf8d400040014c4ac0a84e09c0a84f77"
    "08003bcd6fed0001dba4f05800000000be73030000000000"
    "101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f3031323334353637"
)


@st.composite
def frames(draw: st.DrawFn) -> bytes:
    """Frames that look right as far as they go: tags, IPv4, ARP, then anything."""
    head = draw(st.binary(min_size=12, max_size=12))
    for tpid in draw(st.lists(st.sampled_from((0x8100, 0x88A8)), max_size=2)):
        head += struct.pack("!HH", tpid, draw(st.integers(0, 0xFFFF)))
    ethertype = draw(st.sampled_from((0x0800, 0x0800, 0x0800, 0x0806, 0x86DD, 60, 0x8100)))
    body = draw(st.binary(max_size=90))
    if ethertype == 0x0806 and draw(st.booleans()):
        body = bytes.fromhex("000108000604") + body
    if ethertype == 0x0800 and draw(st.booleans()):
        body = _ipv4(draw, body)
    return head + ethertype.to_bytes(2, "big") + body


def _ipv4(draw: st.DrawFn, body: bytes) -> bytes:
    options = draw(st.sampled_from((b"", b"\x01\x01\x01\x00", b"\x07\x07\x04\0\0\0\0\0")))
    length = 20 + len(options) + len(body) - draw(st.sampled_from((0, 0, 0, 4)))
    proto = draw(st.sampled_from((ICMP, TCP, UDP, UDP, 47)))
    fragment = draw(st.sampled_from((0, 0x4000, 0x2000, 0x2003, 0x8000)))
    head = struct.pack(
        "!BBHHHBBHII", 0x45 + len(options) // 4, 0, max(length, 0), 7, fragment, 64, proto, 0, 1, 2
    )
    head += options
    right = checksum(head)
    ip_sum = draw(st.sampled_from((right, right, right ^ 0xFFFF, 0, 0xFFFF)))
    return head[:10] + ip_sum.to_bytes(2, "big") + head[12:] + body


@given(st.one_of(st.binary(max_size=120), frames()))
@settings(max_examples=600)
def test_every_frame_comes_back_byte_for_byte(data: bytes) -> None:
    assert Frame.from_bytes(data).to_bytes() == data
    assert Frame.from_bytes(data).copy().to_bytes() == data


def test_the_fields_of_an_echo_request() -> None:
    frame = Frame.from_bytes(ECHO, origin="ping")
    assert (frame.nw_src, frame.nw_dst) == (ip("192.168.78.9"), ip("192.168.79.119"))
    assert (frame.ttl, frame.ip_id, frame.fragment, frame.proto) == (64, 53133, 0x4000, 1)
    assert (frame.tp_src, frame.tp_dst, frame.icmp_id, frame.icmp_seq) == (8, 0, 28653, 1)
    assert (frame.ip_delta, frame.tp_sum, frame.fault) == (0, None, None)
    assert frame.origin == "ping"


def test_changing_ttl_and_address_redoes_the_header_checksum() -> None:
    frame = Frame.from_bytes(ECHO)
    frame.ttl -= 1
    frame.set_nw_dst(ip("192.168.77.119"))
    assert frame.to_bytes()[14:34].hex() == "45000054cf8d40003f014f4ac0a84e09c0a84d77"


def test_a_bad_header_checksum_stays_bad() -> None:
    frame = Frame.from_bytes(ECHO[:24] + b"\x12\x34" + ECHO[26:])
    assert frame.ip_delta
    frame.ttl -= 1
    assert words_sum(frame.to_bytes()[14:34]) != 0xFFFF


def test_padding_is_kept_apart() -> None:
    data = arp_request(1, 2, 3).to_bytes() + bytes(18)
    frame = Frame.from_bytes(data)
    assert frame.trailer == bytes(18)
    assert frame.to_bytes() == data


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"short", "shorter than 14"),
        (bytes(12) + b"\x08\x00" + bytes(10), "cut short"),
        (bytes(12) + b"\x08\x00" + b"\x65" + bytes(19), "version is 6"),
        (bytes(12) + b"\x08\x00" + b"\x44" + bytes(19), "header length"),
        (bytes(12) + b"\x08\x00" + b"\x45\x00\x00\x60" + bytes(16), "total length"),
        (bytes(12) + b"\x08\x06" + bytes(28), "not an ARP packet"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, fault: str) -> None:
    frame = Frame.from_bytes(data)
    assert frame.fault is not None and fault in frame.fault
    assert frame.nw_src == NO_ADDRESS
    assert frame.to_bytes() == data


def test_tags_are_outermost_first() -> None:
    data = ECHO[:12] + bytes.fromhex("88a80064 8100000a") + ECHO[12:]
    frame = Frame.from_bytes(data)
    assert frame.vlan_ids() == (100, 10)
    assert frame.ethertype == 0x0800
    assert frame.to_bytes() == data


def test_an_arp_packet_has_addresses_and_opcode_where_rules_look() -> None:
    frame = arp_request(0xC286FFCE170A, ip("10.0.0.1"), ip("10.0.0.2"))
    assert (frame.nw_src, frame.nw_dst, frame.proto) == (ip("10.0.0.1"), ip("10.0.0.2"), 1)
    reply = arp_reply(frame, 5)
    assert (reply.nw_src, reply.nw_dst, reply.proto) == (ip("10.0.0.2"), ip("10.0.0.1"), 2)
    assert reply.hw_dst == frame.hw_src
    assert len(reply.to_bytes()) == 42


def test_the_reply_raises_the_icmp_checksum_by_0x0800() -> None:
    request = Frame.from_bytes(ECHO)
    assert echo_reply(request).to_bytes()[34:38].hex() == "000043cd"


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 65535), st.binary(max_size=40))
def test_rewriting_keeps_a_raw_transport_checksum_right(
    address: int, port: int, data: bytes
) -> None:
    """As for a first fragment, whose checksum can't be made anew."""
    frame = udp_packet(ip("10.0.0.1"), 1000, ip("10.0.0.2"), 2000, data)
    read = Frame.from_bytes(frame.to_bytes())
    read.tp_sum = int.from_bytes(frame.transport_bytes()[6:8], "big")
    read.set_nw_src(address)
    read.set_nw_dst(address ^ 0xFF)
    read.set_tp_src(port)
    read.set_tp_dst(port ^ 0xFF)
    assert read.sum_is_right()
    assert udp_data(read) == data


def test_a_udp_packet_without_checksum_stays_without() -> None:
    data = bytearray(udp_packet(1, 2, 3, 4, b"hello").to_bytes())
    data[14 + 26 : 14 + 28] = b"\0\0"
    frame = Frame.from_bytes(bytes(data))
    frame.set_nw_src(77)
    assert frame.tp_sum == 0
    assert frame.sum_is_right()


def test_the_quoted_packet_of_an_error() -> None:
    offending = Frame.from_bytes(ECHO)
    error = icmp_error(1, 2, 3, 1, offending.ip_bytes()[:28])
    again = Frame.from_bytes(error.to_bytes())
    quoted = quoted_packet(again)
    assert again.quoted_address("src") == ip("192.168.78.9")
    assert (quoted.nw_dst, quoted.icmp_id) == (ip("192.168.79.119"), 28653)
    assert Frame.from_bytes(ECHO).quoted_address("src") == NO_ADDRESS


def test_an_echo_request_is_as_asked() -> None:
    frame = echo_request(1, 2, 3, 4, b"data", ttl=9, tos=8)
    assert (frame.ttl, frame.tos, frame.icmp_id, frame.icmp_seq) == (9, 8, 3, 4)
    assert frame.ip_length() == 32
