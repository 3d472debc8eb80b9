"""What happens to a frame, as data: a class for each kind of event.

Nothing here is text; views (explanations, JSON steps, counters) are made from it later.
Addresses and MACs are integers; ports, devices, guests and rules are aliases. When and where it
was, a device, port or guest, is told by the step (`recorder.Step`) that the event is part of.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, dataclass_transform

from midocli.simulator.reason import Reason
from midocli.simulator.wire.addresses import Ends, Prefix
from midocli.simulator.wire.headers import Headers

#: What a header field has (of `vlans` their ids), and fields that changed: before and after.
Value = int | tuple[int, ...]
Changes = Mapping[str, tuple[Value, Value]]


@dataclass_transform(kw_only_default=True, frozen_default=True)
class EventBase:
    """A value with named fields, given by name: the base of all kinds.

    Type checkers see frozen dataclasses. So many real ones slow a script's first ping by a sixth.
    """

    #: The name of the kind, for data: `rule-matched` of `RuleMatched`.
    kind: ClassVar[str]

    def __init_subclass__(cls) -> None:
        cls.kind = "".join(f"-{c.lower()}" if c.isupper() else c for c in cls.__name__)[1:]

    def __init__(self, **fields: object) -> None:
        self.__dict__ = fields

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and vars(self) == vars(other)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({vars(self)})"


class FrameEvent(EventBase):
    """Tells the headers of a frame, which is the walk's own but where a class says otherwise."""

    frame: Headers


class Generated(FrameEvent):
    """A device or guest made a frame, which is the one told of; a guest's has no port yet."""

    what: str  # echo-request, echo-reply, icmp-error, arp-request, arp-reply, udp, tcp, dhcp-...
    port: str | None


class NotGenerated(EventBase):
    """A router or guest made no ICMP error of that type and code."""

    what: str
    why: str
    type: int
    code: int


class Sent(FrameEvent):
    """A guest put a frame on the wire of an interface."""

    nic: str


class Entered(FrameEvent):
    """A frame came in by a port of a device."""

    device: str


class Left(FrameEvent):
    """A frame went out by a port of a device."""

    device: str


class Tunnelled(EventBase):
    """A frame crossed the underlay, from host to host; `src` and `dst` are the outer addresses."""

    here: str
    there: str
    type: str  # vxlan or gre
    key: int
    src: int
    dst: int


class Delivered(FrameEvent):
    """A frame came out at a port's interface, if it has one."""

    point: str | None


class Consumed(FrameEvent):
    """A guest or router took a frame that was for it."""

    what: str  # see Generated


class Dropped(FrameEvent):
    """A frame ended badly."""

    reason: Reason


class Branched(FrameEvent):
    """A copy began a walk of its own, out of this port."""

    why: str  # flood or mirror


class RulesPassed(EventBase):
    """Rules did not match; each with the fields of the frame that were otherwise."""

    chain: str
    filter: str
    rules: tuple[tuple[str, tuple[str, ...]], ...]


class RuleMatched(EventBase):
    """A rule matched."""

    chain: str
    filter: str
    rule: str
    type: str
    action: str
    jump_to: str | None  # a chain
    trace_request: str | None


class RuleNotApplied(EventBase):
    """A rule matched, but could not be applied."""

    rule: str
    type: str
    why: str  # no-state, not-nat-able, no-pop-or-push, jump-target-gone or already-visited
    existing: tuple[str, str] | None  # type and rule of another binding the packet has (no-state)


class ChainEnded(EventBase):
    """A chain is through."""

    chain: str
    filter: str
    outcome: str  # accept, continue, return, drop, reject or redirect


class Redirected(EventBase):
    """A redirect rule sends the frame to a port: into it or, without `ingress`, out of it."""

    rule: str
    port: str
    ingress: bool


class Mirrored(EventBase):
    """A mirror copies the frame to its port."""

    mirror: str
    port: str


class Traced(EventBase):
    """A trace request keeps the walk."""

    trace_request: str


class Tracked(EventBase):
    """A rule asked for the frame's direction in its connection."""

    direction: str  # forward or return


class Rewritten(EventBase):
    """Header fields changed, never none of them."""

    why: str  # the type of rule, ttl, next-hop, push-vlan, pop-vlan or dscp
    changes: Changes


class BindingEvent(EventBase):
    """A rule did something with a NAT binding; the ends are those of the forward direction."""

    type: str
    rule: str
    made_by: str
    proto: int
    before: Ends
    after: Ends


class NatCreated(BindingEvent):
    """A rule made a binding for a new connection."""


class NatUsed(BindingEvent):
    """A rule translated by a binding that it made before."""


class NatReversed(BindingEvent):
    """A reverse rule, or a load balancer, translated an answer back."""


class NatUnrestored(EventBase):
    """An answer leaves that no rule translated back."""

    type: str
    made_by: str
    original: tuple[int, int]  # address and port that would have been put back
    restorer: str  # the type of rule that would have


class Balanced(EventBase):
    """A load balancer chose a pool member, or kept to the one `known` from before."""

    balancer: str
    vip: str
    member: str
    address: int
    port: int
    sticky: bool
    known: bool


class RouteChosen(EventBase):
    """A router took a route, one of `equals` that were as good."""

    route: str
    type: str
    dst: Prefix
    src: Prefix
    gw: int | None
    port: str | None
    weight: int
    equals: int


class NoRoute(EventBase):
    """A router had no route."""

    destination: int
    connected: tuple[tuple[str, Prefix | None], ...]  # ports in whose network it is
    port: str | None  # the one of a route that is out of use


class NextHop(EventBase):
    """A router knows the MAC of the next hop, which is a route's gateway or the destination."""

    address: int
    mac: int
    gateway: bool
    source: str  # peer-port, peer-bridge or arp-cache


class ArpWaiting(EventBase):
    """A frame waits for a MAC; `asked` says that it began the asking. Guests' ports are points."""

    address: int
    port: str
    asked: bool


class ArpLearned(EventBase):
    """A router, bridge or guest learned a MAC from ARP."""

    address: int
    mac: int
    port: str


class ArpFailed(EventBase):
    """A router or guest gave up asking, while so many frames waited."""

    address: int
    port: str
    waiting: int


class MacLearned(EventBase):
    """A bridge learned where a MAC is, and where it was before."""

    mac: int
    vlan: int
    port: str
    moved_from: str | None


class Bridged(EventBase):
    """A bridge knows the port of the destination's MAC."""

    mac: int
    vlan: int
    port: str
    known: str  # router-port, static or learned


class Flooded(EventBase):
    """A bridge sends a frame out of several ports."""

    ports: tuple[str, ...]
    why: str  # broadcast, multicast or unknown


class DhcpAnswered(EventBase):
    """A bridge's DHCP service answered a client."""

    message: str
    answer: str
    mac: int
    address: int
    subnet: Prefix


Event = (
    Generated | NotGenerated | Sent | Entered | Left | Tunnelled | Branched | Delivered | Consumed
    | Dropped | RulesPassed | RuleMatched | RuleNotApplied | ChainEnded | Redirected | Mirrored
    | Traced | Tracked | Rewritten | NatCreated | NatUsed | NatReversed | NatUnrestored | Balanced
    | RouteChosen | NoRoute | NextHop | ArpWaiting | ArpLearned | ArpFailed
    | MacLearned | Bridged | Flooded | DhcpAnswered
)  # fmt: skip
