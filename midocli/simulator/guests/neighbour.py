"""A guest's neighbours: ARP as Linux does it (net/core/neighbour.c, net/ipv4/arp.c).

Unknown: three broadcasts about a second apart while packets wait, then every waiting packet
is unreachable. Learned from somebody's request: used at once, and checked by a unicast request
some five seconds later. Confirmed by an answer: good for half a minute.
"""

from __future__ import annotations

from functools import partial

from midocli.simulator.events import ArpFailed, ArpLearned, ArpWaiting
from midocli.simulator.guests import icmp
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS, SECOND_NS
from midocli.simulator.learnt.entries import Neighbour
from midocli.simulator.reason import Code
from midocli.simulator.recorder import Unseen
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.wire.addresses import BROADCAST_MAC, ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import ARP_REPLY, ARP_REQUEST, arp_reply, arp_request, inherit
from midocli.simulator.wire.protocol import UNREACHABLE

MAX_PROBES = 3
#: A second, and what rounding to clock ticks of 4 ms adds as measured.
RETRANSMIT_NS = SECOND_NS + 16_000_000
FIRST_PROBE_NS = 5 * SECOND_NS + 100_000_000
REACHABLE_NS = 30 * SECOND_NS

_USABLE = ("REACHABLE", "STALE", "DELAY", "PROBE")


def send(
    stack: GuestStack, plan: GuestPlan, nic_index: int, next_hop: int, frame: Frame, delay_ns: int
) -> None:
    """Send a packet to a next hop on a NIC's link, now or when its MAC is known."""
    nic = plan.guest.nics[nic_index]
    mac = nic.gateway_mac
    if mac is None:
        network = stack.network
        entry = network.state.neighbours[stack.key].get((nic_index, next_hop))
        if (
            entry is not None
            and entry.state == "REACHABLE"
            and network.engine.now_ns - entry.since_ns < REACHABLE_NS
        ):
            mac = entry.mac
        else:
            mac = plan.group_mac(next_hop)
    if mac is None:
        mac = _resolve(stack, plan, nic_index, next_hop, frame, delay_ns)
    if mac is not None:
        stack.out(nic, mac, frame, delay_ns)


def is_valid(stack: GuestStack, nic_index: int, address: int) -> bool:
    """Whether a neighbour's MAC is known, if only from long ago (`NUD_VALID`)."""
    entry = stack.network.state.neighbours[stack.key].get((nic_index, address))
    return entry is not None and entry.state in _USABLE


def ask(stack: GuestStack, plan: GuestPlan, nic_index: int, address: int, cause: Frame) -> None:
    """Ask for a neighbour that nothing waits for, unless that is being done."""
    entry = stack.network.state.neighbours[stack.key].get((nic_index, address))
    if entry is None or entry.state == "FAILED":
        _ask(stack, plan, nic_index, address, cause, ANSWER_NS)


def receive(stack: GuestStack, plan: GuestPlan, nic_index: int, frame: Frame) -> None:
    """Answer an ARP request for one of the guest's addresses; learn from ARP packets."""
    if frame.fault is not None:
        stack.drop(frame, Code.MALFORMED, f"the frame is malformed: {frame.fault}")
        return
    nic = plan.guest.nics[nic_index]
    table = stack.network.state.neighbours[stack.key]
    entry = table.get((nic_index, frame.nw_src))
    asked = frame.proto == ARP_REQUEST and frame.nw_dst in plan.local
    if asked and entry is None and frame.nw_src:
        entry = Neighbour(nic, nic_index, frame.nw_src, 0, "FAILED", stack.network.engine.now_ns)
        table[nic_index, frame.nw_src] = entry
    if entry is not None and frame.proto in (ARP_REQUEST, ARP_REPLY):
        entry.nic = nic
        solicited = frame.proto == ARP_REPLY and frame.hw_dst == nic.mac
        _learn(stack, entry, frame, solicited)
    if asked:
        stack.tell_consumed(frame, "arp-request")
        reply = arp_reply(frame, nic.mac)
        stack.tell_generated(reply, "arp-reply", frame)
        stack.out(nic, frame.arp_sha, reply, ANSWER_NS)
    elif frame.proto == ARP_REPLY and frame.nw_dst in plan.local:
        stack.tell_consumed(frame, "arp-reply")
        if stack.arp_listener is not None:
            stack.arp_listener(frame)
    else:
        text = f"the ARP is about {ip_text(frame.nw_dst)}, which {stack.alias} does not have"
        stack.drop(frame, Code.NOT_ADDRESSED_TO_GUEST, text)


def listing(stack: GuestStack) -> list[tuple[Neighbour, str]]:
    """A guest's neighbours with their states as `ip neigh` would show them now."""
    now_ns = stack.network.engine.now_ns
    return [
        (entry, "STALE" if _is_old(entry, now_ns) else entry.state)
        for entry in stack.network.state.neighbours[stack.key].values()
    ]


def _is_old(entry: Neighbour, now_ns: int) -> bool:
    return entry.state == "REACHABLE" and now_ns - entry.since_ns >= REACHABLE_NS


