"""VXLAN (RFC 7348)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet
from midocli.trace.tcpdump.dissection import Dissection

_HEADER = 8
_VNI_VALID = 0x08


def show(d: Dissection, at: int, length: int) -> None:
    """Show the header and, on a line of its own, the frame inside."""
    d.protocol = "vxlan"
    d.add("VXLAN")
    if length < _HEADER:
        d.add(" (invalid)")
        return
    flags = d.u8(at)
    d.add(f", flags [{'I' if flags & _VNI_VALID else 'invalid'}] (0x{flags:02x}), ")
    d.add(f"vni {int.from_bytes(d.taken(at + 4, 3), 'big')}\n")
    d.need(at + 7, 1)
    ethernet.show(d, at + _HEADER, length - _HEADER)
