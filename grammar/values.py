"""Value types: how the word after a field is read, shown and described.

A type is a small frozen object with five faces: `parse` turns a word into a
plain value (raising ValueError with the reason), `format` turns the value back
into the word that is displayed, `to_json` into what the JSON form holds,
`expected` says in words what may stand there, and `example` is a word that does.

netaddr is imported when the first address is read, not before: most
invocations from a command line never need it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple, Protocol

Parse = Callable[[str], Any]


class ValueType(Protocol):
    """What every value type can do."""

    @property
    def expected(self) -> str:
        """What may stand here, in words."""

    @property
    def example(self) -> str:
        """One word that this type accepts."""

    def parse(self, word: str) -> Any:
        """The value of `word`; ValueError where it has none."""

    def format(self, value: Any) -> str:
        """The word that stands for `value`."""

    def to_json(self, value: Any) -> Any:
        """The JSON form of `value`."""


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


class Negated(NamedTuple):
    """A condition's value behind a `!`."""

    value: Any


@cache
def _ipv4() -> tuple[Callable[[str], int], Callable[[int], str]]:
    """netaddr's conversions, strict: four decimal octets and nothing else."""
    from netaddr.core import INET_PTON, AddrFormatError
    from netaddr.strategy.ipv4 import int_to_str, str_to_int

    def parse(text: str) -> int:
        try:
            return int(str_to_int(text, INET_PTON))
        except (AddrFormatError, UnicodeError, ValueError):
            raise ValueError(f"{text!r} is not an IPv4 address") from None

    return parse, int_to_str


def parse_ipv4(text: str) -> int:
    """The address as an integer; ValueError unless four decimal octets."""
    return _ipv4()[0](text)


def format_ipv4(value: int) -> str:
    """Dotted quad of an integer."""
    return _ipv4()[1](value)


def parse_cidr(text: str) -> Cidr:
    """`ADDRESS` or `ADDRESS/LENGTH`, no length meaning 32."""
    address, slash, length = text.partition("/")
    if slash and not (length.isascii() and length.isdigit() and int(length[:4]) <= 32):
        raise ValueError(f"prefix length {length!r} is not a number from 0 to 32")
    return Cidr(parse_ipv4(address), int(length) if slash else 32)


def format_cidr(value: Cidr) -> str:
    """The address, and its length where that is not 32."""
    text = format_ipv4(value.address)
    return text if value.length == 32 else f"{text}/{value.length}"


