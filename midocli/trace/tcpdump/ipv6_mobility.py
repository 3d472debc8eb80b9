"""Mobile IPv6's mobility header (RFC 6275)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import letters, numbered

_REFRESH, _HOME_INIT, _CARE_OF_INIT, _HOME, _CARE_OF, _UPDATE, _ACK, _ERROR = range(8)
_NAMES = ("BRR", "HoTI", "CoTI", "HoT", "CoT", "BU", "BA", "BE")
_SIZES = (8, 16, 16, 24, 24, 12, 12, 24)
_UPDATE_BITS = numbered("0x8 A, 0x4 H, 0x2 L, 0x1 K")

_PAD1, _PADN, _ADVICE, _CARE_OF_ADDRESS, _NONCES, _AUTHORIZATION = range(6)
# What an option must find room for, and what it is called when there is not.
_OPTION_ROOM = {
    _PADN: (2, "padn"),
    _ADVICE: (4, "refresh"),
    _CARE_OF_ADDRESS: (18, "altcoa"),
    _NONCES: (6, "ni"),
    _AUTHORIZATION: (12, "auth"),
}


def show(d: Dissection, at: int) -> None:
    """Show the header, which ends the packet's text; its options with -v."""
    d.protocol = "mobility"
    try:
        _show_message(d, at)
    except ShortError:
        d.cut()


def _show_message(d: Dissection, at: int) -> None:
    d.check(at + 1, 1)
    length = (d.u8(at + 1) + 1) * 8
    kind = d.u8(at + 2)
    if kind < len(_SIZES) and length < _SIZES[kind]:
        d.add(f"(header length {length} is too small for type {kind})")
        raise ShortError
    if kind >= len(_NAMES):
        d.add(f"mobility: type-#{kind} len={d.u8(at + 1)}")
        return
    d.add(f"mobility: {_NAMES[kind]}")
    if kind in (_HOME_INIT, _CARE_OF_INIT):
        _show_number(d, at + 8, kind == _HOME_INIT, "Init Cookie")
    elif kind in (_HOME, _CARE_OF):
        d.add(f" nonce id=0x{d.u16(at + 6):x}")
        _show_number(d, at + 8, kind == _HOME, "Init Cookie")
        _show_number(d, at + 16, kind == _HOME, "Keygen Token")
    elif kind == _UPDATE:
        d.add(f" seq#={d.u16(at + 6)}")
        d.check(at + 8, 2)
        bits = d.u8(at + 8) >> 4
        if bits:
            d.add(f" {letters(_UPDATE_BITS, bits)}")
        d.add(f" lifetime={d.u16(at + 10) << 2}")
    elif kind == _ACK:
        d.add(f" status={d.u8(at + 6)}")
        if d.u8(at + 7) & 0x80:
            d.add(" K")
        d.add(f" seq#={d.u16(at + 8)}")
        d.add(f" lifetime={d.u16(at + 10) << 2}")
    elif kind == _ERROR:
        d.add(f" status={d.u8(at + 6)}")
        d.add(f" homeaddr {ipv6(d.taken(at + 8, 16))}")
    if d.flags.verbose:
        _show_options(d, at + _SIZES[kind], at + length)


def _show_number(d: Dissection, at: int, home: bool, what: str) -> None:
    if d.flags.verbose:
        where = "Home" if home else "Care-of"
        d.add(f" {where} {what}={d.u32(at):08x}:{d.u32(at + 4):08x}")


def _show_options(d: Dissection, at: int, end: int) -> None:
    while at < end:
        kind = d.u8(at)
        if kind != _PAD1 and at + 1 >= end:
            raise ShortError
        size = 1 if kind == _PAD1 else d.u8(at + 1) + 2
        # One byte more than the option must have been captured.
        if at + size > end or not d.has(at + size, 1):
            raise ShortError
        room, name = _OPTION_ROOM.get(kind, (0, ""))
        if end - at < room:
            d.add(f"({name}: trunc)")
            raise ShortError
        d.add(_option_text(d, at, kind, size))
        at += size


def _option_text(d: Dissection, at: int, kind: int, size: int) -> str:
    if kind == _ADVICE:
        return f"(refresh: {d.u16(at + 2) << 2})"
    if kind == _CARE_OF_ADDRESS:
        return f"(alt-CoA: {ipv6(d.taken(at + 2, 16))})"
    if kind == _NONCES:
        return f"(ni: ho=0x{d.u16(at + 2):04x} co=0x{d.u16(at + 4):04x})"
    plain = {_PAD1: "(pad1)", _PADN: "(padn)", _AUTHORIZATION: "(auth)"}
    return plain.get(kind) or f"(type-0x{kind:02x}: len={size - 2})"
