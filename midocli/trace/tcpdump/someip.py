"""SOME/IP, which cars' devices speak with each other (AUTOSAR)."""

from __future__ import annotations

from midocli.trace.tcpdump.dissection import Dissection

_HEADER = 16
_KINDS = {
    0x00: "REQUEST",
    0x01: "REQUEST_NO_RETURN",
    0x02: "NOTIFICATION",
    0x20: "TP_REQUEST",
    0x21: "TP_REQUEST_NO_RETURN",
    0x22: "TP_NOTIFICATION",
    0x80: "RESPONSE",
    0x81: "ERROR",
    0xA0: "TP_RESPONSE",
    0xA1: "TP_ERROR",
}
_RESULTS = (
    *("E_OK", "E_NOT_OK", "E_UNKNOWN_SERVICE", "E_UNKNOWN_METHOD", "E_NOT_READY"),
    *("E_NOT_REACHABLE", "E_TIMEOUT", "E_WRONG_PROTOCOL_VERSION", "E_WRONG_INTERFACE_VERSION"),
    *("E_MALFORMED_MESSAGE", "E_WRONG_MESSAGE_TYPE", "E_E2E_REPEATED", "E_E2E_WRONG_SEQUENCE"),
    *("E_E2E", "E_E2E_NOT_AVAILABLE", "E_E2E_NO_NEW_DATA"),
)


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message's header."""
    d.protocol = "someip"
    d.add("SOMEIP")
    if length < _HEADER:
        d.invalid()
        return
    message = d.u32(at)
    what = "event" if message & 0x8000 else "method"
    d.add(f", service {message >> 16}, {what} {message & 0x7FFF}")
    d.add(f", len {d.u32(at + 4)}")
    request = d.u32(at + 8)
    d.add(f", client {request >> 16}, session {request & 0xFFFF}")
    d.add(f", pver {d.u8(at + 12)}")
    d.add(f", iver {d.u8(at + 13)}")
    d.add(f", msgtype {_KINDS.get(d.u8(at + 14), 'Unknown')}")
    result = d.u8(at + 15)
    d.add(f", retcode {_RESULTS[result] if result < len(_RESULTS) else 'Unknown'}\n")
