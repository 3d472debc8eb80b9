"""ICMP redirects, as Linux sends and takes them (net/ipv4/route.c).

Who passes a packet on out of the interface it came in by tells its sender of the shorter way
(`ip_rt_send_redirect`): the less often the more it was ignored, and nothing after nine, until it
was quiet for twenty seconds. Who hears of one, and is no router, goes that way for five minutes
(`__ip_do_redirect`), once it knows the MAC there.
"""

from __future__ import annotations

from midocli.simulator.guests import icmp, neighbour
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.entries import Detour
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.addresses import is_multicast
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import REDIRECT
from midocli.simulator.wire.quoted import quoted_packet

_HOST = 1
_MOST_IGNORED = 9
#: After how long a second one is sent; each time it doubles.
_LOAD_NS = SECOND_NS // 50
#: After how long nobody is taken to have ignored any.
_SILENCE_NS = _LOAD_NS << _MOST_IGNORED + 1
_LIFE_NS = 300 * SECOND_NS
#: IP options that lay down a route, loose or strict, and those that are one byte long.
_SOURCE_ROUTES, _END, _NOTHING = (0x83, 0x89), 0, 1


def advise(
    stack: GuestStack, plan: GuestPlan, arrived: int, left: int, next_hop: int, frame: Frame
) -> None:
    """Tell the sender of a packet, passed on from NIC `arrived` to NIC `left`, of its next hop."""
    if arrived != left or not _is_on_link(plan, arrived, frame.nw_src):
        return
    if _is_source_routed(frame.options):
        return
    known, now_ns = stack.network.state.redirects, stack.network.engine.now_ns
    sent, last_ns = known.get((stack.key, frame.nw_src), (0, now_ns))
    if now_ns - last_ns > _SILENCE_NS:
        sent = 0
    if sent >= _MOST_IGNORED:
        known[stack.key, frame.nw_src] = sent, now_ns
    elif not sent or now_ns - last_ns > _LOAD_NS << sent:
        known[stack.key, frame.nw_src] = sent + 1, now_ns
        icmp.send_error(stack, frame, REDIRECT, _HOST, info=next_hop)


def _is_on_link(plan: GuestPlan, nic_index: int, address: int) -> bool:
    """Whether an address is on the link of a NIC (`fib_validate_source`)."""
    for mask, prefix, gateway, index, _ in plan.table:
        if index == nic_index and address & mask == prefix:
            return gateway is None
    return False


def _is_source_routed(options: bytes) -> bool:
    at = 0
    while at < len(options) and options[at] != _END:
        if options[at] in _SOURCE_ROUTES:
            return True
        at += 1 if options[at] == _NOTHING else max(int.from_bytes(options[at + 1 : at + 2]), 2)
    return False


def take(stack: GuestStack, plan: GuestPlan, redirect: Frame) -> None:
    """Go another way from now on, if it is the next hop on the way who says so."""
    packet = quoted_packet(redirect)
    if packet is None or packet.nw_src not in plan.local or plan.guest.forwarding:
        return
    entry = plan.route(packet.nw_dst)
    if entry is None or not entry[2]:
        return
    gateway, nic_index = entry[2], entry[3]
    new = redirect.icmp_id << 16 | redirect.icmp_seq
    now_by = next_hop(stack, packet.nw_dst, gateway)
    if redirect.nw_src != now_by or new == now_by or not _is_machine(plan, new):
        return
    if neighbour.is_valid(stack, nic_index, new):
        until_ns = stack.network.engine.now_ns + _LIFE_NS
        stack.network.state.detours[stack.key, packet.nw_dst] = Detour(gateway, new, until_ns)
    else:
        neighbour.ask(stack, plan, nic_index, new, redirect)


def _is_machine(plan: GuestPlan, address: int) -> bool:
    """Whether an address can be that of another machine."""
    nobody = address >> 24 == 0 or is_multicast(address) or plan.is_broadcast(address)
    return not nobody and address not in plan.local


def next_hop(stack: GuestStack, dst: int, gateway: int) -> int:
    """Where to send what a route sends to a gateway: there, or where that has told to."""
    detour = stack.network.state.detours.get((stack.key, dst))
    if detour is None or detour.instead_of != gateway:
        return gateway
    return detour.gateway if stack.network.engine.now_ns < detour.until_ns else gateway