def _learn(stack: GuestStack, entry: Neighbour, frame: Frame, solicited: bool) -> None:
    """Take the sender's MAC; what only confirms a known one changes nothing."""
    usable = entry.state in _USABLE
    if usable and not solicited and entry.mac == frame.arp_sha:
        return
    if stack.network.wants_events and (not usable or entry.mac != frame.arp_sha):
        mac, port = frame.arp_sha, entry.nic.interface
        stack.tell(ArpLearned(address=entry.address, mac=mac, port=port), frame)
    entry.mac = frame.arp_sha
    entry.state = "REACHABLE" if solicited else "STALE"
    entry.since_ns = stack.network.engine.now_ns
    waiting, entry.waiting = entry.waiting, []
    if waiting and not solicited:
        _use_stale(stack, entry, waiting[0])
    for packet in waiting:
        stack.out(entry.nic, entry.mac, packet, ANSWER_NS)


def _resolve(
    stack: GuestStack, plan: GuestPlan, nic_index: int, next_hop: int, frame: Frame, delay_ns: int
) -> int | None:
    """The MAC of a neighbour not known to be reachable; None: the packet waits for it."""
    table = stack.network.state.neighbours[stack.key]
    entry = table.get((nic_index, next_hop))
    if entry is not None and entry.state in _USABLE:
        if entry.state == "REACHABLE" or entry.state == "STALE":
            _use_stale(stack, entry, frame)
        return entry.mac
    asked = entry is None or entry.state == "FAILED"
    if entry is None or asked:
        entry = _ask(stack, plan, nic_index, next_hop, frame, delay_ns)
    entry.waiting.append(frame)
    if stack.network.wants_events:
        event = ArpWaiting(address=next_hop, port=entry.nic.interface, asked=asked)
        stack.tell(event, frame)
    return None


def _ask(
    stack: GuestStack, plan: GuestPlan, nic_index: int, address: int, cause: Frame, delay_ns: int
) -> Neighbour:
    """Begin to ask for a neighbour."""
    nic, now_ns = plan.guest.nics[nic_index], stack.network.engine.now_ns
    entry = Neighbour(nic, nic_index, address, 0, "INCOMPLETE", now_ns)
    stack.network.state.neighbours[stack.key][nic_index, address] = entry
    _probe(stack, entry, cause, delay_ns)
    return entry


def _use_stale(stack: GuestStack, entry: Neighbour, frame: Frame) -> None:
    """Use an unconfirmed entry for a packet, and check it a while later.

    That belongs to nobody's traffic any more, but is unseen if the packet was.
    """
    entry.state = "DELAY"
    entry.since_ns = stack.network.engine.now_ns
    entry.probes = 0
    unseen = frame.origin if isinstance(frame.origin, Unseen) else None
    _later(stack, entry, FIRST_PROBE_NS, Frame(origin=unseen))


def _probe(stack: GuestStack, entry: Neighbour, cause: Frame, delay_ns: int) -> None:
    """Ask for a neighbour, everybody or (to check) itself, and look again in a second."""
    entry.probes += 1
    to_mac = BROADCAST_MAC if entry.state == "INCOMPLETE" else entry.mac
    source = _source(entry)
    request = arp_request(entry.nic.mac, source, entry.address, to_mac)
    inherit(request, cause)
    stack.tell_generated(request, "arp-request", cause)
    stack.out(entry.nic, to_mac, request, delay_ns)
    _later(stack, entry, RETRANSMIT_NS, cause)


def _source(entry: Neighbour) -> int:
    """The address to ask from: the one in the neighbour's network, else the first."""
    addresses = entry.nic.addresses
    for address, length in addresses:
        if (address ^ entry.address) >> (32 - length) == 0:
            return address
    return addresses[0][0] if addresses else 0


def _later(stack: GuestStack, entry: Neighbour, delay_ns: int, cause: Frame) -> None:
    engine = stack.network.engine
    engine.at(engine.now_ns + delay_ns, partial(_timer, stack, entry, entry.since_ns, cause))


def _timer(stack: GuestStack, entry: Neighbour, since_ns: int, cause: Frame) -> None:
    """Go on asking, or give up; nothing if the entry has changed state since."""
    network = stack.network
    if entry.since_ns != since_ns or entry.state in ("REACHABLE", "STALE", "FAILED"):
        return
    table = network.state.neighbours[stack.key]
    if table.get((entry.nic_index, entry.address)) is not entry:
        return
    plan = stack.plan
    if plan is None or entry.nic_index >= len(plan.guest.nics):
        return
    # The interface may have been plugged in, or changed, since the last time.
    entry.nic = plan.guest.nics[entry.nic_index]
    if entry.state == "DELAY":
        entry.state = "PROBE"
    if entry.probes < MAX_PROBES:
        _probe(stack, entry, cause, 0)
        return
    entry.state = "FAILED"
    entry.since_ns = network.engine.now_ns
    waiting, entry.waiting = entry.waiting, []
    if network.wants_events:
        port = entry.nic.interface
        stack.tell(ArpFailed(address=entry.address, port=port, waiting=len(waiting)), cause)
    for packet in waiting:
        icmp.send_error(stack, packet, UNREACHABLE, icmp.HOST)
        stack.network.drop(stack.waiting_reason(entry), packet)
