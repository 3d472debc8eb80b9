"""tcpdump's filter expressions (pcap-filter, as of libpcap 1.10): text to syntax tree.

`and` and `or` have the same precedence and group from the left. An address or
number without words before it takes those of the one before: `port 80 or 443`.
Beyond pcap-filter, a bare address at the beginning is taken for a `host`. Names of
hosts, networks and services are not looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address
from typing import Any, Literal

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
_STANDING_ALONE = frozenset((*ETHERTYPES, *IP_PROTOCOLS))
_PROTOCOLS = _STANDING_ALONE | {"ether"}
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
_DIRECTIONS = frozenset(("src", "dst"))
_KINDS = frozenset(("host", "net", "port", "portrange"))
_CASTS = frozenset(("broadcast", "multicast"))
_SIZES = frozenset(("less", "greater"))
_LENGTHS = frozenset(("len", "length"))
_OTHERS = frozenset(("and", "or", "not", "proto", "mask", "vlan"))
_RESERVED = _PROTOCOLS | _DIRECTIONS | _KINDS | _CASTS | _SIZES | _LENGTHS | _OTHERS
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
    "address, port or number": ("address", "port number", "protocol number"),
}


@dataclass(frozen=True, slots=True)
class _Words:
    """The words in front of an address, port or number; a later one may take them over."""

    protocol: str | None
    direction: Direction
    kind: Literal["host", "net", "port", "portrange", "proto"]


@dataclass(frozen=True, slots=True)
class _Value:
    """An address, port, number or name as it is written, with what follows `/` or `mask`."""

    text: str
    column: int
    bits: str | None = None
    mask: str | None = None


@dataclass(frozen=True, slots=True)
class _Qualified:
    """Words and the value, or values in parentheses, that they stand before."""

    words: _Words
    value: _Parsed


@dataclass(frozen=True, slots=True)
class _Negation:
    """What stands behind `not`."""

    operand: _Parsed


@dataclass(frozen=True, slots=True)
class _Series:
    """Operands and the words between them."""

    first: _Parsed
    rest: tuple[tuple[Literal["and", "or"], _Parsed], ...]


# What the grammar gives: values are still without the words they take over.
_Parsed = _Value | _Qualified | _Negation | _Series | Condition
_BARE = _Words(None, "either", "host")


def parse(expression: str) -> Condition:
    """The syntax tree of a filter expression; an empty one is Everything.

    Raises LineSyntaxError for what is no expression, or is too long or too deep, and
    InvalidValueError for a bad address, port or number, with the column (from 1) in
    the expression.
    """
    _check_size(expression)
    plain = _plain_protocols(expression.split())
    if plain is not None:
        return plain
    try:
        tokens = _language().parse_string(expression, parse_all=True)
    except pp.ParseBaseException as error:
        raise _syntax_error(expression, error) from None
    except RecursionError:
        raise LineSyntaxError("the filter is nested too deeply") from None
    condition, _ = _resolve(tokens[0], None)
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


def _plain_protocols(words: list[str]) -> Condition | None:
    """The tree of the most common filters, `icmp` or `icmp or arp`, without the grammar."""
    if not words:
        return Everything()
    if len(words) % 2 == 0 or not all(name in _STANDING_ALONE for name in words[::2]):
        return None
    if not all(word == "or" for word in words[1::2]):
        return None
    first, *others = (Protocol(name) for name in words[::2])
    return Chain(first, tuple(("or", other) for other in others)) if others else first


def _syntax_error(expression: str, error: pp.ParseBaseException) -> LineSyntaxError:
    at = error.loc
    while at < len(expression) and expression[at].isspace():
        at += 1
    wanted = error.msg.removeprefix("Expected ").strip("'\"")
    expected = _EXPECTED.get(wanted, (wanted,))
    word = re.match(r"[\w.:\\-]+|\S", expression[at:])
    quoted = [f"`{item}`" if item in _RESERVED or item == "(" else item for item in expected]
    choice = " or ".join(filter(None, (", ".join(quoted[:-1]), quoted[-1])))
    if word is None:
        message = f"the filter ends too soon: expected {choice}"
    else:
        message = f"`{word[0]}` cannot stand here in a filter: expected {choice}"
    return LineSyntaxError(message, at + 1, expected)


@cache
def _language() -> pp.ParserElement:
    """The grammar. Its parse actions only build the values declared above."""
    protocol = _one_of(_PROTOCOLS).set_name("protocol")
    number = pp.Regex(r"(?:0[xX][0-9a-fA-F]+|[0-9]+)(?![\w.])").set_name("number")
    comparison = _comparisons(protocol, number)

    both = r"\s*(?:\b(?:or|and)\b|\|\||&&)\s*"
    direction = pp.Regex(rf"(?:src{both}dst|dst{both}src|src|dst)(?![-.\w])")
    kind = _one_of(_KINDS)
    words = pp.Optional(protocol("protocol")) + (
        direction("direction") + pp.Optional(kind("kind")) | (kind | _one_of(["proto"]))("kind")
    )
    reserved = "|".join(sorted(_RESERVED, key=len, reverse=True))
    word = pp.Regex(rf"(?!(?:{reserved})(?![-.:\w]))[\w:][-.:\w]*|\\[^\s!()]+")
    bits = pp.Suppress("/") - number("bits")
    mask = pp.Suppress(_one_of(["mask"])) - word("mask")
    value = (word("text") + pp.Optional(bits | mask)).add_parse_action(_value)

    series = pp.Forward()
    parentheses = pp.Suppress("(") - series + pp.Suppress(")")
    negations = pp.ZeroOrMore(pp.Regex(r"!(?!=)|not(?![-.\w])"))
    values = negations + (value | parentheses).set_name("address, port or number")
    values.add_parse_action(_negated)
    condition = (
        comparison
        | (words - values).add_parse_action(_qualified)
        | (pp.Optional(protocol("layer")) + _one_of(_CASTS)("cast")).add_parse_action(_group)
        | (_one_of(_SIZES) - number).add_parse_action(_sized)
        | (_one_of(["vlan"]) + pp.Optional(number)).add_parse_action(_vlan)
        | _one_of(_STANDING_ALONE).add_parse_action(lambda tokens: Protocol(tokens[0]))
        | value
        | parentheses
    ).set_name("condition")
    operand = (negations + condition).add_parse_action(_negated)
    connective = pp.Regex(r"(?:and|or)(?![-.\w])|&&|\|\|")
    series <<= (operand + pp.ZeroOrMore(connective - operand)).add_parse_action(_series)
    return series


def _comparisons(protocol: pp.ParserElement, number: pp.ParserElement) -> pp.ParserElement:
    """The grammar of two calculations compared: `ip[8] < 5`."""
    arithmetic = pp.Forward()
    size = pp.Optional(pp.Suppress(":") - number)
    access = pp.Group(protocol + pp.Suppress("[") - arithmetic + size + pp.Suppress("]"))
    atom = (
        access.add_parse_action(_located("access"))
        | _one_of(_LENGTHS).add_parse_action(_located("length"))
        | _one_of(_CONSTANTS).add_parse_action(_located("constant"))
        | number.copy().add_parse_action(_located("number"))
        | pp.Suppress("(") + arithmetic + pp.Suppress(")")
    ).set_name("number or protocol[offset]")
    signed = pp.Group(pp.ZeroOrMore("-") + atom)
    operator = pp.Regex(r"<<|>>|&(?!&)|\|(?!\|)|[-+*/%^]")
    arithmetic <<= pp.Group(signed + pp.ZeroOrMore(operator + signed))
    relation = pp.Regex(r"<=|>=|==|!=|=|<(?!<)|>(?!>)")
    return (arithmetic + relation - arithmetic).add_parse_action(_comparison)


def _one_of(words: Iterable[str]) -> pp.Regex:
    """One of some words; `-` and `.` are letters here, so that `tcp-syn` is not `tcp`."""
    return pp.Regex(rf"(?:{'|'.join(sorted(words, key=len, reverse=True))})(?![-.\w])")


def _located(what: str) -> Callable[[str, int, pp.ParseResults], tuple[str, int, Any]]:
    """A parse action that notes what kind of thing was read, and its column."""
    return lambda _, at, tokens: (what, at + 1, tokens[0])


def _negated(tokens: pp.ParseResults) -> _Parsed:
    operand: _Parsed = tokens[-1]
    for _ in tokens[:-1]:
        operand = _Negation(operand)
    return operand


def _series(tokens: pp.ParseResults) -> _Parsed:
    first, *others = tokens
    rest: list[tuple[Literal["and", "or"], _Parsed]] = [
        ("and" if word in ("and", "&&") else "or", operand)
        for word, operand in zip(others[::2], others[1::2], strict=True)
    ]
    return _Series(first, tuple(rest))


def _qualified(tokens: pp.ParseResults) -> _Qualified:
    # A name the grammar did not come across reads as empty.
    written = re.findall(r"\w+|\|\||&&", tokens.direction)
    direction: Direction = "either"
    if len(written) == 1:
        direction = written[0]
    elif "and" in written or "&&" in written:
        direction = "both"
    words = _Words(tokens.protocol or None, direction, tokens.kind or "host")
    return _Qualified(words, tokens[-1])


def _value(text: str, at: int, tokens: pp.ParseResults) -> _Value:
    return _Value(tokens.text, at + 1, tokens.bits or None, tokens.mask or None)


def _group(text: str, at: int, tokens: pp.ParseResults) -> Group:
    layer, kind = tokens.layer or "ether", tokens.cast
    if layer not in ("ether", "ip", "ip6") or (layer, kind) == ("ip6", "broadcast"):
        raise InvalidValueError(f"`{layer}` does not go with `{kind}`", at + 1)
    return Group(layer, kind)


def _sized(text: str, at: int, tokens: pp.ParseResults) -> Comparison:
    word, number = tokens
    operator = "<=" if word == "less" else ">="
    return Comparison(operator, Length(), Number(_number(number, at + 1)))


def _vlan(text: str, at: int, tokens: pp.ParseResults) -> Vlan:
    if len(tokens) == 1:
        return Vlan(None)
    number = _number(tokens[1], at + 1)
    if number > 0xFFF:
        raise InvalidValueError(f"VLAN {number} is beyond 4095", at + 1)
    return Vlan(number)


def _comparison(tokens: pp.ParseResults) -> Comparison:
    left, relation, right = tokens
    operator = "=" if relation == "==" else relation
    return Comparison(operator, _calculation(left), _calculation(right))


def _calculation(tokens: pp.ParseResults) -> Arithmetic:
    """The tree of a flat row of operands and operators, by precedence, from the left."""
    if len(tokens) > 2 * _MOST_OPERATORS:
        raise LineSyntaxError(f"a calculation has more than {_MOST_OPERATORS} operators")
    operands = [_operand(tokens[0])]
    operators: list[str] = []

    def combine() -> None:
        right = operands.pop()
        operands[-1] = Calculation(operators.pop(), operands[-1], right)

    for operator, operand in zip(tokens[1::2], tokens[2::2], strict=True):
        while operators and _PRECEDENCE[operators[-1]] >= _PRECEDENCE[operator]:
            combine()
        operators.append(operator)
        operands.append(_checked_operand(operator, _operand(operand)))
    while operators:
        combine()
    return operands[0]


def _checked_operand(operator: str, operand: Arithmetic) -> Arithmetic:
    if isinstance(operand, Number):
        if operator in "/%" and operand.value == 0:
            raise InvalidValueError("a filter cannot divide by zero")
        if operator in ("<<", ">>") and operand.value > 31:
            raise InvalidValueError("a filter cannot shift by more than 31 bits")
    return operand


def _operand(tokens: pp.ParseResults) -> Arithmetic:
    *signs, inner = tokens
    operand = _atom(*inner) if isinstance(inner, tuple) else _calculation(inner)
    for _ in signs:
        operand = Negative(operand)
    return operand


def _atom(what: str, column: int, content: Any) -> Arithmetic:
    if what == "number":
        return Number(_number(content, column))
    if what == "constant":
        return Number(_CONSTANTS[content])
    if what == "length":
        return Length()
    protocol, offset, *size = content
    width = _number(size[0], column) if size else 1
    if width not in (1, 2, 4):
        raise InvalidValueError("the size of an access must be 1, 2 or 4", column, ("1", "2", "4"))
    if protocol in ("ah", "esp"):
        raise InvalidValueError(f"`{protocol}` cannot be indexed in a filter", column)
    return Bytes(protocol, _calculation(offset), width)


def _number(text: str, column: int) -> int:
    """A number of 32 bits: decimal, hexadecimal with 0x, octal with 0."""
    try:
        base = 16 if text[:2] in ("0x", "0X") else 8 if text[0] == "0" else 10
        value = int(text, base)
    except ValueError:
        raise InvalidValueError(f"`{text}` is no octal number", column) from None
    if value > 0xFFFF_FFFF:
        raise InvalidValueError(f"`{text}` is more than 32 bits", column)
    return value


def _resolve(parsed: _Parsed, words: _Words | None) -> tuple[Condition, _Words | None]:
    """The condition, with the words it took over, and the words for what comes after."""
    if isinstance(parsed, _Value):
        return _value_condition(parsed, words or _BARE), words
    if isinstance(parsed, _Qualified):
        condition, _ = _resolve(parsed.value, parsed.words)
        return condition, parsed.words
    if isinstance(parsed, _Negation):
        condition, after = _resolve(parsed.operand, words)
        return Not(condition), after
    if isinstance(parsed, _Series):
        first, after = _resolve(parsed.first, words)
        rest = []
        for join, operand in parsed.rest:
            condition, after = _resolve(operand, after)
            rest.append((join, condition))
        # A series is in parentheses or is all there is: what is after it takes from before.
        return (Chain(first, tuple(rest)) if rest else first), words
    return parsed, None


def _value_condition(value: _Value, words: _Words) -> Condition:
    if (value.bits or value.mask) and words.kind in ("port", "portrange", "proto"):
        raise InvalidValueError(f"a {words.kind} has no mask", value.column)
    if words.kind in ("port", "portrange"):
        return _ports(value, words)
    if words.kind == "proto":
        return _carries(value, words)
    if words.protocol == "ether":
        return _hardware(value, words)
    if ":" in value.text:
        return _address6(value, words)
    return _address4(value, words)


def _ports(value: _Value, words: _Words) -> Ports:
    if words.protocol is not None and words.protocol not in _WITH_PORTS:
        raise InvalidValueError(
            f"`{words.protocol}` has no ports: only tcp, udp and sctp have", value.column
        )
    low, dash, high = value.text.partition("-")
    if dash and words.kind == "port":
        raise InvalidValueError("several ports are written `portrange LOW-HIGH`", value.column)
    first = _port(low, value.column)
    last = _port(high, value.column) if dash else first
    return Ports(words.protocol, words.direction, min(first, last), max(first, last))


def _port(text: str, column: int) -> int:
    if not text.isascii() or not text.isalnum() or not text[0].isdigit():
        raise InvalidValueError(f"`{text}` is no port number (names are not looked up)", column)
    port = _number(text, column) if text.isdigit() or text[:2] in ("0x", "0X") else 0x10000
    if port > 0xFFFF:
        raise InvalidValueError(f"`{text}` is no port: ports go from 0 to 65535", column)
    return port


def _carries(value: _Value, words: _Words) -> Carries:
    layer = words.protocol
    if layer not in (None, "ether", "ip", "ip6") or words.direction != "either":
        raise InvalidValueError("`proto` stands alone or after ether, ip or ip6", value.column)
    if value.text.startswith("\\"):
        names = _NAMED_ETHERTYPES if layer == "ether" else _NAMED_IP_PROTOCOLS
        number = names.get(value.text[1:])
        if number is None:
            raise InvalidValueError(
                f"`{value.text[1:]}` is no known protocol", value.column, tuple(sorted(names))
            )
        return Carries(layer, number)
    if not value.text[0].isdigit():
        raise InvalidValueError(
            f"`{value.text}` is no protocol number (a name needs a `\\` before it)", value.column
        )
    return Carries(layer, _plain_number(value))


def _plain_number(value: _Value) -> int:
    if not re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", value.text):
        raise InvalidValueError(f"`{value.text}` is no number", value.column)
    return _number(value.text, value.column)


def _hardware(value: _Value, words: _Words) -> Hardware:
    digits = re.fullmatch(
        r"([0-9a-fA-F]{1,2})(?:([:.-])([0-9a-fA-F]{1,2}))"
        r"(?:\2([0-9a-fA-F]{1,2}))(?:\2([0-9a-fA-F]{1,2}))(?:\2([0-9a-fA-F]{1,2}))"
        r"(?:\2([0-9a-fA-F]{1,2}))",
        value.text,
    )
    if words.kind == "net" or value.bits or value.mask:
        raise InvalidValueError("`ether` goes with a host, not with a net", value.column)
    if digits:
        octets = [group for group in digits.groups() if group != digits[2]]
        return Hardware(words.direction, bytes(int(octet, 16) for octet in octets))
    if re.fullmatch(r"(?:[0-9a-fA-F]{4}\.){2}[0-9a-fA-F]{4}|[0-9a-fA-F]{12}", value.text):
        return Hardware(words.direction, bytes.fromhex(value.text.replace(".", "")))
    raise InvalidValueError(f"`{value.text}` is no Ethernet address", value.column)


def _address4(value: _Value, words: _Words) -> Address:
    _check_addressed(value, words, 4)
    address, bits = _dotted(value.text, value.column)
    if "." not in value.text and (value.bits or value.mask):
        raise InvalidValueError("an address with a mask has at least two parts", value.column)
    if value.bits is not None or value.mask is not None:
        mask = _mask4(value)
        if address & ~mask:
            raise InvalidValueError(
                f"`{value.text}` has bits set that its mask leaves out", value.column
            )
        if words.kind != "net":
            raise InvalidValueError("a mask goes with `net`, not with `host`", value.column)
    elif value.text.isalnum() and words.kind == "net":
        # A net given as one number, as `net 10`, is its highest bytes.
        bits = 32
        while address and not address & 0xFF00_0000:
            address <<= 8
            bits -= 8
        mask = 0xFFFF_FFFF << (32 - bits) & 0xFFFF_FFFF
    else:
        mask = 0xFFFF_FFFF << (32 - bits) & 0xFFFF_FFFF
    return Address(words.protocol, words.direction, 4, address, mask)


def _dotted(text: str, column: int) -> tuple[int, int]:
    """An address of one to four parts, at the top of 32 bits, and how many bits it gives.

    One part alone is a number of 32 bits.
    """
    parts = text.split(".")
    if len(parts) == 1 and text[0].isdigit():
        return _plain_number(_Value(text, column)), 32
    if len(parts) > 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidValueError(
            f"`{text}` is no address (names are not looked up)", column, ("address",)
        )
    if any(int(part) > 255 for part in parts):
        raise InvalidValueError(f"`{text}` is no IPv4 address", column, ("address",))
    bits = 8 * len(parts)
    return int.from_bytes(bytes(map(int, parts)), "big") << (32 - bits), bits


def _mask4(value: _Value) -> int:
    if value.mask is not None:
        return _dotted(value.mask, value.column)[0]
    length = _number(value.bits or "", value.column)
    if length > 32:
        raise InvalidValueError("the length of an IPv4 mask is at most 32", value.column)
    return 0xFFFF_FFFF << (32 - length) & 0xFFFF_FFFF


def _address6(value: _Value, words: _Words) -> Address:
    _check_addressed(value, words, 6)
    try:
        address = int(IPv6Address(value.text))
    except ValueError:
        if re.fullmatch(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}", value.text):
            raise InvalidValueError(
                "an Ethernet address needs `ether` before it", value.column, ("ether",)
            ) from None
        raise InvalidValueError(f"`{value.text}` is no address", value.column) from None
    length = 128 if value.bits is None else _number(value.bits, value.column)
    if length > 128 or value.mask is not None:
        raise InvalidValueError(
            "an IPv6 mask is given as `/` and a length of at most 128", value.column
        )
    mask = (1 << 128) - (1 << 128 - length)
    if address & ~mask:
        raise InvalidValueError(
            f"`{value.text}` has bits set that its mask leaves out", value.column
        )
    if words.kind != "net" and length != 128:
        raise InvalidValueError("a mask goes with `net`, not with `host`", value.column)
    return Address(words.protocol, words.direction, 6, address, mask)


def _check_addressed(value: _Value, words: _Words, version: Literal[4, 6]) -> None:
    protocols = _WITH_ADDRESSES if version == 4 else frozenset((None, "ip6"))
    if words.protocol not in protocols:
        raise InvalidValueError(
            f"`{words.protocol}` does not go with an IPv{version} {words.kind}", value.column
        )
