"""TCP segments (RFC 9293) and their options: built, and read."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import DF, TCP

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16

WINDOW_SCALE = 7
MSS, WSCALE, SACK_OK, TIMESTAMPS = 2, 3, 4, 8
#: Of IPv4 and TCP without options, in bytes.
HEADERS_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Segment:
    """A TCP segment without its ports."""

    seq: int
    ack: int
    flags: int
    window: int
    options: bytes = b""
    data: bytes = b""

    @property
    def length(self) -> int:
        """How much sequence space it takes: data, and one each for SYN and FIN."""
        return len(self.data) + bool(self.flags & SYN) + bool(self.flags & FIN)


def read_segment(frame: Frame) -> Segment | None:
    """The segment a frame carries; None if it is cut short."""
    rest = frame.payload  # from the sequence number on, without the checksum
    if len(rest) < 14:
        return None
    seq, ack, offset, flags, window = struct.unpack_from("!IIBBH", rest)
    data_at = (offset >> 4) * 4 - 6
    if data_at < 14 or data_at > len(rest):
        return None
    return Segment(seq, ack, flags & 0x3F, window, rest[14:data_at], rest[data_at:])


def tcp_packet(
    src: int, sport: int, dst: int, dport: int, segment: Segment, *, ip_id: int = 0, ttl: int = 64
) -> Frame:
    """The IPv4 packet of a segment, with DF set. Options must fill whole words."""
    offset = (20 + len(segment.options)) // 4 << 4
    fixed = struct.pack(
        "!IIBBHH", segment.seq, segment.ack, offset, segment.flags, segment.window, 0
    )
    return Frame(
        nw_src=src,
        nw_dst=dst,
        proto=TCP,
        tos=0,
        ttl=ttl,
        fragment=DF,
        ip_id=ip_id,
        tp_src=sport,
        tp_dst=dport,
        tp_sum=None,
        payload=fixed + segment.options + segment.data,
    )


def syn_options(mss: int, stamps: bytes, scale: int) -> bytes:
    """What Linux offers in a SYN; `stamps` are the two words of the timestamps."""
    offer = struct.pack("!BBHBBBB", MSS, 4, mss, SACK_OK, 2, TIMESTAMPS, 10)
    return offer + stamps + bytes((1, WSCALE, 3, scale))


def stamp_offset(first: int) -> int:
    """From where an end of a connection counts its time, by its `first` sequence number.

    Linux makes both of the addresses, the ports and secrets (`secure_tcp_seq`,
    `secure_tcp_ts_off`); here the one is random, and the other is it well mixed.
    """
    mixed = first * 0x9E3779B1 & 0xFFFFFFFF
    return (mixed ^ mixed >> 15) * 0x85EBCA77 & 0xFFFFFFFF


def read_options(options: bytes) -> dict[int, bytes]:
    """TCP options by kind; reading stops at the first that makes no sense."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(options) and options[at] != 0:
        if options[at] == 1:
            at += 1
            continue
        if at + 1 >= len(options) or options[at + 1] < 2:
            break
        found[options[at]] = options[at + 2 : at + options[at + 1]]
        at += options[at + 1]
    return found


def scaled(window: int) -> int:
    """A window as it is sent once its scale is agreed, rounded up (`__tcp_select_window`)."""
    return -(-window >> WINDOW_SCALE)
