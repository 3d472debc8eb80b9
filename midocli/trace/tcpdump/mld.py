"""Multicast listener discovery, versions 1 and 2 (RFC 2710, RFC 3810)."""

from __future__ import annotations

from midocli.trace.tcpdump import group_records
from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection

_LENGTH = 24
_QUERY_V2_LENGTH = 28
_ADDRESS = 16


def show(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a message of version 1, if all of it was captured."""
    if d.has(at, _LENGTH):
        d.add(f"max resp delay: {d.u16(at + 4)} addr: {_address(d, at + 8)}")


def show_query(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a query, whose version its length tells."""
    if length == _LENGTH:
        show(d, at, length, code)
    elif length >= _QUERY_V2_LENGTH:
        d.add(" v2")
        _show_query_v2(d, at, length)
    else:
        d.add(f" unknown-version (len {length}) ")


def show_report_v2(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a report of version 2; its records with -v."""
    if length < 8:
        d.add(f" [invalid len {length}]")
        return
    group_records.show(d, at, length, _FORM)


def _show_query_v2(d: Dissection, at: int, length: int) -> None:
    code = d.u16(at + 4)
    if d.flags.verbose:
        delay = code if code < 0x8000 else (code & 0xFFF | 0x1000) << ((code >> 12 & 7) + 3)
        d.add(f" [max resp delay={delay}]")
    d.add(f" [gaddr {_address(d, at + 8)}")
    if d.flags.verbose:
        flags = d.u8(at + 24)
        d.add(" sflag" if flags & 8 else "")
        d.add(f" robustness={flags & 7}" if flags & 7 else "")
        interval = d.u8(at + 25)
        if interval >= 128:
            interval = (interval & 0xF | 0x10) << ((interval >> 4 & 7) + 3)
        d.add(f" qqi={interval}")
    group_records.show_query_sources(d, at, _QUERY_V2_LENGTH, length, _FORM)


def _address(d: Dissection, at: int) -> str:
    return ipv6(d.taken(at, _ADDRESS))


_FORM = group_records.Form(_ADDRESS, _address, "v2-report")
