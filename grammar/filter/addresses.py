"""Addresses and nets in filters: how they are written, and the mask they come with."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Literal

from grammar.errors import InvalidValueError
from grammar.filter.arithmetic import number_of, plain_number
from grammar.filter.parsed import Value, Words
from grammar.filter.tree import Address, DecnetNode
from grammar.filter.words import WITH_ADDRESSES


def address4(value: Value, words: Words) -> Address:
    """An IPv4 address or net, its missing parts masked out."""
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
        return plain_number(text, column), 32
    if len(parts) > 4 or not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidValueError(
            f"`{text}` is no address (names are not looked up)", column, ("address",)
        )
    if any(int(part) > 255 for part in parts):
        raise InvalidValueError(f"`{text}` is no IPv4 address", column, ("address",))
    bits = 8 * len(parts)
    return int.from_bytes(bytes(map(int, parts)), "big") << (32 - bits), bits


def _mask4(value: Value) -> int:
    if value.mask is not None:
        return _dotted(value.mask, value.column)[0]
    length = number_of(value.bits or "", value.column)
    if length > 32:
        raise InvalidValueError("the length of an IPv4 mask is at most 32", value.column)
    return 0xFFFF_FFFF << (32 - length) & 0xFFFF_FFFF


def address6(value: Value, words: Words) -> Address:
    """An IPv6 address or net."""
    _check_addressed(value, words, 6)
    try:
        address = int(IPv6Address(value.text))
    except ValueError:
        if re.fullmatch(r"[0-9a-fA-F]{1,2}(:[0-9a-fA-F]{1,2}){5}", value.text):
            raise InvalidValueError(
                "an Ethernet address needs `ether` before it", value.column, ("ether",)
            ) from None
        raise InvalidValueError(f"`{value.text}` is no address", value.column) from None
    length = 128 if value.bits is None else number_of(value.bits, value.column)
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


def _check_addressed(value: Value, words: Words, version: Literal[4, 6]) -> None:
    protocols = WITH_ADDRESSES if version == 4 else frozenset((None, "ip6"))
    if words.protocol not in protocols:
        raise InvalidValueError(
            f"`{words.protocol}` does not go with an IPv{version} {words.kind}", value.column
        )


def decnet_node(value: Value, words: Words) -> DecnetNode:
    """A DECnet address, area and node; what is beyond their 6 and 10 bits is left out."""
    parts = re.match(r"([0-9]+)\.([0-9]+)", value.text)
    if value.bits or value.mask:
        raise InvalidValueError("a DECnet address has no mask", value.column)
    if parts:
        address = (int(parts[1]) & 0x3F) << 10 | int(parts[2]) & 0x3FF
    elif value.text[0].isdigit():
        address = plain_number(value.text, value.column) & 0xFFFF
    else:
        raise InvalidValueError(
            f"`{value.text}` is no DECnet address: one is AREA.NODE", value.column, ("address",)
        )
    return DecnetNode(words.direction, address)
