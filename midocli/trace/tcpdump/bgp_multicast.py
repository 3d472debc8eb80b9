"""BGP's routes for multicast in customers' networks (RFC 6514), and route targets (RFC 4684)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv4, ipv6
from midocli.trace.tcpdump.bgp_routes import Route
from midocli.trace.tcpdump.bgp_values import distinguisher, masked, system
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_ROOM = 163
_DISTINGUISHER = 8
_INTRA, _INTER, _SELECTIVE, _LEAF, _ACTIVE, _SHARED, _SOURCE = range(1, 8)
_NAMES = numbered("""
    1 Intra-AS I-PMSI, 2 Inter-AS I-PMSI, 3 S-PMSI, 4 Intra-AS Segment-Leaf, 5 Source-Active,
    6 Shared Tree Join, 7 Source Tree Join
""")
_WITH_SYSTEM = frozenset((_INTER, _SHARED, _SOURCE))
_UNSIGNED = 0xFFFF_FFFF
_TARGET_BY_SYSTEM, _TARGET_BY_ADDRESS, _TARGET_BY_LONG_SYSTEM = 0x0002, 0x0102, 0x0202


def multicast(d: Dissection, at: int) -> Route:
    """A route of any of the seven types."""
    kind, length = d.u8(at), d.u8(at + 1)
    at += 2
    text = f"Route-Type: {_NAMES.get(kind, 'Unknown')} ({kind}), length: {length}"
    if kind in _NAMES and kind != _LEAF:
        d.check(at, _DISTINGUISHER + (4 if kind in _WITH_SYSTEM else 0))
        text += f", RD: {distinguisher(d, at)}"
        at += _DISTINGUISHER
    if kind == _INTRA:
        text += f", Originator {_host(d, at, (length - _DISTINGUISHER) * 8 & _UNSIGNED)}"
    elif kind in _WITH_SYSTEM:
        text += f", Source-AS {system(d, d.u32(at))}"
        if kind != _INTER:
            text += _source_and_group(d, at + 4)[0]
    elif kind == _SELECTIVE:
        pair, used = _source_and_group(d, at)
        left = length - used & _UNSIGNED
        d.check(at, left)
        # tcpdump does not step over source and group here.
        text += f"{pair}, Originator {_host(d, at, left * 8)}"
    elif kind == _ACTIVE:
        text += _source_and_group(d, at)[0]
    return text[:_ROOM], length + 2


def _host(d: Dissection, at: int, bits: int) -> str:
    if bits == 32:
        return ipv4(d.taken(at, 4))
    if bits == 128:
        return ipv6(d.taken(at, 16))
    return f"bogus address length {bits}"


def _source_and_group(d: Dissection, at: int) -> tuple[str, int]:
    """Two addresses with lengths in front, and how many bytes those took that are whole."""
    text, used = "", 0
    for name in ("Source", "Group"):
        bits = d.u8(at)
        at += 1
        if not d.has(at, bits >> 3):
            break
        used += (bits >> 3) + 1
        if bits:
            text += f", {name} {_host(d, at, bits)}"
            at += bits >> 3
    return text, used


def target(d: Dissection, at: int) -> Route | None:
    """A route target that someone wants routes of; tcpdump shows it before it is a route."""
    bits = d.u8(at)
    if bits == 0:
        d.add("\n\t      default route target")
        return "", 1
    number = system(d, d.u32(at + 1)) if bits >= 32 else ""
    bits -= 32
    if not 0 <= bits <= 64:
        d.add("\n\t      (illegal prefix length)")
        return None
    count = (bits + 7) // 8
    community = masked(d.taken(at + 5, count), bits, 8)
    d.add(f"\n\t      origin AS: {number}, {_target_text(d, community, bits)}")
    return "", 5 + count


def _target_text(d: Dissection, community: bytes, bits: int) -> str:
    if bits == 0:
        return "route-target: 0:0/0"
    digits = community[: (bits + 7) // 8].hex(" ", -2)
    if bits < 16:
        return f"route-target: partial-type: ({digits}/{bits})"
    kind = int.from_bytes(community[:2], "big")
    if kind == _TARGET_BY_SYSTEM:
        short, number = community[2:4], community[4:]
        who = f"{int.from_bytes(short, 'big')}:{int.from_bytes(number, 'big')}"
    elif kind == _TARGET_BY_ADDRESS:
        who = f"{ipv4(community[2:6])}:{int.from_bytes(community[6:], 'big')}"
    elif kind == _TARGET_BY_LONG_SYSTEM:
        name = system(d, int.from_bytes(community[2:6], "big"))
        who = f"{name}:{int.from_bytes(community[6:], 'big')}"
    else:
        return f"route target: unknown-type({kind:04x}) ({digits}/{bits})"
    return f"route-target: {who}/{bits} ({digits})"
