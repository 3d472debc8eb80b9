"""BGP's UPDATE message: routes that are withdrawn, attributes, and routes that have them."""

from __future__ import annotations

from midocli.trace.tcpdump import bgp_attributes, bgp_routes
from midocli.trace.tcpdump.dissection import Dissection, check_left


def show(d: Dissection, at: int, length: int) -> None:
    """Show what stands behind a message's header."""
    end = at + length
    size = _size(d, at, end)
    at += 2
    d.check(at, size, end)
    if size > 1:
        d.add("\n\t  Withdrawn routes:")
        at, size = _show_routes(d, at, size)
    else:
        at += size
    withdrawn_left = size
    size = _size(d, at, end)
    at += 2
    if withdrawn_left == 0 and size == 0 and at == end:
        d.add("\n\t  End-of-Rib Marker (empty NLRI)")
        return
    check_left(end - at, size)
    bgp_attributes.show(d, at, size, end)
    at += size
    if at < end:
        d.add("\n\t  Updated routes:")
        _show_routes(d, at, end - at)


def _size(d: Dissection, at: int, end: int) -> int:
    d.check(at, 2, end)
    return d.u16(at)


def _show_routes(d: Dissection, at: int, length: int) -> tuple[int, int]:
    """Show IPv4 routes; gives where they stop making sense, and how much is left there."""
    with_paths = bgp_routes.have_paths(d, at, length, 32)
    while length:
        path = 0
        if with_paths:
            if length < 4:
                return at + length, length
            path = d.u32(at)
            at += 4
            length -= 4
        found = bgp_routes.ipv4_prefix(d, at, length)
        if found is None:
            d.add("\n\t    (illegal prefix length)")
            return at, length
        text, size = found
        d.add(f"\n\t    {text}{f'   Path Id: {path}' if with_paths else ''}")
        at += size
        length -= size
    return at, length
