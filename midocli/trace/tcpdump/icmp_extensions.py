"""Extensions behind the quote of an ICMP error (RFC 4884, RFC 4950), shown with -v."""

from __future__ import annotations

from midocli.trace.tcpdump.checksum import complement, words
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_only

# They begin 128 bytes into the quote, behind the message's own 8.
_START = 136
_HEADER = 4
_OBJECT_HEADER = 4
_VERSION = 2
_MPLS = 1
_OBJECTS = {_MPLS: "MPLS Stack Entry", 2: "Interface Identification"}
_INDENT = "\n\t    "


def show(d: Dissection, at: int, length: int) -> None:
    """Show the extensions of the message of `length` bytes at `at`, if it has any.

    A message that states no length for its quote has them if their checksum is right.
    """
    if length <= _START:
        return
    d.check(at, _START + _HEADER + 1)
    start = at + _START
    size = length - _START
    whole = d.has(start, size)
    fits = whole and complement(words(d.data[start : start + size])) == 0
    if d.u8(at + 5) == 0 and whole and not fits:
        return
    version = d.u8(start) >> 4
    d.add(f"\n\tICMP Multi-Part extension v{version}")
    if version != _VERSION:
        d.add(" packet not supported")
        return
    if whole:
        verdict = "correct" if fits else "incorrect"
        d.add(f", checksum 0x{d.u16(start + 2):04x} ({verdict}), length {size}")
    # Fewer than four bytes left wrap around in tcpdump, which then reads on until cut off.
    left = (size - _HEADER) & 0xFFFF_FFFF
    _show_objects(d, start + _HEADER, left)


def _show_objects(d: Dissection, at: int, left: int) -> None:
    while left > _OBJECT_HEADER:
        d.check(at, _OBJECT_HEADER)
        size, kind, subtype = d.u16(at), d.u8(at + 2), d.u8(at + 3)
        d.add(
            f"\n\t  {_OBJECTS.get(kind, 'unknown')} Object ({kind}), "
            f"Class-Type: {subtype}, length {size}"
        )
        at += _OBJECT_HEADER
        left -= _OBJECT_HEADER
        size -= _OBJECT_HEADER
        if kind == 0 or size < 0:
            return
        if kind == _MPLS and subtype == 1:
            d.add(_label(d.u32(at)))
        else:
            d.add(hex_only(d.data[at : min(at + size, d.end)], _INDENT))
        if left < size:
            return
        at += size
        left -= size


def _label(entry: int) -> str:
    bottom = ", [S]" if entry & 0x100 else ""
    return f"{_INDENT}label {entry >> 12}, tc {entry >> 9 & 7}{bottom}, ttl {entry & 0xFF}"
