"""What is told of a router's choice of a route: the one it took, or why it has none to use."""

from __future__ import annotations

from midocli.simulator.devices.balancer import unserved
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import NoRoute, RouteChosen
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.plans import ActiveRoute, RouterPlan
from midocli.simulator.topology.records import Route, Router
from midocli.simulator.wire.addresses import ip_text, network_text


def tell_route(walk: Walk, router: Router, active: ActiveRoute, equals: int) -> None:
    """Record the route taken, one of `equals` that are equally good (only when deciding)."""
    route = active.route
    if not (walk.recording or walk.network.is_news(route.key)):
        return
    event = RouteChosen(
        route=route.alias,
        type=route.type,
        dst=route.dst,
        src=route.src,
        gw=route.gw,
        port=active.port.alias if active.port is not None else None,
        weight=route.weight,
        equals=equals,
    )
    walk.tell(router.alias, event)


def refusal(router: Router, route: Route) -> Reason:
    """Why a route that has no port leads a packet nowhere, whatever the packet."""
    details: dict[str, object] = {"route": route.alias, "dst": route.dst}
    name, dst = f"route {route.alias} of {router.alias}", network_text(route.dst)
    if route.type == "reject":
        return Reason(Code.ROUTE_REJECT, router.alias, None, f"{name} rejects {dst}", details)
    if route.type == "blackhole":
        text = f"{name} is a black hole for {dst}"
        return Reason(Code.BLACKHOLE, router.alias, None, text, details)
    return Reason(Code.NO_ROUTE, router.alias, None, f"{name} leads to no port", details)


def unusable(router: Router, active: ActiveRoute, dst: int) -> Reason | None:
    """Why a packet can't leave by a route's port, whatever the port does with it."""
    port, route = active.port, active.route
    assert port is not None
    details: dict[str, object] = {"route": route.alias}
    if port.address is None:
        text = f"route {route.alias} of {router.alias} leads to {port.alias}, which has no address"
        details["addressless"] = port.alias
    elif dst == port.address:
        text = f"{ip_text(dst)} is {port.alias} itself, for which {router.alias} has no local route"
    else:
        return None
    return Reason(Code.NO_ROUTE, router.alias, None, text, details)


def no_route(walk: Walk, router: Router, plan: RouterPlan, purpose: str = "") -> Reason:
    """No route; a withdrawn one, or a port in whose network it is, shows what was forgotten."""
    address = walk.frame.nw_dst
    withdrawn, connected = plan.without(address), plan.connected(address)
    text = f"{router.alias} has no route to {ip_text(address)}{purpose}"
    nets = tuple((port.alias, port.net) for port in connected)
    details: dict[str, object] = {"destination": address, "connected": nets}
    if withdrawn is not None:
        route, port = withdrawn
        what = "is not active" if port.interface else "is neither bound nor linked"
        details["port"] = port.alias
        text += f": {route.alias or 'the local route'} is out of use while {port.alias} {what}"
    elif (vip := unserved(walk, router)) is not None:
        details["vip"] = vip[0].alias
        text += f", the address of {vip[0].alias}, {vip[1]}"
    elif connected:
        text += f", although that is in the network of {connected[0].alias}"
    if walk.recording:
        withdrawn_port = withdrawn[1].alias if withdrawn is not None else None
        event = NoRoute(destination=address, connected=nets, port=withdrawn_port)
        walk.tell(router.alias, event)
    return Reason(Code.NO_ROUTE, router.alias, None, text, details)
