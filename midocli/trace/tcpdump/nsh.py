"""Network service headers (RFC 8300)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6
from midocli.trace.tcpdump.dissection import Dissection, InvalidError
from midocli.trace.tcpdump.tables import numbered

_HEADERS = 8
_WORD = 4
_FIXED, _VARIABLE = 1, 2
_KINDS = {0: "reserved", _FIXED: "1", _VARIABLE: "2", 0xF: "experimental"}
_IPV4, _IPV6, _ETHERNET = 1, 2, 3
_PROTOCOLS = numbered("""
    1 IPv4, 2 IPv6, 3 Ethernet, 4 NSH, 5 MPLS, 0xFE Experiment 1, 0xFF Experiment 2
""")


def show(d: Dissection, at: int, length: int) -> None:
    """Show the headers, with -vvv those of context too, and what is behind them."""
    d.protocol = "nsh"
    if length < _HEADERS:
        d.add(f" (packet length {length} < {_HEADERS})")
        raise InvalidError
    base = d.u32(at)
    words = base >> 16 & 0x3F
    _show_base(d, base, words)
    if base >> 30:
        return
    if length < words * _WORD:
        d.add(f" (too many headers for packet length {length})")
        raise InvalidError
    d.add(f"service-path-id 0x{d.u24(at + 4):06x}, ")
    d.add(f"service-index 0x{d.u8(at + 7):x}")
    if words < 2:
        d.add(" (less than two headers)")
        raise InvalidError
    at += _HEADERS
    context = (words - 2) * _WORD
    if d.flags.verbose > 2 and base >> 8 & 0xF == _FIXED:
        _show_fixed(d, at, words)
    elif d.flags.verbose > 2 and base >> 8 & 0xF == _VARIABLE:
        _show_variable(d, at, words - 2)
    else:
        d.need(at, context)
    d.add("\n    " if d.flags.verbose else ": ")
    _show_next(d, base & 0xFF, at + context, length - words * _WORD)


def _show_base(d: Dissection, base: int, words: int) -> None:
    verbose = d.flags.verbose
    d.add("NSH, ")
    if verbose > 1:
        d.add(f"ver {base >> 30}, ")
    if base >> 30:
        return
    d.add(f"flags [{'O' if base >> 28 & 2 else 'none'}], ")
    if verbose > 2:
        kind = base >> 8 & 0xF
        d.add(f"TTL {base >> 22 & 0x3F}, length {words}, ")
        d.add(f"md type {_KINDS.get(kind, f'unknown (0x{kind:02x})')}, ")
    if verbose > 1:
        protocol = base & 0xFF
        d.add(f"next-protocol {_PROTOCOLS.get(protocol, f'unknown (0x{protocol:02x})')}, ")


def _show_fixed(d: Dissection, at: int, words: int) -> None:
    if words != 6:
        d.add(" (invalid length for the MD type)")
        raise InvalidError
    for number in range(4):
        d.add(f"\n        Context[{number:02}]: 0x{d.u32(at + number * _WORD):08x}")


def _show_variable(d: Dissection, at: int, words: int) -> None:
    while words:
        kind, number, size = d.u16(at), d.u8(at + 2), d.u8(at + 3) & 0x7F
        d.add(f"\n        TLV Class {kind}, Type {number}, Len {size}")
        at += _WORD
        words -= 1
        padded = (size + _WORD - 1) // _WORD
        if words < padded:
            d.add(" (length too big)")
            raise InvalidError
        if size:
            shown = d.data[at : min(at + size, d.end)].hex(":")
            d.add(f"\n            Value: {f'0x{shown}' if shown else ''}")
            d.need(at, size)
            d.need(at, padded * _WORD)
        at += padded * _WORD
        words -= padded


def _show_next(d: Dissection, protocol: int, at: int, length: int) -> None:
    if protocol == _IPV4:
        ipv4.show(d, at, length)
    elif protocol == _IPV6:
        ipv6.show(d, at, length)
    elif protocol == _ETHERNET:
        ethernet.show(d, at, length)
    else:
        d.add("ERROR: unknown-next-protocol")
