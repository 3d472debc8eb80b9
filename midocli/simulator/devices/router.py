"""The virtual router (MidoNet: `simulation/RouterBase.scala`, `Router.scala`).

1. tags, ethertype, administrative state, mirrors, destination MAC; ARP is `arp.process`'s
2. the load balancer or else trace requests, local-redirect chain and infilter
3. the route: none, local, blackhole, reject, or out of a port with the TTL lowered
4. the load balancer's answers, or else forward chain and outfilter, which know both ports
5. the next hop's MAC; the frame may have to wait for it
6. new MACs, mirrors, and out

What is for the router itself, and what it sends, is `router_own.py`'s.
"""

from __future__ import annotations

from functools import partial

from midocli.simulator.devices import arp, balancer, icmp_errors, mirror, nat, router_own, tracing
from midocli.simulator.devices.decisions import CONSUMED, Decision
from midocli.simulator.devices.router_filters import infilter, outfilter, refused
from midocli.simulator.devices.router_routes import no_route, refusal, tell_route, unusable
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import NextHop
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.plans import ActiveRoute, RouterPlan
from midocli.simulator.topology.records import Port, Router
from midocli.simulator.wire.addresses import BROADCAST_MAC, mac_text
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ETHERTYPE_IPV4


def process(walk: Walk, port: Port) -> Decision:
    """Take a frame that entered by a router port through the router."""
    frame = walk.frame
    plan = walk.topology.router_plans[port.device]
    if plan is None:
        return Reason(Code.UNPLUGGED, port.alias, None, f"{port.alias} has no router")
    router = plan.router
    if frame.vlans:
        if len(frame.vlans) > 1 or frame.vlans[0] & 0xFFF:
            text = f"it carries a VLAN tag, which the router {router.alias} does not take"
            return Reason(Code.VLAN_ON_ROUTER, router.alias, None, text)
        frame.vlans = ()
    ethertype = frame.ethertype
    if ethertype != ETHERTYPE_IPV4 and ethertype != ETHERTYPE_ARP:
        text = f"its ethertype 0x{ethertype:04x} is neither IPv4 nor ARP"
        return Reason(Code.UNSUPPORTED_ETHERTYPE, router.alias, None, text)
    if not router.up:
        icmp_errors.answer(walk, icmp_errors.PROHIBITED, router.alias)
        text = f"{router.alias} is administratively down"
        return Reason(Code.ADMIN_DOWN, router.alias, None, text)
    if router.in_mirrors:
        mirror.copy(walk, router.in_mirrors, router.alias)
    if frame.hw_dst != port.mac and frame.hw_dst != BROADCAST_MAC:
        text = f"it is for {mac_text(frame.hw_dst)}, but {port.alias} is {mac_text(port.mac)}"
        return Reason(Code.WRONG_MAC, port.alias, None, text)
    if ethertype == ETHERTYPE_ARP:
        return arp.process(walk, router, port)
    if frame.hw_dst == BROADCAST_MAC:
        text = f"{router.alias} takes no broadcast but ARP"
        return Reason(Code.BROADCAST_AT_ROUTER, router.alias, None, text)
    if frame.fault is not None:
        return Reason(Code.MALFORMED, router.alias, None, f"the frame is malformed: {frame.fault}")
    balanced = router.load_balancer is not None and balancer.inbound(walk, router)
    if type(balanced) is Reason:
        return refused(walk, router, balanced, inbound=True)
    if not balanced and router.traces:
        tracing.watch(walk, router.traces, router.alias)
    if not balanced and (router.infilter is not None or router.local_redirect_chain is not None):
        verdict = infilter(walk, router)
        if verdict is not None:
            return verdict
    if router.load_balancer is not None and not balanced and balancer.hears(walk, router):
        return CONSUMED
    return route(walk, router, plan)


