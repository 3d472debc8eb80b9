"""What may be amiss with a machine itself: its plug, its address, its gateway, its link."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import Cidr, format_ipv4
from grammar.words import quoted
from midocli.advice.failure import Change, way
from midocli.advice.plug import inactive_port, plug_in, plugged_anew
from midocli.advice.reach import filtering, holds, is_shared, ports, routers
from midocli.advice.whereabouts import (
    bridge_of,
    cidr_text,
    free_port,
    gateways,
    guest_with,
    guests,
    interface_name,
    net_text,
    networks_at,
    port_of,
    router_port_with,
)
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of
from midocli.store.rows import Row


def amiss(catalog: Catalog, guest: Row) -> Iterator[Change]:
    """All that may be wrong with a guest as it stands, the plainest first."""
    alias = guest.full_alias
    if guest.get("state") == "down":
        yield way(f"{alias} is switched off", f"guest {alias} set state up")
    for nic in (guest, *(guest.siblings("guest.nic") or ())):
        port = port_of(nic)
        if port is None:
            yield from plug_in(catalog, guest, nic)
            yield from plugged_anew(catalog, guest, nic)
        else:
            yield from _door(catalog, port)
        yield from addressed(catalog, guest, nic)
        yield from readdressed(catalog, guest, nic)
        yield from _tagged(guest, nic)
    yield from _gateway(guest)
    for route in guest.siblings("guest.route") or ():
        yield from _next_hop(guest, route)


def _door(catalog: Catalog, port: Row) -> Iterator[Change]:
    """The port a machine is behind, and the device of that."""
    for row in (port, port.parent):
        if row is not None and row.get("state") == "down":
            word = (
                row.full_alias if row.parent is not None else f"{row.collection.name} {row.alias}"
            )
            yield way(f"{row.full_alias} is switched off", f"{word} set state up")
    yield from inactive_port(catalog, port)


def addressed(catalog: Catalog, guest: Row, nic: Row) -> Iterator[Change]:
    """Its addresses do not fit the router on its link."""
    what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
    for port in gateways(nic):
        net = port.get("net")
        if net is None:
            continue
        for cidr in nic.get("address") or ():
            if holds(net, cidr.address) and cidr.length != net.length:
                others = ",".join(
                    f"{format_ipv4(each.address)}/{net.length if each is cidr else each.length}"
                    for each in nic.get("address")
                )
                why = f"{port.full_alias}, the router on its link, has a /{net.length}"
                yield way(why, f"{what} set address {others}", width=1)


def readdressed(catalog: Catalog, guest: Row, nic: Row) -> Iterator[Change]:
    """None of its addresses is of a network on its link: one that is meant for it, or free."""
    what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
    have = list(nic.get("address") or ())
    for net, router in networks_at(catalog, nic):
        if any(holds(net, cidr.address) for cidr in have):
            return
        why = f"{guest.full_alias} has no address of {net_text(net)}, the network on its link"
        gateway = ""
        if router is not None and nic is guest and guest.get("gw") != router.get("address"):
            gateway = f" gw {format_ipv4(router.get('address'))}"
        others = "".join(f",{cidr_text(each)}" for each in have)
        meant = [each for each in expected(catalog, guest, nic) if holds(net, each)]
        for address in meant[:4]:
            given = f"{format_ipv4(address)}/{net.length}{others}"
            yield way(why, f"{what} set address {given}{gateway}", width=1)
        free = free_address(catalog, net)
        if free is not None:
            given = f"{format_ipv4(free)}/{net.length}"
            yield way(why, f"{what} set address {given}{gateway}", width=2)


def _tagged(guest: Row, nic: Row) -> Iterator[Change]:
    """Its link carries other VLANs than its own, or none."""
    what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
    bridge, own = bridge_of(port_of(nic)), nic.get("vlan")
    ports = list(bridge.siblings("bridge.port") or ()) if bridge is not None else []
    tagged = [port for port in ports if port.get("vlan")]
    if own and not any(port.get("vlan") == own for port in tagged):
        for port in tagged:
            why = f"{port.full_alias} carries VLAN {port.get('vlan')}, {guest.full_alias} has {own}"
            yield way(why, f"{what} set vlan {port.get('vlan')}", width=1)
            yield way(why, f"{port.full_alias} set vlan {own}", width=2)


def expected(catalog: Catalog, guest: Row, nic: Row) -> Iterator[int]:
    """Addresses that something counts on and nobody has: a lease, a translation, a member."""
    found = []
    for bridge in catalog.store.rows("bridge"):
        for subnet in bridge.siblings("bridge.dhcp") or ():
            for host in subnet.siblings("bridge.dhcp.host") or ():
                if host.get("mac") == nic.get("mac"):
                    found.append(host.get("address"))
    for _, rule in filtering(catalog):
        if rule.get("type") == "dnat":
            found += [target.first for target in rule.get("target") or ()]
        src = rule.get("src")
        if hasattr(src, "mask") and src.length == 32:
            found.append(src.address)
        dst = rule.get("dst")
        if hasattr(dst, "mask") and dst.length == 32:
            found.append(dst.address)
    for balancer in catalog.store.rows("load-balancer"):
        for pool in balancer.siblings("load-balancer.pool") or ():
            members = pool.siblings("load-balancer.pool.member") or ()
            found += [member.get("address") for member in members]
    for router in routers(catalog):
        found += [each.get("gw") for each in router.siblings("router.route") or ()]
    for address in dict.fromkeys(found):
        if address is None or guest_with(catalog.store, address) is not None:
            continue
        if router_port_with(catalog.store, address) is None:
            yield address


def free_address(catalog: Catalog, net: Cidr) -> int | None:
    """An address of a network that nobody has."""
    for address in range(net.network + 10, net.network + min(~net.mask & 0xFFFFFFFF, 1000)):
        owned = guest_with(catalog.store, address) or router_port_with(catalog.store, address)
        if owned is None:
            return address
    return None


def _gateway(guest: Row) -> Iterator[Change]:
    """Its gateway is none, or is not on its link."""
    alias = guest.full_alias
    near = [port for nic in (guest, *(guest.siblings("guest.nic") or ())) for port in gateways(nic)]
    known = [port.get("address") for port in near]
    if guest.get("gw") not in known:
        for port in near:
            why = f"{port.full_alias} is the router on its link"
            yield way(why, f"guest {alias} set gw {format_ipv4(port.get('address'))}", width=1)
        gateway = guest.get("gw")
        if gateway is not None:
            for port in near:
                if holds(port.get("net"), gateway):
                    why = f"{alias} takes {format_ipv4(gateway)} for its gateway"
                    setting = f"address {format_ipv4(gateway)}"
                    yield way(why, f"{port.full_alias} set {setting}", width=2)


def _next_hop(guest: Row, route: Row) -> Iterator[Change]:
    for port in gateways(guest):
        if route.get("gw") is not None and route.get("gw") != port.get("address"):
            why = f"{port.full_alias} is the router on its link"
            setting = f"set gw {format_ipv4(port.get('address'))}"
            yield way(why, f"{route.full_alias} {setting}", width=2)


def wanted(catalog: Catalog, address: int, askers: list[Row | None]) -> Iterator[Change]:
    """Nobody has an address: who is where it belongs, and does not ask, may be given it."""
    owned = guest_with(catalog.store, address) or router_port_with(catalog.store, address)
    if owned or is_shared(catalog, address):
        return
    text = format_ipv4(address)
    for guest, nic in guests(catalog.store):
        near = [net for net, _ in networks_at(catalog, nic) if _is_host(net, address)]
        if not near or guest in askers:
            continue
        net, have = near[0], list(nic.get("address") or ())
        what = f"guest {guest.full_alias}" if nic is guest else nic.full_alias
        strangers = [each for each in have if not holds(net, each.address)]
        why = f"no machine has {text}; {guest.full_alias}, which is there, has "
        why += ", ".join(map(cidr_text, have)) or "no address"
        kept = [cidr_text(each) for each in have if each not in strangers]
        given = ",".join([*kept, f"{text}/{net.length}"])
        yield way(why, f"{what} set address {given}", width=1 if strangers or not have else 7)
    yield from _made(catalog, address)


def _is_host(net: Cidr | None, address: int) -> bool:
    """Whether an address is one that a machine of a network may have."""
    if net is None or not holds(net, address):
        return False
    return net.length > 30 or address & ~net.mask not in (0, ~net.mask & 0xFFFFFFFF)


def _made(catalog: Catalog, address: int) -> Iterator[Change]:
    """A machine where an interface has none behind it."""
    taken = [nic.get("interface") for _, nic in guests(catalog.store)]
    for host in catalog.store.rows("host"):
        for binding in host.siblings("host.binding") or ():
            port = binding.get("port")
            near = [each for each in _routers_at(port) if _is_host(each.get("net"), address)]
            free = all(
                each is None
                or each.get("iface") != binding.get("interface")
                or each.parent is not host
                for each in taken
            )
            if near and free:
                point = f"{host.full_alias}:{binding.get('interface')}"
                mine = f"{format_ipv4(address)}/{near[0].get('net').length}"
                gateway = format_ipv4(near[0].get("address"))
                why = f"no machine has {format_ipv4(address)}, and none is behind {point}"
                line = f"guest create interface {point} address {mine} gw {gateway}"
                yield way(why, line, width=8)


def _routers_at(port: Row) -> list[Row]:
    from midocli.advice.whereabouts import router_ports_on

    if port.collection.path == "router.port":
        return [port]
    return [each for each in router_ports_on(bridge_of(port)) if each.get("address") is not None]


def gateway_made(catalog: Catalog, guest: Row) -> Iterator[Change]:
    """No router is on a machine's link: one has a port for it, or is given one."""
    port, gateway = port_of(guest), guest.get("gw")
    bridge, interface = bridge_of(port), guest.get("interface")
    alone = port is None and interface is not None
    if gateways(guest) or (bridge is None and not alone):
        return
    nets = list(guest.get("address") or ())
    for router in routers(catalog):
        for each in ports(router):
            fits = any(holds(each.get("net"), cidr.address) for cidr in nets)
            unused = each.get("peer") is None and binding_of(each) is None
            if fits and unused and bridge is not None:
                why = f"{each.full_alias} belongs on the link of {guest.full_alias}"
                yield way(why, linked(each.full_alias, bridge), width=1)
    own = next((cidr for cidr in nets if gateway is not None and holds(cidr, gateway)), None)
    if own is None or gateway is None or router_port_with(catalog.store, gateway) is not None:
        return
    for router in routers(catalog):
        made, net = next_port(router), net_text(own)
        yield way(
            f"no router has {format_ipv4(gateway)}, the gateway of {guest.full_alias}",
            f"router {router.full_alias} add port address {format_ipv4(gateway)} net {net}",
            linked(made, bridge) if bridge is not None else _bound(made, interface),
            f"router {router.full_alias} add route dst {net} type normal port {made}",
            width=3,
        )


def _bound(port: str, interface: Row) -> str:
    """What binds a port, by its alias, to an interface."""
    host, _, name = interface_name(interface).partition(":")
    return f"host {host} add binding port {port} interface {quoted(name)}"


def next_port(router: Row) -> str:
    """What the next port of a router will be called."""
    siblings = router.siblings("router.port")
    return f"{router.full_alias}:port{siblings.free_number() if siblings is not None else 0}"


def linked(port: str, bridge: Row) -> str:
    """What links a router's port, by its alias, to a bridge."""
    free = free_port(bridge)
    if free is not None:
        return f"{port} set peer {free.full_alias}"
    return f"bridge {bridge.full_alias} add port peer {port}"
