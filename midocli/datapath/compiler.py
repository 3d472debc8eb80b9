"""From the store's rows to the simulator's records.

This is the `RecordSource` the simulator's topology loads from: it reads rows, turns
references into keys (the rows' UUIDs) and words into numbers, one record at a
time, when a frame first gets there. It remembers which rows of the wiring a
record was made of, so that a change of one is known to concern it.
"""

from __future__ import annotations

from typing import Any

from grammar.addresses import Cidr, mac_number, parse_ipv4
from midocli.datapath import service_records as service_compiler
from midocli.datapath import underlay as underlay_compiler
from midocli.datapath.conditions import condition
from midocli.datapath.wiring import (
    Concerned,
    binding_at,
    guest_behind,
    nic_number,
    port_at,
    wired_to,
)
from midocli.simulator.topology import records
from midocli.simulator.topology.crossings import Crossing
from midocli.simulator.topology.insertion import WAYS, InsertionChain
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import Insertion, LoadBalancer, Mirror
from midocli.simulator.topology.topology import RecordKind
from midocli.simulator.wire.addresses import Prefix
from midocli.store.display import Display, binding_of, interface_of, is_up
from midocli.store.rows import Row
from midocli.store.store import Store
from midocli.store.table_policy import place_of

_PROTOCOLS = {"tcp": 6, "udp": 17}


