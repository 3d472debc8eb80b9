"""IPv6's hop-by-hop and destination options (RFC 8200, RFC 2711, RFC 2675, RFC 6275)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection

_PAD1, _PADN, _ROUTER_ALERT, _JUMBO, _HOME_ADDRESS = 0x00, 0x01, 0x05, 0xC2, 0xC9
_SHORTEST, _ROUTER_ALERT_LENGTH, _JUMBO_LENGTH, _HOME_ADDRESS_LENGTH = 2, 4, 6, 18
_SHORTEST_JUMBO = 65536


def show_hop_by_hop(d: Dissection, at: int, payload: int) -> tuple[int | None, int]:
    """Show the header; its length (None if it was cut) and a jumbogram's payload (or 0).

    `payload` is the length the IPv6 header states.
    """
    d.protocol = "hbhopt"
    length = (d.u8(at + 1) + 1) * 8
    if not d.has(at, length):
        d.cut()
        return None, 0
    d.add("HBH ")
    jumbo = _Jumbo(payload)
    if _show_options(d, at + 2, length - 2, jumbo):
        return length, jumbo.found
    d.cut()
    return None, jumbo.found


def show_destination(d: Dissection, at: int) -> int | None:
    """Show the header, its options with -v; its length, or None if it was cut."""
    d.protocol = "dstopt"
    length = (d.u8(at + 1) + 1) * 8
    if not d.has(at, length):
        d.cut()
        return None
    d.add("DSTOPT ")
    if d.flags.verbose and not _show_options(d, at + 2, length - 2, _Jumbo(None)):
        d.cut()
        return None
    return length


class _Jumbo:
    """What becomes of jumbo options: only one counts, in hop-by-hop options of payload 0."""

    __slots__ = ("found", "payload", "seen")

    def __init__(self, payload: int | None) -> None:
        self.payload = payload
        self.seen = False
        self.found = 0

    def note(self, length: int) -> str:
        """The option's text; remembers the length of one that is valid."""
        if self.seen:
            return f"(jumbo: {length} - already seen) "
        self.seen = True
        if self.payload is None:
            return f"(jumbo: {length} - not a hop-by-hop option) "
        if self.payload:
            return f"(jumbo: {length} - payload len != 0) "
        if length < _SHORTEST_JUMBO:
            return f"(jumbo: {length} - < 65536) "
        self.found = length
        return f"(jumbo: {length}) "


def _show_options(d: Dissection, at: int, length: int, jumbo: _Jumbo) -> bool:
    """Show `length` bytes of options; False when one of them does not fit."""
    end = at + length
    verbose = d.flags.verbose
    while at < end:
        kind = d.u8(at)
        if kind == _PAD1:
            if verbose:
                d.add("(pad1)")
            at += 1
            continue
        if at + 1 >= end or at + d.u8(at + 1) + 2 > end:
            return False
        size = d.u8(at + 1) + 2
        if kind == _PADN:
            text = "(padn)"
        elif kind == _ROUTER_ALERT:
            if not _fits(d, "rtalert", size, end - at, _ROUTER_ALERT_LENGTH):
                return False
            text = f"(rtalert: 0x{d.u16(at + 2):04x}) "
        elif kind == _JUMBO:
            if not _fits(d, "jumbo", size, end - at, _JUMBO_LENGTH):
                return False
            text = jumbo.note(d.u32(at + 2))
        elif kind == _HOME_ADDRESS:
            if end - at < _HOME_ADDRESS_LENGTH:
                d.add("(homeaddr: trunc)")
                return False
            if size < _HOME_ADDRESS_LENGTH:
                d.add(f"(homeaddr: invalid len {size - 2})")
                return False
            if verbose and not _show_home_address(d, at, size):
                return False
            text = ""
        else:
            text = f"(opt_type 0x{kind:02x}: len={size - 2})"
        if verbose:
            d.add(text)
        at += size
    if verbose:
        d.add(" ")
    return True


def _fits(d: Dissection, name: str, size: int, left: int, wanted: int) -> bool:
    """Whether an option of a fixed size has it; says why not."""
    if left < wanted:
        d.add(f"({name}: trunc)")
    elif size != wanted:
        d.add(f"({name}: invalid len {size - 2})")
    else:
        return True
    return False


def _show_home_address(d: Dissection, at: int, size: int) -> bool:
    d.add(f"(homeaddr: {ipv6(d.taken(at + 2, 16))}")
    if not _show_sub_options(d, at + _HOME_ADDRESS_LENGTH, at + size):
        return False
    d.add(")")
    return True


def _show_sub_options(d: Dissection, at: int, end: int) -> bool:
    while at < end:
        kind = d.u8(at)
        if kind == _PAD1:
            d.add(", pad1")
            at += 1
            continue
        if at + 1 >= end or at + d.u8(at + 1) + 2 > end:
            return False
        length = d.u8(at + 1)
        d.add(", padn" if kind == _PADN else f", sopt_type 0x{kind:02x}: len={length}")
        at += length + 2
    return True
