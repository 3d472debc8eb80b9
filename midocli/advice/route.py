"""Advice where no route, or the wrong one, was found."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from grammar.addresses import format_ipv4
from midocli.advice.address import addressless
from midocli.advice.failure import Change, Failure
from midocli.advice.plug import inactive_port
from midocli.advice.service import vip
from midocli.advice.whereabouts import (
    bridge_of,
    free_port,
    gateways,
    guest_with,
    leads_to,
    port_of,
    router_ports_on,
)
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4
from midocli.store.display import binding_of

if TYPE_CHECKING:
    from midocli.store.catalog import Catalog
    from midocli.store.rows import Row


def no_route(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A router, guest or host knows no way to the destination."""
    reason = failure.reason
    if "there" in reason.details:
        yield from _tunnel(catalog, str(reason.details["there"]))
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
        yield from _guest_route(catalog, guest, address)
    elif "vip" in reason.details:
        yield from vip(catalog, failure)
    elif router is not None:
        leading = catalog.named("port", str(reason.details.get("port")))
        found = list(_link(catalog, leading, address)) if leading is not None else []
        yield from found or _router_route(catalog, router, address)


def _tunnel(catalog: Catalog, alias: str) -> Iterator[Change]:
    """A host is in no tunnel zone with the other: put it into the zones there are."""
    host = catalog.named("host", alias)
    addresses = (host.get("addresses") or ()) if host is not None else ()
    why = f"frames between hosts need a tunnel zone that both are in, and {alias} is not"
    usable = [text for text in map(str, addresses) if not text.startswith("127.") and "." in text]
    for zone in catalog.store.rows("tunnel-zone"):
        members = zone.siblings("tunnel-zone.member") or ()
        if host is not None and usable and all(each.get("host") is not host for each in members):
            member = f"add member host {alias} address {usable[0]}"
            yield Change(why, (f"tunnel-zone {zone.full_alias} {member}",))
            return
    yield Change(why, ())


def _wanted(failure: Failure) -> int | None:
    """The address there was no route to."""
    given = failure.reason.details.get("destination")
    if isinstance(given, int):
        return given
    frame = failure.frame
    return frame.nw_dst if frame is not None and frame.ethertype == ETHERTYPE_IPV4 else None


def _guest_route(catalog: Catalog, guest: Row, address: int) -> Iterator[Change]:
    alias = guest.full_alias
    if not guest.get("address"):
        yield from _first_address(catalog, guest)
        return
    found = False
    for nic in (guest, *(guest.siblings("guest.nic") or ())):
        for port in gateways(nic):
            gateway, found = format_ipv4(port.get("address")), True
            why = f"{port.full_alias} is the router on its link"
            if not guest.get("gw"):
                yield Change(why, (f"guest {alias} set gw {gateway}",))
            route = f"guest {alias} add route dst {format_ipv4(address)} gw {gateway}"
            yield Change(why, (route,))
    bare = [] if found else gateways(guest, addressed=False)
    for port in bare:
        yield from addressless(catalog, port)
    if not found and not bare:
        yield Change(f"{alias} has no router on its link", ())


def _first_address(catalog: Catalog, guest: Row) -> Iterator[Change]:
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
                yield Change(why, (f"guest {guest.full_alias} set {given} {gateway}",))
                return
    yield Change(f"{guest.full_alias} has no address", ())


def _router_route(catalog: Catalog, router: Row, address: int) -> Iterator[Change]:
    """Through a port whose network holds the address; else to a router that has one; else to
    wherever the machine with the address is."""
    add = f"router {router.full_alias} add route"
    ports = list(router.siblings("router.port") or ())
    for port in ports:
        net = port.get("net")
        if net is not None and not (address ^ net.address) & net.mask:
            yield from _link(catalog, port, address)
            why = f"a port's network gets no route by itself, and {port.full_alias} is in this one"
            dst = f"{format_ipv4(net.address & net.mask)}/{net.length}"
            if not leads_to(port, address):
                yield Change(why, (f"{add} dst {dst} type normal port {port.full_alias}",))
            return
    for port in ports:
        for other in _neighbours(port):
            net = _net_of(other.parent, address)
            if net is not None and other.get("address") is not None:
                why = f"{other.parent.full_alias if other.parent else ''} is connected to it"
                via = f"port {port.full_alias} gw {format_ipv4(other.get('address'))}"
                yield Change(why, (f"{add} dst {net} type normal {via}",))
                return
    owner = guest_with(catalog.store, address)
    if owner is None:
        yield Change(f"no machine has {format_ipv4(address)}, nor does any network hold it", ())
        return
    guest, nic = owner
    for port in gateways(nic):
        if port.parent is router:
            why = f"{guest.full_alias} has the address, and is behind {port.full_alias}"
            dst = f"{format_ipv4(address)}/32"
            via = f"port {port.full_alias}{_gateway(nic, port, address)}"
            yield Change(why, (f"{add} dst {dst} type normal {via}",))


def _gateway(nic: Row, port: Row, address: int) -> str:
    """` gw ADDRESS`: the machine's own in the port's network, for one outside of it."""
    net = port.get("net")
    if net is None or not (address ^ net.address) & net.mask:
        return ""
    inside = (each for each in nic.get("address") if not (each.address ^ net.address) & net.mask)
    return "".join(f" gw {format_ipv4(each.address)}" for each in list(inside)[:1])


def _link(catalog: Catalog, port: Row, address: int) -> Iterator[Change]:
    """A router port that leads nowhere withdraws its routes: it wants a peer, or its host."""
    if port.get("peer") is not None:
        return
    if binding_of(port) is not None:
        yield from inactive_port(catalog, port)
        return
    owner = guest_with(catalog.store, address)
    if owner is None:
        return
    bridge = bridge_of(port_of(owner[1]))
    if bridge is not None:
        why = f"{port.full_alias} is linked to nothing, and its routes do not count until it is"
        yield Change(why, (_link_command(port, bridge),))


def _link_command(port: Row, bridge: Row) -> str:
    free = free_port(bridge)
    if free is not None:
        return f"{port.full_alias} set peer {free.full_alias}"
    return f"bridge {bridge.full_alias} add port peer {port.full_alias}"


def _neighbours(port: Row) -> list[Row]:
    """The ports of other routers on a router port's link."""
    peer = port.get("peer")
    if peer is not None and peer.collection.path == "router.port":
        return [peer]
    return [each for each in router_ports_on(bridge_of(port)) if each is not port]


def _net_of(router: Row | None, address: int) -> str | None:
    """The network of a router's port that holds an address."""
    for port in router.siblings("router.port") or () if router is not None else ():
        net = port.get("net")
        if net is not None and not (address ^ net.address) & net.mask:
            return f"{format_ipv4(net.address & net.mask)}/{net.length}"
    return None


def route(catalog: Catalog, failure: Failure) -> Iterator[Change]:
    """A route refuses the packet."""
    route = failure.reason.details.get("route")
    if route:
        alias = str(route)
        full = alias if alias.startswith(failure.reason.at) else f"{failure.reason.at}:{alias}"
        yield Change("the next shorter prefix then decides", (f"delete {full}",))
