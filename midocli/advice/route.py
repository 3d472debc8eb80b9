"""Advice where no route, or the wrong one, was found."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import format_ipv4
from midocli.advice.address import addressless
from midocli.advice.failure import WIDE, Change, Failure, way
from midocli.advice.plug import inactive_port
from midocli.advice.reach import Hop, connected, holds, hop, neighbours
from midocli.advice.service import vip
from midocli.advice.whereabouts import (
    bridge_of,
    free_port,
    gateways,
    guest_with,
    guests,
    net_text,
    port_of,
    router_port_with,
)
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of
from midocli.store.rows import Row


def no_route(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A router, guest or host knows no way to the destination."""
    reason = failure.reason
    if "there" in reason.details:
        for side in ("there", "here"):
            yield from _tunnel(catalog, str(reason.details[side]))
        return
    address = _wanted(failure)
    if address is None:
        return
    guest = catalog.named("guest", reason.at)
    router = catalog.named("router", reason.at)
    bare = catalog.named("port", str(reason.details.get("addressless")))
    if bare is not None:
        yield from addressless(catalog, bare)
    elif guest is not None:
        yield from guest_route(catalog, guest, address)
    elif "vip" in reason.details:
        yield from vip(catalog, failure)
    elif router is not None:
        leading = catalog.named("port", str(reason.details.get("port")))
        if leading is not None:
            yield from link(catalog, leading, address)
        yield from routes(catalog, router, address)
        if guest_with(catalog.store, address) is None and connected(router, address) is None:
            yield Change(f"no machine has {format_ipv4(address)}, nor does {reason.at} lead there")


def _tunnel(catalog: Catalog, alias: str) -> Iterator[Change]:
    """A host is in no tunnel zone with the other: put it into the zones there are."""
    host = catalog.named("host", alias)
    addresses = (host.get("addresses") or ()) if host is not None else ()
    why = f"frames between hosts need a tunnel zone that both are in, and {alias} is not"
    usable = [text for text in map(str, addresses) if not text.startswith("127.") and "." in text]
    for zone in catalog.store.rows("tunnel-zone"):
        members = zone.siblings("tunnel-zone.member") or ()
        if zone.get("type") not in ("gre", "vxlan"):
            continue
        if host is not None and usable and all(each.get("host") is not host for each in members):
            member = f"add member host {alias} address {usable[0]}"
            yield way(why, f"tunnel-zone {zone.full_alias} {member}")
            return
        if any(each.get("host") is host for each in members):
            return
    yield Change(why)


def _wanted(failure: Failure) -> int | None:
    """The address there was no route to."""
    given = failure.reason.details.get("destination")
    if isinstance(given, int):
        return given
    frame = failure.frame
    return frame.nw_dst if frame is not None and frame.ethertype == ETHERTYPE_IPV4 else None


def guest_route(catalog: Catalog, guest: Row, address: int) -> Iterator[Change]:
    """A guest lacks an address, a gateway or a route."""
    alias = guest.full_alias
    if not any(nic.get("address") for nic in (guest, *(guest.siblings("guest.nic") or ()))):
        yield from first_address(catalog, guest)
        return
    found = False
    for nic in (guest, *(guest.siblings("guest.nic") or ())):
        for port in gateways(nic):
            gateway, found = format_ipv4(port.get("address")), True
            why = f"{port.full_alias} is the router on its link"
            if not guest.get("gw"):
                yield way(why, f"guest {alias} set gw {gateway}")
            yield way(
                why, f"guest {alias} add route dst {format_ipv4(address)} gw {gateway}", width=1
            )
    bare = [] if found else gateways(guest, addressed=False)
    for port in bare:
        yield from addressless(catalog, port)
    if not found and not bare:
        yield Change(f"{alias} has no router on its link")


