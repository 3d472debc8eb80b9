"""Ethernet frames that other media carry in SNAP (RFC 2684, 5.2)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet
from midocli.trace.tcpdump.dissection import Dissection

_PADDING = 2


def show(d: Dissection, at: int, length: int) -> None:
    """Show an Ethernet frame that was bridged, behind two bytes of padding."""
    d.need(at, _PADDING)
    ethernet.show(d, at + _PADDING, length - _PADDING)
