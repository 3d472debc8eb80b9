"""Domain names in packets: labels, pointers back to earlier ones, and bit strings (RFC 1035)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection, ShortError

_KIND, _POINTER, _RESERVED, _EXTENDED = 0xC0, 0xC0, 0x80, 0x40
_BIT_LABEL = 0x41
_LONGEST = 255
_UNSIGNED = 0xFFFF_FFFF


def skip(d: Dissection, at: int) -> int:
    """The offset after a name; ShortError when it is malformed or was not captured."""
    while True:
        d.check(at, 1)
        length = d.data[at]
        at += 1
        kind = length & _KIND
        if length == 0:
            return at
        if kind == _POINTER:
            return at + 1
        if kind == _RESERVED or (kind == _EXTENDED and length != _BIT_LABEL):
            raise ShortError
        if kind == _EXTENDED:
            d.check(at, 1)
            at += 1 + ((d.data[at] or 256) + 7) // 8
        else:
            at += length


def show(d: Dissection, at: int, message: int) -> int:
    """Show a name and give the offset after it; ShortError when that is not known.

    Pointers count from the offset `message` and must lead backwards.
    """
    size = _label_size(d, at)
    length = d.u8(at)
    if length == 0:
        d.add(".")
        return at + 1
    bound = at - message & _UNSIGNED
    at += 1
    followed = False
    after: int | None = None if length & _KIND == _POINTER else at + size
    shown = 0
    while length and at < d.end:
        kind = length & _KIND
        if kind == _POINTER:
            if not followed:
                followed = True
                after = at + 1
            offset = (length << 8 | d.data[at]) & 0x3FFF
            if offset >= bound:
                d.add("<BAD PTR>")
                raise ShortError
            bound = offset
            at = message + offset
            size = _label_size(d, at)
            length = d.data[at]
            at += 1
            continue
        if kind == _EXTENDED:
            _show_bits(d, at)
        else:
            room = min(size, _LONGEST - shown)
            if room > 0:
                text.show(d, at, room)
            shown += size
        at += size
        if shown <= _LONGEST:
            d.add(".")
        shown += 1
        size = _label_size(d, at)
        length = d.data[at]
        at += 1
        if not followed and after is not None:
            after += size + 1
    if shown > _LONGEST:
        d.add("<DOMAIN NAME TOO LONG>")
    if after is None:
        raise ShortError
    return after


def _label_size(d: Dissection, at: int) -> int:
    """How many bytes the label at `at` has behind its first; ShortError when it is no label."""
    d.check(at, 1)
    length = d.data[at]
    kind = length & _KIND
    if kind == _EXTENDED:
        if length != _BIT_LABEL:
            d.add(f"<ELT {length & ~_KIND}>")
            raise ShortError
        d.check(at + 1, 1)
        return ((d.data[at + 1] or 256) + 7) // 8 + 1
    if kind == _RESERVED:
        d.add("<BAD LABEL TYPE>")
        raise ShortError
    return length


def _show_bits(d: Dissection, at: int) -> None:
    """Show a bit string label as hex digits; ShortError when not even its length is there."""
    d.check(at, 1)
    bits = d.data[at] or 256
    limit = at + 1 + (bits + 3) // 4
    d.add("\\[x")
    at += 1
    left = bits
    while left > 7 and at < limit:
        d.add(f"{d.u8(at):02x}")
        at += 1
        left -= 8
    if left > 4:
        d.add(f"{d.u8(at) & 0xFF << 8 - left:02x}")
    elif left > 0:
        d.add(f"{d.u8(at) >> 4 & 0xF << 4 - left:x}")
    d.add(f"/{bits}]")
