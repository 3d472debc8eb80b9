"""IPv6 and the chain of its extension headers (RFC 8200)."""

from __future__ import annotations

from midocli.trace.tcpdump import ipv6_mobility, ipv6_options, ipv6_routing
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ipv4 import DEEPEST
from midocli.trace.tcpdump.ipv4 import PROTOCOL_NAMES as _PROTOCOLS

_HEADER = 40
_FRAGMENT_HEADER = 8
_HOP_BY_HOP, _ROUTING, _FRAGMENT, _DESTINATION, _MOBILITY, _OLD_MOBILITY = 0, 43, 44, 60, 135, 62
# TCP, UDP, DCCP and SCTP write the addresses themselves, with the ports in them.
_WRITE_ADDRESSES = frozenset((6, 17, 33, 132))
_SIZE_T = 0xFFFF_FFFF_FFFF_FFFF


def show(d: Dissection, at: int, length: int) -> None:
    """Show an IPv6 packet of which `length` bytes were on the wire (padding included)."""
    d.protocol = "ip6"
    if at + _HEADER > d.end or d.depth == DEEPEST:
        d.cut()
        return
    if length < _HEADER:
        d.add(f"truncated-ip6 {length}")
        return
    if not d.flags.link:
        d.add("IP6 ")
    first = d.u32(at)
    if first >> 28 != 6:
        d.add(f"version error: {first >> 28} != 6")
        return
    payload = d.u16(at + 4)
    # A payload of 0 may be a jumbogram's, whose options have to be read first.
    total = (payload or length) + _HEADER
    if payload and length < total:
        d.add(f"truncated-ip6 - {total - length} bytes missing!")
    protocol = d.data[at + 6]
    if d.flags.verbose:
        d.add(_header_text(first, payload, protocol, d.data[at + 7]))
    end = d.end
    d.end = min(end, at + total)
    d.depth += 1
    if not _show_headers(d, at, length, total, payload, protocol):
        d.cut()
    d.depth -= 1
    d.end = end


def _header_text(first: int, payload: int, protocol: int, hop_limit: int) -> str:
    traffic_class, flow = first >> 20 & 0xFF, first & 0xFFFFF
    return (
        f"({f'class 0x{traffic_class:02x}, ' if traffic_class else ''}"
        f"{f'flowlabel 0x{flow:05x}, ' if flow else ''}hlim {hop_limit}, "
        f"next-header {_PROTOCOLS.get(protocol, 'unknown')} ({protocol}) "
        f"payload length: {payload}) "
    )


def _show_headers(
    d: Dissection, ip_at: int, length: int, left: int, payload: int, kind: int
) -> bool:
    """Show the headers behind the first one; False when they claim more than there is.

    `length` was on the wire, `left` is what the packet has from `ip_at` on.
    """
    at = ip_at
    advance: int | None = _HEADER
    before: int | None = None
    fragmented = extended = hopped = False
    jumbo = 0
    while at < d.end and advance:
        if left < advance:
            return False
        at += advance
        left -= advance
        if before is None and kind not in _WRITE_ADDRESSES:
            d.add(f"{ipv6(d.data[ip_at + 8 : ip_at + 24])} > ")
            d.add(f"{ipv6(d.data[ip_at + 24 : ip_at + 40])}: ")
        if kind == _HOP_BY_HOP:
            if hopped:
                d.add("[The Hop-by-Hop Options header was already found] (invalid)")
                return True
            if before is not None:
                d.add("[The Hop-by-Hop Options header don't follow the IPv6 header] (invalid)")
                return True
            hopped = True
            advance, jumbo = ipv6_options.show_hop_by_hop(d, at, payload)
            if not payload and not jumbo:
                d.add("[No valid Jumbo Payload Hop-by-Hop option found] (invalid)")
                return True
            payload = jumbo or payload
        elif kind == _DESTINATION:
            advance = ipv6_options.show_destination(d, at)
        elif kind == _FRAGMENT:
            advance = _show_fragment(d, at, ip_at)
            fragmented = True
            if advance and d.end <= at + advance:
                return True
        elif kind == _ROUTING:
            if not d.has(at, 1):
                return False
            advance = ipv6_routing.show(d, at)
        elif kind in (_MOBILITY, _OLD_MOBILITY):
            ipv6_mobility.show(d, at)
            return True
        else:
            if jumbo:
                left = _jumbo_left(d, ip_at, at, length, payload)
                if left < 0:
                    return False
            elif not payload:
                # There is no payload, so that no extension header has a place either.
                if extended:
                    return False
                left = 0
                d.end = min(d.end, ip_at + _HEADER)
            d.show_ip_payload(kind, at, left, ip_at, fragmented)
            return True
        if advance is None:
            return True
        extended = True
        before, kind = kind, d.u8(at)
        d.protocol = "ip6"
    return True


def _jumbo_left(d: Dissection, ip_at: int, at: int, length: int, payload: int) -> int:
    """What a jumbogram has left from `at` on; less than 0 when it has less than shown."""
    total = payload + _HEADER
    if total >= at - ip_at and length < total:
        d.add(f"truncated-ip6 - {total - length} bytes missing!")
    return total - (at - ip_at)


def _show_fragment(d: Dissection, at: int, ip_at: int) -> int | None:
    """Show the fragment header; None for a fragment that is not the first."""
    d.protocol = "frag6"
    identification = f"0x{d.u32(at + 4):08x}:" if d.flags.verbose else ""
    offset = d.u16(at + 2) & 0xFFF8
    size = _HEADER + d.u16(ip_at + 4) - (at - ip_at) - _FRAGMENT_HEADER & _SIZE_T
    d.add(f"frag ({identification}{offset}|{size})")
    if offset:
        return None
    d.add(" ")
    return _FRAGMENT_HEADER
