"""MPLS label stacks (RFC 3032), and the packet that their last label or first byte tells of."""

from __future__ import annotations

from midocli.trace.tcpdump import ipv4, ipv6, text
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_NAMES = numbered("0 IPv4 explicit NULL, 1 router alert, 2 IPv6 explicit NULL, 3 implicit NULL")
_RESERVED = 16
_IPV4_LABELS, _IPV6_LABEL = (0, 3), 2
_BOTTOM = 0x100


def show(d: Dissection, at: int, length: int) -> None:
    """Show the labels, and what stands below them."""
    d.protocol = "mpls"
    d.add("MPLS")
    entry, separator = 0, " "
    while not entry & _BOTTOM:
        if length < 4:
            d.invalid()
            d.need(at, length)
            return
        entry = d.u32(at)
        d.add(f"{separator}{_entry_text(entry, bool(d.flags.verbose))}")
        separator = "\n\t" if d.flags.verbose else " "
        at += 4
        length -= 4
    version = _version(d, at, length, entry >> 12)
    if version is None:
        return
    if version == 0:
        text.show_unknown(d, at, length)
        return
    d.add(separator)
    (ipv4 if version == 4 else ipv6).show(d, at, length)


def _entry_text(entry: int, verbose: bool) -> str:
    label = entry >> 12
    named = ""
    if verbose and label < _RESERVED:
        named = f" ({_NAMES.get(label, 'rsvd')})"
    bottom = ", [S]" if entry & _BOTTOM else ""
    return f"(label {label}{named}, tc {entry >> 9 & 7}{bottom}, ttl {entry & 0xFF})"


def _version(d: Dissection, at: int, length: int, label: int) -> int | None:
    """The IP version below the labels; 0 for something else, and None for nothing."""
    if label in _IPV4_LABELS:
        return 4
    if label == _IPV6_LABEL:
        return 6
    if length < 1:
        return None
    first = d.u8(at)
    if 0x45 <= first <= 0x4F:
        return 4
    return 6 if first >> 4 == 6 else 0
