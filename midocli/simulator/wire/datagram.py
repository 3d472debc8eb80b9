"""UDP datagrams (RFC 768): built, and their data read."""

from __future__ import annotations

from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import DF, UDP


def udp_packet(src: int, sport: int, dst: int, dport: int, data: bytes, ttl: int = 64) -> Frame:
    """A UDP datagram with DF set, as Linux sends one."""
    return Frame(
        nw_src=src,
        nw_dst=dst,
        proto=UDP,
        tos=0,
        ttl=ttl,
        fragment=DF,
        tp_src=sport,
        tp_dst=dport,
        tp_sum=None,
        payload=(len(data) + 8).to_bytes(2, "big") + data,
    )


def udp_data(frame: Frame) -> bytes:
    """The data of a UDP datagram."""
    length = int.from_bytes(frame.payload[:2], "big")
    return frame.payload[2 : max(length - 6, 2)]
