"""What may be amiss on the way from who asks to who is asked, wherever the request ended.

Where a reason tells only half of it (a frame that went the wrong way ends somewhere), the cause
is looked for at both ends, in the routers' tables, and in what is translated.
"""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from midocli.advice import machine, nat, route, service
from midocli.advice.failure import Change, Failure, way
from midocli.advice.reach import extent, filtering, holds, homes, ports, routers
from midocli.advice.whereabouts import (
    bridge_of,
    gateways,
    guest_with,
    net_text,
    port_of,
    router_port_with,
)
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of
from midocli.store.rows import Row

#: Of so many routers links and routes are looked at; larger topologies are not looked through.
_MOST_ROUTERS = 50
_MOST = 1_500


def suspects(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """Everything that may be amiss, the likeliest first; nothing where that would take long."""
    if catalog.store.count > _MOST or extent(catalog) > _MOST:
        return  # counted first, for of a store all that is looked at has to be read
    addresses = wanted(catalog, failure)
    source = catalog.named("guest", failure.source) if failure.source else None
    every = routers(catalog)[:_MOST_ROUTERS]
    here = [router for router in every if failure.reason.at.startswith(router.full_alias)]
    for address in addresses:
        yield from nat.translated(catalog, address)
        yield from nat.retargeted(catalog, address, source)
        if not homes(catalog, address) or failure.port is not None:
            yield from service.balanced(catalog, address, failure.port)
        if not homes(catalog, address) or guest_with(catalog.store, address) is None:
            yield from _attributed(catalog, address)
    for guest in _machines(catalog, failure, addresses):
        yield from machine.amiss(catalog, guest)
        yield from machine.gateway_made(catalog, guest)
    for router in every:
        yield from _links(catalog, router)
    back = [cidr.address for cidr in (source.get("address") or ())] if source is not None else []
    for router in dict.fromkeys([*here, *every]):
        for address in dict.fromkeys([*addresses, *back]):
            yield from route.routes(catalog, router, address)
    yield from _trunks(catalog)
    if failure.port is not None:
        yield from service.members(catalog)
    yield from nat.returning(catalog, failure)
    for address in addresses:
        askers = [source, catalog.named("guest", failure.reason.at)]
        yield from machine.wanted(catalog, address, askers)
    yield from _neighbourly(catalog, source, addresses)
    yield from nat.hidden(catalog, failure)
    yield way("what was learnt before is in the way", "reset", width=2)


def wanted(catalog: Catalog, failure: Failure) -> list[int]:
    """The addresses that a request has to find its way to, the one it was for last first."""
    frame, found = failure.frame, []
    asked = failure.reason.details.get("address", failure.reason.details.get("destination"))
    if isinstance(asked, int):
        found.append(asked)
    if frame is not None and frame.ethertype == ETHERTYPE_IPV4 and frame.fault is None:
        found.append(frame.nw_dst)
    if failure.destination is not None:
        found.append(failure.destination)
        for _, rule in filtering(catalog):
            if rule.get("type") == "dnat" and nat.holds_word(rule.get("dst"), failure.destination):
                found += [target.first for target in (rule.get("target") or ())[:1]]
    return list(dict.fromkeys(found))


def _machines(catalog: Catalog, failure: Failure, addresses: list[int]) -> list[Row]:
    """Who asks, who is asked, and who may be meant."""
    source = catalog.named("guest", failure.source) if failure.source else None
    owners = [guest_with(catalog.store, address) for address in addresses]
    found = [source] if source is not None else []
    found += [owner[0] for owner in owners if owner is not None]
    at = catalog.named("guest", failure.reason.at)
    found += [at] if at is not None else []
    if failure.port is not None:
        found += [
            owner[0]
            for balancer in catalog.store.rows("load-balancer")
            for pool in balancer.siblings("load-balancer.pool") or ()
            for member in pool.siblings("load-balancer.pool.member") or ()
            if (owner := guest_with(catalog.store, member.get("address"))) is not None
        ]
    return list(dict.fromkeys(found))


def _links(catalog: Catalog, router: Row) -> Iterator[Change]:
    """What is off, and what is linked to nothing."""
    if router.get("state") == "down":
        why = f"{router.full_alias} is switched off"
        yield way(why, f"router {router.full_alias} set state up")
    for port in ports(router):
        for address in [cidr.address for cidr in [port.get("net")] if cidr is not None]:
            yield from route.link(catalog, port, address)
        yield from _opposite(catalog, port)
        yield from _opposite_made(catalog, port)


def _opposite(catalog: Catalog, port: Row) -> Iterator[Change]:
    """Two routers' ports of one network that are linked to nothing belong together."""
    if port.get("peer") is not None or port.get("net") is None or binding_of(port) is not None:
        return
    for router in routers(catalog):
        for other in ports(router) if router is not port.parent else ():
            near = other.get("address") is not None
            if not near or not holds(port.get("net"), other.get("address")):
                continue
            bridge = bridge_of(other)
            if bridge is not None:
                why = f"{port.full_alias} and {other.full_alias} are of one network"
                yield way(why, route.link_command(port, bridge), width=1)
            elif other.get("peer") is None and binding_of(other) is None:
                why = f"{port.full_alias} and {other.full_alias} are of one network"
                yield way(why, f"{port.full_alias} set peer {other.full_alias}", width=1)


def _opposite_made(catalog: Catalog, port: Row) -> Iterator[Change]:
    """Nobody has the next hop of a port's routes: some router may have lost its port there."""
    own = port.parent
    hops = [each.get("gw") for each in (own.siblings("router.route") if own else None) or ()]
    for gateway in dict.fromkeys(hops):
        if gateway is None or not holds(port.get("net"), gateway):
            continue
        if guest_with(catalog.store, gateway) or router_port_with(catalog.store, gateway):
            continue
        bridge, net = bridge_of(port), net_text(port.get("net"))
        for router in routers(catalog):
            if router is own or (bridge is None and port.get("peer") is not None):
                continue
            made = machine.next_port(router)
            text = format_ipv4(gateway)
            yield way(
                f"no router has {text}, the next hop of {port.full_alias}",
                f"router {router.full_alias} add port address {text} net {net}",
                f"{made} set peer {port.full_alias}"
                if bridge is None
                else machine.linked(made, bridge),
                f"router {router.full_alias} add route dst {net} type normal port {made}",
                width=3,
            )


def _trunks(catalog: Catalog) -> Iterator[Change]:
    """A bridge's port for a VLAN that leads to no bridge, or is not there."""
    bridges = list(catalog.store.rows("bridge"))
    alone = [
        port
        for bridge in bridges
        for port in bridge.siblings("bridge.port") or ()
        if port.get("peer") is None and binding_of(port) is None
    ]
    for port in alone:
        for bridge in bridges if port.get("vlan") else ():
            if bridge is not port.parent:
                why = f"{port.full_alias} is for VLAN {port.get('vlan')}, and leads nowhere"
                yield way(why, route.link_command(port, bridge), width=1)
    for guest in catalog.store.rows("guest"):
        home, vlan = bridge_of(port_of(guest)), guest.get("vlan")
        there = list(home.siblings("bridge.port") or ()) if home is not None else []
        if home is None or not vlan or any(port.get("vlan") == vlan for port in there):
            continue
        for port in alone:
            if port.parent is not home and not port.get("vlan"):
                why = (
                    f"{guest.full_alias} is in VLAN {vlan}, for which {home.full_alias} has no port"
                )
                line = f"bridge {home.full_alias} add port vlan {vlan} peer {port.full_alias}"
                yield way(why, line, width=1)


def _attributed(catalog: Catalog, address: int) -> Iterator[Change]:
    """A router's port that machines take for their gateway, or that is in no network of theirs."""
    for guest in catalog.store.rows("guest"):
        for port in gateways(guest):
            for cidr in guest.get("address") or ():
                if not holds(port.get("net"), cidr.address) and guest.get("gw") is not None:
                    if not holds(cidr, guest.get("gw")):
                        continue
                    net = f"{format_ipv4(cidr.address & cidr.mask)}/{cidr.length}"
                    why = f"{guest.full_alias}, on the link of {port.full_alias}, is in {net}"
                    setting = f"address {format_ipv4(guest.get('gw'))} net {net}"
                    yield way(why, f"{port.full_alias} set {setting}", width=2)


def _neighbourly(catalog: Catalog, source: Row | None, addresses: list[int]) -> Iterator[Change]:
    """A machine asks its link for an address that is behind the router on it."""
    if source is None:
        return
    for port in gateways(source):
        for address in addresses:
            if any(holds(cidr, address) for cidr in source.get("address") or ()):
                gateway = format_ipv4(port.get("address"))
                why = f"nobody on its link answers for {format_ipv4(address)}; the router does"
                line = f"guest {source.full_alias} add route dst {format_ipv4(address)}/32"
                yield way(why, f"{line} gw {gateway}", width=2)
