"""Bytes of a packet as text, the way tcpdump makes them visible."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection


def _visible(byte: int) -> str:
    """`^A` for control characters, `M-` in front of the upper half."""
    prefix = "M-" if byte & 0x80 else ""
    low = byte & 0x7F
    return f"{prefix}{chr(low)}" if 0x20 <= low < 0x7F else f"{prefix}^{chr(low ^ 0x40)}"


_VISIBLE = tuple(map(_visible, range(256)))


def visible(data: bytes) -> str:
    """Text of any bytes, in which every byte can be told."""
    return "".join([_VISIBLE[byte] for byte in data])


def show(d: Dissection, at: int, count: int) -> bool:
    """Show `count` bytes, or what was captured of them: then the answer is False."""
    d.add(visible(d.data[at : min(at + count, d.end)]))
    return at + count <= d.end
