"""A router as an end of traffic: the packets it takes for itself, and those it sends.

What it sends goes through stages 3, 5, 4 and 6 of `router.py`, without NAT state.
"""

from __future__ import annotations

from functools import partial

from midocli.simulator.devices import arp, nat, router_ping
from midocli.simulator.devices.decisions import CONSUMED, Decision
from midocli.simulator.devices.router_filters import outfilter
from midocli.simulator.devices.router_routes import no_route, refusal, tell_route, unusable
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Consumed, Generated
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.plans import ActiveRoute, RouterPlan
from midocli.simulator.topology.records import Router
from midocli.simulator.wire.addresses import contains, ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers
from midocli.simulator.wire.packets import echo_reply
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ERROR_TYPES, ICMP, TCP

#: The TCP port of BGP (RFC 4271).
BGP = 179


def take(walk: Walk, router: Router) -> Decision:
    """For the router itself: an echo request is answered, an answer to its own ping is taken."""
    frame = walk.frame
    if walk.recording:
        nat.tell_unrestored(walk, router.alias)
    if frame.proto == ICMP and frame.tp_src == ECHO_REQUEST and frame.tp_dst == 0:
        if walk.recording:
            walk.tell(router.alias, Consumed(what="echo-request", frame=headers(frame)))
        walk.network.send_from_router(router.key, echo_reply(frame), "echo-reply")
        return CONSUMED
    if router_ping.hears(walk.network, router.key, frame):
        return CONSUMED
    return walk.error(_bgp_session(walk, router) or _not_taken(router, frame))


def _bgp_session(walk: Walk, router: Router) -> Reason | None:
    """Why a packet of a configured BGP session goes no further: nobody here plays bgpd.

    In a cluster what a port and a peer in its network say on TCP port 179 goes to a daemon
    (MidoNet: `matchBgp` in `routingprotocols/RoutingWorkflow.scala`).
    """
    frame, port = walk.frame, walk.in_port
    peer = router.bgp_peers.get(frame.nw_src)
    if peer is None or frame.proto != TCP or BGP not in (frame.tp_src, frame.tp_dst):
        return None
    if frame.nw_dst != port.address or not contains(port.net, frame.nw_src):
        return None
    text = (
        f"{ip_text(frame.nw_src)} is {peer}, a configured BGP peer of {router.alias},"
        " but BGP sessions are not simulated"
    )
    return Reason(Code.BGP_SESSION, router.alias, None, text, {"peer": peer})


def _not_taken(router: Router, frame: Frame) -> Reason:
    """What is for the router, and neither asks it nor is waited for."""
    address = ip_text(frame.nw_dst)
    if frame.proto == ICMP and (frame.tp_src == ECHO_REPLY or frame.tp_src in ERROR_TYPES):
        text = f"it answers what came from {address}, which is {router.alias}'s own address"
    else:
        text = f"{address} is {router.alias} itself, which only answers echo requests"
    return Reason(Code.LOCAL_NON_ICMP, router.alias, None, text)


def originate(walk: Walk, router: Router, plan: RouterPlan, what: str) -> None:
    """Send an IP packet the router made (`walk.generated`): route, next hop, outfilter, out."""
    frame, words = walk.frame, what.replace("-", " ")
    active, equals = plan.choose(frame)
    if active is None:
        walk.drop(no_route(walk, router, plan, f" for its own {words}"))
        return
    reason = _not_sent(router, active, frame, words)
    if reason is not None:
        walk.drop(reason)
        return
    if walk.recording:
        assert active.port is not None
        event = Generated(what=what, port=active.port.alias, frame=headers(frame))
        walk.tell(router.alias, event)
    if walk.deciding:
        tell_route(walk, router, active, equals)
    address = active.route.gw or frame.nw_dst
    mac, _ = arp.next_hop_mac(walk, router, active, address)
    if mac is None and arp.is_askable(active, address):
        arp.wait(walk, router, active, address, partial(_emit, walk, router, active, address))
    else:
        _emit(walk, router, active, address, mac)


def _not_sent(router: Router, active: ActiveRoute, frame: Frame, what: str) -> Reason | None:
    """Why a route takes no packet of the router's own."""
    if active.route.type == "local":
        address = ip_text(frame.nw_dst)
        text = f"its {what} would go to {address}, which is {router.alias}'s own address"
        return Reason(Code.OWN_ADDRESS, router.alias, None, text)
    if active.port is None or active.route.type != "normal":
        return refusal(router, active.route)
    return unusable(router, active, frame.nw_dst)


def _emit(walk: Walk, router: Router, active: ActiveRoute, address: int, mac: int | None) -> None:
    port = active.port
    assert port is not None
    walk.wake()
    if mac is None:
        walk.drop(arp.timeout_reason(router.alias, port, address))
        return
    frame = walk.frame
    frame.hw_src, frame.hw_dst = port.mac, mac
    walk.device, walk.out_port, walk.stateless = router.key, port, True
    # Only the source that the outfilter's rules give is used.
    destination = frame.nw_dst
    verdict = outfilter(walk, router)
    frame.nw_dst = destination
    walk.stateless = False
    if verdict is None:
        walk.go(port)
    elif type(verdict) is Reason:
        walk.drop(verdict)
    else:
        text = f"{router.alias} does not redirect its own packets"
        walk.drop(Reason(Code.RULE_DROP, router.alias, None, text))