class StoreSource:
    """Compiles records from a store, by the rows' UUIDs."""

    def __init__(self, store: Store, display: Display) -> None:
        self._store = store
        self._display = display
        #: The rules and routes made so far: a long chain is not made anew for one of its rules.
        self._rules: dict[Row, records.Rule] = {}
        self._routes: dict[Row, records.Route] = {}
        #: The ports and guests that rows of hosts, guests and services went into.
        self._readers: dict[Row, set[Concerned]] = {}

    def changed(self, row: Row) -> set[Concerned]:
        """Note that a row changed; the ports and guests that it concerned, or does now."""
        self._rules.pop(row, None)
        self._routes.pop(row, None)
        return self._readers.pop(row, set()) | set(wired_to(row))

    def _note(self, kind: RecordKind, key: Key, *rows: Row | None) -> None:
        for row in rows:
            if row is not None:
                self._readers.setdefault(row, set()).add((kind, key))

    def _row(self, key: Key, *paths: str) -> Row | None:
        row = self._store.by_id(key) if isinstance(key, int) else None
        return row if row is not None and row.collection.path in paths else None

    def port(self, key: Key) -> records.Port | None:
        """A router's or bridge's port, with the point and guest behind it."""
        row = self._row(key, "router.port", "bridge.port")
        if row is None or row.parent is None:
            return None
        is_router = row.collection.path == "router.port"
        binding = binding_of(row)
        interface = interface_of(self._store, binding) if binding else None
        guest = guest_behind(interface) if interface else None
        if binding is not None:
            self._note("port", key, binding, binding.parent, interface, guest)
        self._note("port", key, *service_compiler.read_for_extras(row))
        port = records.Port(
            key=row.id,
            alias=row.full_alias,
            device=row.parent.id,
            is_router=is_router,
            up=row.get("state") == "up",
            infilter=_key(row.get("infilter")),
            outfilter=_key(row.get("outfilter")),
            peer=_key(row.get("peer")),
            interface=self._display.name(interface) if interface else None,
            active=binding is not None and is_up(binding, interface),
            host=_key(binding.parent) if binding else None,
            tunnel_key=underlay_compiler.tunnel_key(row),
            guest=nic_number(guest) if guest else None,
            features=service_compiler.features(row),
            service=service_compiler.is_service(row),
        )
        if is_router:
            port.mac = mac_number(row.get("mac"))
            port.address = row.get("address")
            port.net = _network(row.get("net"))
            containers = tuple(service_compiler.containers(row))
            port.container = bool(containers)
            self._note("port", key, *containers)
        else:
            port.vlan = row.get("vlan") or 0
        return port

    def port_at(self, point: str) -> Key:
        """The port bound to the interface that is called `point`."""
        host, _, name = point.partition(":")
        for row in self._store.rows("host"):
            if row.alias == host:
                siblings = row.siblings("host.interface")
                interfaces = siblings.by_key.get(name, ()) if siblings else ()
                return next((port_at(interface) for interface in interfaces), None)
        return None

    def bridge(self, key: Key) -> records.Bridge | None:
        """A bridge and the keys of its ports."""
        row = self._row(key, "bridge")
        if row is None:
            return None
        self._note("bridge", key, *service_compiler.requests_on(row))
        return records.Bridge(
            key=row.id,
            alias=row.full_alias,
            up=row.get("state") == "up",
            infilter=_key(row.get("infilter")),
            outfilter=_key(row.get("outfilter")),
            in_mirrors=service_compiler.keys(row, "in-mirrors"),
            out_mirrors=service_compiler.keys(row, "out-mirrors"),
            traces=service_compiler.traces(row),
            subnets=service_compiler.subnets(row),
            ports=tuple(port.id for port in row.siblings("bridge.port") or ()),
            macs={
                vlan << 48 | mac: each.get("port").id
                for each in row.siblings("bridge.mac") or ()
                for vlan, mac in (place_of(each),)
            },
            addresses={
                each.get("address"): mac_number(each.get("mac"))
                for each in row.siblings("bridge.arp") or ()
            },
        )

    def router(self, key: Key) -> records.Router | None:
        """A router with its routes; the local ones follow from its ports."""
        row = self._row(key, "router")
        if row is None:
            return None
        self._note("router", key, *service_compiler.requests_on(row))
        return records.Router(
            key=row.id,
            alias=row.full_alias,
            up=row.get("state") == "up",
            infilter=_key(row.get("infilter")),
            outfilter=_key(row.get("outfilter")),
            local_redirect_chain=_key(row.get("local-redirect-chain")),
            forward_chain=_key(row.get("forward-chain")),
            load_balancer=_key(row.get("load-balancer")),
            in_mirrors=service_compiler.keys(row, "in-mirrors"),
            out_mirrors=service_compiler.keys(row, "out-mirrors"),
            traces=service_compiler.traces(row),
            ports=tuple(port.id for port in row.siblings("router.port") or ()),
            routes=tuple(map(self._route, row.siblings("router.route") or ())),
            bgp_peers={
                peer.get("address"): peer.full_alias
                for peer in row.siblings("router.bgp-peer") or ()
            },
        )

    def _route(self, row: Row) -> records.Route:
        route = self._routes.get(row)
        if route is None:
            route = self._routes[row] = _route(row)
        return route

    def chain(self, key: Key) -> records.Chain | None:
        """A chain with its rules in order."""
        row = self._row(key, "chain")
        if row is None:
            return None
        return records.Chain(
            key=row.id,
            alias=row.full_alias,
            name=row.get("name") or "",
            rules=tuple(map(self._rule, row.siblings("chain.rule") or ())),
        )

    def _rule(self, row: Row) -> records.Rule:
        rule = self._rules.get(row)
        if rule is None:
            rule = self._rules[row] = _rule(row)
        return rule

    def guest(self, key: Key) -> records.Guest | None:
        """A guest with all its interfaces."""
        row = self._row(key, "guest")
        if row is None:
            return None
        up = row.get("state") == "up"
        nics = [row, *(row.siblings("guest.nic") or ())]
        return records.Guest(
            key=row.id,
            alias=row.full_alias,
            name=row.get("name") or "",
            up=up,
            nics=tuple(self._nic(key, nic) for nic in nics),
            routes=tuple(
                records.GuestRoute(dst=_whole(route.get("dst")), gateway=route.get("gw"))
                for route in row.siblings("guest.route") or ()
            ),
            gateway=row.get("gw"),
            services=frozenset(
                (_PROTOCOLS[service.get("proto")], service.get("port"))
                for service in row.siblings("guest.service") or ()
            ),
            forwarding=row.get("forwarding"),
            reply_df=row.get("reply-df"),
            ip_id=row.get("ip-id"),
        )

    def _nic(self, guest: Key, row: Row) -> records.Nic:
        interface = row.get("interface")
        binding = binding_at(interface) if interface else None
        self._note("guest", guest, row, interface, binding)
        return records.Nic(
            name=row.get("dev") or "",
            interface=self._display.name(interface) if interface else "",
            port=binding.get("port").id if binding else None,
            mac=mac_number(row.get("mac")),
            addresses=tuple((cidr.address, cidr.length) for cidr in row.get("address") or ()),
            mtu=row.get("mtu"),
            vlan=row.get("vlan") or 0,
        )

    def port_group(self, key: Key) -> frozenset[Key]:
        """The ports of a group."""
        row = self._row(key, "port-group")
        members = row.siblings("port-group.member") if row else None
        return frozenset(member.get("port").id for member in members or ())

    def ip_address_group(self, key: Key) -> frozenset[int]:
        """The addresses of a group."""
        row = self._row(key, "ip-address-group")
        addresses = row.siblings("ip-address-group.ip") if row else None
        words = (address.get("address") for address in addresses or ())
        return frozenset(parse_ipv4(word) for word in words if ":" not in word)

    def load_balancer(self, key: Key) -> LoadBalancer | None:
        """A load balancer with its VIPs, pools and members."""
        row = self._row(key, "load-balancer")
        return service_compiler.load_balancer(row) if row is not None else None

    def insertions(self, port: Key) -> tuple[Insertion, ...]:
        """The inserted services that a port has to do with."""
        row = self._row(port, "router.port", "bridge.port")
        if row is None:
            return ()
        for way in WAYS:
            key = InsertionChain(port, way)
            self._note("chain", key, *service_compiler.insertions_naming(row))
        return service_compiler.insertions(row)

    def underlay_mtu(self, port: Key) -> int | None:
        """What fits the tunnels of a port's host."""
        row = self._row(port, "router.port", "bridge.port")
        return service_compiler.underlay_mtu(row) if row is not None else None

    def mirror(self, key: Key) -> Mirror | None:
        """A mirror with its conditions."""
        row = self._row(key, "mirror")
        if row is None:
            return None
        matches = row.siblings("mirror.matches") or ()
        return Mirror(
            key=row.id,
            alias=row.full_alias,
            to_port=_key(row.get("to-port")),
            conditions=tuple(condition(match) for match in matches),
        )

    def crossing(self, hosts: tuple[Key, Key]) -> Crossing:
        """How frames get from one host to another."""
        here, there = (self._row(host, "host") for host in hosts)
        return underlay_compiler.crossing(self._store, here, there)


