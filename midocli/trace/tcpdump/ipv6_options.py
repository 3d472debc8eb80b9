"""IPv6's hop-by-hop and destination options (RFC 8200, RFC 2711, RFC 2675, RFC 6275)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection, ShortError

_PAD1, _PADN, _ROUTER_ALERT, _JUMBO, _HOME_ADDRESS = 0x00, 0x01, 0x05, 0xC2, 0xC9
_ROUTER_ALERT_LENGTH, _JUMBO_LENGTH, _HOME_ADDRESS_LENGTH = 4, 6, 18
_SHORTEST_JUMBO = 65536


def show_hop_by_hop(d: Dissection, at: int, payload: int) -> tuple[int | None, int]:
    """Show the header; its length (None if it was cut) and a jumbogram's payload (or 0).

    `payload` is the length the IPv6 header states.
    """
    d.protocol = "hbhopt"
    length = (d.u8(at + 1) + 1) * 8
    jumbo = _Jumbo(payload)
    try:
        d.check(at, length)
        d.add("HBH ")
        _show_options(d, at + 2, length - 2, jumbo)
    except ShortError:
        d.cut()
        return None, jumbo.found
    return length, jumbo.found


def show_destination(d: Dissection, at: int) -> int | None:
    """Show the header, its options with -v; its length, or None if it was cut."""
    d.protocol = "dstopt"
    length = (d.u8(at + 1) + 1) * 8
    try:
        d.check(at, length)
        d.add("DSTOPT ")
        if d.flags.verbose:
            _show_options(d, at + 2, length - 2, _Jumbo(None))
    except ShortError:
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


def _show_options(d: Dissection, at: int, length: int, jumbo: _Jumbo) -> None:
    """Show `length` bytes of options; ShortError when one of them does not fit."""
    end = at + length
    verbose = d.flags.verbose
    while at < end:
        kind = d.u8(at)
        if kind == _PAD1:
            if verbose:
                d.add("(pad1)")
            at += 1
            continue
        size = _size(d, at, end)
        if kind == _PADN:
            text = "(padn)"
        elif kind == _ROUTER_ALERT:
            _check_size(d, "rtalert", size, end - at, _ROUTER_ALERT_LENGTH)
            text = f"(rtalert: 0x{d.u16(at + 2):04x}) "
        elif kind == _JUMBO:
            _check_size(d, "jumbo", size, end - at, _JUMBO_LENGTH)
            text = jumbo.note(d.u32(at + 2))
        elif kind == _HOME_ADDRESS:
            # More than its address is for options of its own.
            _check_size(
                d, "homeaddr", min(size, _HOME_ADDRESS_LENGTH), end - at, _HOME_ADDRESS_LENGTH
            )
            if verbose:
                _show_home_address(d, at, size)
            text = ""
        else:
            text = f"(opt_type 0x{kind:02x}: len={size - 2})"
        if verbose:
            d.add(text)
        at += size
    if verbose:
        d.add(" ")


def _size(d: Dissection, at: int, end: int) -> int:
    """How long the option at `at` is; ShortError where it goes past the end."""
    if at + 1 >= end or at + d.u8(at + 1) + 2 > end:
        raise ShortError
    return d.u8(at + 1) + 2


def _check_size(d: Dissection, name: str, size: int, left: int, wanted: int) -> None:
    """Say why an option of a fixed size does not have it, and raise ShortError."""
    if left < wanted:
        d.add(f"({name}: trunc)")
        raise ShortError
    if size != wanted:
        d.add(f"({name}: invalid len {size - 2})")
        raise ShortError


def _show_home_address(d: Dissection, at: int, size: int) -> None:
    d.add(f"(homeaddr: {ipv6(d.taken(at + 2, 16))}")
    _show_sub_options(d, at + _HOME_ADDRESS_LENGTH, at + size)
    d.add(")")


def _show_sub_options(d: Dissection, at: int, end: int) -> None:
    while at < end:
        kind = d.u8(at)
        if kind == _PAD1:
            d.add(", pad1")
            at += 1
            continue
        size = _size(d, at, end)
        d.add(", padn" if kind == _PADN else f", sopt_type 0x{kind:02x}: len={size - 2}")
        at += size
