"""The attributes of BGP's routes (RFC 4271 and those that add some)."""

from __future__ import annotations

from collections.abc import Callable, Container
from functools import partial

from midocli.trace.tcpdump import bgp_communities, bgp_families, text
from midocli.trace.tcpdump.bgp_values import system
from midocli.trace.tcpdump.dissection import Dissection, check_left
from midocli.trace.tcpdump.tables import letters, numbered

_SET = 128
_NAMES = numbered("""
    1 Origin, 2 AS Path, 3 Next Hop, 4 Multi Exit Discriminator, 5 Local Preference,
    6 Atomic Aggregate, 7 Aggregator, 8 Community, 9 Originator ID, 10 Cluster List, 11 DPA,
    12 Advertisers, 13 RCID Path / Cluster ID, 14 Multi-Protocol Reach NLRI,
    15 Multi-Protocol Unreach NLRI, 16 Extended Community, 17 AS4 Path, 18 Aggregator4,
    22 PMSI Tunnel, 23 Tunnel Encapsulation, 24 Traffic Engineering, 25 IPv6 Extended Community,
    26 Accumulated IGP Metric, 27 PE Distinguisher Label, 28 Entropy Label, 32 Large Community,
    128 Attribute Set, 255 Reserved for development
""")
_LONG = 0x10
_FLAGS = numbered("0x80 O, 0x40 T, 0x20 P, 0x10 E")
_DEEPEST = 10
_ORIGINS = numbered("0 IGP, 1 EGP, 2 Incomplete")
# What opens and closes a segment of a path, by its kind.
_SEGMENTS = {1: ("{ ", "}"), 2: ("", ""), 3: ("( ", ")"), 4: ("({ ", "})")}
_TUNNELS = numbered("""
    1 RSVP-TE P2MP LSP, 2 LDP P2MP LSP, 3 PIM-SSM Tree, 4 PIM-SM Tree, 5 PIM-Bidir Tree,
    6 Ingress Replication, 7 LDP MP2MP LSP
""")
_METRIC = 1


def show(d: Dissection, at: int, left: int, end: int) -> None:
    """Show `left` bytes of attributes in a message up to `end`."""
    while left:
        head = _read_head(d, at, left, end)
        if head is None:
            d.add("\n\t  [path attrs too short]")
            return
        flags, kind, size, used = head
        at += used
        left -= used
        d.add(f"\n\t  {_head(kind, size, flags)}{': ' if flags else ''}")
        if left < size:
            d.add(" [path attrs too short]")
            return
        check_left(end - at, size)
        _show_attribute(d, kind, at, size, 0)
        at += size
        left -= size


def _read_head(
    d: Dissection, at: int, left: int, end: int | None = None
) -> tuple[int, int, int, int] | None:
    """Flags, kind and size of an attribute, and how long that head is; None where it is cut."""
    d.check(at, 2, end)
    if left < 2:
        return None
    flags, kind = d.u8(at), d.u8(at + 1)
    width = 2 if flags & _LONG else 1
    d.check(at + 2, width, end)
    if left < 2 + width:
        return None
    return flags, kind, d.u16(at + 2) if flags & _LONG else d.u8(at + 2), 2 + width


def _head(kind: int, size: int, flags: int) -> str:
    head = f"{_NAMES.get(kind, 'Unknown Attribute')} ({kind}), length: {size}"
    if not flags:
        return head
    rest = f"+{flags & 0xF:x}" if flags & 0xF else ""
    return f"{head}, Flags [{letters(_FLAGS, flags)}{rest}]"


def _show_attribute(d: Dissection, kind: int, at: int, size: int, depth: int) -> None:
    """Show an attribute's value, with -vv dumped as well; `depth` counts sets around it."""
    left = size
    if kind == _SET:
        left = _show_set(d, at, size, depth)
    elif kind == 32:
        left = bgp_communities.show_large(d, at, size)
    elif kind in _SHOWS:
        sizes, show_value = _SHOWS[kind]
        if size in sizes:
            show_value(d, at, size)
        else:
            d.add("invalid len")
    else:
        d.check(at, size)
        d.add(f"\n\t    no Attribute {kind} decoder")
        if d.flags.verbose <= 1:
            text.dump(d, at, size, "\n\t    ")
    if d.flags.verbose > 1 and left:
        d.check(at, left)
        text.dump(d, at, left, "\n\t    ")


def _show_set(d: Dissection, at: int, size: int, depth: int) -> int:
    """Show attributes that belong to a customer's route (RFC 6368); gives what is left of them."""
    d.check(at, 4, at + size)
    d.add(f"\n\t    Origin AS: {system(d, d.u32(at))}")
    at += 4
    left = size - 4
    while left:
        head = _read_head(d, at, left)
        if head is None:
            d.add(" [path attr too short]")
            break
        flags, kind, inner, used = head
        at += used
        left -= used
        d.add(f"\n\t      {_head(kind, inner, flags)}: ")
        if left < inner:
            d.add(" [path attr too short]")
            break
        if depth == _DEEPEST:
            d.add("(too many nested levels, not recursing)")
        else:
            _show_attribute(d, kind, at, inner, depth + 1)
        at += inner
        left -= inner
    return left


