"""What happened to a frame, as data: one record class, a fixed set of kinds.

Nothing here is text; views (explanations, JSON steps, counters) are made from it later.
Addresses and MACs are integers, ports and devices aliases, networks `(address, length)`.

| kind | at | details |
| --- | --- | --- |
| sent | guest | nic, frame |
| entered | port | device, frame |
| left | port | device, frame |
| delivered | port | point, frame |
| tunnelled | port | from, to: host aliases; type: vxlan or gre; key, src, dst |
| consumed | guest or router | what (see below), frame |
| dropped | as the reason says | reason, frame |
| rules-passed | device or port | chain, filter, rules: ((rule, fields that did not match), ...) |
| rule-matched | device or port | chain, filter, rule, type, action; jump_to; trace_request |
| rule-not-applied | device or port | rule, type, why (see below), existing: {type, rule} or None |
| chain-ended | device or port | chain, filter, outcome: accept, drop, reject, redirect ... |
| redirected | device or port | rule, port, ingress |
| mirrored | device or port | mirror, port |
| traced | port or device | trace_request: the alias of one that keeps the walk |
| tracked | port | direction: forward or return |
| rewritten | device, port or guest | why, changes: {field: (before, after)} |
| nat-created | device | type, rule, made_by, proto, before, after: (src, port, dst, port) |
| nat-used | device | type, rule, made_by, proto, before, after |
| nat-reversed | device | type, rule, made_by, proto, before, after (of the forward direction) |
| nat-unrestored | device | type, made_by, original: (address, port), restorer: a rule type |
| balanced | router | balancer, vip, member, address, port, sticky, known: chosen before |
| route-chosen | router | route, type, dst, src, gw, port, weight, equals: how many were as good |
| no-route | router | destination, connected: ((port, net), ...) of ports in its network; port |
| next-hop | router | address, mac, gateway, source: peer-port, peer-bridge or arp-cache |
| arp-waiting | router or guest | address, port, asked: whether this frame began the asking |
| arp-learned | router, bridge or guest | address, mac, port |
| arp-failed | router or guest | address, port, waiting: how many frames waited |
| mac-learned | bridge | mac, vlan, port, moved_from |
| bridged | bridge | mac, vlan, port, known: router-port or learned |
| flooded | bridge | ports, why: broadcast, multicast or unknown |
| branched | port | why: flood or mirror; frame |
| dhcp-answered | bridge | message, answer, mac, address, subnet |
| generated | device or guest | what (see below), port, frame |
| not-generated | router or guest | what, why, type, code |

* `frame` is `headers.headers(frame)`; `port` of a guest's event is its point, or None.
* `what`: echo-request, echo-reply, icmp-error, arp-request, arp-reply, udp, tcp, fragment,
  dhcp-offer, dhcp-ack, dhcp-nak.
* `why` of rule-not-applied: no-state (`existing` is then another kind of binding the packet
  has), not-nat-able, no-tag, jump-target-gone, already-visited.
* `why` of rewritten: the type of rule, ttl, next-hop, push-vlan, pop-vlan or dscp.
"""

from __future__ import annotations

from collections.abc import Container, Hashable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, NamedTuple

Direction = Literal["in", "out"]


class Kind(StrEnum):
    """The kinds of event; the module's table says what each carries."""

    SENT = "sent"
    ENTERED = "entered"
    LEFT = "left"
    TUNNELLED = "tunnelled"
    DELIVERED = "delivered"
    CONSUMED = "consumed"
    DROPPED = "dropped"
    RULES_PASSED = "rules-passed"
    RULE_MATCHED = "rule-matched"
    RULE_NOT_APPLIED = "rule-not-applied"
    CHAIN_ENDED = "chain-ended"
    REDIRECTED = "redirected"
    MIRRORED = "mirrored"
    TRACED = "traced"
    TRACKED = "tracked"
    REWRITTEN = "rewritten"
    NAT_CREATED = "nat-created"
    NAT_USED = "nat-used"
    NAT_REVERSED = "nat-reversed"
    NAT_UNRESTORED = "nat-unrestored"
    BALANCED = "balanced"
    ROUTE_CHOSEN = "route-chosen"
    NO_ROUTE = "no-route"
    NEXT_HOP = "next-hop"
    ARP_WAITING = "arp-waiting"
    ARP_LEARNED = "arp-learned"
    ARP_FAILED = "arp-failed"
    MAC_LEARNED = "mac-learned"
    BRIDGED = "bridged"
    FLOODED = "flooded"
    BRANCHED = "branched"
    DHCP_ANSWERED = "dhcp-answered"
    GENERATED = "generated"
    NOT_GENERATED = "not-generated"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened at one place.

    `walk` numbers the journey of one frame through the virtual topology; `parent` is the walk
    of the frame that caused this one (0: none), `depth` how many causes deep it is. `origin` is
    the object given when the first frame was injected. Where a frame is copied, to several ports
    or for a mirror, each copy goes on in a walk of its own, which begins with `branched`.
    """

    time_ns: int
    walk: int
    parent: int
    depth: int
    at: str
    kind: Kind
    details: Mapping[str, object]
    origin: object


class Captured(NamedTuple):
    """One frame seen at a point: `in` enters the virtual network there, `out` leaves it.

    `walk` is its journey's number, 0 where it was refused before it began any. Of a tunnel
    packet, `inner` is where the frame it carries begins.
    """

    point: Hashable
    direction: Direction
    time_ns: int
    data: bytes
    walk: int
    origin: object
    inner: int = 0


class UnderlayPoint(NamedTuple):
    """The point where a host, by its alias, is connected to the underlay."""

    host: str


@dataclass(slots=True)
class Recorder:
    """Collects frames at chosen points and, when `wants_events`, the event stream.

    `points` holds point names (`host0:veth0`), port keys and `UnderlayPoint`s.
    """

    points: Container[Hashable] = frozenset()
    wants_events: bool = False
    captures: list[Captured] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
