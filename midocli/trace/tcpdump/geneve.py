"""Geneve (RFC 8926)."""

from __future__ import annotations

from midocli.trace.tcpdump import ethernet
from midocli.trace.tcpdump.dissection import Dissection, InvalidError
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.tables import letters, numbered

_HEADER = 8
_BRIDGED = 0x6558
_FLAGS = numbered("0x80 O, 0x40 C, 0x20 R1, 0x10 R2, 0x08 R3, 0x04 R4, 0x02 R5, 0x01 R6")
_OPTION_HEADER = 4
_CRITICAL = 0x80
_CLASSES = numbered("""
    0x0100 Linux, 0x0101 Open vSwitch, 0x0102 Open Virtual Networking (OVN),
    0x0103 In-band Network Telemetry (INT), 0x0104 VMware
""")


def show(d: Dissection, at: int, length: int) -> None:
    """Show the header and what it carries."""
    d.protocol = "geneve"
    d.add("Geneve")
    if length < _HEADER:
        d.add(f" [length {length} < {_HEADER}]")
        raise InvalidError
    d.check(at, _HEADER)
    first = d.u8(at)
    if first >> 6:
        d.add(f" ERROR: unknown-version {first >> 6}")
        return
    flags, protocol, reserved = d.u8(at + 1), d.u16(at + 2), d.u8(at + 7)
    names = letters(_FLAGS, flags) or "none"
    d.add(f", Flags [{names}], vni 0x{d.u32(at + 4) >> 8:x}")
    if reserved:
        d.add(f", rsvd 0x{reserved:x}")
    if d.flags.link:
        d.add(f", proto {NAMES.get(protocol, 'unknown')} (0x{protocol:04x})")
    options = (first & 0x3F) * 4
    at += _HEADER
    length -= _HEADER
    if length < options:
        d.add(f" truncated-geneve - {options - length} bytes missing")
        return
    d.check(at, options)
    if options:
        d.add(", options [")
        if d.flags.verbose:
            _show_options(d, at, options)
        else:
            d.add(f"{options} bytes")
        d.add("]")
    d.add("\n\t" if d.flags.verbose else ": ")
    _show_payload(d, protocol, at + options, length - options)


def _show_payload(d: Dissection, protocol: int, at: int, length: int) -> None:
    known = d.protocols.ethertypes.get(protocol)
    if known is not None:
        known(d, at, length)
    elif protocol == _BRIDGED:
        ethernet.show(d, at, length)
    else:
        d.add(f"geneve-proto-0x{protocol:x}")


def _show_options(d: Dissection, at: int, left: int) -> None:
    separator = ""
    while left > 0:
        d.add(separator)
        separator = ", "
        kind, number = d.u16(at), d.u8(at + 2)
        size = _OPTION_HEADER + (d.u8(at + 3) & 0x1F) * 4
        critical = "(C)" if number & _CRITICAL else ""
        d.add(f"class {_class_name(kind)} (0x{kind:x}) type 0x{number:x}{critical} len {size}")
        if size > left:
            d.add(" [bad length]")
            return
        if d.flags.verbose > 1 and size > _OPTION_HEADER:
            data = d.taken(at + _OPTION_HEADER, size - _OPTION_HEADER)
            d.add(f" data {data.hex(' ', -4)}")
        at += size
        left -= size


def _class_name(number: int) -> str:
    if number <= 0x00FF:
        return "Standard"
    return _CLASSES.get(number, "Experimental" if number >= 0xFFF0 else "Unknown")