def _show_origin(d: Dissection, at: int, size: int) -> None:
    origin = d.u8(at)
    d.add(_ORIGINS.get(origin, "Unknown Origin Typecode"))


def _show_path(d: Dissection, at: int, size: int, long: bool = False) -> None:
    if not size:
        d.add("empty")
        return
    end = at + size
    width = 4 if long else _number_width(d, at, end)
    while at < end:
        opened, closed = _SEGMENTS.get(d.u8(at), ("?", "?"))
        d.add(opened)
        count = d.u8(at + 1)
        for entry in range(at + 2, at + 2 + count * width, width):
            d.check(entry, width)
            d.add(f"{system(d, d.u16(entry) if width == 2 else d.u32(entry))} ")
        d.add(closed)
        at += 2 + count * width


def _number_width(d: Dissection, at: int, end: int) -> int:
    """Two bytes for a number if that makes sense of the path, else four: it does not tell."""
    while at < end:
        if d.u8(at) not in _SEGMENTS:
            return 4
        at += 2 + d.u8(at + 1) * 2
    return 2 if at == end else 4


def _show_address(d: Dissection, at: int, size: int) -> None:
    d.add(d.names.ipv4(d.taken(at, 4)))


def _show_number(d: Dissection, at: int, size: int) -> None:
    d.add(str(d.u32(at)))


def _show_nothing(d: Dissection, at: int, size: int) -> None:
    """What is meant is said by the name."""


def _show_aggregator(d: Dissection, at: int, size: int) -> None:
    d.check(at, size)
    number = d.u16(at) if size == 6 else d.u32(at)
    d.add(f" AS #{system(d, number)}, origin {d.names.ipv4(d.taken(at + size - 4, 4))}")


def _show_long_aggregator(d: Dissection, at: int, size: int) -> None:
    number = d.u32(at)
    d.add(f" AS #{system(d, number)}, origin {d.names.ipv4(d.taken(at + 4, 4))}")


def _show_clusters(d: Dissection, at: int, size: int) -> None:
    for left in range(size, 0, -4):
        d.add(f"{d.names.ipv4(d.taken(at, 4))}{', ' if left > 4 else ''}")
        at += 4


def _show_tunnel(d: Dissection, at: int, size: int) -> None:
    d.check(at, 5, at + size)
    flags, kind = d.u8(at), d.u8(at + 1)
    required = "Leaf Information required" if flags & 1 else "none"
    label = d.u24(at + 2) >> 4
    d.add(
        f"\n\t    Tunnel-type {_TUNNELS.get(kind, 'Unknown')} ({kind}), Flags [{required}], "
        f"MPLS Label {label}"
    )
    at += 5
    if kind not in _TUNNELS:
        if d.flags.verbose <= 1:
            text.dump(d, at, size - 5, "\n\t      ")
        return
    first = d.names.ipv4(d.taken(at, 4))
    if kind == 6:
        d.add(f"\n\t      Tunnel-Endpoint {first}")
    elif kind in (3, 4, 5):
        role = "Root-Node" if kind == 3 else "Sender"
        d.add(f"\n\t      {role} {first}, P-Group {d.names.ipv4(d.taken(at + 4, 4))}")
    else:
        role, what = ("Extended-Tunnel-ID", "P2MP-ID") if kind == 1 else ("Root-Node", "LSP-ID")
        d.add(f"\n\t      {role} {first}, {what} 0x{d.u32(at + 4):08x}")


def _show_metric(d: Dissection, at: int, size: int) -> None:
    while size >= 3:
        kind, length = d.u8(at), d.u16(at + 1)
        at += 3
        size -= 3
        d.add(f"\n\t    {'AIGP' if kind == _METRIC else 'Unknown'} TLV ({kind}), length {length}")
        check_left(length, 3)
        length -= 3
        check_left(size, length)
        if kind == _METRIC:
            check_left(length, 8)
            d.add(f", metric {int.from_bytes(d.taken(at, 8), 'big')}")
        elif d.flags.verbose <= 1:
            text.dump(d, at, length, "\n\t      ")
        at += length
        size -= length


_ANY, _TWOS, _FOURS, _EIGHTS = (range(0, 1 << 16, size) for size in (1, 2, 4, 8))
# The sizes that a kind may have, and what shows it.
_SHOWS: dict[int, tuple[Container[int], Callable[[Dissection, int, int], None]]] = {
    1: ((1,), _show_origin),
    2: (_TWOS, _show_path),
    3: ((4,), _show_address),
    4: ((4,), _show_number),
    5: ((4,), _show_number),
    6: ((0,), _show_nothing),
    7: ((6, 8), _show_aggregator),
    8: (_FOURS, bgp_communities.show),
    9: ((4,), _show_address),
    10: (_FOURS, _show_clusters),
    14: (_ANY, bgp_families.show_reachable),
    15: (_ANY, bgp_families.show_unreachable),
    16: (_EIGHTS, bgp_communities.show_extended),
    17: (_TWOS, partial(_show_path, long=True)),
    18: ((8,), _show_long_aggregator),
    22: (_ANY, _show_tunnel),
    26: (_ANY, _show_metric),
}
