"""The head of a frame: MACs, VLAN tags, and what the Ethertype leads to."""

from __future__ import annotations

from midocli.trace.tcpdump import llc, macsec
from midocli.trace.tcpdump.dissection import Dissection, InvalidError, ShortError
from midocli.trace.tcpdump.ethertypes import NAMES
from midocli.trace.tcpdump.hexdump import hex_and_ascii

_HEADER = 14
_TAGS = frozenset((0x8100, 0x88A8, 0x9100, 0x9200))
LARGEST_LENGTH = 1500
_JUMBO = 0x8870
_PROTECTED = 0x88E5


def show(d: Dissection, at: int, length: int) -> int:
    """Show a whole frame at offset `at`, `length` bytes long on the wire.

    Returns how long its link header is, tags and LLC included: where the dumps of
    -x and -X start.
    """
    captured = d.end - at
    d.protocol = "ether"
    if length < captured:
        d.add(f"[length {length} < caplen {captured}] (invalid)")
        return length
    if captured < _HEADER:
        d.cut()
        return captured
    data = d.data
    link = d.flags.link
    macs = data[at : at + 12]
    if link:
        d.add(f"{d.names.mac_pair(macs)}, ")
    # tcpdump gives the frame's length once, after the first Ethertype it names.
    whole = f", length {length}: "
    ethertype = data[at + 12] << 8 | data[at + 13]
    payload = at + _HEADER
    tagged = False
    left = length - _HEADER
    dumped_to = at + length
    if ethertype == _PROTECTED:
        if link:
            d.add(f"{_ethertype_text(d, ethertype)}{whole}")
            tagged = True
        header, inside = macsec.show(d, payload, left, macs)
        payload += header
        if inside is None:
            _show_unknown(d, payload)
        if inside is None or inside < 0:
            return payload - at
        ethertype = d.u16(payload)
        if inside < 2:
            d.add(f" [caplen {inside} < 2]")
            return payload - at
        dumped_to = payload + inside
        payload += 2
        left = inside - 2
    while ethertype in _TAGS:
        if d.end - payload < 4:
            d.protocol = "vlan"
            d.cut()
            return d.end - at
        if link:
            tag = data[payload] << 8 | data[payload + 1]
            d.add(_ethertype_text(d, ethertype))
            d.add(f"{', ' if tagged else whole}{tag_text(tag)}, ")
        tagged = True
        ethertype = data[payload + 2] << 8 | data[payload + 3]
        payload += 4
        left -= 4
    if ethertype <= LARGEST_LENGTH:
        return payload - at + _show_802_3(d, payload, left, ethertype, tagged, macs)
    if ethertype == _JUMBO:
        return payload - at + _show_llc(d, payload, left, macs)
    if link:
        d.add(_ethertype_text(d, ethertype))
        d.add(", " if tagged else whole)
    known = d.protocols.ethertypes.get(ethertype)
    if known is not None:
        try:
            known(d, payload, left)
        except ShortError:
            d.cut()
        except InvalidError:
            d.invalid()
    else:
        if not link:
            d.add(f"{d.names.mac_pair(macs)}, {_ethertype_text(d, ethertype)}{whole}")
        _show_unknown(d, payload, dumped_to)
    return payload - at


def _show_802_3(d: Dissection, at: int, length: int, stated: int, tagged: bool, macs: bytes) -> int:
    """Show an 802.3 frame, whose length field may be less than what there is."""
    length = min(length, stated)
    end = d.end
    d.end = min(end, at + length)
    if d.flags.link:
        d.add("802.3" if tagged else f"802.3, length {length}: ")
    header = _show_llc(d, at, length, macs)
    d.end = end
    return header


def _show_llc(d: Dissection, at: int, length: int, macs: bytes) -> int:
    header, shown = llc.show(d, at, length, macs)
    if not shown:
        _show_unknown(d, at)
    return header


def _show_unknown(d: Dissection, at: int, to: int | None = None) -> None:
    if not d.flags.no_dump_of_unknown:
        d.add(hex_and_ascii(d.data[at : d.end if to is None else min(d.end, to)]))


def tag_text(tag: int) -> str:
    """The 16 bits of a VLAN tag."""
    return f"vlan {tag & 0xFFF}, p {tag >> 13}{', DEI' if tag & 0x1000 else ''}"


def _ethertype_text(d: Dissection, ethertype: int) -> str:
    if d.flags.quiet:
        return NAMES.get(ethertype) or f"Unknown Ethertype (0x{ethertype:04x})"
    return _USUAL.get(ethertype) or _with_name(ethertype)


def _with_name(ethertype: int) -> str:
    return f"ethertype {NAMES.get(ethertype, 'Unknown')} (0x{ethertype:04x})"


_USUAL = {ethertype: _with_name(ethertype) for ethertype in NAMES}