def route(walk: Walk, router: Router, plan: RouterPlan) -> Decision:
    """Stages 3 to 6."""
    frame = walk.frame
    active, equals = plan.choose(frame)
    if active is None:
        reason = no_route(walk, router, plan)
        icmp_errors.answer(walk, icmp_errors.NET_UNREACHABLE, router.alias)
        return reason
    if walk.deciding:
        tell_route(walk, router, active, equals)
    chosen = active.route
    if chosen.type == "normal" and active.port is not None:
        port = active.port
        # A container is a service of the router itself: no hop lies between them.
        if not (port.container or walk.in_port.container):
            if frame.ttl <= 1:
                icmp_errors.answer(walk, icmp_errors.TTL_EXCEEDED, router.alias)
                text = f"its TTL ran out at {router.alias}"
                expired = Reason(Code.TTL_EXPIRED, router.alias, None, text, {"ttl": frame.ttl})
                return walk.error(expired)
            frame.ttl -= 1
            if walk.recording:
                walk.tell_rewritten(router.alias, "ttl", {"ttl": (frame.ttl + 1, frame.ttl)})
        return unusable(router, active, frame.nw_dst) or _send_out(walk, router, active)
    if chosen.type == "local":
        return router_own.take(walk, router)
    reason = refusal(router, chosen)
    if chosen.type == "reject":
        icmp_errors.answer(walk, icmp_errors.PROHIBITED, router.alias)
        return reason
    return walk.error(reason)


def _send_out(walk: Walk, router: Router, active: ActiveRoute) -> Decision:
    """Stages 4 to 6 for a frame in transit."""
    port = active.port
    assert port is not None
    walk.out_port = port
    balanced = router.load_balancer is not None and balancer.outbound(walk, router)
    if not balanced and (router.outfilter is not None or router.forward_chain is not None):
        verdict = outfilter(walk, router)
        if verdict is not None:
            return verdict
    if walk.recording:
        nat.tell_unrestored(walk, router.alias)
    address = active.route.gw or walk.frame.nw_dst
    mac, how = arp.next_hop_mac(walk, router, active, address)
    if mac is not None:
        return _addressed(walk, router, active, address, mac, how)
    if not arp.is_askable(active, address):
        return _unreachable(walk, router, active, address)
    parked = walk.parked()
    arp.wait(walk, router, active, address, partial(_resume, parked, router, active, address))
    return CONSUMED


def _addressed(
    walk: Walk, router: Router, active: ActiveRoute, address: int, mac: int, how: str
) -> Port:
    """Give the frame its MACs for the link of the out-port."""
    frame, port = walk.frame, active.port
    assert port is not None
    if walk.recording:
        gateway = bool(active.route.gw)
        walk.tell(router.alias, NextHop(address=address, mac=mac, gateway=gateway, source=how))
        changes = {"hw_src": (frame.hw_src, port.mac), "hw_dst": (frame.hw_dst, mac)}
        walk.tell_rewritten(router.alias, "next-hop", changes)
    frame.hw_src = port.mac
    frame.hw_dst = mac
    if router.out_mirrors:
        mirror.copy(walk, router.out_mirrors, router.alias)
    return port


def _resume(walk: Walk, router: Router, active: ActiveRoute, address: int, mac: int | None) -> None:
    """Go on with a frame that waited for its next hop's MAC."""
    walk.wake()
    if _is_gone(walk, active):
        walk.drop(Reason(Code.UNPLUGGED, router.alias, None, "the port it was to leave by is gone"))
    elif mac is None:
        walk.go(_unreachable(walk, router, active, address))
    else:
        walk.go(_addressed(walk, router, active, address, mac, "arp-cache"))


def _is_gone(walk: Walk, active: ActiveRoute) -> bool:
    return active.port is None or walk.topology.ports[active.port.key] is None


def _unreachable(walk: Walk, router: Router, active: ActiveRoute, address: int) -> Reason:
    """The next hop can't be found: host unreachable, or net if it was a gateway."""
    error = icmp_errors.NET_UNREACHABLE if active.route.gw else icmp_errors.HOST_UNREACHABLE
    icmp_errors.answer(walk, error, router.alias)
    assert active.port is not None
    return walk.error(arp.timeout_reason(router.alias, active.port, address))
