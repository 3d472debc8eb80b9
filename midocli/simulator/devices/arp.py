"""ARP at a virtual router: whom it answers and believes, its cache, and frames that wait.

Only senders inside the port's own network are believed. An unknown next hop is asked for
every ten seconds for a minute; frames wait meanwhile (MidoNet: `simulation/Router.scala`,
`state/ArpRequestBroker.scala`, whose random jitter is left out).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from midocli.simulator.devices.decisions import CONSUMED, Decision
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import ArpFailed, ArpLearned, ArpWaiting, Consumed
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.entries import ArpLoop, Waiting
from midocli.simulator.network import Network
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.plans import ActiveRoute
from midocli.simulator.topology.records import Port, Router
from midocli.simulator.wire.addresses import contains, ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers
from midocli.simulator.wire.packets import ARP_REPLY, ARP_REQUEST, arp_reply, arp_request, inherit

RETRY_NS = 10 * SECOND_NS
GIVE_UP_NS = 60 * SECOND_NS


def process(walk: Walk, router: Router, port: Port) -> Decision:
    """Answer, learn from or ignore an ARP packet that entered a router port."""
    frame = walk.frame
    if frame.fault is not None:
        return Reason(Code.MALFORMED, router.alias, None, f"the frame is malformed: {frame.fault}")
    if frame.proto not in (ARP_REQUEST, ARP_REPLY):
        return _ignored(router, f"its opcode {frame.proto} is neither request nor reply")
    if port.address is None or port.net is None:
        return _ignored(router, f"{port.alias} has no address")
    if not contains(port.net, frame.nw_src):
        text = f"its sender {ip_text(frame.nw_src)} is not in the network of {port.alias}"
        return _ignored(router, text)
    gratuitous = _is_gratuitous(frame)
    if frame.proto == ARP_REPLY:
        if not gratuitous and (frame.nw_dst != port.address or frame.arp_tha != port.mac):
            return _ignored(router, f"the reply is not addressed to {port.alias}")
    elif not gratuitous and frame.nw_dst != port.address:
        text = f"it asks for {ip_text(frame.nw_dst)}, which is not the address of {port.alias}"
        return _ignored(router, text)
    _learn(walk, router, port)
    if walk.recording:
        what = "arp-request" if frame.proto == ARP_REQUEST else "arp-reply"
        walk.tell(router.alias, Consumed(what=what, frame=headers(frame)))
    if frame.proto == ARP_REQUEST and not gratuitous:
        walk.generate(arp_reply(frame, port.mac), port, "arp-reply", router.alias)
    return CONSUMED


def _is_gratuitous(frame: Frame) -> bool:
    """Whether its sender only says where it is: the target is itself (RFC 5227, 3)."""
    target = 0 if frame.proto == ARP_REQUEST else frame.arp_sha
    return frame.nw_src == frame.nw_dst and frame.arp_tha == target


def _ignored(router: Router, why: str) -> Reason:
    return Reason(Code.ARP_IGNORED, router.alias, None, f"{router.alias} ignores this ARP: {why}")


def _learn(walk: Walk, router: Router, port: Port) -> None:
    """Believe the sender; a known, fresh entry stays as it is. Waiting frames go on."""
    address, mac = walk.frame.nw_src, walk.frame.arp_sha
    if walk.memory.learn_arp(router.key, address, mac) and walk.recording:
        walk.tell(router.alias, ArpLearned(address=address, mac=mac, port=port.alias))
    loop = walk.memory.end_asking(router.key, address)
    if loop is not None:
        _wake(walk.network, loop, mac)


def next_hop_mac(
    walk: Walk, router: Router, active: ActiveRoute, address: int
) -> tuple[int | None, str]:
    """The MAC of a next hop, if known, and how: from the peer port, its bridge, or the cache."""
    if active.peer_mac is not None:
        return active.peer_mac, "peer-port"
    if active.peer_bridge is not None:
        plan = walk.topology.bridge_plans[active.peer_bridge]
        if plan is not None:
            mac = plan.router_macs.get(address)
            if mac is None:
                mac = walk.memory.announced_mac(active.peer_bridge, address)
            if mac is not None:
                return mac, "peer-bridge"
    mac, stale = walk.memory.arp_mac(router.key, address)
    if mac is None:
        return None, "unknown"
    if stale and active.port is not None:
        _ask(walk, router, active, address)
    return mac, "arp-cache"


def is_askable(active: ActiveRoute, address: int) -> bool:
    """Whether the out-port can ask for a next hop: an exterior one only within its network."""
    port = active.port
    if port is None or port.address is None:
        return False
    return port.peer is not None or contains(port.net, address)


def wait(
    walk: Walk,
    router: Router,
    active: ActiveRoute,
    address: int,
    resume: Callable[[int | None], None],
) -> None:
    """Keep the walk's frame until the MAC is known (`resume(mac)`) or not (`resume(None)`)."""
    asked = walk.memory.arp_loop(router.key, address) is None
    loop = _ask(walk, router, active, address)
    loop.waiting.append(Waiting(walk.frame, resume))
    if walk.recording:
        event = ArpWaiting(address=address, port=loop.port.alias, asked=asked)
        walk.tell(router.alias, event)


