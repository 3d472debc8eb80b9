"""IPv6 router renumbering (RFC 2894)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import letters, numbered

_COMMAND = 0
_CODES = {_COMMAND: "command", 1: "result", 255: "sequence number reset"}
_FLAGS = numbered("0x80 T, 0x40 R, 0x20 A, 0x10 S, 0x08 P")
_OPERATIONS = {1: "add", 2: "change", 3: "setglobal"}
_HEADER, _MATCH, _USE = 16, 24, 32
_FOREVER = 0xFFFF_FFFF


def show(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a message; of a command, the prefixes it matches and puts to use."""
    if not d.has(at + 12, 4):
        d.cut()
        return
    d.add(f", {_CODES.get(code, f'code-#{code}')}")
    d.add(f", seq={d.u32(at + 4)}")
    if d.flags.verbose:
        flags = d.u8(at + 9)
        d.add("[")
        if flags:
            d.add(f"{letters(_FLAGS, flags)},")
        d.add(f"seg={d.u8(at + 8)},maxdelay={d.u16(at + 10)}")
        reserved = d.u32(at + 12)
        d.add(f"rsvd=0x{reserved:x}" if reserved else "")
        d.add("]")
    if code == _COMMAND and not _show_command(d, at + _HEADER):
        d.cut()


def _show_command(d: Dissection, at: int) -> bool:
    if not d.has(at + 8, 16):
        return False
    prefix = ipv6(d.data[at + 8 : at + 24])
    d.add("\n\t" if d.flags.verbose > 1 else " ")
    code = d.u8(at)
    d.add(f"match({_OPERATIONS.get(code, f'#{code}')}")
    if d.flags.verbose:
        d.add(f",ord={d.u8(at + 2)},min={d.u8(at + 4)},max={d.u8(at + 5)}")
    d.add(f",{prefix}/{d.u8(at + 3)})")
    # What is left of the command after the match, in units of four bytes that fill whole uses.
    words = d.u8(at + 1) - 3
    if words % 4:
        return False
    at += _MATCH
    for use in range(at, at + words // 4 * _USE, _USE):
        if not d.has(use + 16, 16):
            return False
        _show_use(d, use)
    return True


def _show_use(d: Dissection, at: int) -> None:
    d.add("\n\t" if d.flags.verbose > 1 else " ")
    d.add("use(")
    flags = d.u8(at + 12)
    if flags:
        d.add(f"{'V' if flags & 0x80 else ''}{'P' if flags & 0x40 else ''},")
    if d.flags.verbose:
        d.add(f"mask=0x{d.u8(at + 2):x},raflags=0x{d.u8(at + 3):x},")
        valid, preferred = d.u32(at + 4), d.u32(at + 8)
        d.add("vltime=infty," if valid == _FOREVER else f"vltime={valid},")
        d.add("pltime=infty," if preferred == _FOREVER else f"pltime={preferred},")
    d.add(f"{ipv6(d.data[at + 16 : at + 32])}/{d.u8(at)}/{d.u8(at + 1)})")
