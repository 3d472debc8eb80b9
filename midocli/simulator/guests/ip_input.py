"""What a guest does with a frame it receives, as Linux does (net/ipv4/ip_input.c).

1. receive: tag, MAC, ARP or IPv4
2. for itself: reassembly, then ICMP, UDP or TCP (`icmp`, `udp`, `tcp`)
3. for others: passed on when the guest forwards, like a Linux router
"""

from __future__ import annotations

from midocli.simulator.events import Rewritten
from midocli.simulator.guests import fragments, icmp, neighbour, redirect, tcp, udp
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS
from midocli.simulator.reason import Code
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.topology.records import Nic
from midocli.simulator.wire.addresses import ip_text, is_group_mac, mac_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import (
    DF,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    ICMP,
    REDIRECT,
    TCP,
    TIME_EXCEEDED,
    UDP,
    UNREACHABLE,
)

ALL_HOSTS = 0xE0000001


def receive(stack: GuestStack, nic_index: int, frame: Frame) -> None:
    """Take in a frame that arrived at an interface."""
    plan = stack.plan
    if plan is None or nic_index >= len(plan.guest.nics):
        stack.drop(frame, Code.NO_ANSWER, "the guest it was for is gone")
        return
    guest = plan.guest
    nic = guest.nics[nic_index]
    if not guest.up or not nic.up:
        stack.drop(frame, Code.NO_ANSWER, f"{guest.alias} is down")
        return
    if (frame.vlans or nic.vlan) and not _untag(stack, nic, frame):
        return
    if frame.hw_dst != nic.mac and not is_group_mac(frame.hw_dst):
        text = f"it is for {mac_text(frame.hw_dst)}, but {guest.alias} is {mac_text(nic.mac)}"
        stack.drop(frame, Code.NOT_ADDRESSED_TO_GUEST, text)
    elif frame.ethertype == ETHERTYPE_IPV4:
        _receive_ip(stack, plan, nic_index, frame)
    elif frame.ethertype == ETHERTYPE_ARP:
        neighbour.receive(stack, plan, nic_index, frame)
    else:
        text = f"{guest.alias} does not know ethertype 0x{frame.ethertype:04x}"
        stack.drop(frame, Code.UNSUPPORTED_ETHERTYPE, text)


def _untag(stack: GuestStack, nic: Nic, frame: Frame) -> bool:
    """Take off the NIC's tag, or a lone priority tag; other tags are not for it."""
    ids = frame.vlan_ids()
    if ids == ((nic.vlan,) if nic.vlan else (0,)):
        frame.vlans = ()
        return True
    has = f"has VLAN {ids[0]}" if ids else "is untagged"
    wants = f"VLAN {nic.vlan}" if nic.vlan else "untagged frames"
    stack.drop(frame, Code.VLAN_MISMATCH, f"it {has}, but {stack.alias} takes {wants}")
    return False


def _receive_ip(stack: GuestStack, plan: GuestPlan, nic_index: int, frame: Frame) -> None:
    if frame.fault is not None or frame.ip_delta > 0:
        what = frame.fault or "its IPv4 header checksum is wrong"
        stack.drop(frame, Code.MALFORMED, f"the frame is malformed: {what}")
        return
    src, dst = frame.nw_src, frame.nw_dst
    if src >> 28 >= 0xE:
        text = f"its source {ip_text(src)} is no address of a machine"
        stack.drop(frame, Code.MALFORMED, text)
    elif dst in plan.local:
        take(stack, plan, frame, False)
    elif dst == ALL_HOSTS or plan.is_broadcast(dst):
        take(stack, plan, frame, True)
    elif plan.guest.forwarding and not is_group_mac(frame.hw_dst):
        _forward(stack, plan, nic_index, frame)
    else:
        text = f"{ip_text(dst)} is not an address of {plan.guest.alias}"
        stack.drop(frame, Code.NOT_ADDRESSED_TO_GUEST, text)


def take(stack: GuestStack, plan: GuestPlan, frame: Frame, to_group: bool) -> None:
    """Deliver a packet to the guest itself; `to_group` says it was not sent to it alone."""
    if frame.fragment & 0x3FFF:
        whole = fragments.add(stack, frame)
        if whole is None:
            return
        frame = whole
    if frame.tp_sum is not None and not frame.sum_is_right():
        stack.drop(frame, Code.MALFORMED, "its transport checksum is wrong")
    elif frame.proto == ICMP:
        if frame.tp_src == REDIRECT:
            redirect.take(stack, plan, frame)
        icmp.receive(stack, plan, frame, to_group)
    elif frame.proto == UDP and frame.tp_src >= 0:
        udp.receive(stack, plan, frame, to_group)
    elif frame.proto == TCP and frame.tp_src >= 0:
        tcp.receive(stack, plan, frame, to_group)
    else:
        icmp.send_error(stack, frame, UNREACHABLE, icmp.PROTOCOL, to_group)
        text = f"{stack.alias} does not speak IP protocol {frame.proto}"
        stack.drop(frame, Code.NO_ANSWER, text)


def _forward(stack: GuestStack, plan: GuestPlan, arrived: int, frame: Frame) -> None:
    """Pass a packet on, as net/ipv4/ip_forward.c does."""
    alias = plan.guest.alias
    entry = plan.route(frame.nw_dst)
    if entry is None:
        icmp.send_error(stack, frame, UNREACHABLE, icmp.NET)
        stack.drop(frame, Code.NO_ROUTE, f"{alias} has no route to {ip_text(frame.nw_dst)}")
        return
    if frame.ttl <= 1:
        icmp.send_error(stack, frame, TIME_EXCEEDED, 0)
        stack.drop(frame, Code.TTL_EXPIRED, f"its TTL ran out at {alias}")
        return
    _, _, gateway, nic_index, _ = entry
    mtu = plan.guest.nics[nic_index].mtu
    frame.trailer = b""
    if frame.ip_length() > mtu and frame.fragment & DF:
        icmp.send_error(stack, frame, UNREACHABLE, icmp.TOO_BIG, info=mtu)
        text = f"it is longer than the MTU {mtu} of {alias} and must not be fragmented"
        stack.drop(frame, Code.FRAGMENTATION_NEEDED, text, {"mtu": mtu})
        return
    frame.ttl -= 1
    if stack.network.wants_events:
        stack.tell(Rewritten(why="ttl", changes={"ttl": (frame.ttl + 1, frame.ttl)}), frame)
    next_hop = gateway or frame.nw_dst
    redirect.advise(stack, plan, arrived, nic_index, next_hop, frame)
    for piece in fragments.split(frame, mtu):
        neighbour.send(stack, plan, nic_index, next_hop, piece, ANSWER_NS)
