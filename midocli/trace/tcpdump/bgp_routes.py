"""The routes of BGP's address families: each is decoded to a text and how many bytes it took.

A route whose prefix is longer than its addresses are gives None; one that is cut off raises
ShortError, or where tcpdump does not look before it reads, CutOffError.
"""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv4, ipv6
from midocli.trace.tcpdump.bgp_values import distinguisher, masked, network_point
from midocli.trace.tcpdump.dissection import Dissection, ShortError

Route = tuple[str, int]

_DISTINGUISHER, _LABEL = 64, 24
# The longest text that tcpdump has room for.
_ROOM = 163
_IPV4_SIZE, _IPV6_SIZE, _POINT_SIZE = 4, 16, 19
_TREE_LENGTH = 16


def have_paths(d: Dissection, at: int, length: int, longest: int) -> bool:
    """Whether routes have path identifiers (RFC 7911): if they make sense with, and not without.

    Only the OPEN message tells for certain, and may not have been captured.
    """
    if length < 5:
        return False
    offset = 0
    while offset < length:
        offset += 4
        if not d.has(at + offset, 1):
            break
        if d.u8(at + offset) > longest:
            return False
        offset += 1 + (d.u8(at + offset) + 7) // 8
    if offset > length:
        return False
    offset = 0
    while offset < length and d.has(at + offset, 1):
        bits = d.u8(at + offset)
        if not 1 <= bits <= longest:
            return True
        offset += 1 + (bits + 7) // 8
    return offset > length


def _address(d: Dissection, at: int, bits: int, size: int) -> bytes:
    return masked(d.taken(at, (bits + 7) // 8), bits, size)


def _write(address: bytes) -> str:
    return ipv4(address) if len(address) == _IPV4_SIZE else ipv6(address)


def ipv4_prefix(d: Dissection, at: int, length: int) -> Route | None:
    """A prefix as in the message itself: `10.0.0.0/8`."""
    return prefix(d, at, length, _IPV4_SIZE)


def prefix(d: Dissection, at: int, length: int, size: int) -> Route | None:
    """A prefix of addresses of `size` bytes."""
    if length < 1:
        raise ShortError
    bits = d.u8(at)
    if bits > size * 8:
        return None
    count = (bits + 7) // 8
    if length - 1 < count:
        raise ShortError
    return f"{_write(_address(d, at + 1, bits, size))}/{bits}", 1 + count


def _label(d: Dissection, at: int) -> str:
    label = d.u24(at)
    bottom = "(bottom)" if label & 1 else "(BOGUS: Bottom of Stack NOT set!)"
    return f"label:{label >> 4} {bottom}"


def labelled_prefix(d: Dissection, at: int, length: int, size: int) -> Route | None:
    """A prefix behind an MPLS label (RFC 8277); the empty text is one that does not fit."""
    d.check(at, 4)
    if length < 4:
        return "", 0
    bits = d.u8(at) - _LABEL
    if not 0 <= bits <= size * 8:
        return None
    count = (bits + 7) // 8
    if size == _IPV4_SIZE and length - 4 < count:
        return "", 0
    address = _address(d, at + 4, bits, size)
    return f"{_write(address)}/{bits}, {_label(d, at + 1)}", 4 + count


def customer_prefix(d: Dissection, at: int, size: int) -> Route | None:
    """A prefix of a customer's network (RFC 4364), of IP or of OSI."""
    bits = d.u8(at) - _LABEL - _DISTINGUISHER
    if not 0 <= bits <= size * 8:
        return None
    count = (bits + 7) // 8
    address = _address(d, at + 12, bits, size)
    shown = network_point(address[:count]) if size == _POINT_SIZE else _write(address)
    text = f"RD: {distinguisher(d, at + 4)}, {shown}/{bits}, {_label(d, at + 1)}"
    return text[:_ROOM], 12 + count


def point_prefix(d: Dissection, at: int) -> Route | None:
    """A prefix of OSI addresses, which tcpdump looks for three bytes too late."""
    bits = d.u8(at)
    if bits > _POINT_SIZE * 8:
        return None
    count = (bits + 7) // 8
    address = _address(d, at + 4, bits, _POINT_SIZE)[:count]
    return f"{network_point(address)}/{bits}", 1 + count


def tree(d: Dissection, at: int) -> Route | None:
    """A multicast distribution tree (RFC 6037)."""
    if d.u8(at) != _TREE_LENGTH * 8:
        return None
    at += 1
    d.check(at, 8)
    source, group = ipv4(d.taken(at + 8, 4)), ipv4(d.taken(at + 12, 4))
    text = f"RD: {distinguisher(d, at)}, VPN IP Address: {source}, MC Group Address: {group}"
    return text[:_ROOM], _TREE_LENGTH + 1


def circuits(d: Dissection, at: int) -> Route | None:
    """A virtual private LAN's site, in either of its two forms (RFC 4761, RFC 6074)."""
    length = d.u16(at)
    at += 2
    if length == 12:
        d.check(at, 12)
        text = f"RD: {distinguisher(d, at)}, BGPNH: {ipv4(d.taken(at + 8, 4))}"
        return text, length + 2
    if length <= 17:
        raise ShortError
    d.check(at, 15)
    base = d.u24(at + 12) >> 4
    text = (
        f"RD: {distinguisher(d, at)}, CE-ID: {d.u16(at + 8)}, "
        f"Label-Block Offset: {d.u16(at + 10)}, Label Base {base}"
    )
    text += _circuit_elements(d, at + 15, length - 15)
    return text[:_ROOM], length + 2


def _circuit_elements(d: Dissection, at: int, left: int) -> str:
    """What follows a site's labels; tcpdump counts values alone, and skips none it knows not."""
    text = ""
    while left:
        if left < 3:
            return f"{text}\n\t\tran past the end"
        kind, bits = d.u8(at), d.u16(at + 1)
        size = (bits + 7) // 8
        at += 3
        if kind == 1:
            text += f"\n\t\tcircuit status vector ({kind}) length: {bits}: 0x"
            shown = min(size, left)
            d.check(at, shown)
            text += d.taken(at, shown).hex()
            at += shown
            left -= shown
        else:
            text += f"\n\t\tunknown TLV #{kind}, length: {bits}"
            shown = size if left >= size else 0
            left -= shown
        if shown < size:
            return f"{text} (ran past the end)"
    return text
