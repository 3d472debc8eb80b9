"""MACsec (IEEE 802.1AE): frames whose rest is signed, or encrypted as well."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import letters, numbered

_VERSION, _IDENTIFIED = 0x80, 0x20
_ENCRYPTED = 0x0C
_FLAGS = numbered("0x08 E, 0x04 C, 0x40 S, 0x10 B, 0x20 I")
_SHORT, _LONG = 6, 14
_SIGNATURE = 16


def show(d: Dissection, at: int, length: int, macs: bytes) -> tuple[int, int | None]:
    """Show the tag, and take the signature at the frame's end away.

    Returns how long the tag is, and how much of the frame is behind it: None where that is
    encrypted, and -1 where nothing more can be shown, so that all counts as the tag.
    """
    around, d.protocol = d.protocol, "macsec"
    captured = d.end - at
    found = _show(d, at, length, macs)
    d.protocol = around
    return found or (captured, -1)


def _show(d: Dissection, at: int, length: int, macs: bytes) -> tuple[int, int | None] | None:
    captured = d.end - at
    if min(captured, length) < _SHORT:
        d.cut()
        return None
    control, short = d.u8(at), d.u8(at + 1)
    size = _LONG if control & _IDENTIFIED else _SHORT
    if min(captured, length) < size:
        d.cut()
        return None
    if short & ~0x3F or control & _VERSION:
        d.invalid()
        return None
    if control & _ENCRYPTED:
        if not d.flags.link:
            d.add(f"{d.names.mac_pair(macs)} 802.1AE MACsec, ")
        d.add(_tag_text(d, at, control, short))
        return size, None
    if d.flags.link:
        d.add(_tag_text(d, at, control, short))
    left = length - size - _SIGNATURE
    if min(left, captured - size - _SIGNATURE) < 0:
        d.cut()
        return None
    d.end -= _SIGNATURE
    if short and short > min(left, d.end - at - size):
        d.cut()
        return None
    return size, short or left


def _tag_text(d: Dissection, at: int, control: int, short: int) -> str:
    flags = letters(_FLAGS, control) or "none"
    text = f"an {control & 3}, pn {d.u32(at + 2)}, flags {flags}"
    if short:
        text += f", sl {short}"
    if control & _IDENTIFIED:
        text += f", sci {d.taken(at + 6, 8).hex()}"
    return f"{text}, "
