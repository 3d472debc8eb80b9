"""TCP at a guest (RFC 9293): services that accept and echo, resets for the rest.

Headers are those Linux sends: SYN-ACK and RST with IP id 0 and DF, window 65160, options
mss, sackOK, timestamps, nop, wscale as far as the SYN had them. Data are acknowledged at once,
as at the beginning of a connection, and come back in a segment of their own. A service sends
nothing again of itself, only when the client does.
"""

from __future__ import annotations

import struct
from dataclasses import replace

from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS
from midocli.simulator.learnt.entries import ServerConnection
from midocli.simulator.reason import Code
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import inherit
from midocli.simulator.wire.protocol import TCP
from midocli.simulator.wire.segment import (
    ACK,
    FIN,
    HEADERS_LENGTH,
    MSS,
    PSH,
    RST,
    SACK_OK,
    SYN,
    TIMESTAMPS,
    WINDOW_SCALE,
    WSCALE,
    Segment,
    read_options,
    read_segment,
    scaled,
    stamp_offset,
    tcp_packet,
)

SYN_ACK_WINDOW = 65160


def receive(stack: GuestStack, plan: GuestPlan, frame: Frame, to_group: bool) -> None:
    """A socket or service takes the segment, else it is reset."""
    segment = read_segment(frame)
    if segment is None:
        stack.drop(frame, Code.MALFORMED, "its TCP header is cut short")
        return
    if to_group:
        stack.drop(frame, Code.NO_ANSWER, f"{stack.alias} takes no TCP sent to a group")
        return
    stack.tell_consumed(frame, "tcp")
    socket = stack.socket_for(frame)
    if socket is not None:
        socket(frame)
        return
    key = (stack.key, frame.nw_dst, frame.tp_dst, frame.nw_src, frame.tp_src)
    connections = stack.network.state.tcp
    connection = connections.get(key)
    if connection is not None:
        answers = _continue(stack, connection, segment)
        if segment.flags & RST or (connection.state == "last-ack" and not answers):
            del connections[key]
        for answer in answers:
            _send(stack, frame, answer)
    elif segment.flags & SYN and not segment.flags & (ACK | RST) and _serves(plan, frame):
        connection = connections[key] = _accept(stack, link_mtu(plan, frame.nw_src), segment)
        _send(stack, frame, connection.syn_ack)
    elif not segment.flags & RST:
        refuse(stack, frame)
        stack.drop(frame, Code.NO_ANSWER, stack.why_unheard(frame, "TCP"))


def _serves(plan: GuestPlan, frame: Frame) -> bool:
    return (TCP, frame.tp_dst) in plan.guest.services


def link_mtu(plan: GuestPlan, address: int) -> int:
    """The MTU of the link towards an address (without a route: of the first interface)."""
    entry = plan.route(address)
    return plan.guest.nics[entry[3] if entry is not None else 0].mtu


def _accept(stack: GuestStack, mtu: int, syn: Segment) -> ServerConnection:
    """Begin a connection: the SYN-ACK offers what the SYN offered."""
    theirs = read_options(syn.options)
    first = stack.network.rng.getrandbits(32)
    offset = stamp_offset(first)
    stamped = len(theirs.get(TIMESTAMPS, b"")) == 8
    options = struct.pack("!BBH", MSS, 4, mtu - HEADERS_LENGTH)
    if stamped:
        options += bytes((SACK_OK, 2)) if SACK_OK in theirs else b"\x01\x01"
        options += bytes((TIMESTAMPS, 10)) + _stamps(stack, offset, theirs)
    elif SACK_OK in theirs:
        options += bytes((1, 1, SACK_OK, 2))
    if WSCALE in theirs:
        options += bytes((1, WSCALE, 3, WINDOW_SCALE))
    receive_next = syn.seq + 1 & 0xFFFFFFFF
    syn_ack = Segment(first, receive_next, SYN | ACK, SYN_ACK_WINDOW, options)
    stamps = offset if stamped else None
    return ServerConnection(first + 1 & 0xFFFFFFFF, receive_next, syn_ack, stamps)


