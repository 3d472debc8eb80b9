"""The records of the services a device or port offers beyond forwarding and filtering.

Load balancers, mirrors, inserted services, DHCP subnets, and what ports do with them. Keys,
addresses and MACs are as in `records`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.topology.condition import Condition, Predicate, compile_condition
from midocli.simulator.topology.keys import Key
from midocli.simulator.wire.addresses import Prefix
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import TCP


@dataclass(frozen=True, slots=True)
class Member:
    """A server of a pool; `active` is its status as long as no health monitor has looked."""

    alias: str
    address: int
    port: int
    weight: int = 1
    up: bool = True
    active: bool = True
    key: Key = None


@dataclass(frozen=True, slots=True)
class Pool:
    """Servers that share a service."""

    alias: str
    up: bool = True
    members: tuple[Member, ...] = ()


@dataclass(frozen=True, slots=True)
class Vip:
    """An address and port that a pool serves; `sticky`: a client keeps its member."""

    alias: str
    address: int
    port: int
    pool: Pool
    up: bool = True
    sticky: bool = False


@dataclass(frozen=True, slots=True)
class HealthChecks:
    """How a pool's members are checked, through a router and from an address; `vips` is all there
    is to know of the VIPs. Another value is another configuration of haproxy, which starts anew.
    """

    router: Key
    address: int
    delay_ns: int
    timeout_ns: int
    fall: int
    members: tuple[Member, ...]
    vips: tuple[object, ...] = ()


@dataclass(slots=True, eq=False)
class LoadBalancer:
    """A router's load balancer: its VIPs, in the order of their pools."""

    key: Key
    alias: str = ""
    up: bool = True
    vips: tuple[Vip, ...] = ()

    def vip_for(self, frame: Frame) -> Vip | None:
        """The VIP that takes a packet: of TCP alone, to its address and port."""
        if frame.proto != TCP or frame.fault is not None:
            return None
        for vip in self.vips:
            if vip.port == frame.tp_dst and vip.address == frame.nw_dst and vip.up:
                return vip
        return None


@dataclass(slots=True, eq=False)
class DhcpSubnet:
    """A subnet that a bridge gives addresses of: MAC -> address (None: none for it).

    `routes` holds ((destination, length), gateway) pairs, `mtu` 0 means the default.
    """

    network: Prefix
    gateway: int | None = None
    server: int | None = None
    dns_servers: tuple[int, ...] = ()
    mtu: int = 0
    routes: tuple[tuple[Prefix, int], ...] = ()
    hosts: Mapping[int, int | None] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Mirror:
    """Copies frames that meet any of `conditions` to a port."""

    key: Key
    alias: str = ""
    to_port: Key = None
    conditions: tuple[Condition, ...] = ()


@dataclass(slots=True, eq=False)
class TraceRequest:
    """Asks for the walks of frames that meet a condition where it is put.

    `limit` is how many walks it takes (None: as many as are ever kept).
    """

    key: Key
    alias: str
    condition: Condition
    limit: int | None = None
    matches: Predicate = field(init=False)

    def __post_init__(self) -> None:
        self.matches = compile_condition(self.condition)


@dataclass(frozen=True, slots=True)
class Insertion:
    """A service behind the port `service`, put into the path of a MAC behind `port`.

    `vlan` 0 leaves frames untagged; `pos` orders the services of a port.
    """

    key: Key
    alias: str
    port: Key
    service: Key
    mac: int
    vlan: int = 0
    pos: int = 0
    fail_open: bool = False


#: tc counts time in ticks of this many nanoseconds.
_TICK_NS = 64


@dataclass(frozen=True, slots=True)
class BandwidthLimit:
    """A rate in kbit/s (of 1000 bits) and a burst in kbit (of 1024); a rate of 0 limits nothing."""

    rule: str
    kbps: int
    burst_kb: int

    @property
    def bytes_per_second(self) -> int:
        """The rate as tc takes it."""
        return self.kbps * 1000 // 8

    @property
    def burst_ns(self) -> int:
        """How long the burst takes at the rate: what the bucket holds."""
        burst_bytes = self.burst_kb * 1024 // 8
        return burst_bytes * SECOND_NS // self.bytes_per_second // _TICK_NS * _TICK_NS


@dataclass(frozen=True, slots=True)
class PortFeatures:
    """What few ports have: mirrors, by where they look at the frame, and inserted services.

    `redirect_in` and `redirect_out` are the keys of the chains that lead through the services:
    before the infilter and after the outfilter. `dscp` marks the IPv4 frames that enter, `limit`
    is how many of them its interface takes in, `traces` are the requests that look at them.
    """

    in_mirrors: tuple[Key, ...] = ()
    post_in_mirrors: tuple[Key, ...] = ()
    pre_out_mirrors: tuple[Key, ...] = ()
    out_mirrors: tuple[Key, ...] = ()
    redirect_in: Key = None
    redirect_out: Key = None
    dscp: int | None = None
    limit: BandwidthLimit | None = None
    traces: tuple[TraceRequest, ...] = ()


NO_FEATURES = PortFeatures()