def first_address(catalog: Catalog, guest: Row) -> Iterator[Change]:
    """A free address of the network on the guest's link."""
    for port in gateways(guest):
        net = port.get("net")
        if net is None:
            continue
        first = net.address & net.mask
        for address in range(first + 10, first + min(~net.mask & 0xFFFFFFFF, 1000)):
            if guest_with(catalog.store, address) is None and port.get("address") != address:
                given = f"address {format_ipv4(address)}/{net.length}"
                gateway = f"gw {format_ipv4(port.get('address'))}"
                why = f"{guest.full_alias} has no address; this one is free on its link"
                yield way(why, f"guest {guest.full_alias} set {given} {gateway}")
                return
    yield Change(f"{guest.full_alias} has no address")


def routes(catalog: Catalog, router: Row, address: int) -> Iterator[Change]:
    """What gives a router a route to an address: one it has put right, or a new one."""
    leading = hop(catalog, router, address)
    for route in _routes_to(router, address):
        yield from _righted(catalog, route, leading, address)
        if not route.get("src").length:  # it decides; what is behind it is not asked
            break
    if leading is None:
        return
    port, there = leading
    if there is None:
        yield from link(catalog, port, address)
    via = _via(catalog, leading, address)
    there_are = _routes_to(router, address)
    if via is None or any(_leads(route, leading) for route in there_are):
        return
    refused = [net_text(each.get("dst")) for each in there_are if each.get("type") != "normal"]
    if there is not None:
        why = f"{there.parent.full_alias if there.parent else ''} knows more of it"
        net = connected(there.parent, address) if there.parent is not None else None
        dst = net_text(net.get("net")) if net is not None else f"{format_ipv4(address)}/32"
    elif holds(port.get("net"), address):
        why = f"a port's network gets no route by itself, and {port.full_alias} is in this one"
        dst = net_text(port.get("net"))
    else:
        why = f"who has the address is behind {port.full_alias}"
        dst = f"{format_ipv4(address)}/32"
    add = f"router {router.full_alias} add route"
    if dst not in refused:
        yield way(why, f"{add} dst {dst} type normal {via}")
    narrow = f"{format_ipv4(address)}/32"
    if narrow != dst and narrow not in refused:
        yield way(why, f"{add} dst {narrow} type normal {via}", width=1)


def _via(catalog: Catalog, leading: Hop, address: int) -> str | None:
    """`port PORT [gw ADDRESS]`; None where the next router has no address there."""
    port, there = leading
    if there is not None:
        if there.get("address") is None:
            return None
        return f"port {port.full_alias} gw {format_ipv4(there.get('address'))}"
    owner = guest_with(catalog.store, address)
    gateway = _gateway(owner[1], port, address) if owner is not None else ""
    return f"port {port.full_alias}{gateway}"


def _routes_to(router: Row, address: int) -> list[Row]:
    """The routes of a router that hold an address, the longest prefixes first."""
    every = (each for each in router.siblings("router.route") or () if each.get("type") is not None)
    found = [route for route in every if holds(route.get("dst"), address)]
    return sorted(found, key=lambda route: -route.get("dst").length)


def _leads(route: Row, leading: Hop) -> bool:
    """Whether a route goes where a hop does."""
    gateway = leading.next.get("address") if leading.next is not None else None
    same = route.get("port") is leading.port and route.get("gw") == gateway
    return bool(route.get("type") == "normal" and same and not route.get("src").length)


