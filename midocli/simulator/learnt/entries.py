"""The entries of what the network learns and binds, and how long they live.

They carry the time they were last used; who looks one up decides whether it has expired.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Nic, Port
from midocli.simulator.topology.service_records import BandwidthLimit
from midocli.simulator.wire.addresses import Ends
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.segment import Segment

#: A flow goes when it was not used for so long.
FLOW_IDLE_NS = 60 * SECOND_NS
#: A flow is forgotten when unused for this long; what was learned from it lives on a while.
MAC_LIFE_NS = FLOW_IDLE_NS + 15 * SECOND_NS
BINDING_LIFE_NS = FLOW_IDLE_NS + 60 * SECOND_NS
ARP_STALE_NS = 60 * SECOND_NS
ARP_LIFE_NS = 90 * SECOND_NS

#: `sticky_dnat` is the load balancer's for clients that keep their member: any source port.
NatType = Literal["dnat", "snat", "sticky_dnat"]
NatKey = tuple[str, Key, int, int, int, int, int]
ConnectionKey = tuple[int, int, int, int, int, Key]


@dataclass(slots=True, eq=False)
class MacEntry:
    """A MAC learned by a bridge: the port it is behind and when it last sent."""

    port: Key
    seen_ns: int


@dataclass(slots=True, eq=False)
class ArpEntry:
    """A router's knowledge of a MAC, and when it was learned."""

    mac: int
    learned_ns: int


@dataclass(slots=True, eq=False)
class Waiting:
    """A frame that waits for a MAC: `resume` gets it, or None when nobody answered."""

    frame: Frame
    resume: Callable[[int | None], None]


@dataclass(slots=True, eq=False)
class ArpLoop:
    """A router asking for an address out of a port until `give_up_ns`."""

    router: Key
    alias: str
    address: int
    port: Port
    give_up_ns: int
    gateway: bool
    waiting: list[Waiting] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class NatBinding:
    """What a dynamic dnat or snat rule, or a load balancer, did to a connection on a device.

    `before` and `after` are (source, port, destination, port) of its forward packets; the
    source port of a `sticky_dnat` is 0.
    """

    type: NatType
    device: Key
    proto: int
    before: Ends
    after: Ends
    rule: str
    used_ns: int

    def keys(self) -> tuple[NatKey, NatKey]:
        """The forward key and the return key."""
        src, sport, dst, dport = self.after
        return (
            (self.type, self.device, self.proto, *self.before),
            (f"rev_{self.type}", self.device, self.proto, dst, dport, src, sport),
        )

    def destination(self) -> tuple[Key, int, int, int]:
        """(device, proto, destination, port): no two snat connections to it share a source."""
        return self.device, self.proto, *self.after[2:]


@dataclass(slots=True, eq=False)
class Neighbour:
    """A guest's ARP entry, in one of the states of Linux (`ip neigh` shows them)."""

    nic: Nic
    nic_index: int
    address: int
    mac: int
    state: Literal["INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED"]
    since_ns: int
    probes: int = 0
    waiting: list[Frame] = field(default_factory=list)


class Detour(NamedTuple):
    """Where a guest goes, until a time, instead of to the gateway of its route."""

    instead_of: int
    gateway: int
    until_ns: int


@dataclass(slots=True, eq=False)
class ServerConnection:
    """A service's end of a connection: next sequence numbers, and where it stands.

    `stamp_offset` is from where its timestamps count; None: it sends none.
    """

    send_next: int
    receive_next: int
    syn_ack: Segment
    stamp_offset: int | None
    state: Literal["syn-received", "established", "last-ack"] = "syn-received"


@dataclass(slots=True, eq=False)
class Bucket:
    """How much of a port's limit is unused, and when that was counted."""

    limit: BandwidthLimit
    left_ns: int
    counted_ns: int
