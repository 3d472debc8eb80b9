"""Values take the words that stand before them, and become conditions."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grammar.errors import InvalidValueError, LineSyntaxError
from grammar.filter.addresses import address4, address6, decnet_node
from grammar.filter.arithmetic import number_of, plain_number
from grammar.filter.parsed import Negation, Parsed, Qualified, Series, Value, Words
from grammar.filter.services import NAMED_ETHERTYPES, NAMED_IP_PROTOCOLS, port_named
from grammar.filter.tree import Carries, Chain, Condition, Hardware, Leads, Not, Ports
from grammar.filter.words import OSI_PROTOCOLS, WITH_PORTS

_NAMES: dict[str | None, Mapping[str, int | None]] = {
    None: NAMED_IP_PROTOCOLS,
    "ip": NAMED_IP_PROTOCOLS,
    "ip6": NAMED_IP_PROTOCOLS,
    "ether": NAMED_ETHERTYPES,
    "iso": {name: number for name, number in OSI_PROTOCOLS.items() if number},
    "isis": {},
}


def resolve(parsed: Parsed, words: Words | None) -> tuple[Condition, Words | None]:
    """The condition, with the words it took over, and the words for what comes after."""
    if isinstance(parsed, Value):
        if words is None:
            raise LineSyntaxError(
                f"`{parsed.text}` needs a word before it that says what it is",
                parsed.column,
                ("host", "net", "port", "proto"),
            )
        return _value_condition(parsed, words), words
    if isinstance(parsed, Qualified):
        condition, _ = resolve(parsed.value, parsed.words)
        return condition, parsed.words
    if isinstance(parsed, Negation):
        condition, after = resolve(parsed.operand, words)
        return Not(condition), after
    if isinstance(parsed, Series):
        first, after = resolve(parsed.first, words)
        rest = []
        for join, operand in parsed.rest:
            condition, after = resolve(operand, after)
            rest.append((join, condition))
        # A series is in parentheses or is all there is: what is after it takes from before.
        return (Chain(first, tuple(rest)) if rest else first), words
    return parsed, None


def _value_condition(value: Value, words: Words) -> Condition:
    if (value.bits or value.mask) and words.kind in ("port", "portrange", "proto", "protochain"):
        raise InvalidValueError(f"a {words.kind} has no mask", value.column)
    if words.kind in ("port", "portrange"):
        return _ports(value, words)
    if words.kind in ("proto", "protochain"):
        return _carries(value, words)
    if words.protocol == "ether":
        return _hardware(value, words)
    if words.protocol == "decnet":
        return decnet_node(value, words)
    if ":" in value.text:
        return address6(value, words)
    return address4(value, words)


def _ports(value: Value, words: Words) -> Ports:
    if words.protocol is not None and words.protocol not in WITH_PORTS:
        raise InvalidValueError(
            f"`{words.protocol}` has no ports: only tcp, udp and sctp have", value.column
        )
    low, dash, high = value.text.partition("-")
    if dash and words.kind == "port" and low.isdigit():
        raise InvalidValueError("several ports are written `portrange LOW-HIGH`", value.column)
    if not dash and words.kind == "portrange" and not low[0].isdigit():
        raise InvalidValueError(f"a range of ports is LOW-HIGH, not `{low}`", value.column)
    if words.kind == "port" or not dash or not low or not high or "-" in high:
        low = high = value.text
    (first, protocol), (last, other) = _port(low, value.column), _port(high, value.column)
    protocol = protocol if protocol == other else None
    if protocol and words.protocol not in (None, protocol):
        raise InvalidValueError(f"port `{value.text}` is one of {protocol}", value.column)
    return Ports(words.protocol or protocol, words.direction, min(first, last), max(first, last))


def _port(text: str, column: int) -> tuple[int, str | None]:
    """A port, by number or name, and the protocol whose alone the name is."""
    if not re.fullmatch(r"0[xX][0-9a-fA-F]+|[0-9]+", text):
        named = port_named(text.removeprefix("\\"))
        if named is None:
            raise InvalidValueError(f"`{text}` is neither a port number nor its name", column)
        return named
    port = number_of(text, column)
    if port > 0xFFFF:
        raise InvalidValueError(f"`{text}` is no port: ports go from 0 to 65535", column)
    return port, None


def _carries(value: Value, words: Words) -> Carries | Leads:
    layer = words.protocol
    chained = words.kind == "protochain"
    if layer not in _NAMES or (chained and layer not in (None, "ip", "ip6")):
        layers = "ip or ip6" if chained else "ether, ip, ip6, iso or isis"
        raise InvalidValueError(f"`{words.kind}` stands alone or after {layers}", value.column)
    number = _protocol_number(value, _NAMES[layer])
    return Leads(layer, number) if chained else Carries(layer, number)


def _protocol_number(value: Value, names: Mapping[str, int | None]) -> int:
    if value.text[0].isdigit():
        return plain_number(value.text, value.column)
    name = value.text.removeprefix("\\")
    number = names.get(name)
    if number is None:
        raise InvalidValueError(
            f"`{name}` is no known protocol", value.column, tuple(sorted(names))
        )
    return number


def _hardware(value: Value, words: Words) -> Hardware:
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
