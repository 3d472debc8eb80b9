"""Ethernet's configuration testing protocol, Ethertype 0x9000 (little-endian throughout)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection

_REPLY, _FORWARD = 1, 2
_MAC = 6


def show(d: Dissection, at: int, length: int) -> None:
    """Show a packet of `length` bytes: what to skip, and the message behind that."""
    d.protocol = "loopback"
    d.add("Loopback")
    end = at + length
    if length < 2:
        _invalid(d, at, end)
        return
    skipped = _number(d, at)
    at += 2
    d.add(f", skipCount {skipped}{' (bogus)' if skipped % 8 else ''}")
    if skipped > end - at:
        _invalid(d, at, end)
        return
    d.need(at, skipped)
    _show_message(d, at + skipped, end)


def _number(d: Dissection, at: int) -> int:
    return int.from_bytes(d.taken(at, 2), "little")


def _invalid(d: Dissection, at: int, end: int) -> None:
    d.add(" (invalid)")
    d.need(at, end - at)


def _show_message(d: Dissection, at: int, end: int) -> None:
    if end - at < 2:
        _invalid(d, at, end)
        return
    function = _number(d, at)
    at += 2
    if function == _REPLY:
        d.add(", Reply")
        if end - at < 2:
            _invalid(d, at, end)
            return
        d.add(f", receipt number {_number(d, at)}")
        at += 2
    elif function == _FORWARD:
        d.add(", Forward Data")
        if end - at < _MAC:
            _invalid(d, at, end)
            return
        d.add(f", forwarding address {d.names.mac(d.taken(at, _MAC))}")
        at += _MAC
    else:
        d.add(f",  invalid ({function})")
        d.need(at, end - at)
        return
    d.add(f", data ({end - at} octets)")
    d.need(at, end - at)
