"""IPv6's routing header (RFC 8200, RFC 6275, RFC 8754)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection

_HOP_BY_HOP, _ROUTING, _FRAGMENT, _DESTINATION, _MOBILITY, _OLD_MOBILITY = 0, 43, 44, 60, 135, 62
_WITH_LENGTH = frozenset((_HOP_BY_HOP, _DESTINATION, _MOBILITY, _OLD_MOBILITY))
_SOURCE_ROUTE, _MOBILE, _SEGMENTS = 0, 2, 4
_ADDRESS = 16


def show(d: Dissection, at: int) -> int | None:
    """Show the header; its length, or None for one that ends the packet's text."""
    d.protocol = "rt6"
    d.add("RT6")
    length = d.u8(at + 1)
    d.add(f" (len={length}")
    kind = d.u8(at + 2)
    d.add(f", type={kind}")
    if kind == _SOURCE_ROUTE:
        d.add(" [Deprecated]")
    d.add(f", segleft={d.u8(at + 3)}")
    if kind in (_SOURCE_ROUTE, _MOBILE):
        reserved = d.u32(at + 4)
        if reserved or d.flags.verbose:
            d.add(f", rsv=0x{reserved:x}")
    elif kind == _SEGMENTS:
        d.add(f", last-entry={d.u8(at + 4)}")
        flags = d.u8(at + 5)
        if flags or d.flags.verbose:
            d.add(f", flags=0x{flags:x}")
        d.add(f", tag={d.u16(at + 6):x}")
    else:
        d.add(" (unknown type) (invalid)")
        return None
    if length % 2:
        d.add(f" (invalid length {length}) (invalid)")
        return None
    for index in range(length // 2):
        d.add(f", [{index}]{ipv6(d.taken(at + 8 + index * _ADDRESS, _ADDRESS))}")
    d.add(") ")
    return (length + 1) * 8


def final_destination(d: Dissection, ip_at: int) -> bytes:
    """Where a packet goes in the end: what its routing header says, if it has one."""
    destination = d.data[ip_at + 24 : ip_at + 40]
    kind = d.data[ip_at + 6]
    at = ip_at
    advance = 40
    while at < d.end:
        at += advance
        if kind in _WITH_LENGTH:
            advance = (d.u8(at + 1) + 1) * 8
            kind = d.u8(at)
        elif kind == _FRAGMENT:
            advance = 8
            kind = d.u8(at)
        elif kind == _ROUTING:
            return _last_segment(d, at) or destination
        else:
            break
    return destination


def _last_segment(d: Dissection, at: int) -> bytes | None:
    if not d.has(at, 4):
        return None
    length, kind = d.u8(at + 1), d.u8(at + 2)
    if length % 2:
        return None
    if kind == _SEGMENTS:
        # Segments are listed backwards, so the last one is the first.
        return d.data[at + 8 : at + 24] if d.has(at + 8, _ADDRESS) else None
    if kind not in (_SOURCE_ROUTE, _MOBILE):
        return None
    last = None
    for entry in range(at + 8, at + 8 + length // 2 * _ADDRESS, _ADDRESS):
        if not d.has(entry, _ADDRESS):
            break
        last = d.data[entry : entry + _ADDRESS]
    return last
