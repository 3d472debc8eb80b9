"""What each device works out once from several records of the topology, for the walk to use.

A plan may hold records: `Topology.forget` drops every plan a changed record went into.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from midocli.simulator.topology.condition import Predicate, compile_condition
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Bridge, Guest, Port, Route, Router
from midocli.simulator.topology.service_records import Mirror
from midocli.simulator.wire.addresses import (
    BROADCAST,
    BROADCAST_MAC,
    NO_ADDRESS,
    Prefix,
    contains,
    is_multicast,
    mask_of,
    subnet_broadcast,
)
from midocli.simulator.wire.frame import Frame

#: All ports by key; None for one that does not exist.
Ports = Mapping[Key, Port | None]
#: (mask, prefix, gateway or None, NIC index, source address) of a guest's routing table.
GuestRouteEntry = tuple[int, int, int | None, int, int]


@dataclass(slots=True, eq=False)
class BridgePlan:
    """A bridge's ports by what they lead to (MidoNet: `topology/BridgeMapper.scala`)."""

    bridge: Bridge
    ports: dict[Key, Port]
    #: Ports bound to interfaces: what a flood goes to.
    exterior: tuple[Port, ...]
    #: MAC of a peer router port -> the port that leads to it; its address -> its MAC.
    router_ports: dict[int, Port]
    router_macs: dict[int, int]
    #: VLAN id -> interior port tagged with it, when this bridge is VLAN-aware, and back.
    vlan_ports: dict[int, Port]
    vlan_of: dict[Key, int]
    #: Ports whose peer is a tagged port of a VLAN-aware bridge.
    trunks: tuple[Port, ...]

    @staticmethod
    def of(all_ports: Ports, bridge: Bridge | None) -> BridgePlan | None:
        """The plan of a bridge (None: there is no such bridge)."""
        if bridge is None:
            return None
        ports = {key: port for key in bridge.ports if (port := all_ports[key]) is not None}
        exterior = tuple(port for port in ports.values() if port.interface is not None)
        plan = BridgePlan(bridge, ports, exterior, {}, {}, {}, {}, ())
        for port in ports.values():
            peer = all_ports[port.peer] if port.peer is not None else None
            if peer is not None:
                plan._add_interior(port, peer)
        return plan

    def _add_interior(self, port: Port, peer: Port) -> None:
        if peer.is_router:
            self.router_ports[peer.mac] = port
            if peer.address is not None:
                self.router_macs[peer.address] = peer.mac
        elif port.vlan:
            self.vlan_ports[port.vlan] = port
            self.vlan_of[port.key] = port.vlan
        elif peer.vlan:
            self.trunks += (port,)


@dataclass(slots=True, eq=False)
class ActiveRoute:
    """A route in the table: the record with what its port leads to."""

    route: Route
    src: int
    src_mask: int
    port: Port | None
    #: MAC of the router port at the other end, and the bridge there, if any.
    peer_mac: int | None
    peer_bridge: Key


@dataclass(slots=True, eq=False)
class RouterPlan:
    """A router's active routes: a dict per prefix length, longest first.

    Routes of a port that is neither interior nor bound and active are left out, its local
    route too; administrative state does not matter (MidoNet: `topology/RouterMapper.scala`).
    """

    router: Router
    ports: tuple[Port, ...]
    tables: tuple[tuple[int, dict[int, tuple[ActiveRoute, ...]]], ...]
    #: Routes that are left out, with their ports.
    withdrawn: tuple[tuple[Route, Port], ...]

    @staticmethod
    def of(all_ports: Ports, router: Router | None) -> RouterPlan | None:
        """The plan of a router (None: there is no such router)."""
        if router is None:
            return None
        ports = [port for key in router.ports if (port := all_ports[key]) is not None]
        by_key = {port.key: port for port in ports}
        active, withdrawn = [], []
        for route in router.routes:
            port = by_key.get(route.port)
            if route.port is None or (port is not None and is_usable(port)):
                active.append(_active(all_ports, route, port))
            elif port is not None:
                withdrawn.append((route, port))
        return RouterPlan(router, tuple(ports), _tables(active), tuple(withdrawn))

    def choose(self, frame: Frame) -> tuple[ActiveRoute | None, int]:
        """The route for a packet, and how many were equally good.

        Longest destination prefix first; within it the routes whose source holds the packet's,
        of the lowest weight; of several, one by a hash of the flow (`layer3/RoutingTable.java`,
        `simulation/RouteBalancer.scala`).
        """
        src, dst = frame.nw_src, frame.nw_dst
        for mask, table in self.tables:
            routes = table.get(dst & mask)
            if routes is None:
                continue
            first = routes[0]
            if len(routes) == 1:
                if src & first.src_mask == first.src:
                    return first, 1
                continue
            fitting = [route for route in routes if src & route.src_mask == route.src]
            if fitting:
                weight = fitting[0].route.weight
                equal = [route for route in fitting if route.route.weight == weight]
                return self.one_of(equal, frame), len(equal)
        return None, 0

    def one_of(self, equal: Sequence[ActiveRoute], frame: Frame) -> ActiveRoute:
        """The route that the packets of a flow take of several equal ones."""
        return equal[flow_hash(frame) % len(equal)]

    def connected(self, address: int) -> tuple[Port, ...]:
        """Ports whose network holds the address, whether or not a route says so."""
        return tuple(port for port in self.ports if contains(port.net, address))

    def without(self, address: int) -> tuple[Route, Port] | None:
        """A route to the address that is left out, with the port for whose sake it is."""
        fitting = (each for each in self.withdrawn if contains(each[0].dst, address))
        return max(fitting, key=lambda each: each[0].dst[1], default=None)


