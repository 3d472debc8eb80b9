"""The records of the compiled topology: ports, devices, chains, guests.

Keys are opaque hashables (the store's UUIDs). Addresses and MACs are integers, networks
`(address, length)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from midocli.simulator.topology.condition import ANYTHING, Condition, Matcher, matcher
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import DhcpSubnet, PortFeatures, TraceRequest
from midocli.simulator.wire.addresses import Prefix

RouteType = Literal["normal", "blackhole", "reject", "local"]
RuleType = Literal[
    "accept",
    "drop",
    "reject",
    "return",
    "continue",
    "jump",
    "dnat",
    "snat",
    "rev_dnat",
    "rev_snat",
    "redirect",
    "l2-transform",
    "trace",
]
RuleAction = Literal["accept", "continue", "return", "drop", "reject", "redirect"]

NO_NETWORK: Prefix = (0, 0)


@dataclass(slots=True, eq=False)
class Port:
    """A port of a bridge or router.

    `interface` is the point name (`host0:veth0`) when the port is bound: it is then *exterior*;
    `active` says that its host is alive and the interface up. `peer` makes it *interior*.
    `host` is that host's key, and `tunnel_key` what tunnel packets to this port carry.
    `guest` is (guest key, index of its NIC) when a guest sits behind the interface.
    `features` is None for a port that has none, which costs the walk nothing.
    `container` marks a router port behind which a service container of the router runs.
    `service` marks the port of an inserted service: only redirected frames may leave by it.
    """

    key: Key
    alias: str = ""
    device: Key = None
    is_router: bool = False
    up: bool = True
    infilter: Key = None
    outfilter: Key = None
    peer: Key = None
    interface: str | None = None
    active: bool = False
    host: Key = None
    tunnel_key: int = 0
    guest: tuple[Key, int] | None = None
    mac: int = 0
    address: int | None = None
    net: Prefix | None = None
    vlan: int = 0
    service: bool = False
    container: bool = False
    features: PortFeatures | None = None


#: Stands for "no port" in a walk: it is in no set of ports and no group.
NO_PORT = Port(key=None)


@dataclass(slots=True, eq=False)
class Bridge:
    """A virtual switch; `ports` holds the keys of its ports in the order they were made.

    It was told behind which of them `macs` are (VLAN << 48 | MAC), and the MACs of `addresses`.
    """

    key: Key
    alias: str = ""
    up: bool = True
    infilter: Key = None
    outfilter: Key = None
    in_mirrors: tuple[Key, ...] = ()
    out_mirrors: tuple[Key, ...] = ()
    traces: tuple[TraceRequest, ...] = ()
    subnets: tuple[DhcpSubnet, ...] = ()
    ports: tuple[Key, ...] = ()
    macs: Mapping[int, Key] = field(default_factory=dict)
    addresses: Mapping[int, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Route:
    """A route of a router. `gw` None or 0: the destination is on the link of `port`."""

    key: Key
    alias: str = ""
    type: RouteType = "normal"
    src: Prefix = NO_NETWORK
    dst: Prefix = NO_NETWORK
    gw: int | None = None
    port: Key = None
    weight: int = 100


@dataclass(slots=True, eq=False)
class Router:
    """A virtual router; `routes` holds the local /32 route of each port address too."""

    key: Key
    alias: str = ""
    up: bool = True
    infilter: Key = None
    outfilter: Key = None
    local_redirect_chain: Key = None
    forward_chain: Key = None
    load_balancer: Key = None
    in_mirrors: tuple[Key, ...] = ()
    out_mirrors: tuple[Key, ...] = ()
    traces: tuple[TraceRequest, ...] = ()
    ports: tuple[Key, ...] = ()
    routes: tuple[Route, ...] = ()
    #: Address -> alias of the peers it speaks BGP with.
    bgp_peers: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NatTarget:
    """Addresses `first` to `last` and, for dynamic NAT, ports `port_first` to `port_last`."""

    first: int
    last: int
    port_first: int | None = None
    port_last: int | None = None


@dataclass(slots=True, eq=False)
class Rule:
    """A rule of a chain. `targets` with ports make a dnat or snat dynamic."""

    key: Key
    alias: str = ""
    type: RuleType = "accept"
    condition: Condition = ANYTHING
    action: RuleAction = "accept"
    targets: tuple[NatTarget, ...] = ()
    jump_to: Key = None
    target_port: Key = None
    ingress: bool = False
    fail_open: bool = False
    pop_vlan: bool = False
    push_vlan: int = 0
    trace_request: str | None = None
    trace_limit: int | None = None
    #: Whether this is a NAT rule that remembers what it did.
    dynamic: bool = field(init=False)
    #: The condition made ready.
    matcher: Matcher = field(init=False)

    def __post_init__(self) -> None:
        self.dynamic = any(target.port_first is not None for target in self.targets)
        self.matcher = matcher(self.condition, dynamic_nat=self.dynamic)


@dataclass(slots=True, eq=False)
class Chain:
    """A chain of rules, in order of position."""

    key: Key
    alias: str = ""
    name: str = ""
    rules: tuple[Rule, ...] = ()


@dataclass(slots=True, eq=False)
class Nic:
    """A network interface of a guest, plugged into a host's interface.

    `interface` is the point's name, `port` the key of the port bound there (None: none).
    `addresses` holds (address, prefix length) pairs. With `vlan`, frames leave and arrive
    tagged. `gateway_mac`, when set, receives every packet without any ARP.
    """

    name: str = "eth0"
    interface: str = ""
    port: Key = None
    mac: int = 0
    addresses: tuple[Prefix, ...] = ()
    mtu: int = 1500
    vlan: int = 0
    up: bool = True
    gateway_mac: int | None = None


@dataclass(frozen=True, slots=True)
class GuestRoute:
    """A route of a guest: to `dst` through `gateway`, or on the link of NIC number `nic`."""

    dst: Prefix
    gateway: int | None = None
    nic: int | None = None


@dataclass(slots=True, eq=False)
class Guest:
    """A machine behind one or more interfaces, which behaves as Linux does.

    `services` holds (protocol number, port) pairs that answer. `ip_id` is the first IP
    identification it uses (None: a random one).
    """

    key: Key
    alias: str = ""
    name: str = ""
    up: bool = True
    nics: tuple[Nic, ...] = ()
    routes: tuple[GuestRoute, ...] = ()
    gateway: int | None = None
    services: frozenset[tuple[int, int]] = frozenset()
    forwarding: bool = False
    reply_df: bool = False
    ip_id: int | None = None
