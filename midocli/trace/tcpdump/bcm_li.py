"""Broadcom's shim in front of packets that are copied for lawful interception."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, InvalidError

_HEADER = 4
_DIRECTIONS = {1: "unused", 2: "egress", 3: "ingress"}
_UNDECIDED, _IPV4, _IPV6, _ETHERNET = 4, 5, 6, 7
_KINDS = {_UNDECIDED: "undecided", _IPV4: "ipv4", _IPV6: "ipv6", _ETHERNET: "ethernet"}
_TAGS = {1: "single VLAN tag", 2: "double VLAN tag", 3: "untagged"}


def show(d: Dissection, at: int, length: int) -> None:
    """Show the shim, and with -v what is behind it."""
    d.protocol = "bcm_li"
    if length < _HEADER:
        d.add(f" (length {length} < {_HEADER})")
        raise InvalidError
    shim = d.u32(at)
    kind = shim >> 25 & 0xF
    line = "\n    " if d.flags.verbose else ""
    d.add(
        f"{line}BCM-LI-SHIM: direction {_DIRECTIONS.get(shim >> 29, 'unknown')}, "
        f"pkt-type {_KINDS.get(kind, 'unknown')}, "
        f"pkt-subtype {_TAGS.get(shim >> 22 & 7, 'unknown')}, li-id {shim & 0x3FFFFF}{line}"
    )
    at += _HEADER
    length -= _HEADER
    if not d.flags.verbose:
        d.need(at, length)
        return
    if kind == _UNDECIDED:
        kind = {4: _IPV4, 6: _IPV6}.get(d.u8(at) >> 4, _UNDECIDED)
    if kind == _ETHERNET:
        ethernet.show(d, at, length)
    elif kind in (_IPV4, _IPV6):
        (ipv4 if kind == _IPV4 else ipv6).show(d, at, length)
    elif kind == _UNDECIDED:
        d.add("unknown payload")
    else:
        raise InvalidError
