"""Numbers that occur in more than one of BGP's messages and attributes."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection


def system(d: Dissection, number: int) -> str:
    """An autonomous system: `65536`, with -b `1.0`."""
    if not d.flags.dotted or number <= 0xFFFF:
        return str(number)
    return f"{number >> 16}.{number & 0xFFFF}"


def distinguisher(d: Dissection, at: int) -> str:
    """A route distinguisher (RFC 4364), which tells routes of several customers apart."""
    kind = d.u16(at)
    if kind == 0:
        number = d.taken(at + 4, 4)
        dotted = ".".join(map(str, number))
        return f"{d.u16(at + 2)}:{int.from_bytes(number, 'big')} (= {dotted})"
    if kind > 2:
        return "unknown RD format"
    dotted = ".".join(map(str, d.taken(at + 2, 4)))
    if kind == 1:
        return f"{dotted}:{d.u16(at + 6)}"
    return f"{system(d, d.u32(at + 2))}:{d.u16(at + 6)} ({dotted}:{d.u16(at + 6)})"


def network_point(address: bytes) -> str:
    """An OSI address: `49.0001.1921`."""
    if not 1 <= len(address) <= 20:
        return "isonsap_string: illegal length"
    digits = address.hex()
    return ".".join([digits[:2], *(digits[at : at + 4] for at in range(2, len(digits), 4))])


def masked(address: bytes, bits: int, size: int) -> bytes:
    """The first `bits` bits of an address of `size` bytes, and zeros behind them."""
    whole = int.from_bytes(address.ljust(size, b"\0"), "big")
    left = size * 8 - bits
    return (whole >> left << left).to_bytes(size, "big")