def _stamped_anew(stack: GuestStack, connection: ServerConnection) -> Segment:
    """The SYN-ACK with the time of now, which stands behind mss, sackOK and its own kind."""
    segment = connection.syn_ack
    if connection.stamp_offset is None:
        return segment
    now = stamp_of(stack, connection.stamp_offset)
    options = segment.options[:8] + now + segment.options[12:]
    return replace(segment, options=options)


def _continue(stack: GuestStack, connection: ServerConnection, segment: Segment) -> list[Segment]:
    """What a service answers on an open connection: data comes back, a FIN is returned."""
    if segment.flags & SYN and not segment.flags & (ACK | RST):
        return [_stamped_anew(stack, connection)]
    if segment.flags & (SYN | RST) or not segment.flags & ACK:
        return []
    if connection.state == "syn-received":
        connection.state = "established"
    if segment.seq != connection.receive_next and segment.length:
        return [_answer(stack, connection, segment, ACK)]
    if not segment.length or connection.state == "last-ack":
        return []
    connection.receive_next = segment.seq + segment.length & 0xFFFFFFFF
    answers = []
    if segment.data:
        answers.append(_answer(stack, connection, segment, ACK, unread=len(segment.data)))
        answers.append(_answer(stack, connection, segment, ACK | PSH, segment.data))
    if segment.flags & FIN:
        connection.state = "last-ack"
        answers.append(_answer(stack, connection, segment, ACK | FIN))
    return answers


def _answer(
    stack: GuestStack,
    connection: ServerConnection,
    segment: Segment,
    flags: int,
    data: bytes = b"",
    *,
    unread: int = 0,
) -> Segment:
    options = b""
    if connection.stamp_offset is not None:
        theirs = read_options(segment.options)
        options = bytes((1, 1, TIMESTAMPS, 10)) + _stamps(stack, connection.stamp_offset, theirs)
    window = scaled(SYN_ACK_WINDOW - unread)
    answer = Segment(connection.send_next, connection.receive_next, flags, window, options, data)
    connection.send_next = connection.send_next + answer.length & 0xFFFFFFFF
    return answer


def _stamps(stack: GuestStack, offset: int, theirs: dict[int, bytes]) -> bytes:
    """The timestamps option's values: our time, and their value back (RFC 7323)."""
    return stamp_of(stack, offset) + theirs.get(TIMESTAMPS, bytes(8))[:4].ljust(4, b"\0")


def stamp_of(stack: GuestStack, offset: int) -> bytes:
    """The time in milliseconds from where an end of a connection counts (`secure_tcp_ts_off`)."""
    return (stack.network.engine.now_ns // 1_000_000 + offset & 0xFFFFFFFF).to_bytes(4, "big")


def refuse(stack: GuestStack, frame: Frame) -> None:
    """Reset what a segment is part of, unless it is a reset itself or cut short."""
    segment = read_segment(frame)
    if segment is not None and not segment.flags & RST:
        _send(stack, frame, _reset(segment))


def _reset(segment: Segment) -> Segment:
    """The reset for a segment nobody wants (RFC 9293, 3.10.7.1)."""
    if segment.flags & ACK:
        return Segment(segment.ack, 0, RST, 0)
    return Segment(0, segment.seq + segment.length & 0xFFFFFFFF, RST | ACK, 0)


def _send(stack: GuestStack, request: Frame, segment: Segment) -> None:
    ip_id = 0 if segment.flags & (SYN | RST) else stack.next_ip_id()
    answer = tcp_packet(
        request.nw_dst, request.tp_dst, request.nw_src, request.tp_src, segment, ip_id=ip_id
    )
    inherit(answer, request)
    stack.send(answer, ANSWER_NS)
