"""Who a probe sends to: an address as programs take it, or a guest for its first one."""

from __future__ import annotations

import re
from typing import NamedTuple

from grammar.addresses import format_ipv4, parse_ipv4
from grammar.errors import InvalidValueError
from grammar.tree import Argument
from midocli.context.context import Context
from midocli.probes.senders import Sender
from midocli.simulator.wire.addresses import LOOPBACK, NO_ADDRESS

#: Where connect(2) goes that is given no address and sends from none (INADDR_LOOPBACK).
_LOCALHOST = LOOPBACK << 24 | 1


class Target(NamedTuple):
    """An address, and what programs that are given it call it."""

    address: int
    name: str

    def seen_from(self, source: Sender) -> Target:
        """The same, but 0.0.0.0 is the source itself (net/ipv4/route.c, output)."""
        if self.address:
            return self
        own = source.address
        return self._replace(address=_LOCALHOST if own == NO_ADDRESS else own)


def find_target(context: Context, word: Argument) -> Target:
    """An address, or a guest's name for its first one; InvalidValueError for anything else."""
    try:
        return Target(parse_ipv4(word.text), word.text)
    except ValueError:
        guest = context.named("guest", word.text)
    addresses = guest.get("address") if guest is not None else None
    if addresses:
        address = int(addresses[0].address)
        return Target(address, format_ipv4(address))
    try:
        return Target(inet_aton(word.text), word.text)
    except ValueError:
        near = context.resolver.suggestion(word.text, "guest")
        raise InvalidValueError(
            f"invalid destination {word.text[:40]!r}: expected an IPv4 address or a guest{near}",
            word.column,
            ("an IPv4 address",),
        ) from None


def inet_aton(text: str) -> int:
    """An address of one to four numbers, the last of which fills what is left (inet_aton(3)).

    Numbers are decimal, octal behind a 0, hexadecimal behind 0x. ValueError for anything else.
    """
    *octets, last = [_number(part) for part in text.split(".", 4)]
    if len(octets) > 3 or any(octet > 255 for octet in octets) or last >> 8 * (4 - len(octets)):
        raise ValueError("it is not an IPv4 address")
    return int.from_bytes(bytes(octets), "big") << 8 * (4 - len(octets)) | last


def _number(part: str) -> int:
    if re.fullmatch("0[xX][0-9a-fA-F]{1,8}", part):
        return int(part, 16)
    if re.fullmatch("0[0-7]{1,11}|0", part):
        return int(part, 8)
    if re.fullmatch("[1-9][0-9]{0,9}", part):
        return int(part)
    raise ValueError("it is not a number")