def is_usable(port: Port) -> bool:
    """Whether a router port's routes are in the table."""
    return port.peer is not None or (port.interface is not None and port.active)


def flow_hash(frame: Frame) -> int:
    """A hash of addresses, protocol, ports and ICMP id: one for every packet of a flow."""
    value = 0
    ends = (frame.nw_src, frame.nw_dst, frame.proto, frame.tp_src, frame.tp_dst)
    for part in (*ends, frame.icmp_id):
        # FNV-1a over whole fields; its last bits alone would depend on the last bits in.
        value = ((value ^ part & 0xFFFFFFFF) * 0x01000193) & 0xFFFFFFFF
        value ^= value >> 15
    return value


def _active(all_ports: Ports, route: Route, port: Port | None) -> ActiveRoute:
    peer = all_ports[port.peer] if port is not None and port.peer is not None else None
    mask = mask_of(route.src[1])
    return ActiveRoute(
        route,
        route.src[0] & mask,
        mask,
        port,
        peer.mac if peer is not None and peer.is_router else None,
        peer.device if peer is not None and not peer.is_router else None,
    )


def _tables(
    routes: list[ActiveRoute],
) -> tuple[tuple[int, dict[int, tuple[ActiveRoute, ...]]], ...]:
    tables: dict[int, dict[int, list[ActiveRoute]]] = {}
    for active in sorted(routes, key=lambda active: active.route.weight):
        address, length = active.route.dst
        prefix = address & mask_of(length)
        tables.setdefault(length, {}).setdefault(prefix, []).append(active)
    return tuple(
        (mask_of(length), {prefix: tuple(found) for prefix, found in tables[length].items()})
        for length in sorted(tables, reverse=True)
    )


@dataclass(slots=True, eq=False)
class GuestPlan:
    """A guest's addresses and its routing table, longest prefix first."""

    guest: Guest
    #: Own address -> index of the NIC that has it.
    local: dict[int, int]
    #: Subnet broadcast addresses of its networks.
    broadcasts: frozenset[int]
    table: tuple[GuestRouteEntry, ...]

    @staticmethod
    def of(guest: Guest | None) -> GuestPlan | None:
        """The plan of a guest (None: there is no such guest)."""
        if guest is None:
            return None
        local: dict[int, int] = {}
        table: list[GuestRouteEntry] = []
        broadcasts = []
        for index, nic in enumerate(guest.nics):
            for address, length in nic.addresses:
                local.setdefault(address, index)
                mask = mask_of(length)
                if nic.up:
                    table.append((mask, address & mask, None, index, address))
                if length < 31:
                    broadcasts.append(subnet_broadcast((address, length)))
        table.extend(_guest_routes(guest, tuple(table)))
        table.sort(key=lambda entry: -entry[0])
        return GuestPlan(guest, local, frozenset(broadcasts), tuple(table))

    def route(self, dst: int) -> GuestRouteEntry | None:
        """The entry for a destination; broadcast goes out of the first NIC.

        What is for all is on the link itself: no gateway but that of a route made for
        multicast is used (`__mkroute_output` of net/ipv4/route.c).
        """
        group = dst == BROADCAST or is_multicast(dst)
        for entry in self.table:
            if dst & entry[0] == entry[1]:
                mask, prefix, gateway, nic, source = entry
                if not (group and gateway) or (mask >= mask_of(4) and dst != BROADCAST):
                    return entry
                return mask, prefix, None, nic, source
        return self.table[0] if group and self.table else None

    def is_broadcast(self, dst: int) -> bool:
        """Whether an address is that of all machines on a link of the guest's."""
        return dst == BROADCAST or dst in self.broadcasts

    def group_mac(self, dst: int) -> int | None:
        """The MAC of a broadcast or multicast address (RFC 1112); None for others."""
        if self.is_broadcast(dst):
            return BROADCAST_MAC
        return 0x01005E000000 | dst & 0x7FFFFF if is_multicast(dst) else None


def _guest_routes(
    guest: Guest, connected: tuple[GuestRouteEntry, ...]
) -> Iterable[GuestRouteEntry]:
    """The routes given, through the NIC whose network holds their gateway."""
    wanted: list[tuple[Prefix, int | None, int | None]] = [
        (route.dst, route.gateway, route.nic) for route in guest.routes
    ]
    if guest.gateway:
        wanted.append(((0, 0), guest.gateway, None))
    for (address, length), gateway, index in wanted:
        mask = mask_of(length)
        for on_mask, prefix, _, nic, source in connected:
            if index is not None and index != nic:
                continue
            if gateway and (gateway ^ prefix) & (on_mask | NO_ADDRESS):
                continue
            if gateway or index is not None or len(guest.nics) == 1:
                yield mask, address & mask, gateway or None, nic, source
                break


@dataclass(slots=True, eq=False)
class MirrorPlan:
    """A mirror with its conditions compiled; a frame that meets any of them is copied."""

    mirror: Mirror
    conditions: tuple[Predicate, ...]

    @staticmethod
    def of(mirror: Mirror | None) -> MirrorPlan | None:
        """The plan of a mirror (None: there is no such mirror)."""
        if mirror is None:
            return None
        return MirrorPlan(mirror, tuple(map(compile_condition, mirror.conditions)))
