"""A small language for building simulated networks in tests; a record's key is its alias."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar

from midocli.simulator.engine import Engine
from midocli.simulator.learnt.state import State
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import LocalError, Reason
from midocli.simulator.recorder import Recorder
from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.crossings import Crossing
from midocli.simulator.topology.insertion import InsertionChain
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import (
    Bridge,
    Chain,
    Guest,
    GuestRoute,
    NatTarget,
    Nic,
    Port,
    Route,
    Router,
    Rule,
)
from midocli.simulator.topology.service_records import Insertion, LoadBalancer, Mirror, PortFeatures
from midocli.simulator.topology.topology import RecordKind, Topology
from midocli.simulator.traffic import Simulator
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request

START_NS = 1_492_165_851_226_238_000
SECOND = 1_000_000_000
CLIENT_MAC, VM_MAC = "c2:86:ff:ce:17:0a", "fa:16:3e:39:9e:e9"


def ip(text: str) -> int:
    return int.from_bytes(bytes(int(part) for part in text.split(".")), "big")


def mac(text: str) -> int:
    return int(text.replace(":", ""), 16)


def net(text: str) -> tuple[int, int]:
    address, _, length = text.partition("/")
    return ip(address), int(length or 32)


def target(text: str) -> NatTarget:
    """`A`, `A-B`, `A:p-q` and so on, as the CLI writes them."""
    addresses, _, ports = text.partition(":")
    first, _, last = addresses.partition("-")
    if not ports:
        return NatTarget(ip(first), ip(last or first))
    low, _, high = ports.partition("-")
    return NatTarget(ip(first), ip(last or first), int(low), int(high or low))


@dataclass
class Lab:
    """Records by key (the `RecordSource`), and the network made of them."""

    seed: int = 1
    ports: dict[Key, Port] = field(default_factory=dict)
    bridges: dict[Key, Bridge] = field(default_factory=dict)
    routers: dict[Key, Router] = field(default_factory=dict)
    chains: dict[Key, Chain] = field(default_factory=dict)
    guests: dict[Key, Guest] = field(default_factory=dict)
    port_groups: dict[Key, frozenset[Key]] = field(default_factory=dict)
    ip_address_groups: dict[Key, frozenset[int]] = field(default_factory=dict)
    inserted: list[Insertion] = field(default_factory=list)
    mirrors: dict[Key, Mirror] = field(default_factory=dict)
    load_balancers: dict[Key, LoadBalancer] = field(default_factory=dict)
    underlay_mtus: dict[Key, int] = field(default_factory=dict)
    crossings: dict[tuple[Key, Key], Crossing] = field(default_factory=dict)
    drops: list[tuple[object, Reason, Frame]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine = Engine(START_NS)
        self.network = Simulator(
            Topology(self), State(), self.engine, Random(self.seed), self._dropped
        )

    def _dropped(self, key: Key, reason: Reason, frame: Frame) -> None:
        self.drops.append((key, reason, frame))

    # The Source protocol

    def port(self, key: Key) -> Port | None:
        return self.ports.get(key)

    def bridge(self, key: Key) -> Bridge | None:
        return self.bridges.get(key)

    def router(self, key: Key) -> Router | None:
        return self.routers.get(key)

    def chain(self, key: Key) -> Chain | None:
        return self.chains.get(key)

    def guest(self, key: Key) -> Guest | None:
        return self.guests.get(key)

    def port_group(self, key: Key) -> frozenset[Key]:
        return self.port_groups.get(key, frozenset())

    def ip_address_group(self, key: Key) -> frozenset[int]:
        return self.ip_address_groups.get(key, frozenset())

    def load_balancer(self, key: Key) -> LoadBalancer | None:
        return self.load_balancers.get(key)

    def mirror(self, key: Key) -> Mirror | None:
        return self.mirrors.get(key)

    def insertions(self, port: Key) -> tuple[Insertion, ...]:
        return tuple(each for each in self.inserted if port in (each.port, each.service))

    def underlay_mtu(self, port: Key) -> int | None:
        return self.underlay_mtus.get(port)

    def crossing(self, hosts: tuple[Key, Key]) -> Crossing:
        return self.crossings.get(hosts, Crossing(str(hosts[0]), str(hosts[1])))

    def port_at(self, point: str) -> Key:
        return next((key for key, port in self.ports.items() if port.interface == point), None)

    # Building

    def add_bridge(self, alias: str, **fields: Any) -> Bridge:
        self.bridges[alias] = Bridge(alias, alias, **fields)
        return self.bridges[alias]

    def add_router(self, alias: str, **fields: Any) -> Router:
        self.routers[alias] = Router(alias, alias, **fields)
        return self.routers[alias]

    def bridge_port(self, bridge: str, interface: str | None = None, **fields: Any) -> Port:
        device = self.bridges[bridge]
        alias = f"{bridge}:port{len(device.ports)}"
        port = Port(alias, alias, device=bridge, interface=interface, **fields)
        port.active = interface is not None
        return self._own(device, port)

    def router_port(
        self, router: str, address: str, hw: str, interface: str | None = None, route: bool = True
    ) -> Port:
        """A router port and, unless `route` is False, the route to its network."""
        device = self.routers[router]
        alias = f"{router}:port{len(device.ports)}"
        port = Port(alias, alias, device=router, is_router=True, interface=interface)
        port.address, port.mac, port.net = net(address)[0], mac(hw), net(address)
        port.active = interface is not None
        self._own(device, port)
        if route:
            self.route(router, address, port.alias)
        return port

    def _own(self, device: Bridge | Router, port: Port) -> Port:
        self.ports[port.alias] = port
        device.ports += (port.alias,)
        return port

    def link(self, one: Port, other: Port) -> None:
        one.peer, other.peer = other.alias, one.alias

    def route(self, router: str, dst: str, port: str | None = None, **fields: Any) -> Route:
        device = self.routers[router]
        alias = f"{router}:route{len(device.routes)}"
        for name in ("gw", "src"):
            if name in fields:
                fields[name] = ip(fields[name]) if name == "gw" else net(fields[name])
        route = Route(alias, alias, dst=net(dst), port=port, **fields)
        device.routes += (route,)
        return route

    def add_chain(self, alias: str, *rules: dict[str, Any]) -> str:
        """Rules as dicts: `type`, `action` and so on, and the fields of the condition."""
        own = {name for name in Rule.__dataclass_fields__ if name != "condition"}
        made = []
        for index, fields in enumerate(rules):
            rule = {name: value for name, value in fields.items() if name in own}
            given = {name: value for name, value in fields.items() if name not in own}
            rule["targets"] = tuple(map(target, rule.get("targets", ())))
            name = f"{alias}:rule{index}"
            made.append(Rule(name, name, condition=Condition(**given), **rule))
        self.chains[alias] = Chain(alias, alias, alias, tuple(made))
        return alias

    def add_mirror(self, alias: str, to_port: Port, *conditions: dict[str, Any]) -> str:
        """A mirror of the frames that meet any of the conditions."""
        made = tuple(Condition(**fields) for fields in conditions)
        self.mirrors[alias] = Mirror(alias, alias, to_port.alias, made)
        return alias

    def insert(self, port: Port, service: Port, hw: str, **fields: Any) -> None:
        """Put the service behind a port into the path of a MAC behind another."""
        alias = f"l2insertion{len(self.inserted)}"
        self.inserted.append(Insertion(alias, alias, port.alias, service.alias, mac(hw), **fields))
        service.service = True
        for each in (port, service):
            ways = InsertionChain(each.alias, "in"), InsertionChain(each.alias, "out")
            each.features = PortFeatures(redirect_in=ways[0], redirect_out=ways[1])
            self.changed("port", each.alias)
            for key in ways:
                self.changed("chain", key)

    def add_guest(self, alias: str, *nics: tuple[str, str, str], **fields: Any) -> Guest:
        """A guest with (point, MAC, address/length) for each NIC."""
        made = []
        for index, (point, hw, address) in enumerate(nics):
            key = self.port_at(point)
            made.append(Nic(f"eth{index}", point, key, mac(hw), (net(address),)))
            if key is not None:
                self.ports[key].guest = (alias, index)
        if "gw" in fields:
            fields["gateway"] = ip(fields.pop("gw"))
        if "routes" in fields:
            fields["routes"] = tuple(
                GuestRoute(net(dst), ip(gw)) for dst, gw in fields["routes"].items()
            )
        self.guests[alias] = Guest(alias, alias, alias, nics=tuple(made), **fields)
        return self.guests[alias]

    # Traffic

    def echo(self, guest: str, dst: str, seq: int = 1, **options: Any) -> LocalError | None:
        options.setdefault("data", bytes(range(56)))
        options.setdefault("icmp_id", 28653)
        return self.network.guest(guest).send_echo(ip(dst), seq=seq, **options)

    def ping(self, guest: str, dst: str, seconds: float = 1, **options: Any) -> list[Arrival]:
        """What came back to a guest within some seconds of one echo request."""
        arrivals: list[Arrival] = []
        self.network.listeners.add(guest, arrivals.append)
        assert self.echo(guest, dst, **options) is None
        self.run(seconds)
        self.network.listeners.remove(guest, arrivals.append)
        return arrivals

    def run(self, seconds: float = 1) -> None:
        self.engine.run_until(self.engine.now_ns + int(seconds * SECOND))

    def watch(self, *points: str, events: bool = False) -> Recorder:
        recorder = Recorder(frozenset(points), wants_events=events)
        self.network.watch(recorder)
        return recorder

    def codes(self) -> list[str]:
        return [str(reason.code) for _, reason, _ in self.drops]

    def changed(self, kind: RecordKind, key: Key) -> None:
        self.network.topology.forget(kind, key)


Told = TypeVar("Told")


def told(recorder: Recorder, kind: type[Told]) -> list[tuple[str, Told]]:
    """The events of a kind, and where each happened."""
    return [(step.at, step.event) for step in recorder.steps if isinstance(step.event, kind)]


def seen(recorder: Recorder, point: str) -> list[tuple[str, Frame]]:
    """(direction, frame) at a point, in order of time."""
    captures = sorted(recorder.captures, key=lambda each: each.time_ns)
    return [
        (each.direction, Frame.from_bytes(each.data)) for each in captures if each.point == point
    ]


def published_lab() -> Lab:
    """The published DNAT example: client - bridge1 - router0 - bridge0 - VM."""
    lab = Lab()
    lab.add_bridge("bridge0")
    lab.add_bridge("bridge1")
    lab.add_router("router0")
    to_vm = lab.bridge_port("bridge0")
    lab.bridge_port("bridge0", "host0:tap")
    to_client = lab.bridge_port("bridge1")
    lab.bridge_port("bridge1", "host0:veth0")
    lab.link(lab.router_port("router0", "192.168.77.1/24", "fa:16:3e:bb:12:d0"), to_vm)
    lab.link(lab.router_port("router0", "192.168.78.1/24", "fa:16:3e:52:65:b1"), to_client)
    lab.add_guest(
        "client",
        ("host0:veth0", CLIENT_MAC, "192.168.78.9/24"),
        routes={"192.168.77.0/24": "192.168.78.1", "192.168.79.0/24": "192.168.78.1"},
        ip_id=53133,
    )
    lab.add_guest("vm", ("host0:tap", VM_MAC, "192.168.77.119/24"), gw="192.168.77.1", ip_id=21839)
    return lab


def with_dnat(lab: Lab, *more: dict[str, Any]) -> Lab:
    """The published infilter, with more rules behind it."""
    common = {"dst": net("192.168.79.119"), "in_ports": frozenset({"router0:port1"})}
    lab.routers["router0"].infilter = lab.add_chain(
        "chain0",
        {"type": "dnat", "targets": ("192.168.77.119:10000-60000",), **common},
        {"type": "rev_snat", **common},
        *more,
    )
    return lab


ROUTER_MAC, HOST_MAC = mac("02:00:00:00:00:01"), mac("02:00:00:00:00:aa")


def router_lab() -> Lab:
    """A router with 10.0.0.1/24 on h:in and 20.0.0.1/24 on h:out, and nobody behind them."""
    lab = Lab()
    lab.add_router("r")
    lab.router_port("r", "10.0.0.1/24", "02:00:00:00:00:01", "h:in")
    lab.router_port("r", "20.0.0.1/24", "02:00:00:00:00:02", "h:out")
    return lab


def packet(dst: str = "20.0.0.9", ttl: int = 64, **fields: Any) -> Frame:
    frame = udp_packet(ip("10.0.0.9"), 1000, ip(dst), 53, b"0123456789", ttl)
    frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
    for name, value in fields.items():
        setattr(frame, name, value)
    return frame


def know(lab: Lab, address: str, hw: int, place: str = "h:out") -> None:
    """Let the router learn a neighbour from its ARP request."""
    port = lab.ports[lab.port_at(place)]
    assert port.address is not None
    lab.network.inject(place, arp_request(hw, ip(address), port.address))
    lab.run()
    lab.drops.clear()


def send(lab: Lab, frame: Frame, seconds: float = 0.01) -> list[Frame]:
    """Inject at h:in; the frames that came back out there."""
    recorder = lab.watch("h:in")
    lab.network.inject("h:in", frame)
    lab.run(seconds)
    lab.network.unwatch(recorder)
    return [frame for direction, frame in seen(recorder, "h:in") if direction == "out"]


def linux_lab(**router_fields: Any) -> Lab:
    """The kernel lab: client and VM on a bridge each, a Linux router (a guest) between."""
    lab = Lab()
    for name, points in (("lan1", ("h:client", "h:r0")), ("lan2", ("h:r1", "h:vm"))):
        lab.add_bridge(name)
        for point in points:
            lab.bridge_port(name, point)
    lab.add_guest("client", ("h:client", CLIENT_MAC, "192.168.78.9/24"), gw="192.168.78.1")
    lab.add_guest(
        "router",
        ("h:r0", "fa:16:3e:52:65:b1", "192.168.78.1/24"),
        ("h:r1", "fa:16:3e:bb:12:d0", "192.168.77.1/24"),
        forwarding=True,
        **router_fields,
    )
    lab.add_guest("vm", ("h:vm", VM_MAC, "192.168.77.119/24"), gw="192.168.77.1")
    return lab
