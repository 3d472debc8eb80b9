"""BGP's attributes for other address families than IPv4 (RFC 4760): next hops and routes."""

from __future__ import annotations

from midocli.trace.tcpdump import bgp_multicast, bgp_routes, text
from midocli.trace.tcpdump.address_families import (
    IPV4,
    IPV6,
    L2VPN,
    NSAP,
    VPLS,
    family_name,
    subsequent_name,
)
from midocli.trace.tcpdump.addresses import ipv4, ipv6
from midocli.trace.tcpdump.bgp_values import distinguisher, network_point
from midocli.trace.tcpdump.dissection import Dissection, check_left

_PLAIN, _LABELLED, _MULTICAST, _VIRTUAL_LAN, _TREE, _TARGETS = (1, 2, 3), 4, 5, 65, 66, 132
_CUSTOMERS = (128, 129, 130)
_DISTINGUISHER = 8
_SIZES = {IPV4: 4, IPV6: 16, NSAP: 19}
# Which of a family's routes are known.
_KNOWN = {
    IPV4: frozenset((*_PLAIN, _LABELLED, _MULTICAST, _TREE, *_CUSTOMERS, _TARGETS)),
    IPV6: frozenset((*_PLAIN, _LABELLED, *_CUSTOMERS)),
    NSAP: frozenset((*_PLAIN, *_CUSTOMERS)),
    L2VPN: frozenset(_CUSTOMERS),
    VPLS: frozenset((_VIRTUAL_LAN,)),
}
_MAPPED_IPV4, _MAPPED_IPV6 = b"\x47\0\6\1", b"\x35\0\0"


def show_reachable(d: Dissection, at: int, size: int) -> None:
    """Show an attribute that adds routes: their next hops, and the routes."""
    end = at + size
    d.check(at, 3, at + size)
    known = _family(d, at, size)
    if known is None:
        return
    at += 3
    d.check(at, 1, end)
    length = d.u8(at)
    at += 1
    if length:
        check_left(end - at, length)
        _show_next_hops(d, *known, at, length)
        at += length
    d.add(f", nh-length: {length}")
    at = _show_attachments(d, at, end)
    _show_routes(d, *known, at, end, size)


def show_unreachable(d: Dissection, at: int, size: int) -> None:
    """Show an attribute that withdraws routes."""
    d.check(at, 3)
    known = _family(d, at, size)
    if known is None:
        return
    if size == 3:
        d.add("\n\t      End-of-Rib Marker (empty NLRI)")
    _show_routes(d, *known, at + 3, at + size, size)


def _family(d: Dissection, at: int, size: int) -> tuple[int, int] | None:
    """Show the numbers of a family and of what is done with it; None where they are not known."""
    family, subsequent = d.u16(at), d.u8(at + 2)
    vendor = "vendor specific " if subsequent > 128 else ""
    d.add(
        f"\n\t    AFI: {family_name(family, 'Unknown AFI')} ({family}), "
        f"{vendor}SAFI: {subsequent_name(subsequent, 'Unknown SAFI')} ({subsequent})"
    )
    if subsequent in _KNOWN.get(family, ()):
        return family, subsequent
    d.check(at, size)
    d.add(f"\n\t    no AFI {family} / SAFI {subsequent} decoder")
    if d.flags.verbose <= 1:
        text.dump(d, at, size, "\n\t    ")
    return None


# -- next hops --------------------------------------------------------------------------


def _show_next_hops(d: Dissection, family: int, subsequent: int, at: int, left: int) -> None:
    d.add("\n\t    nexthop: ")
    before = _DISTINGUISHER if subsequent in _CUSTOMERS and family in _SIZES else 0
    size = left if family == NSAP else before + (16 if family == IPV6 else 4)
    least = before + 1 if family == NSAP else size
    separator = ""
    while left:
        d.add(separator)
        separator = ", "
        if left < least:
            d.add("invalid len")
            return
        if family == NSAP and before:
            d.check(at, size)
        named = f"RD: {distinguisher(d, at)}, " if before else ""
        d.add(named + _next_hop(d, family, bool(before), d.taken(at + before, size - before)))
        at += size
        left -= size


def _next_hop(d: Dissection, family: int, customer: bool, address: bytes) -> str:
    if family == IPV6:
        return ipv6(address)
    if family != NSAP:
        return d.names.ipv4(address)
    shown = network_point(address)
    if customer and address.startswith(_MAPPED_IPV4) and len(address) >= 8:
        shown += f" = {ipv4(address[4:8])}"
    elif customer and address.startswith(_MAPPED_IPV6) and len(address) >= 19:
        shown += f" = {ipv6(address[3:19])}"
    return shown


def _show_attachments(d: Dissection, at: int, end: int) -> int:
    """Show the lengths of points of attachment, which no one uses; gives what follows them."""
    check_left(end - at, 1)
    count = d.u8(at)
    at += 1
    d.add(f"\n\t    {count} SNPA" if count else ", no SNPA")
    for _ in range(count):
        check_left(end - at, 1)
        length = d.u8(at)
        d.add(f"\n\t      {length} bytes")
        at += 1
        check_left(end - at, length)
        d.check(at, length)
        at += length
    return at


# -- routes -----------------------------------------------------------------------------


def _show_routes(d: Dissection, family: int, subsequent: int, at: int, end: int, size: int) -> None:
    """Show routes up to `end`; tcpdump lets each be as long as the attribute, `size`."""
    plain = subsequent in _PLAIN and family in (IPV4, IPV6)
    bits = _SIZES.get(family, 0) * 8
    with_paths = plain and bgp_routes.have_paths(d, at, end - at, bits)
    while at < end:
        path = d.u32(at) if with_paths else 0
        route = _route(d, family, subsequent, at + (4 if with_paths else 0), size)
        if route is None and subsequent != _TARGETS:
            what = "length" if family in (L2VPN, VPLS) else "prefix length"
            d.add(f"\n\t    (illegal {what})")
        if route is not None and route[0]:
            d.add(f"\n\t      {route[0]}")
        # An illegal route counts as one byte back, in front of which path identifiers may stand.
        used = -1 if route is None else route[1]
        if with_paths:
            d.add(f"   Path Id: {path}")
            used += 4
        if used < 1:
            return
        at += used


def _route(
    d: Dissection, family: int, subsequent: int, at: int, size: int
) -> bgp_routes.Route | None:
    if family in (L2VPN, VPLS):
        return bgp_routes.circuits(d, at)
    if subsequent in _CUSTOMERS:
        return bgp_routes.customer_prefix(d, at, _SIZES[family])
    if family == NSAP:
        return bgp_routes.point_prefix(d, at)
    if subsequent in _PLAIN:
        return bgp_routes.prefix(d, at, size, _SIZES[family])
    if subsequent == _LABELLED:
        return bgp_routes.labelled_prefix(d, at, size, _SIZES[family])
    if subsequent == _TARGETS:
        return bgp_multicast.target(d, at)
    if subsequent == _MULTICAST:
        return bgp_multicast.multicast(d, at)
    return bgp_routes.tree(d, at)
