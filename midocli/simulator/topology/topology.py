"""The compiled topology: records, loaded on first use and forgotten at will.

A `RecordSource` compiles one record at a time; whoever changes the store calls `Topology.forget`
for what changed, and only that (and what was derived from it) is made again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar, cast

from midocli.simulator.topology.chain_plan import ChainPlan
from midocli.simulator.topology.crossings import Crossing
from midocli.simulator.topology.insertion import InsertionChain, chain_of
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import BridgePlan, GuestPlan, MirrorPlan, RouterPlan
from midocli.simulator.topology.records import Bridge, Chain, Guest, Port, Router
from midocli.simulator.topology.service_records import Insertion, LoadBalancer, Mirror

RecordKind = Literal[
    "port",
    "bridge",
    "router",
    "chain",
    "guest",
    "port-group",
    "ip-address-group",
    "load-balancer",
    "mirror",
]


class RecordSource(Protocol):
    """Compiles one record; gives None (an empty set for groups) for what does not exist."""

    def port(self, key: Key) -> Port | None:
        """The port."""

    def bridge(self, key: Key) -> Bridge | None:
        """The bridge."""

    def router(self, key: Key) -> Router | None:
        """The router with its routes."""

    def chain(self, key: Key) -> Chain | None:
        """The chain with its rules."""

    def guest(self, key: Key) -> Guest | None:
        """The guest."""

    def port_group(self, key: Key) -> frozenset[Key]:
        """Keys of the ports in the group."""

    def ip_address_group(self, key: Key) -> frozenset[int]:
        """The addresses in the group."""

    def load_balancer(self, key: Key) -> LoadBalancer | None:
        """The load balancer with its VIPs, pools and members."""

    def mirror(self, key: Key) -> Mirror | None:
        """The mirror with its conditions."""

    def insertions(self, port: Key) -> tuple[Insertion, ...]:
        """The insertions that name a port, as the one protected or the service's."""

    def underlay_mtu(self, port: Key) -> int | None:
        """The largest IP packet that fits the tunnels of a port's host (None: it has none)."""

    def crossing(self, hosts: tuple[Key, Key]) -> Crossing:
        """How frames get from the first host to the second."""

    def port_at(self, point: str) -> Key:
        """Key of the port bound to a point such as `host0:veth0` (None: none is)."""


T = TypeVar("T")


class Lazy(dict[Key, T]):
    """A dict that makes a missing value with its loader and keeps it."""

    __slots__ = ("load",)

    def __init__(self, load: Callable[[Key], T]) -> None:
        super().__init__()
        self.load = load

    def __missing__(self, key: Key) -> T:
        value = self[key] = self.load(key)
        return value

    def load_by(self, changed: Callable[[Callable[[Key], T]], Callable[[Key], T]]) -> None:
        """Load by what is made of the loader that there was; what is loaded already stays."""
        self.load = changed(self.load)


@dataclass(slots=True, eq=False)
class Topology:
    """All records, loaded lazily from a source, and the plans derived from them.

    A *plan* is what a device works out from several records: the ports a bridge floods to, a
    router's table of active routes, a chain's compiled rules, a guest's addresses.
    """

    source: RecordSource
    ports: Lazy[Port | None] = field(init=False)
    bridges: Lazy[Bridge | None] = field(init=False)
    routers: Lazy[Router | None] = field(init=False)
    chains: Lazy[Chain | None] = field(init=False)
    guests: Lazy[Guest | None] = field(init=False)
    port_groups: Lazy[frozenset[Key]] = field(init=False)
    ip_address_groups: Lazy[frozenset[int]] = field(init=False)
    load_balancers: Lazy[LoadBalancer | None] = field(init=False)
    mirror_plans: Lazy[MirrorPlan | None] = field(init=False)
    #: By the hosts that frames come from and go to.
    crossings: Lazy[Crossing] = field(init=False)
    bridge_plans: Lazy[BridgePlan | None] = field(init=False)
    router_plans: Lazy[RouterPlan | None] = field(init=False)
    chain_plans: Lazy[ChainPlan | None] = field(init=False)
    guest_plans: Lazy[GuestPlan | None] = field(init=False)
    #: How often anything changed.
    version: int = 0

    def __post_init__(self) -> None:
        source = self.source
        self.ports = Lazy(source.port)
        self.bridges = Lazy(source.bridge)
        self.routers = Lazy(source.router)
        self.chains = Lazy(self._load_chain)
        self.guests = Lazy(source.guest)
        self.port_groups = Lazy(source.port_group)
        self.ip_address_groups = Lazy(source.ip_address_group)
        self.load_balancers = Lazy(source.load_balancer)
        self.mirror_plans = Lazy(lambda key: MirrorPlan.of(source.mirror(key)))
        self.crossings = Lazy(lambda hosts: source.crossing(cast("tuple[Key, Key]", hosts)))
        self.bridge_plans = Lazy(lambda key: BridgePlan.of(self.ports, self.bridges[key]))
        self.router_plans = Lazy(lambda key: RouterPlan.of(self.ports, self.routers[key]))
        self.chain_plans = Lazy(lambda key: ChainPlan.of(self.chains[key]))
        self.guest_plans = Lazy(lambda key: GuestPlan.of(self.guests[key]))

    def _load_chain(self, key: Key) -> Chain | None:
        if isinstance(key, InsertionChain):
            return chain_of(key, self.source.insertions(key.port))
        return self.source.chain(key)

    def crossing(self, here: Key, there: Key) -> Crossing:
        """How frames get from one host to another."""
        return self.crossings[here, there]

    def forget(self, kind: RecordKind, key: Key) -> None:
        """Drop a record that changed, appeared or went, and the plans made from it."""
        self.version += 1
        if kind == "port":
            self._forget_port(key)
        elif kind == "bridge":
            self.bridges.pop(key, None)
            self.bridge_plans.pop(key, None)
        elif kind == "router":
            self.routers.pop(key, None)
            self.router_plans.pop(key, None)
        elif kind == "chain":
            self.chains.pop(key, None)
            self.chain_plans.pop(key, None)
        elif kind == "guest":
            self.guests.pop(key, None)
            self.guest_plans.pop(key, None)
        elif kind == "port-group":
            self.port_groups.pop(key, None)
        elif kind == "load-balancer":
            self.load_balancers.pop(key, None)
        elif kind == "mirror":
            self.mirror_plans.pop(key, None)
        else:
            self.ip_address_groups.pop(key, None)

    def forget_crossings(self) -> None:
        """Drop the ways between hosts."""
        self.version += 1
        self.crossings.clear()

    def _forget_port(self, key: Key) -> None:
        """A port shapes the plan of its device and, through its MAC and address, its peer's."""
        if key not in self.ports:
            return
        old, new = self.ports.pop(key), self.ports[key]
        for port in (old, new):
            if port is None:
                continue
            self._forget_plan_of(port)
            if port.peer is not None and (peer := self.ports[port.peer]) is not None:
                self._forget_plan_of(peer)

    def _forget_plan_of(self, port: Port) -> None:
        plans = self.router_plans if port.is_router else self.bridge_plans
        plans.pop(port.device, None)
