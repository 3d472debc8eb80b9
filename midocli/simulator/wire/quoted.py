"""The packet an ICMP error quotes: reading it, and translating its addresses.

NAT finds an error's connection by the quoted packet and rewrites it as well, so that the
sender recognises its own packet (RFC 5508; MidoNet: `state/NATState.scala`).
"""

from __future__ import annotations

from typing import Literal

from midocli.simulator.wire.addresses import Ends
from midocli.simulator.wire.checksum import updated, updated_for_bytes
from midocli.simulator.wire.frame import NO_CHECKSUM, Frame
from midocli.simulator.wire.protocol import (
    ICMP,
    OFFSET,
    PARAMETER_PROBLEM,
    TCP,
    TIME_EXCEEDED,
    UDP,
    UNREACHABLE,
)

#: The ICMP errors NAT understands.
TRANSLATABLE = frozenset({UNREACHABLE, TIME_EXCEEDED, PARAMETER_PROBLEM})

_SUM_AT = {TCP: 16, UDP: 6}


def quoted_packet(error: Frame) -> Frame | None:
    """The packet quoted by an ICMP error, as far as it is there; None: unreadable."""
    packet = Frame(origin=error.origin, walk=error.walk, depth=error.depth)
    packet.read_ipv4(error.payload, quoted=True)
    return packet if packet.fault is None else None


def is_translatable_error(frame: Frame) -> bool:
    """Whether this is an ICMP error whose quoted packet NAT may follow."""
    return frame.proto == ICMP and frame.tp_src in TRANSLATABLE and len(frame.payload) >= 20


def reversed_connection(error: Frame) -> tuple[int, Ends] | None:
    """(proto, (source, port, destination, port)) of the quoted packet, turned round.

    The identifier of an ICMP echo stands for both ports.
    """
    packet = quoted_packet(error)
    if packet is None:
        return None
    if packet.proto == ICMP:
        return ICMP, (packet.nw_dst, packet.icmp_id, packet.nw_src, packet.icmp_id)
    if packet.proto not in (TCP, UDP) or packet.tp_src < 0:
        return None
    return packet.proto, (packet.nw_dst, packet.tp_dst, packet.nw_src, packet.tp_src)


def rewrite_quoted(
    error: Frame, side: Literal["src", "dst"], old: int, new: int, port: int | None = None
) -> bool:
    """Replace the quoted packet's source or destination if it is `old`; says whether it was.

    `port` also replaces its TCP or UDP port on that side. All checksums are brought along.
    """
    before = error.payload
    at = 12 if side == "src" else 16
    if len(before) < 20 or int.from_bytes(before[at : at + 4], "big") != old:
        return False
    quote = bytearray(before)
    quote[at : at + 4] = new.to_bytes(4, "big")
    _update_word(quote, 10, old, new)
    head, proto = (quote[0] & 0xF) * 4, quote[9]
    first = not (quote[6] << 8 | quote[7]) & OFFSET
    if proto in _SUM_AT and first and len(quote) >= head + 4:
        port_at = head if side == "src" else head + 2
        old_port = quote[port_at] << 8 | quote[port_at + 1]
        new_port = old_port if port is None else port
        quote[port_at : port_at + 2] = new_port.to_bytes(2, "big")
        sum_at = head + _SUM_AT[proto]
        if len(quote) >= sum_at + 2 and not (proto == UDP and not any(quote[sum_at : sum_at + 2])):
            _update_word(quote, sum_at, old, new)
            _update_word(quote, sum_at, old_port, new_port)
    error.payload = bytes(quote)
    if error.tp_sum is not None and error.tp_sum != NO_CHECKSUM:
        error.tp_sum = updated_for_bytes(error.tp_sum, before, error.payload)
    return True


def _update_word(data: bytearray, at: int, old: int, new: int) -> None:
    """Bring the checksum at an offset along with a changed field."""
    value = updated(data[at] << 8 | data[at + 1], old, new)
    data[at : at + 2] = value.to_bytes(2, "big")
