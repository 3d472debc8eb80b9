"""RIP, versions 1 and 2 (RFC 1058, RFC 2453, RFC 4822), and RIPng for IPv6 (RFC 2080)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.address_families import BSD_NAMES
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection, InvalidError, ShortError, check_left
from midocli.trace.tcpdump.tables import numbered

_HEADER, _ENTRY = 4, 20
_REQUEST, _RESPONSE = 1, 2
_COMMANDS = numbered("1 Request, 2 Response, 3 Trace on, 4 Trace off, 5 Poll, 6 Poll Entry")
_PLAIN = frozenset((4, 5, 6))
_IPV4 = 2
_AUTHENTICATION = 0xFFFF
_TRAILER, _PASSWORD, _DIGEST = 1, 2, 3
_INFINITY = 16


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message, with -v its routes."""
    d.protocol = "rip"
    captured = min(length, d.end - at)
    check_left(captured, _HEADER)
    command, version = d.u8(at), d.u8(at + 1)
    d.add("\n\t" if d.flags.verbose else "")
    d.add(f"RIPv{version}")
    if version == 0:
        text.dump(d, at, length)
        return
    d.add(f", {_COMMANDS.get(command, f'unknown command ({command})')}, length: {length}")
    if not d.flags.verbose:
        return
    if command in (_REQUEST, _RESPONSE):
        _show_entries(d, version, at + _HEADER, captured - _HEADER, length // _ENTRY)
    elif command not in _PLAIN and d.flags.verbose == 1:
        text.dump(d, at, length)
    if d.flags.verbose > 1:
        text.dump(d, at, length)


def _show_entries(d: Dissection, version: int, at: int, left: int, count: int) -> None:
    if version not in (1, 2):
        d.add(", unknown version")
        return
    d.add(f", routes: {count}{' or less' if version == 2 else ''}")
    while left:
        try:
            size = (_show_old if version == 1 else _show_entry)(d, at, left)
        except ShortError:
            d.cut()
            return
        if left < size:
            d.add(f" [remaining entries length {left} < {size}]")
            d.invalid()
            return
        at += size
        left -= size


def _show_old(d: Dissection, at: int, left: int) -> int:
    """Show an entry of version 1, which has zeros where version 2 has more."""
    check_left(left, _ENTRY)
    family = d.u16(at)
    if family not in (_IPV4, 0):
        d.add(f"\n\t AFI {BSD_NAMES.get(family, f'Unknown ({family})')}, ")
        text.dump(d, at + 4, _ENTRY - 4, "\n\t  ")
    elif d.u16(at + 2) or any(d.taken(at + 8, 8)):
        text.dump(d, at, _ENTRY, "\n\t  ")
    else:
        unnamed = "" if family else "AFI 0, "
        d.add(f"\n\t  {unnamed}{d.names.ipv4(d.taken(at + 4, 4))}, metric: {d.u32(at + 16)}")
    return _ENTRY


def _show_entry(d: Dissection, at: int, left: int) -> int:
    check_left(left, 4)
    family = d.u16(at)
    if family == _AUTHENTICATION:
        return _show_authentication(d, at, left)
    if family not in (_IPV4, 0):
        d.add(f"\n\t  AFI {BSD_NAMES.get(family, f'Unknown ({family})')}")
        text.dump(d, at + 4, _ENTRY - 4, "\n\t  ")
        return _ENTRY
    d.check(at, _ENTRY, at + left)
    hop = d.taken(at + 12, 4)
    d.add(
        f"\n\t  AFI {BSD_NAMES.get(family, family)}, {d.names.ipv4(d.taken(at + 4, 4)):>15}"
        f"/{_bits(d.u32(at + 8)):<2}, tag 0x{d.u16(at + 2):04x}, metric: {d.u32(at + 16)}, "
        f"next-hop: {d.names.ipv4(hop) if any(hop) else 'self'}"
    )
    return _ENTRY


def _bits(mask: int) -> int:
    """How long the prefix is that a mask stands for; -1 where it is none."""
    bits = mask.bit_count()
    return bits if mask == (1 << 32) - (1 << 32 - bits) else -1


def _show_authentication(d: Dissection, at: int, left: int) -> int:
    kind = d.u16(at + 2)
    if kind == _PASSWORD:
        d.add("\n\t  Simple Text Authentication data: ")
        text.show_padded(d, at + 4, 16)
        return _ENTRY
    if kind == _DIGEST:
        d.check(at + 4, 16, at + left)
        d.add(
            f"\n\t  Auth header: Packet Len {d.u16(at + 4)}, Key-ID {d.u8(at + 6)}, "
            f"Auth Data Len {d.u8(at + 7)}, SeqNo {d.u32(at + 8)}, "
            f"MBZ {d.u32(at + 12)}, MBZ {d.u32(at + 16)}"
        )
        return _ENTRY
    trailer = kind == _TRAILER
    d.add("\n\t  Auth trailer:" if trailer else f"\n\t  Unknown ({kind}) Authentication data:")
    text.dump(d, at + 4, left - 4, "\n\t  ")
    return left


def show_ipv6(d: Dissection, at: int, length: int) -> None:
    """Show a message and its routes."""
    d.protocol = "ripng"
    version = d.u8(at + 1)
    if version != 1:
        d.add(f" [vers {version}]")
        raise InvalidError
    command = d.u8(at)
    if command not in (_REQUEST, _RESPONSE):
        d.add(f" ripng-{command} ?? {length}")
        raise InvalidError
    left = length - _HEADER
    if left < 0:
        raise InvalidError
    count = left // _ENTRY
    first = at + _HEADER
    asked = command == _REQUEST
    if asked and count == 1 and d.u8(first + 19) == _INFINITY and not any(d.taken(first, 16)):
        d.add(" ripng-req dump")
        return
    name = "req" if asked else "resp"
    d.add(f" ripng-{name} {count}{f'[{length}]' if left % _ENTRY else ''}:")
    for entry in range(first, first + count * _ENTRY, _ENTRY):
        d.add("\n\t" if d.flags.verbose > 1 else " ")
        _show_ipv6_entry(d, entry, with_metric=not asked)
    if left % _ENTRY:
        raise InvalidError


def _show_ipv6_entry(d: Dissection, at: int, with_metric: bool) -> None:
    d.add(f"{ipv6(d.taken(at, 16))}/{d.u8(at + 18)}")
    tag = d.u16(at + 16)
    if tag:
        d.add(f" [{tag}]")
    metric = d.u8(at + 19)
    if metric and with_metric:
        d.add(f" ({metric})")
