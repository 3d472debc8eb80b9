"""Values take the words that stand before them, and become conditions."""

from __future__ import annotations

import re

from grammar.errors import InvalidValueError
from grammar.filter.addresses import address4, address6
from grammar.filter.arithmetic import number_of, plain_number
from grammar.filter.parsed import Negation, Parsed, Qualified, Series, Value, Words
from grammar.filter.tree import Carries, Chain, Condition, Hardware, Not, Ports
from grammar.filter.words import NAMED_ETHERTYPES, NAMED_IP_PROTOCOLS, WITH_PORTS

_BARE = Words(None, "either", "host")


def resolve(parsed: Parsed, words: Words | None) -> tuple[Condition, Words | None]:
    """The condition, with the words it took over, and the words for what comes after."""
    if isinstance(parsed, Value):
        return _value_condition(parsed, words or _BARE), words
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
    if (value.bits or value.mask) and words.kind in ("port", "portrange", "proto"):
        raise InvalidValueError(f"a {words.kind} has no mask", value.column)
    if words.kind in ("port", "portrange"):
        return _ports(value, words)
    if words.kind == "proto":
        return _carries(value, words)
    if words.protocol == "ether":
        return _hardware(value, words)
    if ":" in value.text:
        return address6(value, words)
    return address4(value, words)


def _ports(value: Value, words: Words) -> Ports:
    if words.protocol is not None and words.protocol not in WITH_PORTS:
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
    port = number_of(text, column) if text.isdigit() or text[:2] in ("0x", "0X") else 0x10000
    if port > 0xFFFF:
        raise InvalidValueError(f"`{text}` is no port: ports go from 0 to 65535", column)
    return port


def _carries(value: Value, words: Words) -> Carries:
    layer = words.protocol
    if layer not in (None, "ether", "ip", "ip6") or words.direction != "either":
        raise InvalidValueError("`proto` stands alone or after ether, ip or ip6", value.column)
    if value.text.startswith("\\"):
        names = NAMED_ETHERTYPES if layer == "ether" else NAMED_IP_PROTOCOLS
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
    return Carries(layer, plain_number(value.text, value.column))


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
