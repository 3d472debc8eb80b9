"""The syntax tree of a filter: what must hold of a frame, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Direction = Literal["src", "dst", "either", "both"]


@dataclass(frozen=True, slots=True)
class Everything:
    """The empty expression, which every frame meets."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A protocol's name by itself: `icmp`."""

    name: str


@dataclass(frozen=True, slots=True)
class Address:
    """`[ip|arp|rarp|ip6] [src|dst|…] host|net A`: an address under a mask, as integers."""

    protocol: str | None
    direction: Direction
    version: Literal[4, 6]
    address: int
    mask: int


@dataclass(frozen=True, slots=True)
class Hardware:
    """`ether host|src|dst M`: six bytes."""

    direction: Direction
    address: bytes


@dataclass(frozen=True, slots=True)
class DecnetNode:
    """`decnet [src|dst|…] host A.N`: area and node in 16 bits."""

    direction: Direction
    address: int


@dataclass(frozen=True, slots=True)
class Ports:
    """`[tcp|udp|sctp] [src|dst|…] port N` or `portrange LOW-HIGH`, both ends included."""

    protocol: str | None
    direction: Direction
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Carries:
    """`ether|ip|ip6|iso|isis proto N`; without a layer, in IPv4 or IPv6."""

    layer: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Vlan:
    """`vlan [N]`, which also shifts what stands to the right of it by one tag."""

    number: int | None


@dataclass(frozen=True, slots=True)
class Leads:
    """`ip|ip6 protochain N`: the headers behind the IP header lead to a protocol."""

    layer: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Mpls:
    """`mpls [N]`, which also shifts what stands to the right of it by one label."""

    label: int | None


@dataclass(frozen=True, slots=True)
class Pppoe:
    """`pppoed`, or `pppoes [N]`: what stands to the right is in the session's PPP packet."""

    session: int | None
    discovery: bool


@dataclass(frozen=True, slots=True)
class Llc:
    """`llc [KIND]`."""

    kind: str | None


@dataclass(frozen=True, slots=True)
class Going:
    """`inbound` or `outbound`: which way the frame went where it was captured."""

    direction: Literal["in", "out"]


@dataclass(frozen=True, slots=True)
class Interface:
    """`ifindex N`: the number of the interface where the frame was captured."""

    index: int


@dataclass(frozen=True, slots=True)
class Group:
    """`[ether|ip|ip6] broadcast|multicast`."""

    layer: str
    kind: Literal["broadcast", "multicast"]


@dataclass(frozen=True, slots=True)
class Number:
    """A constant of 32 bits."""

    value: int


@dataclass(frozen=True, slots=True)
class Length:
    """`len`: the frame's length."""


@dataclass(frozen=True, slots=True)
class Bytes:
    """`proto[offset:size]`: a big-endian number of 1, 2 or 4 bytes in a header or behind it."""

    protocol: str
    offset: Arithmetic
    size: int


@dataclass(frozen=True, slots=True)
class Negative:
    """A number below zero, in 32 bits without sign."""

    operand: Arithmetic


@dataclass(frozen=True, slots=True)
class Calculation:
    """Two numbers and one of `+ - * / % & | ^ << >>`, in 32 bits without sign."""

    operator: str
    left: Arithmetic
    right: Arithmetic


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two numbers and one of `= != < <= > >=`."""

    operator: str
    left: Arithmetic
    right: Arithmetic


@dataclass(frozen=True, slots=True)
class Not:
    """A condition that must not hold."""

    condition: Condition


@dataclass(frozen=True, slots=True)
class Chain:
    """Conditions joined from the left: `first`, then each with `and` or `or` before it."""

    first: Condition
    rest: tuple[tuple[Literal["and", "or"], Condition], ...]


Arithmetic = Number | Length | Bytes | Negative | Calculation
Condition = (
    Everything
    | Protocol
    | Address
    | Hardware
    | DecnetNode
    | Ports
    | Carries
    | Leads
    | Vlan
    | Mpls
    | Pppoe
    | Llc
    | Going
    | Interface
    | Group
    | Comparison
    | Not
    | Chain
)