def _righted(catalog: Catalog, route: Row, leading: Hop | None, address: int) -> Iterator[Change]:
    """What puts a route right that is there: its type, its port, its next hop."""
    alias, port = route.full_alias, route.get("port")
    refuses = route.get("type") != "normal"
    if route.get("src").length:
        yield way(f"{alias} is for some sources only", f"{alias} set src 0.0.0.0/0", width=1)
    if port is not None and refuses:
        yield way(f"{alias} refuses what it leads to", f"{alias} set type normal")
    via = _via(catalog, leading, address) if leading is not None else None
    if leading is not None and via is not None and not _leads(route, leading):
        why = f"{alias} {'refuses what it leads to' if refuses else 'leads elsewhere'}"
        wide = WIDE if _serves_others(catalog, route, leading, address) else 0
        if route.get("gw") is None or " gw " in via:
            yield way(why, f"{alias} set type normal {via}", width=wide)
        else:
            yield way(why, *_anew(route, via), width=wide)
    if port is not None and route.get("type") == "normal":
        outside = route.get("gw") is not None or not holds(port.get("net"), address)
        for gateway in _next_hops(catalog, port) if outside else ():
            if gateway != route.get("gw"):
                why = f"{format_ipv4(gateway)} is on the link of {port.full_alias}"
                yield way(why, f"{alias} set gw {format_ipv4(gateway)}", width=2)
        if route.get("gw") is not None and holds(port.get("net"), address):
            why = f"{format_ipv4(address)} is on the link of {port.full_alias} itself"
            yield way(why, *_anew(route, f"port {port.full_alias}"), width=1)
    if refuses:
        yield way("the next shorter prefix then decides", f"delete {alias}", width=1)


def _serves_others(catalog: Catalog, route: Row, leading: Hop, address: int) -> bool:
    """Whether a route is for more than the network of an address, and leads somewhere."""
    there = leading.next.parent if leading.next is not None else leading.port.parent
    home = connected(there, address) if there is not None else None
    length = home.get("net").length if home is not None else 32
    gateway = route.get("gw")
    if route.get("port") is None or route.get("dst").length >= length:
        return False
    if gateway is None or guest_with(catalog.store, gateway) is not None:
        return True
    return router_port_with(catalog.store, gateway) is not None


def _anew(route: Row, via: str) -> tuple[str, str]:
    """A route made anew, for a next hop cannot be taken away from one."""
    owner = route.parent.full_alias if route.parent is not None else ""
    add = f"router {owner} add route dst {net_text(route.get('dst'))} type normal {via}"
    return f"delete {route.full_alias}", add


def _next_hops(catalog: Catalog, port: Row) -> Iterator[int]:
    """Addresses on a port's link that a route may lead to: of routers, then of machines."""
    for other in neighbours(port):
        if other.get("address") is not None:
            yield other.get("address")
    for _, nic in guests(catalog.store):
        inside = [each for each in nic.get("address") or () if holds(port.get("net"), each.address)]
        if inside and port in gateways(nic):
            yield from (cidr.address for cidr in inside)


def _gateway(nic: Row, port: Row, address: int) -> str:
    """` gw ADDRESS`: the machine's own in the port's network, for one outside of it."""
    net = port.get("net")
    if net is None or holds(net, address):
        return ""
    inside = [each for each in nic.get("address") or () if holds(net, each.address)]
    return "".join(f" gw {format_ipv4(each.address)}" for each in inside[:1])


def link(catalog: Catalog, port: Row, address: int) -> Iterator[Change]:
    """A router port that leads nowhere withdraws its routes: it wants a peer, or its host."""
    if port.get("state") == "down":
        yield way(f"{port.full_alias} is switched off", f"{port.full_alias} set state up")
    if port.get("peer") is not None:
        return
    if binding_of(port) is not None:
        yield from inactive_port(catalog, port)
        return
    for _, nic in guests(catalog.store):
        bridge = bridge_of(port_of(nic))
        if bridge is not None and any(
            holds(port.get("net"), cidr.address) for cidr in nic.get("address") or ()
        ):
            why = f"{port.full_alias} is linked to nothing, and its routes do not count until it is"
            yield way(why, link_command(port, bridge))
            return


def link_command(port: Row, bridge: Row) -> str:
    """What links a router's port to a bridge."""
    free = free_port(bridge)
    if free is not None:
        return f"{port.full_alias} set peer {free.full_alias}"
    return f"bridge {bridge.full_alias} add port peer {port.full_alias}"


def route(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A route refuses the packet, or leads to no port."""
    router, address = catalog.named("router", failure.reason.at), _wanted(failure)
    if router is not None and address is not None:
        yield from routes(catalog, router, address)
