"""SOME/IP, which cars' devices speak with each other (AUTOSAR)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection, InvalidError
from midocli.trace.tcpdump.tables import numbered

_HEADER = 16
_KINDS = numbered("""
    0x00 REQUEST, 0x01 REQUEST_NO_RETURN, 0x02 NOTIFICATION, 0x20 TP_REQUEST,
    0x21 TP_REQUEST_NO_RETURN, 0x22 TP_NOTIFICATION, 0x80 RESPONSE, 0x81 ERROR, 0xA0 TP_RESPONSE,
    0xA1 TP_ERROR
""")
_RESULTS = numbered("""
    0 E_OK, 1 E_NOT_OK, 2 E_UNKNOWN_SERVICE, 3 E_UNKNOWN_METHOD, 4 E_NOT_READY, 5 E_NOT_REACHABLE,
    6 E_TIMEOUT, 7 E_WRONG_PROTOCOL_VERSION, 8 E_WRONG_INTERFACE_VERSION, 9 E_MALFORMED_MESSAGE,
    10 E_WRONG_MESSAGE_TYPE, 11 E_E2E_REPEATED, 12 E_E2E_WRONG_SEQUENCE, 13 E_E2E,
    14 E_E2E_NOT_AVAILABLE, 15 E_E2E_NO_NEW_DATA
""")


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message's header."""
    d.protocol = "someip"
    d.add("SOMEIP")
    if length < _HEADER:
        raise InvalidError
    message = d.u32(at)
    what = "event" if message & 0x8000 else "method"
    d.add(f", service {message >> 16}, {what} {message & 0x7FFF}")
    d.add(f", len {d.u32(at + 4)}")
    request = d.u32(at + 8)
    d.add(f", client {request >> 16}, session {request & 0xFFFF}")
    d.add(f", pver {d.u8(at + 12)}")
    d.add(f", iver {d.u8(at + 13)}")
    d.add(f", msgtype {_KINDS.get(d.u8(at + 14), 'Unknown')}")
    d.add(f", retcode {_RESULTS.get(d.u8(at + 15), 'Unknown')}\n")
