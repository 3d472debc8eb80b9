"""Linux's cooked headers, which `tcpdump -i any` writes in the place of many interfaces' own."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from midocli.trace.tcpdump import llc
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.ethernet import LARGEST_LENGTH, tag_text
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.hexdump import hex_and_ascii

_PACKET_TYPES = {0: "In", 1: "B", 2: "M", 3: "P", 4: "Out"}
_FRAMED, _TAGGED = 0x0004, 0x8100
_UNTYPED = {0x0001: "802.3", _FRAMED: "802.2"}
_MAC = 6
# Frames of 802.11 with a radiotap header, which are not dissected.
_RADIO = 803


class _Header(NamedTuple):
    """What a header says, and how long it is; `begin` is its text before the address."""

    size: int
    hardware: int
    ethertype: int
    address: bytes
    begin: str


def show_v1(d: Dissection, at: int, length: int) -> int:
    """Show a frame of LINKTYPE_LINUX_SLL at offset `at`; returns its header's length."""
    d.protocol = "sll"
    d.need(at, 16)
    size = d.u16(at + 4)
    begin = f"{_PACKET_TYPES.get(d.u16(at), '?'):>3} "
    header = _Header(16, d.u16(at + 2), d.u16(at + 14), _address(d, at + 6, size), begin)
    return _show(d, at, length, header)


def show_v2(
    interface_name: Callable[[int], str | None], d: Dissection, at: int, length: int
) -> int:
    """Show a frame of LINKTYPE_LINUX_SLL2, of an interface whose name may be known."""
    d.protocol = "sll2"
    d.need(at, 20)
    index = d.u32(at + 4)
    packet_type = _PACKET_TYPES.get(d.u8(at + 10), "?")
    d.add(f"{interface_name(index) or '?':<5} {packet_type:<3} ")
    address = _address(d, at + 12, d.u8(at + 11))
    header = _Header(20, d.u16(at + 8), d.u16(at), address, f"ifindex {index} ")
    return _show(d, at, length, header)


def _address(d: Dissection, at: int, size: int) -> bytes:
    return d.taken(at, _MAC) if size == _MAC else b""


def _show(d: Dissection, at: int, length: int, header: _Header) -> int:
    if d.flags.link:
        _show_header(d, header, length)
    start = at
    at += header.size
    length -= header.size
    if header.hardware == _RADIO:
        _show_unknown(d, at)
        return header.size
    ethertype = header.ethertype
    while ethertype == _TAGGED:
        if not d.has(at, 4):
            d.protocol = "vlan"
            d.cut()
            return d.end - start
        if d.flags.link:
            d.add(f"{tag_text(d.u16(at))}, ")
        ethertype = d.u16(at + 2)
        if ethertype <= LARGEST_LENGTH:
            ethertype = _FRAMED
        if not d.flags.quiet:
            d.add(f"ethertype {NAMES.get(ethertype, 'Unknown')}, ")
        at += 4
        length -= 4
    return at - start + _show_payload(d, at, length, ethertype, header)


def _show_payload(d: Dissection, at: int, length: int, ethertype: int, header: _Header) -> int:
    """Show what the header says; returns how long a further header of the link layer is."""
    if ethertype == _FRAMED:
        further, shown = llc.show(d, at, length, None)
        if shown:
            return further
        _show_unknown(d, at)
        return 0
    known = d.protocols.ethertypes.get(ethertype) if ethertype > LARGEST_LENGTH else None
    if known is not None:
        known(d, at, length)
        return 0
    if not d.flags.link and ethertype > LARGEST_LENGTH:
        _show_header(d, header, length + header.size)
    _show_unknown(d, at)
    return 0


def _show_header(d: Dissection, header: _Header, length: int) -> None:
    d.add(header.begin)
    if header.address:
        d.add(f"{d.names.mac(header.address)} ")
    if d.flags.quiet:
        return
    ethertype = header.ethertype
    kind = f"ethertype {NAMES.get(ethertype, 'Unknown')} (0x{ethertype:04x})"
    if ethertype <= LARGEST_LENGTH:
        kind = _UNTYPED.get(ethertype, f"ethertype Unknown (0x{ethertype:04x})")
    d.add(f"{kind}, length {length}: ")


def _show_unknown(d: Dissection, at: int) -> None:
    if not d.flags.no_dump_of_unknown:
        d.add(hex_and_ascii(d.data[at : d.end]))