def _key(row: Row | None) -> Key:
    return None if row is None else row.id


def _network(cidr: Cidr | None) -> Prefix | None:
    return None if cidr is None else (cidr.network, cidr.length)


def _whole(cidr: Cidr) -> Prefix:
    return (cidr.network, cidr.length)


def _route(row: Row) -> records.Route:
    # A local route may have no alias yet, and gets one only where that is printed.
    return records.Route(
        key=row.id,
        alias=row.full_alias if row.get("type") else "",
        type=row.get("type") or "local",
        src=_whole(row.get("src")),
        dst=_whole(row.get("dst")),
        gw=row.get("gw"),
        port=_key(row.get("port")),
        weight=row.get("weight"),
    )


def _rule(row: Row) -> records.Rule:
    return records.Rule(
        key=row.id,
        alias=row.full_alias,
        type=row.get("type"),
        condition=condition(row),
        action=row.get("action") or "accept",
        targets=tuple(_target(target) for target in row.get("target") or ()),
        jump_to=_key(row.get("jump-to")),
        target_port=_key(row.get("target-port")),
        ingress=bool(row.get("ingress")),
        fail_open=bool(row.get("fail-open")),
        pop_vlan=bool(row.get("pop-vlan")),
        push_vlan=row.get("push-vlan") or 0,
        trace_request=row.get("traceid"),
        trace_limit=row.get("tracelimit"),
    )


def _target(target: Any) -> records.NatTarget:
    has_ports = bool(target.first_port or target.last_port)
    return records.NatTarget(
        target.first,
        target.last,
        target.first_port if has_ports else None,
        target.last_port if has_ports else None,
    )
