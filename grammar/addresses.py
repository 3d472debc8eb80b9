"""Value types for addresses and ports, kept as plain numbers.

netaddr is imported when the first address is read, not before: most
invocations from a command line never need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from typing import NamedTuple

from grammar import numbers
from grammar.errors import shorten
from grammar.values import AsShown, AsTyped


class Cidr(NamedTuple):
    """An address with a prefix length; host bits are kept as given."""

    address: int
    length: int

    @property
    def mask(self) -> int:
        """The netmask as an integer."""
        return (0xFFFFFFFF << (32 - self.length)) & 0xFFFFFFFF

    @property
    def network(self) -> int:
        """The address with its host bits cleared."""
        return self.address & self.mask


class PortRange(NamedTuple):
    """Layer 4 ports from `first` to `last`, both included."""

    first: int
    last: int


class NatTarget(NamedTuple):
    """Addresses and ports a NAT rule may translate to; port 0 means unchanged."""

    first: int
    last: int
    first_port: int
    last_port: int


@cache
def _ipv4() -> tuple[Callable[[str], int], Callable[[int], str]]:
    """netaddr's conversions, strict: four decimal octets and nothing else."""
    from netaddr.core import INET_PTON, AddrFormatError
    from netaddr.strategy.ipv4 import int_to_str, str_to_int

    def parse(text: str) -> int:
        try:
            return int(str_to_int(text, INET_PTON))
        except (AddrFormatError, UnicodeError, ValueError):
            raise ValueError(f"{shorten(text)} is not an IPv4 address") from None

    return parse, int_to_str


@lru_cache(4096)
def parse_ipv4(text: str) -> int:
    """The address as an integer; ValueError unless four decimal octets."""
    return _ipv4()[0](text)


@lru_cache(4096)
def format_ipv4(value: int) -> str:
    """Dotted quad of an integer."""
    return _ipv4()[1](value)


def parse_cidr(text: str) -> Cidr:
    """`ADDRESS` or `ADDRESS/LENGTH`, no length meaning 32."""
    address, slash, length = text.partition("/")
    if slash and not (re.fullmatch("[0-9]{1,2}", length) and int(length) <= 32):
        raise ValueError(f"prefix length {shorten(length)} is not a number from 0 to 32")
    return Cidr(parse_ipv4(address), int(length) if slash else 32)


def format_cidr(value: Cidr) -> str:
    """The address, and its length where that is not 32."""
    text = format_ipv4(value.address)
    return text if value.length == 32 else f"{text}/{value.length}"


class IPv4(AsShown):
    """An IPv4 address, kept as an integer."""

    expected = "an IPv4 address"
    example = "192.168.77.1"

    def parse(self, word: str) -> int:
        return parse_ipv4(word)

    def format(self, value: int) -> str:
        return format_ipv4(value)


class IpAddress(AsTyped):
    """An IPv4 or IPv6 address, or (with `version`) only one of them; kept in normal form."""

    def __init__(self, version: int | None = None) -> None:
        self._version = version
        family = f"IPv{version}" if version else "IP"
        self.expected = f"an {family} address"
        self.example = "2001:db8::1" if version == 6 else "192.168.77.1"

    def parse(self, word: str) -> str:
        from netaddr import INET_PTON, IPAddress
        from netaddr.core import AddrFormatError

        try:
            address = IPAddress(word, flags=INET_PTON if ":" not in word else 0)
        except (AddrFormatError, ValueError):
            raise ValueError("it is not an IP address") from None
        if self._version not in (None, address.version):
            raise ValueError(f"it is an IPv{address.version} address")
        return str(address)


class Network(AsShown):
    """An address with a prefix length (32 when left out); /32 is not displayed.

    With `always_length` it is displayed, as programs that list interface
    addresses do.
    """

    def __init__(
        self,
        expected: str = "an IPv4 address with an optional prefix length",
        example: str = "192.168.77.0/24",
        always_length: bool = False,
    ) -> None:
        self.expected = expected
        self.example = example
        self.always_length = always_length

    def parse(self, word: str) -> Cidr:
        return parse_cidr(word)

    def format(self, value: Cidr) -> str:
        if self.always_length:
            return f"{format_ipv4(value.address)}/{value.length}"
        return format_cidr(value)


_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")
_MAC_MASK = re.compile(r"[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}")


class Mac(AsTyped):
    """A MAC address: six groups of one or two hex digits, kept as typed."""

    expected = "a MAC address"
    example = "fa:16:3e:bb:12:d0"

    def parse(self, word: str) -> str:
        if not _MAC.fullmatch(word):
            raise ValueError("it is not six groups of one or two hex digits")
        return word


def mac_number(text: str) -> int:
    """The 48 bits of a MAC address that `Mac` has read."""
    value = 0
    for group in text.split(":"):
        value = value << 8 | int(group, 16)
    return value


class MacMask(AsTyped):
    """The bits of a MAC address that count: xxxx.xxxx.xxxx, kept as typed."""

    expected = "a MAC mask"
    example = "ffff.ff00.0000"

    def parse(self, word: str) -> str:
        if not _MAC_MASK.fullmatch(word):
            raise ValueError("it is not three groups of four hex digits, like ffff.ff00.0000")
        return word


def _port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ValueError(f"{shorten(text)} is not a port from 0 to 65535")
    return int(text)


def _span(text: str, number: Callable[[str], int], what: str) -> tuple[int, int]:
    """`A` or `A-B`, in order."""
    first, dash, last = text.partition("-")
    low = number(first)
    high = number(last) if dash else low
    if low > high:
        raise ValueError(f"{what} range {shorten(text)} ends before it starts")
    return low, high


class Ports(AsShown):
    """Layer 4 ports `N` or `N-M`, always displayed `N-M`."""

    called = staticmethod(numbers.port)

    expected = "a port or a range N-M"
    example = "80-443"

    def parse(self, word: str) -> PortRange:
        return PortRange(*_span(word, _port_number, "port"))

    def format(self, value: PortRange) -> str:
        return f"{value.first}-{value.last}"


class NatTargets:
    """Comma list of `ADDRESS[-ADDRESS][:PORT[-PORT]]`."""

    expected = "a NAT target ADDRESS[-ADDRESS][:PORT[-PORT]]"
    example = "192.168.77.119:10000-60000"

    def parse(self, word: str) -> tuple[NatTarget, ...]:
        targets = []
        for part in word.split(","):
            addresses, colon, ports = part.strip().partition(":")
            first_port, last_port = _span(ports, _port_number, "port") if colon else (0, 0)
            first, last = _span(addresses, parse_ipv4, "address")
            targets.append(NatTarget(first, last, first_port, last_port))
        return tuple(targets)

    def format(self, value: tuple[NatTarget, ...]) -> str:
        return ",".join(map(_format_target, value))

    def to_json(self, value: tuple[NatTarget, ...]) -> list[str]:
        return [_format_target(target) for target in value]


def _format_target(target: NatTarget) -> str:
    text = format_ipv4(target.first)
    if target.last != target.first:
        text += "-" + format_ipv4(target.last)
    if target.first_port or target.last_port:
        text += f":{target.first_port}"
        if target.last_port != target.first_port:
            text += f"-{target.last_port}"
    return text