@dataclass(frozen=True, slots=True)
class Text:
    """Any word, as it was typed."""

    expected: str = "a word"
    example: str = "blue"
    max_length: int = 255

    def parse(self, word: str) -> str:
        if len(word) > self.max_length:
            raise ValueError(f"it is longer than {self.max_length} characters")
        return word

    def format(self, value: str) -> str:
        return value

    def to_json(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Integer:
    """A whole number within bounds, decimal or (where `hexadecimal`) 0x…"""

    low: int
    high: int
    unit: str = ""
    hexadecimal: bool = False

    @property
    def expected(self) -> str:
        of = f" of {self.unit}" if self.unit else ""
        return f"a number{of} from {self.low} to {self.high}"

    @property
    def example(self) -> str:
        return str(max(self.low, min(self.high, 10)))

    def parse(self, word: str) -> int:
        digits = word[1:] if word.startswith("-") else word
        if digits.isascii() and digits.isdigit() and len(digits) <= 20:
            value = int(word)
        elif self.hexadecimal and re.fullmatch("0[xX][0-9a-fA-F]{1,8}", word):
            value = int(word, 16)
        else:
            raise ValueError("it is not a number")
        if not self.low <= value <= self.high:
            raise ValueError(f"it is not from {self.low} to {self.high}")
        return value

    def format(self, value: int) -> str:
        return str(value)

    def to_json(self, value: int) -> int:
        return value


@dataclass(frozen=True, slots=True)
class Limit:
    """A count, or `no-limit` (kept as -1)."""

    expected: str = "a number or no-limit"
    example: str = "no-limit"

    def parse(self, word: str) -> int:
        return -1 if word == "no-limit" else Integer(-1, 0x7FFFFFFF).parse(word)

    def format(self, value: int) -> str:
        return "no-limit" if value == -1 else str(value)

    def to_json(self, value: int) -> int | str:
        return "no-limit" if value == -1 else value


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Bits of an interface's state as the agent reports them: 1 up, 2 carrier."""

    expected: str = "up, down or a number from 0 to 3"
    example: str = "down"

    def parse(self, word: str) -> int:
        if word in ("up", "down"):
            return 3 if word == "up" else 0
        return Integer(0, 3).parse(word)

    def format(self, value: int) -> str:
        return str(value)

    def to_json(self, value: int) -> int:
        return value


@dataclass(frozen=True, slots=True)
class Seconds:
    """A duration in seconds, a fraction allowed; kept in nanoseconds."""

    low: float = 0.0
    high: float = 1e6

    @property
    def expected(self) -> str:
        return f"seconds from {self.low:g} to {self.high:g}"

    @property
    def example(self) -> str:
        return "0.5"

    def parse(self, word: str) -> int:
        if not re.fullmatch(r"\d{1,9}(\.\d{1,9})?|\.\d{1,9}", word, re.ASCII):
            raise ValueError("it is not a number of seconds")
        if not self.low <= float(word) <= self.high:
            raise ValueError(f"it is not from {self.low:g} to {self.high:g} seconds")
        whole, _, part = word.partition(".")
        return int(whole or 0) * 1_000_000_000 + int(part.ljust(9, "0"))

    def format(self, value: int) -> str:
        return f"{value / 1e9:g}"

    def to_json(self, value: int) -> float:
        return value / 1e9


class Instant(NamedTuple):
    """A moment in nanoseconds since the Unix epoch, and the zone it was told in."""

    time_ns: int
    utc_offset: int


@dataclass(frozen=True, slots=True)
class Timestamp:
    """An ISO 8601 date and time; UTC where no zone is given."""

    expected: str = "a time such as 2017-04-14T12:30:51.226238+02:00"
    example: str = "2017-04-14T12:30:51.226238+02:00"

    def parse(self, word: str) -> Instant:
        from datetime import UTC, datetime, timedelta

        try:
            moment = datetime.fromisoformat(word)
        except ValueError:
            raise ValueError("it is not an ISO 8601 date and time") from None
        offset = moment.utcoffset() or timedelta()
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        try:
            elapsed = moment - datetime(1970, 1, 1, tzinfo=UTC)
        except OverflowError:
            raise ValueError("it is out of range") from None
        if elapsed < timedelta():
            raise ValueError("it is before 1970")
        microseconds = elapsed // timedelta(microseconds=1)
        return Instant(microseconds * 1000, offset // timedelta(seconds=1))

    def format(self, value: Instant) -> str:
        return format_instant(value)

    def to_json(self, value: Instant) -> str:
        return format_instant(value)


def format_instant(value: Instant) -> str:
    """ISO 8601 with microseconds, in the zone of `value`."""
    from datetime import datetime, timedelta, timezone

    zone = timezone(timedelta(seconds=value.utc_offset))
    microseconds = value.time_ns // 1000
    moment = datetime.fromtimestamp(microseconds // 1_000_000, zone)
    return moment.replace(microsecond=microseconds % 1_000_000).isoformat(
        timespec="microseconds"
    )


_UNITS = {"ns": 1, "us": 1_000, "ms": 1_000_000, "s": 10**9, "m": 60 * 10**9,
          "h": 3600 * 10**9, "d": 86400 * 10**9}


@dataclass(frozen=True, slots=True)
class Duration:
    """A span of time with a unit, seconds where there is none; in nanoseconds."""

    expected: str = "a duration such as 90s, 1.5m, 250ms or 2h"
    example: str = "90s"

    def parse(self, word: str) -> int:
        match = re.fullmatch(r"(\d{1,12})(?:\.(\d{1,9}))?(ns|us|ms|s|m|h|d)?", word, re.ASCII)
        if match is None:
            raise ValueError("it is not a number with a unit")
        unit = _UNITS[match[3] or "s"]
        fraction = match[2] or ""
        span = int(match[1]) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
        if span > 100 * 365 * _UNITS["d"]:
            raise ValueError("it is more than a hundred years")
        return span

    def format(self, value: int) -> str:
        return f"{value / 1e9:g}s"

    def to_json(self, value: int) -> float:
        return value / 1e9


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a fixed set of words."""

    words: tuple[str, ...]

    @property
    def expected(self) -> str:
        return "one of " + ", ".join(self.words)

    @property
    def example(self) -> str:
        return self.words[0]

    def parse(self, word: str) -> str:
        if word not in self.words:
            raise ValueError("it is not " + " or ".join(self.words))
        return word

    def format(self, value: str) -> str:
        return value

    def to_json(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Truth:
    """A yes or no in the two words its field uses."""

    yes: str
    no: str

    @property
    def expected(self) -> str:
        return f"{self.yes} or {self.no}"

    @property
    def example(self) -> str:
        return self.yes

    @property
    def words(self) -> tuple[str, ...]:
        return (self.yes, self.no)

    def parse(self, word: str) -> bool:
        if word == self.yes:
            return True
        if word == self.no:
            return False
        raise ValueError(f"it is neither {self.yes} nor {self.no}")

    def format(self, value: bool) -> str:
        return self.yes if value else self.no

    def to_json(self, value: bool) -> bool:
        return value


@dataclass(frozen=True, slots=True)
class IPv4:
    """An IPv4 address, kept as an integer."""

    expected: str = "an IPv4 address"
    example: str = "192.168.77.1"

    def parse(self, word: str) -> int:
        return parse_ipv4(word)

    def format(self, value: int) -> str:
        return format_ipv4(value)

    def to_json(self, value: int) -> str:
        return format_ipv4(value)


@dataclass(frozen=True, slots=True)
class Network:
    """An address with a prefix length (32 when left out); /32 is not displayed.

    With `always_length` it is displayed, as programs that list interface
    addresses do.
    """

    expected: str = "an IPv4 address with an optional prefix length"
    example: str = "192.168.77.0/24"
    always_length: bool = False

    def parse(self, word: str) -> Cidr:
        return parse_cidr(word)

    def format(self, value: Cidr) -> str:
        if self.always_length:
            return f"{format_ipv4(value.address)}/{value.length}"
        return format_cidr(value)

    def to_json(self, value: Cidr) -> str:
        return self.format(value)


@dataclass(frozen=True, slots=True)
class Mac:
    """A MAC address: six groups of one or two hex digits, kept as typed."""

    expected: str = "a MAC address"
    example: str = "fa:16:3e:bb:12:d0"

    def parse(self, word: str) -> str:
        if not _MAC.fullmatch(word):
            raise ValueError("it is not six groups of one or two hex digits")
        return word

    def format(self, value: str) -> str:
        return value

    def to_json(self, value: str) -> str:
        return value


_MAC = re.compile(r"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}")
_MAC_MASK = re.compile(r"[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2}")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def mac_number(text: str) -> int:
    """The 48 bits of a MAC address that `Mac` has read."""
    value = 0
    for group in text.split(":"):
        value = value << 8 | int(group, 16)
    return value


@dataclass(frozen=True, slots=True)
class MacMask:
    """The bits of a MAC address that count: xxxx.xxxx.xxxx, kept as typed."""

    expected: str = "a MAC mask"
    example: str = "ffff.ff00.0000"

    def parse(self, word: str) -> str:
        if not _MAC_MASK.fullmatch(word):
            raise ValueError("it is not three groups of four hex digits, like ffff.ff00.0000")
        return word

    def format(self, value: str) -> str:
        return value

    def to_json(self, value: str) -> str:
        return value


@dataclass(frozen=True, slots=True)
class Uuid:
    """A UUID, 36 characters, kept in lower case."""

    expected: str = "a UUID"
    example: str = "6a3d54e1-8c2f-4be1-9d5c-0e6a7d1f2b3c"

    def parse(self, word: str) -> str:
        if not _UUID.fullmatch(word):
            raise ValueError("it is not a UUID of 36 characters")
        return word.lower()

    def format(self, value: str) -> str:
        return value

    def to_json(self, value: str) -> str:
        return value


def _port_number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 5 and int(text) <= 65535):
        raise ValueError(f"{text!r} is not a port from 0 to 65535")
    return int(text)


def _span(text: str, number: Callable[[str], int], what: str) -> tuple[int, int]:
    """`A` or `A-B`, in order."""
    first, dash, last = text.partition("-")
    low = number(first)
    high = number(last) if dash else low
    if low > high:
        raise ValueError(f"{what} range {text} ends before it starts")
    return low, high


@dataclass(frozen=True, slots=True)
class Ports:
    """Layer 4 ports `N` or `N-M`, always displayed `N-M`."""

    expected: str = "a port or a range N-M"
    example: str = "80-443"

    def parse(self, word: str) -> PortRange:
        return PortRange(*_span(word, _port_number, "port"))

    def format(self, value: PortRange) -> str:
        return f"{value.first}-{value.last}"

    def to_json(self, value: PortRange) -> str:
        return self.format(value)


@dataclass(frozen=True, slots=True)
class NatTargets:
    """Comma list of `ADDRESS[-ADDRESS][:PORT[-PORT]]`."""

    expected: str = "a NAT target ADDRESS[-ADDRESS][:PORT[-PORT]]"
    example: str = "192.168.77.119:10000-60000"

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


@dataclass(frozen=True, slots=True)
class Reference:
    """The name of an object of collection `target`; the store finds the object.

    `target` is a root collection, or `port` for a router's or bridge's port.
    Parsing only keeps the word: the grammar knows no store.
    """

    target: str

    @property
    def expected(self) -> str:
        article = "an" if self.target[0] in "aeiou" else "a"
        return f"{article} {self.target} (alias, UUID or name)"

    @property
    def example(self) -> str:
        return "router0:port0" if self.target == "port" else f"{self.target}0"

    def parse(self, word: str) -> str:
        if not word:
            raise ValueError("it is empty")
        return word

    def format(self, value: Any) -> str:
        return str(value)

    def to_json(self, value: Any) -> Any:
        return str(value)


@dataclass(frozen=True, slots=True)
class ListOf:
    """Comma list of another type, one word; order is kept.

    The empty list is written `""`, as a shell would.
    """

    item: ValueType

    @property
    def expected(self) -> str:
        return f"a comma list, each {self.item.expected}"

    @property
    def example(self) -> str:
        return self.item.example

    def parse(self, word: str) -> tuple[Any, ...]:
        if not word:
            return ()
        return tuple(self.item.parse(part.strip()) for part in word.split(","))

    def format(self, value: tuple[Any, ...]) -> str:
        return ",".join(map(self.item.format, value)) if value else '""'

    def to_json(self, value: tuple[Any, ...]) -> list[Any]:
        return [self.item.to_json(item) for item in value]


@dataclass(frozen=True, slots=True)
class Flag:
    """An option that stands alone, without a value."""

    expected: str = "nothing"
    example: str = ""

    def parse(self, word: str) -> bool:
        return True

    def format(self, value: bool) -> str:
        return ""

    def to_json(self, value: bool) -> bool:
        return value
