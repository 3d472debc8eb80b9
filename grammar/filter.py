"""tcpdump's filter expressions (pcap-filter, as of libpcap 1.10): text to syntax tree.

`and` and `or` have the same precedence and group from the left. An address or
number without words before it takes those of the one before: `port 80 or 443`.
Beyond pcap-filter, a bare address at the beginning is taken for a `host`. Names of
hosts, networks and services are not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from ipaddress import IPv6Address
from typing import Literal

import pyparsing as pp

from grammar.errors import InvalidValueError, LineSyntaxError

# A longer or deeper expression is a mistake, and would exhaust the stack.
LONGEST = 4096
DEEPEST = 16
_MOST_OPERATORS = 64

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
class Ports:
    """`[tcp|udp|sctp] [src|dst|…] port N` or `portrange LOW-HIGH`, both ends included."""

    protocol: str | None
    direction: Direction
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Carries:
    """`ether|ip|ip6 proto N`; without a layer, in IPv4 or IPv6."""

    layer: str | None
    number: int


@dataclass(frozen=True, slots=True)
class Vlan:
    """`vlan [N]`, which also shifts what stands to the right of it by one tag."""

    number: int | None


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
    """`proto[offset:size]`: a big-endian number in a header or behind it."""

    protocol: str
    offset: Arithmetic
    size: Literal[1, 2, 4]


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


Arithmetic = Number | Length | Bytes | Calculation
Condition = (
    Everything
    | Protocol
    | Address
    | Hardware
    | Ports
    | Carries
    | Vlan
    | Group
    | Comparison
    | Not
    | Chain
)

# Protocols by the number IP has for them, and Ethertypes.
IP_PROTOCOLS = {
    "icmp": 1,
    "igmp": 2,
    "tcp": 6,
    "igrp": 9,
    "udp": 17,
    "esp": 50,
    "ah": 51,
    "icmp6": 58,
    "pim": 103,
    "vrrp": 112,
    "sctp": 132,
}
ETHERTYPES = {"ip": 0x0800, "arp": 0x0806, "rarp": 0x8035, "ip6": 0x86DD}
_PROTOCOLS = frozenset(("ether", *ETHERTYPES, *IP_PROTOCOLS))
_WITH_PORTS = frozenset(("tcp", "udp", "sctp"))
_WITH_ADDRESSES = frozenset((None, "ip", "arp", "rarp"))
_NAMED_ETHERTYPES = ETHERTYPES | {"loopback": 0x9000, "ipx": 0xE0, "stp": 0x42, "iso": 0xFE}
_NAMED_IP_PROTOCOLS = IP_PROTOCOLS | {"gre": 47, "ipv6-icmp": 58, "ospf": 89}

_CONSTANTS = {
    "icmptype": 0,
    "icmpcode": 1,
    "icmp-echoreply": 0,
    "icmp-unreach": 3,
    "icmp-sourcequench": 4,
    "icmp-redirect": 5,
    "icmp-echo": 8,
    "icmp-routeradvert": 9,
    "icmp-routersolicit": 10,
    "icmp-timxceed": 11,
    "icmp-paramprob": 12,
    "icmp-tstamp": 13,
    "icmp-tstampreply": 14,
    "icmp-ireq": 15,
    "icmp-ireqreply": 16,
    "icmp-maskreq": 17,
    "icmp-maskreply": 18,
    "icmp6type": 0,
    "icmp6code": 1,
    "icmp6-echo": 128,
    "icmp6-echoreply": 129,
    "icmp6-routersolicit": 133,
    "icmp6-routeradvert": 134,
    "icmp6-neighborsolicit": 135,
    "icmp6-neighboradvert": 136,
    "tcpflags": 13,
    "tcp-fin": 0x01,
    "tcp-syn": 0x02,
    "tcp-rst": 0x04,
    "tcp-push": 0x08,
    "tcp-ack": 0x10,
    "tcp-urg": 0x20,
    "tcp-ece": 0x40,
    "tcp-cwr": 0x80,
}
_RESERVED = _PROTOCOLS | frozenset(
    "and or not src dst host net port portrange proto mask less greater broadcast multicast "
    "vlan len length".split()
)
_PRECEDENCE = {"|": 1, "^": 1, "&": 2, "<<": 3, ">>": 3, "+": 4, "-": 4, "*": 5, "/": 5, "%": 5}

_CONDITIONS = (
    "icmp",
    "arp",
    "tcp",
    "udp",
    "ip",
    "host",
    "net",
    "port",
    "portrange",
    "src",
    "dst",
    "ether",
    "vlan",
    "less",
    "greater",
    "not",
    "(",
)
_EXPECTED = {
    "condition": _CONDITIONS,
    "end of text": ("and", "or"),
    "address, port or number": ("address", "port", "number"),
}


def parse(expression: str) -> Condition:
    """The syntax tree of a filter expression; an empty one is Everything.

    Raises LineSyntaxError for what is no expression, or is too long or too deep, and
    InvalidValueError for a bad address, port or number, with the column (from 1) in
    the expression.
    """
    _check_size(expression)
    if not expression.strip():
        return Everything()
    try:
        tokens = _language().parse_string(expression, parse_all=True)
    except pp.ParseBaseException as error:
        raise _syntax_error(expression, error) from None
    except RecursionError:
        raise LineSyntaxError("the filter is nested too deeply") from None
    condition, _ = _Resolver(tokens[0]).resolve(_NO_WORDS)
    return condition


def _check_size(expression: str) -> None:
    if len(expression) > LONGEST:
        raise LineSyntaxError(f"the filter is longer than {LONGEST} characters")
    depth = 0
    for column, character in enumerate(expression, 1):
        if character in "([":
            depth += 1
            if depth > DEEPEST:
                raise LineSyntaxError(f"the filter is nested more than {DEEPEST} deep", column)
        elif character in ")]":
            depth -= 1


def _syntax_error(expression: str, error: pp.ParseBaseException) -> LineSyntaxError:
    at = error.loc
    while at < len(expression) and expression[at].isspace():
        at += 1
    wanted = error.msg.removeprefix("Expected ").strip("'\"")
    expected = _EXPECTED.get(wanted, (wanted,))
    word = re.match(r"[\w.:\\-]+|\S", expression[at:])
    if word is None:
        message = f"the filter ends too soon: expected {' or '.join(expected)}"
    else:
        message = f"`{word[0]}` cannot stand here in a filter: expected {' or '.join(expected)}"
    return LineSyntaxError(message, at + 1, expected)
