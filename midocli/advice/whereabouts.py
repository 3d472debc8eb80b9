"""Who has an address, and how machines are plugged in, out of the store: what advice looks up."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.addresses import Cidr, format_ipv4
from midocli.store.catalog import Catalog
from midocli.store.display import binding_of, interface_of, is_vxlan
from midocli.store.rows import Row
from midocli.store.store import Store


def guests(store: Store) -> Iterator[tuple[Row, Row]]:
    """Each guest with each of its interfaces (its own, then its further ones)."""
    for guest in store.rows("guest"):
        yield guest, guest
        for nic in guest.siblings("guest.nic") or ():
            yield guest, nic


def guest_with(store: Store, address: int) -> tuple[Row, Row] | None:
    """The guest that has an address, with the interface that has it."""
    for guest, nic in guests(store):
        if any(cidr.address == address for cidr in nic.get("address") or ()):
            return guest, nic
    return None


def home_of(store: Store, address: int) -> set[str]:
    """The guest that has an address and the port it is plugged into, by their aliases."""
    found = guest_with(store, address)
    if found is None:
        return set()
    guest, nic = found
    port = port_of(nic)
    return {guest.full_alias, port.full_alias} if port is not None else {guest.full_alias}


def router_port_with(store: Store, address: int) -> Row | None:
    """The router port that has an address."""
    for router in store.rows("router"):
        for port in router.siblings("router.port") or ():
            if port.get("address") == address:
                return port
    return None


def mac_of(row: Row) -> int:
    """The MAC of a router's port or a guest's interface, 0 if it has none."""
    return int(str(row.get("mac") or "0").replace(":", ""), 16)


def port_of(nic: Row) -> Row | None:
    """The port that the interface of a guest is plugged into."""
    interface = nic.get("interface")
    bindings = interface.parent.siblings("host.binding") if interface is not None else None
    for binding in bindings.by_key.get(interface.get("iface"), ()) if bindings else ():
        port: Row = binding.get("port")
        return port
    return None


def bridge_of(port: Row | None) -> Row | None:
    """The bridge a port belongs to or, a router's, is linked to."""
    if port is not None and port.collection.path == "router.port":
        port = port.get("peer")
    return port.parent if port is not None and port.collection.path == "bridge.port" else None


def router_ports_on(bridge: Row | None) -> list[Row]:
    """The router ports linked to a bridge."""
    peers = [port.get("peer") for port in bridge.siblings("bridge.port") or ()] if bridge else []
    return [peer for peer in peers if peer is not None and peer.collection.path == "router.port"]


def gateways(nic: Row, addressed: bool = True) -> list[Row]:
    """The router ports with an address (or without one) on the link of a guest's interface."""
    port = port_of(nic)
    is_routers = port is not None and port.collection.path == "router.port"
    there = [port] if port is not None and is_routers else router_ports_on(bridge_of(port))
    return [each for each in there if (each.get("address") is not None) is addressed]


def networks_at(catalog: Catalog, nic: Row) -> Iterator[tuple[Cidr, Row | None]]:
    """The networks on a machine's link: those of routers there, with their ports, then others'."""
    for port in gateways(nic):
        if port.get("net") is not None:
            yield port.get("net"), port
    link = _link(bridge_of(port_of(nic)))
    for bridge in link:
        for subnet in bridge.siblings("bridge.dhcp") or ():
            yield subnet.get("subnet"), None
    for guest, other in guests(catalog.store):
        if nic not in (guest, other) and bridge_of(port_of(other)) in link:
            yield from ((cidr, None) for cidr in other.get("address") or () if cidr.length < 32)


def _link(bridge: Row | None) -> list[Row]:
    """A bridge, with those that are linked to it, directly or by others."""
    found = [bridge] if bridge is not None else []
    for each in found:
        peers = [port.get("peer") for port in each.siblings("bridge.port") or ()]
        found += dict.fromkeys(
            peer.parent
            for peer in peers
            if peer is not None and peer.collection.path == "bridge.port"
            if peer.parent not in found
        )
    return found


def leads_to(port: Row, address: int) -> bool:
    """Whether a normal route to the address leads out of a router's port."""
    for route in (port.parent.siblings("router.route") if port.parent else None) or ():
        dst = route.get("dst")
        leads_out = route.get("type") == "normal" and route.get("port") is port
        if leads_out and dst is not None and not (address ^ dst.address) & dst.mask:
            return True
    return False


def free_port(bridge: Row | None) -> Row | None:
    """A port of a bridge that is neither bound nor linked."""
    for port in bridge.siblings("bridge.port") or () if bridge is not None else ():
        if port.get("peer") is None and binding_of(port) is None and not is_vxlan(port):
            return port
    return None


def free_interfaces(store: Store) -> Iterator[tuple[Row, Row]]:
    """(interface, port) of bindings behind which no guest is."""
    taken = [nic.get("interface") for _, nic in guests(store)]
    for host in store.rows("host"):
        for binding in host.siblings("host.binding") or ():
            interface = interface_of(store, binding)
            if interface is not None and interface not in taken:
                yield interface, binding.get("port")


def interface_name(interface: Row) -> str:
    """`host0:veth0`."""
    return f"{interface.parent.full_alias if interface.parent else ''}:{interface.get('iface')}"


def home_bridge(store: Store, nic: Row) -> Row | None:
    """The bridge where an interface's addresses belong: its router port's network holds one."""
    for cidr in nic.get("address") or ():
        for router in store.rows("router"):
            for port in router.siblings("router.port") or ():
                net = port.get("net")
                if net is not None and not (cidr.address ^ net.address) & net.mask:
                    bridge = bridge_of(port)
                    if bridge is not None:
                        return bridge
    return None


def cidr_text(cidr: Cidr) -> str:
    """`10.0.1.7/24`."""
    return f"{format_ipv4(cidr.address)}/{cidr.length}"


def net_text(cidr: Cidr) -> str:
    """`10.0.1.0/24`, of an address in it."""
    return f"{format_ipv4(cidr.address & cidr.mask)}/{cidr.length}"
