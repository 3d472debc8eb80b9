"""Heartbeats of Microsoft's network load balancing, as far as they are known."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection


def show(d: Dissection, at: int, length: int) -> None:
    """Show a heartbeat: who it is from, and for which address."""
    d.protocol = "msnlb"
    d.add("MS NLB heartbeat")
    d.add(f", host priority: {int.from_bytes(d.taken(at + 8, 4), 'little')}")
    d.add(f", cluster IP: {d.names.ipv4(d.taken(at + 12, 4))}")
    d.add(f", host IP: {d.names.ipv4(d.taken(at + 16, 4))}")
