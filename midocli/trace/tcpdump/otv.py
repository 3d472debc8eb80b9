"""OTV, which carries Ethernet between data centers (draft-hasmit-otv)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet
from midocli.trace.tcpdump.dissection import Dissection

_HEADER = 8


def show(d: Dissection, at: int, length: int) -> None:
    """Show the header and, on a line of its own, the frame inside."""
    d.protocol = "otv"
    d.add("OTV, ")
    if length < _HEADER:
        d.add(f"[length {length} < {_HEADER}]")
        d.invalid()
        d.need(at, length)
        return
    flags = d.u8(at)
    d.add(f"flags [{'I' if flags & 8 else '.'}] (0x{flags:02x}), ")
    d.add(f"overlay {int.from_bytes(d.taken(at + 1, 3), 'big')}, ")
    d.add(f"instance {int.from_bytes(d.taken(at + 4, 3), 'big')}\n")
    d.need(at + 7, 1)
    ethernet.show(d, at + _HEADER, length - _HEADER)
