"""BGP (RFC 4271): its messages, found by their markers wherever they begin in a segment."""

from __future__ import annotations

from midocli.trace.tcpdump import bgp_notification, bgp_open, bgp_update, text
from midocli.trace.tcpdump.address_families import family_name, subsequent_name
from midocli.trace.tcpdump.dissection import Dissection, ShortError
from midocli.trace.tcpdump.tables import numbered

_MARKER = b"\xff" * 16
_HEADER = 19
_OPEN, _UPDATE, _NOTIFICATION, _KEEPALIVE, _REFRESH = range(1, 6)
_NAMES = numbered("1 Open, 2 Update, 3 Notification, 4 Keepalive, 5 Route Refresh")
_REFRESH_LENGTH = 23


def show(d: Dissection, at: int, length: int) -> None:
    """Show the messages of a segment with -v; all that was captured is looked at."""
    d.protocol = "bgp"
    d.add(": BGP")
    if not d.flags.verbose:
        return
    shown_to = at
    while True:
        at = d.data.find(_MARKER, at, d.end)
        if at < 0:
            return
        d.check(at, _HEADER)
        if at != shown_to:
            d.cut()
        size, kind = d.u16(at + 16), d.u8(at + 18)
        if size < _HEADER:
            d.add(f"\nmessage length {size} < {_HEADER}")
            d.invalid()
            return
        if not d.has(at, size):
            d.add(f"\n[|BGP {_NAMES.get(kind, 'Unknown Message Type')}]")
            return
        d.add(f"\n\t{_NAMES.get(kind, 'Unknown')} Message ({kind}), length: {size}")
        try:
            _show_message(d, kind, at, size)
        except ShortError:
            d.cut()
        at = shown_to = at + size


def _show_message(d: Dissection, kind: int, at: int, size: int) -> None:
    if kind == _OPEN:
        bgp_open.show(d, at, size)
    elif kind == _UPDATE:
        bgp_update.show(d, at + _HEADER, size - _HEADER)
    elif kind == _NOTIFICATION:
        bgp_notification.show(d, at, size)
    elif kind == _REFRESH:
        _show_refresh(d, at, size)
    elif kind != _KEEPALIVE:
        d.add(f"\n\t  no Message {kind} decoder")
        text.dump(d, at, size, "\n\t  ")


def _show_refresh(d: Dissection, at: int, size: int) -> None:
    d.check(at, _REFRESH_LENGTH)
    if size < _REFRESH_LENGTH:
        return
    family, subsequent = d.u16(at + 19), d.u8(at + 22)
    d.add(
        f"\n\t  AFI {family_name(family)} ({family}), "
        f"SAFI {subsequent_name(subsequent)} ({subsequent})"
    )
    if d.flags.verbose > 1:
        text.dump(d, at, size, "\n\t  ")
