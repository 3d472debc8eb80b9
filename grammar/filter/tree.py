"""The syntax tree of a filter: what must hold of a frame, as frozen values."""

from __future__ import annotations

from typing import Literal

from grammar.node import Node

Direction = Literal["src", "dst", "either", "both"]


class Everything(Node):
    """The empty expression, which every frame meets."""


class Protocol(Node):
    """A protocol's name by itself: `icmp`."""

    name: str


class Address(Node):
    """`[ip|arp|rarp|ip6] [src|dst|…] host|net A`: an address under a mask, as integers."""

    protocol: str | None
    direction: Direction
    version: Literal[4, 6]
    address: int
    mask: int


class Hardware(Node):
    """`ether host|src|dst M`: six bytes."""

    direction: Direction
    address: bytes


class DecnetNode(Node):
    """`decnet [src|dst|…] host A.N`: area and node in 16 bits."""

    direction: Direction
    address: int


class Ports(Node):
    """`[tcp|udp|sctp] [src|dst|…] port N` or `portrange LOW-HIGH`, both ends included."""

    protocol: str | None
    direction: Direction
    low: int
    high: int


class Carries(Node):
    """`ether|ip|ip6|iso|isis proto N`; without a layer, in IPv4 or IPv6."""

    layer: str | None
    number: int


class Vlan(Node):
    """`vlan [N]`, which also shifts what stands to the right of it by one tag."""

    number: int | None


class Leads(Node):
    """`ip|ip6 protochain N`: the headers behind the IP header lead to a protocol."""

    layer: str | None
    number: int


class Mpls(Node):
    """`mpls [N]`, which also shifts what stands to the right of it by one label."""

    label: int | None


class Pppoe(Node):
    """`pppoed`, or `pppoes [N]`: what stands to the right is in the session's PPP packet."""

    session: int | None
    discovery: bool


class Llc(Node):
    """`llc [KIND]`."""

    kind: str | None


class Going(Node):
    """`inbound` or `outbound`: which way the frame went where it was captured."""

    direction: Literal["in", "out"]


class Interface(Node):
    """`ifindex N`: the number of the interface where the frame was captured."""

    index: int


class Group(Node):
    """`[ether|ip|ip6] broadcast|multicast`."""

    layer: str
    kind: Literal["broadcast", "multicast"]


class Number(Node):
    """A constant of 32 bits."""

    value: int


class Length(Node):
    """`len`: the frame's length."""


class Bytes(Node):
    """`proto[offset:size]`: a big-endian number of 1, 2 or 4 bytes in a header or behind it."""

    protocol: str
    offset: Arithmetic
    size: int


class Negative(Node):
    """A number below zero, in 32 bits without sign."""

    operand: Arithmetic


class Calculation(Node):
    """Two numbers and one of `+ - * / % & | ^ << >>`, in 32 bits without sign."""

    operator: str
    left: Arithmetic
    right: Arithmetic


class Comparison(Node):
    """Two numbers and one of `= != < <= > >=`."""

    operator: str
    left: Arithmetic
    right: Arithmetic


class Not(Node):
    """A condition that must not hold."""

    condition: Condition


class Chain(Node):
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
