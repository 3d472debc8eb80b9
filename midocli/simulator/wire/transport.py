"""The transport checksum of a frame: what it should be, and bringing it along.

A frame's `tp_sum` is None when the checksum is right (it is then made when needed), else the
number on the wire; a UDP checksum of 0 means that there is none (RFC 768).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator.wire.checksum import checksum, pseudo_header_sum, updated
from midocli.simulator.wire.protocol import ICMP, UDP

if TYPE_CHECKING:
    from midocli.simulator.wire.frame import Frame

#: `Frame.tp_sum` of a packet without a checksum field we can see.
NO_CHECKSUM = -1


def right_sum(frame: Frame) -> int:
    """What the transport checksum should be, the packet being whole."""
    if frame.proto == ICMP:
        words = (frame.tp_src << 8 | frame.tp_dst) + frame.icmp_id + frame.icmp_seq
        return checksum(frame.payload, words)
    body = frame.with_sum(0)
    pseudo = pseudo_header_sum(frame.nw_src, frame.nw_dst, frame.proto, len(body))
    result = checksum(body, pseudo)
    return 0xFFFF if frame.proto == UDP and result == 0 else result


def sum_is_right(frame: Frame) -> bool:
    """Whether a receiver would accept the transport checksum of this whole packet."""
    if frame.tp_sum is None or frame.tp_sum == NO_CHECKSUM:
        return True
    if frame.proto == UDP and frame.tp_sum == 0:
        return True
    right = right_sum(frame)
    return frame.tp_sum == right or {frame.tp_sum, right} == {0, 0xFFFF}


def updated_sum(frame: Frame, old: int, new: int) -> int | None:
    """`Frame.tp_sum` after an address or port changed; ICMP's covers neither."""
    tp_sum = frame.tp_sum
    if tp_sum is None or tp_sum == NO_CHECKSUM or frame.proto == ICMP:
        return tp_sum
    if frame.proto == UDP and tp_sum == 0:
        return tp_sum
    tp_sum = updated(tp_sum, old, new)
    return 0xFFFF if frame.proto == UDP and tp_sum == 0 else tp_sum


def udp_length_fits(frame: Frame) -> bool:
    """Whether a datagram's own length is that of its packet."""
    return int.from_bytes(frame.payload[:2], "big") == len(frame.payload) + 6
