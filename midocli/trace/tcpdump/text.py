"""Bytes of a packet as text, the way tcpdump makes them visible."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_and_ascii, hex_only


def _visible(byte: int) -> str:
    """`^A` for control characters, `M-` in front of the upper half."""
    prefix = "M-" if byte & 0x80 else ""
    low = byte & 0x7F
    return f"{prefix}{chr(low)}" if 0x20 <= low < 0x7F else f"{prefix}^{chr(low ^ 0x40)}"


_VISIBLE = tuple(map(_visible, range(256)))


def visible(data: bytes) -> str:
    """Text of any bytes, in which every byte can be told."""
    return "".join([_VISIBLE[byte] for byte in data])


def show(d: Dissection, at: int, count: int) -> None:
    """Show `count` bytes; ShortError behind those that were captured, if not all were."""
    d.add(visible(d.data[at : min(at + count, d.end)]))
    d.check(at, count)


def show_all(d: Dissection, at: int, count: int) -> None:
    """Show `count` bytes; CutOffError behind those that were captured, if not all were."""
    d.add(visible(d.data[at : min(at + count, d.end)]))
    d.need(at, count)


def show_until_zero(d: Dissection, at: int, count: int) -> int:
    """Show text that a zero byte ends, and give how many bytes that were.

    0 where no zero byte is among the first `count` that were captured.
    """
    end = max(at, min(at + count, d.end))
    found = d.data.find(b"\0", at, end)
    d.add(visible(d.data[at : end if found < 0 else found]))
    return found - at + 1 if found >= 0 else 0


def show_unknown(d: Dissection, at: int, count: int) -> None:
    """Show `count` bytes of an unknown kind; CutOffError behind those that were captured."""
    if not d.flags.no_dump_of_unknown:
        d.add(hex_and_ascii(d.data[at : min(at + count, d.end)]))
        d.need(at, count)


def dump(d: Dissection, at: int, count: int, indent: str = "\n\t") -> None:
    """Show a hex dump of `count` bytes, or of those that were captured."""
    d.add(hex_only(d.data[at : min(at + count, d.end)], indent))


def show_padded(d: Dissection, at: int, count: int) -> None:
    """Show a field of `count` bytes up to its zero byte; CutOffError where it was not captured."""
    if not show_until_zero(d, at, count):
        d.need(at, count)
