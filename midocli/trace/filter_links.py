"""What filters know of link layers: how each tells which protocol it carries (libpcap's gencode.c).

A test is a piece of Python as in `filter_code`. `at` is where the layer's type field is, and
`payload` where what it carries begins.
"""

from __future__ import annotations

from typing import Literal

from grammar.errors import InvalidValueError
from midocli.trace.filter_code import FALSE, TRUE, both, either, equal, masked, number, octets_equal
from midocli.trace.link_types import (
    ETHERNET,
    IPV4,
    IPV6,
    LINUX_SLL,
    LINUX_SLL2,
    LOOP,
    NULL,
    RAW,
    description,
)

LARGEST_LENGTH = 1500
TYPE_IPV4, TYPE_IPV6 = 0x0800, 0x86DD
_IPX, _ATALK, _AARP = 0x8137, 0x809B, 0x80F3
_OWNERS = {_ATALK: 0x080007, _AARP: 0}
# Service access points: those of which libpcap compares both sides, and IPX's.
_PAIRED_SAPS = frozenset((0x06, 0xF0, 0xFE))
_IPX_SAP = 0xE0
# What PPP calls the protocols that Ethernet has other numbers for.
_PPP_NUMBERS = {
    TYPE_IPV4: 0x21, 0xFE: 0x23, 0x6003: 0x27, _ATALK: 0x29, _IPX: 0x2B,
    0x42: 0x31, TYPE_IPV6: 0x57, 0xE0: 0x2B,
}  # fmt: skip
_BSD_INET = 2
# NetBSD's and OpenBSD's, FreeBSD's, and Darwin's number for IPv6.
_BSD_INET6 = (24, 28, 30)
_COOKED_802_3, _COOKED_802_2 = 1, 4
_OUTGOING = 4


class Link:
    """A link layer: its name, where its type and payload are, and how far OSI's headers are in."""

    def __init__(self, name: str, type_at: int, payload: int, osi_at: int = 0) -> None:
        self.name = name
        self.type_at = type_at
        self.payload = payload
        self.osi_at = osi_at

    def carries(self, at: int, payload: int, kind: int) -> str:
        """Whether it carries an Ethertype or, up to 1500, an access point."""
        return equal(at, kind, 2)

    def going(self, direction: Literal["in", "out"]) -> str:
        """Whether a frame goes a way: as whoever captured it says, if the layer does not."""
        return f"d == {direction!r}"

    def interface(self, index: int) -> str:
        """Whether a frame was seen at an interface; InvalidValueError where none is named."""
        raise InvalidValueError(f"frames of {self.name} do not tell an `ifindex`")


class _Ethernet(Link):
    def carries(self, at: int, payload: int, kind: int) -> str:
        if kind in _OWNERS:
            return either(equal(at, kind, 2), both(is_802_3(at), _snap(at + 2, kind)))
        if kind > LARGEST_LENGTH:
            return equal(at, kind, 2)
        if kind in _PAIRED_SAPS:
            return both(is_802_3(at), equal(at + 2, kind << 8 | kind, 2))
        if kind == _IPX_SAP:
            bare = either(equal(at + 2, kind, 1), equal(at + 2, 0xFFFF, 2))
            inside = either(_snap(at + 2, _IPX), bare)
            return either(equal(at, _IPX, 2), both(is_802_3(at), inside))
        return both(is_802_3(at), equal(at + 2, kind, 1))


class _Ppp(Link):
    def carries(self, at: int, payload: int, kind: int) -> str:
        return equal(at, _PPP_NUMBERS.get(kind, kind), 2)


class _Cooked(Link):
    """Linux cooked v1, which has a number for frames with an LLC header."""

    def carries(self, at: int, payload: int, kind: int) -> str:
        framed = equal(at, _COOKED_802_2, 2)
        if kind in _OWNERS:
            return either(equal(at, kind, 2), both(framed, _snap(payload, kind)))
        if kind > LARGEST_LENGTH:
            return equal(at, kind, 2)
        if kind in _PAIRED_SAPS:
            return both(framed, equal(payload, kind << 8 | kind, 2))
        if kind == _IPX_SAP:
            inside = both(framed, either(equal(payload, kind, 1), _snap(payload, _IPX)))
            return either(equal(at, _IPX, 2), equal(at, _COOKED_802_3, 2), inside)
        return both(framed, equal(payload, kind, 1))

    def going(self, direction: Literal["in", "out"]) -> str:
        return f"f[1] | f[0] << 8 {'==' if direction == 'out' else '!='} {_OUTGOING}"


class _Cooked2(Link):
    def going(self, direction: Literal["in", "out"]) -> str:
        return f"f[10] {'==' if direction == 'out' else '!='} {_OUTGOING}"

    def interface(self, index: int) -> str:
        return equal(4, index, 4)


class _Raw(Link):
    """Packets of either version of IP, which tell it themselves."""

    def carries(self, at: int, payload: int, kind: int) -> str:
        version = {TYPE_IPV4: 0x40, TYPE_IPV6: 0x60}.get(kind)
        return FALSE if version is None else masked(0, version, 0xF0, 1)


class _OneVersion(Link):
    """Packets of one version of IP, at which libpcap does not look."""

    def __init__(self, name: str, kind: int) -> None:
        super().__init__(name, 0, 0)
        self._kind = kind

    def carries(self, at: int, payload: int, kind: int) -> str:
        return TRUE if kind == self._kind else FALSE


class _Loopback(Link):
    """A BSD's loopback: an address family before the packet, in some byte order."""

    def __init__(self, name: str, order: Literal["big", "little"]) -> None:
        super().__init__(name, 0, 4)
        self._order: Literal["big", "little"] = order

    def carries(self, at: int, payload: int, kind: int) -> str:
        families = {TYPE_IPV4: (_BSD_INET,), TYPE_IPV6: _BSD_INET6}.get(kind, ())
        return either(*map(self._family, families))

    def _family(self, family: int) -> str:
        return equal(0, int.from_bytes(family.to_bytes(4, self._order), "big"), 4)


def is_802_3(at: int) -> str:
    """Whether an Ethernet frame has a length in the place of its type."""
    return f"{number(at, 2)} <= {LARGEST_LENGTH}"


def _snap(at: int, kind: int) -> str:
    owner = _OWNERS.get(kind, 0)
    header = b"\xaa\xaa\x03" + owner.to_bytes(3, "big") + kind.to_bytes(2, "big")
    return octets_equal(at, header)


ETHERNET_LINK: Link = _Ethernet("Ethernet", 12, 14, osi_at=3)
PPP_LINK: Link = _Ppp("PPP", 0, 2)


def link_of(link_type: int, order: Literal["big", "little"] = "little") -> Link | None:
    """The link layer of a file's frames; None where filters do not know it.

    `order` is the byte order of the file's numbers.
    """
    name = description(link_type)
    if link_type == ETHERNET:
        return ETHERNET_LINK
    if link_type == LINUX_SLL:
        return _Cooked(name, 14, 16)
    if link_type == LINUX_SLL2:
        return _Cooked2(name, 0, 20)
    if link_type == RAW:
        return _Raw(name, 0, 0)
    if link_type in (IPV4, IPV6):
        return _OneVersion(name, TYPE_IPV4 if link_type == IPV4 else TYPE_IPV6)
    if link_type in (NULL, LOOP):
        return _Loopback(name, order if link_type == NULL else "big")
    return None
