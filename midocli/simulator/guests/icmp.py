"""ICMP of a guest, as Linux does it (net/ipv4/icmp.c)."""

from __future__ import annotations

from midocli.simulator.events import NotGenerated
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS, SECOND_NS
from midocli.simulator.reason import Code
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.addresses import BROADCAST, LOOPBACK, is_group_mac, is_multicast
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import icmp_error, inherit
from midocli.simulator.wire.protocol import (
    DF,
    ECHO_REPLY,
    ECHO_REQUEST,
    ERROR_TYPES,
    ICMP,
    OFFSET,
    REDIRECT,
    UNREACHABLE,
)
from midocli.simulator.wire.quoted import quoted_packet

#: Codes of destination unreachable.
NET, HOST, PROTOCOL, PORT, TOO_BIG = 0, 1, 2, 3, 4

#: An error is at most this long, IP header included (RFC 1812, 4.3.2.3).
MAX_ERROR = 576
#: One error a second to a destination, six at once after a pause.
RATE_NS = SECOND_NS
BURST = 6
#: Path MTUs below this are not believed.
MIN_PATH_MTU = 552


def receive(stack: GuestStack, plan: GuestPlan, frame: Frame, to_group: bool) -> None:
    """Answer an echo request; hand everything else to who listens."""
    type_ = frame.tp_src
    if type_ == ECHO_REQUEST:
        _reply(stack, plan, frame, to_group)
    elif type_ < 0:
        stack.drop(frame, Code.MALFORMED, "its ICMP header is cut short")
    elif type_ == ECHO_REPLY or type_ in ERROR_TYPES:
        stack.tell_consumed(frame, "echo-reply" if type_ == ECHO_REPLY else "icmp-error")
        if type_ == UNREACHABLE and frame.tp_dst == TOO_BIG:
            _learn_path_mtu(stack, frame)
        stack.network.listeners.tell(stack.network.engine.now_ns, stack.key, frame)
    else:
        text = f"{stack.alias} does not answer ICMP type {type_}"
        stack.drop(frame, Code.NO_ANSWER, text)


def _reply(stack: GuestStack, plan: GuestPlan, frame: Frame, to_group: bool) -> None:
    """Turn the request into its reply: TTL 64, an IP id of the guest's own, tos as it was."""
    if to_group:
        stack.drop(frame, Code.NO_ANSWER, f"{stack.alias} does not answer broadcast pings")
        return
    stack.tell_consumed(frame, "echo-request")
    frame.nw_src, frame.nw_dst = frame.nw_dst, frame.nw_src
    frame.tp_src, frame.tp_sum = ECHO_REPLY, None
    frame.ttl = 64
    frame.fragment = DF if plan.guest.reply_df else 0
    frame.ip_id = stack.next_ip_id()
    frame.options = frame.trailer = b""
    frame.vlans = ()
    stack.tell_generated(frame, "echo-reply", frame)
    if stack.send(frame, ANSWER_NS) is not None:
        stack.drop(frame, Code.NO_ROUTE, f"{stack.alias} has no route back to who asked")


def _learn_path_mtu(stack: GuestStack, frame: Frame) -> None:
    """Believe a router that a packet was too long (RFC 1191)."""
    packet = quoted_packet(frame)
    if packet is not None and frame.icmp_seq >= 68:
        mtu = max(frame.icmp_seq, MIN_PATH_MTU)
        known = (mtu, stack.network.engine.now_ns)
        stack.network.state.path_mtus[stack.key, packet.nw_dst] = known


def send_error(
    stack: GuestStack,
    offending: Frame,
    type_: int,
    code: int,
    to_group: bool = False,
    *,
    info: int = 0,
) -> None:
    """Send an ICMP error about a packet, unless the rules or the rate limit forbid it.

    It quotes the packet as it now is. One about the guest's own packet comes back to itself.
    """
    plan = stack.plan
    if plan is None:
        return
    own = offending.nw_src in plan.local or offending.nw_src >> 24 == LOOPBACK
    why = _forbidden(offending, to_group)
    exempt = own or type_ == REDIRECT or (type_ == UNREACHABLE and code == TOO_BIG)
    if why is None and not exempt and not _has_token(stack, offending.nw_src):
        why = "its rate limit"
    if why is not None:
        if stack.network.wants_events:
            event = NotGenerated(what="icmp-error", why=why, type=type_, code=code)
            stack.tell(event, offending)
        return
    if own:
        source = offending.nw_src
    elif offending.nw_dst in plan.local:
        source = offending.nw_dst
    else:
        entry = plan.route(offending.nw_src)
        if entry is None:
            return
        source = entry[4]
    quote = offending.ip_bytes()[: MAX_ERROR - 28]
    tos = 0xC0 | offending.tos & 0x1E
    error = icmp_error(source, offending.nw_src, type_, code, quote, tos=tos, info=info)
    error.ip_id = stack.next_ip_id()
    inherit(error, offending)
    stack.tell_generated(error, "icmp-error", offending)
    stack.send(error, ANSWER_NS)


def _forbidden(frame: Frame, to_group: bool) -> str | None:
    """Why a packet gets no error (RFC 1122, 3.2.2); None: it may have one."""
    if frame.proto == ICMP and frame.tp_src in ERROR_TYPES:
        return "it is an ICMP error itself"
    if to_group or is_group_mac(frame.hw_dst) or is_multicast(frame.nw_dst):
        return "it was sent to a group"
    if frame.nw_dst == BROADCAST or frame.nw_src == 0 or frame.nw_src >> 28 >= 0xE:
        return "it is from or to no single machine"
    if frame.fragment & OFFSET:
        return "it is not the first fragment"
    return None


def _has_token(stack: GuestStack, destination: int) -> bool:
    """Take a token of a destination's bucket, if it has one (inet_peer_xrlim_allow)."""
    buckets = stack.network.state.icmp_tokens
    now_ns = stack.network.engine.now_ns
    tokens_ns, counted_ns = buckets.get((stack.key, destination), (BURST * RATE_NS, now_ns))
    tokens_ns = min(tokens_ns + now_ns - counted_ns, BURST * RATE_NS)
    allowed = tokens_ns >= RATE_NS
    buckets[stack.key, destination] = (tokens_ns - RATE_NS if allowed else tokens_ns, now_ns)
    return allowed
