"""UDP at a guest (RFC 768): services echo what they get, closed ports say so."""

from __future__ import annotations

from midocli.simulator.guests import icmp
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS
from midocli.simulator.reason import Code
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.datagram import udp_data, udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import inherit
from midocli.simulator.wire.protocol import UDP, UNREACHABLE


def receive(stack: GuestStack, plan: GuestPlan, frame: Frame, to_group: bool) -> None:
    """A socket or service takes the datagram, else the port is unreachable."""
    socket = stack.socket_for(frame)
    if socket is not None:
        stack.tell_consumed(frame, "udp")
        socket(frame)
    elif (UDP, frame.tp_dst) in plan.guest.services:
        stack.tell_consumed(frame, "udp")
        answer = udp_packet(frame.nw_dst, frame.tp_dst, frame.nw_src, frame.tp_src, udp_data(frame))
        answer.ip_id = stack.next_ip_id()
        inherit(answer, frame)
        stack.send(answer, ANSWER_NS)
    else:
        icmp.send_error(stack, frame, UNREACHABLE, icmp.PORT, to_group)
        stack.drop(frame, Code.NO_ANSWER, stack.why_unheard(frame, "UDP"))