def _ask(walk: Walk, router: Router, active: ActiveRoute, address: int) -> ArpLoop:
    """The loop that asks for an address, begun now if there is none."""
    loop = walk.memory.arp_loop(router.key, address)
    if loop is None:
        assert active.port is not None
        give_up_ns = walk.now_ns + GIVE_UP_NS
        loop = ArpLoop(
            router.key, router.alias, address, active.port, give_up_ns, bool(active.route.gw)
        )
        walk.memory.begin_asking(loop)
        request = _request(loop, walk.frame)
        walk.generate(request, active.port, "arp-request", router.alias)
        _retry_later(walk.network, loop, walk.frame)
    return loop


def _request(loop: ArpLoop, cause: Frame) -> Frame:
    assert loop.port.address is not None
    request = arp_request(loop.port.mac, loop.port.address, loop.address)
    inherit(request, cause)
    return request


def _retry_later(network: Network, loop: ArpLoop, cause: Frame) -> None:
    network.engine.at(network.engine.now_ns + RETRY_NS, partial(_retry, network, loop, cause))


def _retry(network: Network, loop: ArpLoop, cause: Frame) -> None:
    """Ask once more, or give up; a loop that was answered or forgotten does nothing."""
    memory = network.memory()
    if memory.arp_loop(loop.router, loop.address) is not loop:
        return
    gone = network.topology.ports[loop.port.key] is None
    if gone or network.engine.now_ns >= loop.give_up_ns:
        memory.end_asking(loop.router, loop.address)
        if network.wants_events:
            port, waiting = loop.port.alias, len(loop.waiting)
            event = ArpFailed(address=loop.address, port=port, waiting=waiting)
            network.tell(loop.alias, event, cause)
        _wake(network, loop, None)
        return
    network.send_generated(_request(loop, cause), loop.port)
    _retry_later(network, loop, cause)


def _wake(network: Network, loop: ArpLoop, mac: int | None) -> None:
    """Let the waiting frames go on, in order, after what is going on now."""
    for waiting in loop.waiting:
        network.engine.at(network.engine.now_ns, partial(waiting.resume, mac))


def timeout_reason(alias: str, port: Port, address: int) -> Reason:
    """Why a frame ended whose next hop did not answer, or could not be asked for."""
    details = {"address": address, "port": port.alias}
    if port.peer is None and not contains(port.net, address):
        text = (
            f"{ip_text(address)} is not in the network of {port.alias},"
            f" so {alias} can not ask for its MAC there"
        )
    else:
        text = f"nobody answers the ARP requests of {alias} for {ip_text(address)} on {port.alias}"
    return Reason(Code.ARP_TIMEOUT, alias, None, text, details)
