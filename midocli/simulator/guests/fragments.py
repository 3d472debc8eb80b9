"""IPv4 fragmentation and reassembly (RFC 791; RFC 815 for the idea of holes)."""

from __future__ import annotations

from functools import partial

from midocli.simulator.guests import icmp
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.reassembly import Reassembly
from midocli.simulator.reason import Code
from midocli.simulator.wire.frame import NO_CHECKSUM, Frame
from midocli.simulator.wire.protocol import DF, MF, OFFSET, TIME_EXCEEDED

REASSEMBLY_NS = 30 * SECOND_NS


def split(frame: Frame, mtu: int) -> list[Frame]:
    """The packet in fragments of at most `mtu` bytes; itself if it fits."""
    header = 20 + len(frame.options)
    if frame.ip_length() <= mtu:
        return [frame]
    body = frame.transport_bytes()
    size = max((mtu - header) // 8 * 8, 8)
    start, more = frame.fragment & OFFSET, frame.fragment & MF
    pieces = []
    for at in range(0, len(body), size):
        piece = frame.copy()
        last = at + size >= len(body)
        piece.fragment = start + at // 8 | (more if last else MF)
        piece.tp_src = piece.tp_dst = -1
        piece.tp_sum = NO_CHECKSUM
        piece.trailer = b""
        piece.read_transport(body[at : at + size])
        pieces.append(piece)
    return pieces


def add(stack: GuestStack, frame: Frame) -> Frame | None:
    """Add a fragment to what a guest has of its packet; the packet, when it is whole.

    A repetition is ignored; an overlap, or a length that does not fit, ends the packet.
    """
    key = (stack.key, frame.nw_src, frame.nw_dst, frame.proto, frame.ip_id)
    reassemblies = stack.network.state.reassemblies
    packet = reassemblies.get(key)
    if packet is None:
        packet = reassemblies[key] = Reassembly()
        engine = stack.network.engine
        engine.at(engine.now_ns + REASSEMBLY_NS, partial(_expire, stack, key, packet, frame))
    at, body, last = (frame.fragment & OFFSET) * 8, frame.transport_bytes(), True
    if frame.fragment & MF:
        body, last = body[: len(body) // 8 * 8], False
    end = at + len(body)
    if packet.covers(at, end):
        stack.tell_consumed(frame, "fragment")
        return None
    refusal = packet.refusal(at, end, last, 20 + len(frame.options))
    if refusal is not None:
        del reassemblies[key]
        stack.drop(frame, Code.MALFORMED, refusal)
        return None
    packet.parts[at] = body
    packet.end = max(packet.end, end)
    if at == 0:
        packet.first = frame
    if last:
        packet.total = end
    if packet.first is None or packet.total != sum(map(len, packet.parts.values())):
        stack.tell_consumed(frame, "fragment")
        return None
    del reassemblies[key]
    return _joined(packet.first, b"".join(packet.parts[at] for at in sorted(packet.parts)))


def _joined(first: Frame, body: bytes) -> Frame:
    whole = first.copy()
    whole.fragment &= DF
    whole.tp_src = whole.tp_dst = -1
    whole.tp_sum = NO_CHECKSUM
    whole.read_transport(body)
    return whole


def _expire(
    stack: GuestStack, key: tuple[object, int, int, int, int], packet: Reassembly, frame: Frame
) -> None:
    """Give up on a packet that did not become whole."""
    reassemblies = stack.network.state.reassemblies
    if reassemblies.get(key) is not packet:
        return
    del reassemblies[key]
    if packet.first is not None:
        icmp.send_error(stack, packet.first, TIME_EXCEEDED, 1)
    stack.drop(frame, Code.NO_ANSWER, f"{stack.alias} did not get all fragments of the packet")
