"""VXLAN (RFC 7348), its generic extension, and OTV: frames in UDP behind eight bytes of their own.

The extension is draft-ietf-nvo3-vxlan-gpe, OTV (between data centers) draft-hasmit-otv.
"""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet, ipv4, ipv6, nsh
from midocli.trace.tcpdump.dissection import Dissection, EthertypeShow, InvalidError
from midocli.trace.tcpdump.tables import letters, numbered

_HEADER = 8
_VALID = 0x08
_FLAGS = numbered("0x08 I, 0x04 P, 0x02 B, 0x01 O")
_ETHERNET = 3
_CARRIED: dict[int, EthertypeShow] = {1: ipv4.show, 2: ipv6.show, 4: nsh.show}


def show(d: Dissection, at: int, length: int) -> None:
    """Show the header and, on a line of its own, the frame inside."""
    d.protocol = "vxlan"
    d.add("VXLAN")
    if length < _HEADER:
        d.add(" (invalid)")
        return
    flags = d.u8(at)
    d.add(f", flags [{'I' if flags & _VALID else 'invalid'}] (0x{flags:02x}), ")
    d.add(f"vni {d.u24(at + 4)}\n")
    d.need(at + 7, 1)
    ethernet.show(d, at + _HEADER, length - _HEADER)


def show_generic(d: Dissection, at: int, length: int) -> None:
    """Show the header and what it carries."""
    d.protocol = "vxlan_gpe"
    d.add("VXLAN-GPE, ")
    if length < _HEADER:
        d.add(f" (len {length} < {_HEADER})")
        raise InvalidError
    flags = d.u8(at)
    names = letters(_FLAGS, flags) or "none"
    d.add(f"flags [{names}], ")
    protocol = d.u8(at + 3)
    network = d.u24(at + 4)
    d.need(at + 7, 1)
    d.add(f"vni {network}")
    d.add("\n    " if d.flags.verbose else ": ")
    at += _HEADER
    length -= _HEADER
    if protocol == _ETHERNET:
        ethernet.show(d, at, length)
    elif protocol in _CARRIED:
        _CARRIED[protocol](d, at, length)
    else:
        d.add("ERROR: unknown-next-protocol")
        raise InvalidError


def show_otv(d: Dissection, at: int, length: int) -> None:
    """Show the header and, on a line of its own, the frame inside."""
    d.protocol = "otv"
    d.add("OTV, ")
    if length < _HEADER:
        d.add(f"[length {length} < {_HEADER}]")
        d.invalid()
        d.need(at, length)
        return
    flags = d.u8(at)
    d.add(f"flags [{'I' if flags & _VALID else '.'}] (0x{flags:02x}), ")
    d.add(f"overlay {d.u24(at + 1)}, ")
    d.add(f"instance {d.u24(at + 4)}\n")
    d.need(at + 7, 1)
    ethernet.show(d, at + _HEADER, length - _HEADER)
