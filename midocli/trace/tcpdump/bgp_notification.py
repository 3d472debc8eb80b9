"""BGP's NOTIFICATION message: why a session ends (RFC 4271, RFC 4486, RFC 9003)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.address_families import family_name, subsequent_name
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.hexdump import hex_only
from midocli.trace.tcpdump.tables import numbered

_HEADER = 21
_HEADER_ERROR, _OPEN_ERROR, _UPDATE_ERROR, _TIMER, _STATE_ERROR, _CEASE, _CAPABILITY = range(1, 8)
_ERRORS = numbered("""
    1 Message Header Error, 2 OPEN Message Error, 3 UPDATE Message Error, 4 Hold Timer Expired,
    5 Finite State Machine Error, 6 Cease, 7 Capability Message Error
""")
_TOO_MANY, _SHUTDOWN, _RESET = 1, 2, 4
_SUBCODES = {
    _HEADER_ERROR: numbered("""
        1 Connection Not Synchronized, 2 Bad Message Length, 3 Bad Message Type
    """),
    _OPEN_ERROR: numbered("""
        1 Unsupported Version Number, 2 Bad Peer AS, 3 Bad BGP Identifier,
        4 Unsupported Optional Parameter, 5 Authentication Failure, 6 Unacceptable Hold Time,
        7 Capability Message Error
    """),
    _UPDATE_ERROR: numbered("""
        1 Malformed Attribute List, 2 Unrecognized Well-known Attribute,
        3 Missing Well-known Attribute, 4 Attribute Flags Error, 5 Attribute Length Error,
        6 Invalid ORIGIN Attribute, 7 AS Routing Loop, 8 Invalid NEXT_HOP Attribute,
        9 Optional Attribute Error, 10 Invalid Network Field, 11 Malformed AS_PATH
    """),
    _STATE_ERROR: numbered("""
        0 Unspecified Error, 1 In OpenSent State, 2 In OpenConfirm State, 3 In Established State
    """),
    _CEASE: numbered("""
        1 Maximum Number of Prefixes Reached, 2 Administrative Shutdown, 3 Peer Unconfigured,
        4 Administrative Reset, 5 Connection Rejected, 6 Other Configuration Change,
        7 Connection Collision Resolution
    """),
    _CAPABILITY: numbered("""
        1 Invalid Action Value, 2 Invalid Capability Length, 3 Malformed Capability Value,
        4 Unsupported Capability Code
    """),
}
# tcpdump puts no comma in front of these errors' subcodes.
_WITHOUT_COMMA = frozenset((_STATE_ERROR, _CAPABILITY))


def show(d: Dissection, at: int, size: int) -> None:
    """Show a message of `size` bytes, header included."""
    d.check(at, _HEADER)
    if size < _HEADER:
        return
    error, subcode = d.u8(at + 19), d.u8(at + 20)
    d.add(f", {_ERRORS.get(error, 'Unknown Error')} ({error})")
    if error not in _SUBCODES:
        return
    comma = "" if error in _WITHOUT_COMMA else ","
    d.add(f"{comma} subcode {_SUBCODES[error].get(subcode, 'Unknown')} ({subcode})")
    data, left = at + _HEADER, size - _HEADER
    if error != _CEASE:
        return
    if subcode == _TOO_MANY and left >= 7:
        family, subsequent = d.u16(data), d.u8(data + 2)
        d.add(
            f", AFI {family_name(family)} ({family}), SAFI {subsequent_name(subsequent)} "
            f"({subsequent}), Max Prefixes: {d.u32(data + 3)}"
        )
    if subcode in (_SHUTDOWN, _RESET) and left >= 1:
        _show_communication(d, data, left)


def _show_communication(d: Dissection, at: int, left: int) -> None:
    length = d.u8(at)
    used = 0
    if length > left - 1:
        d.add(", invalid Shutdown Communication length")
    elif length == 0:
        d.add(", empty Shutdown Communication")
        used = 1
    else:
        d.add(f', Shutdown Communication (length: {length}): "')
        text.show_all(d, at + 1, length)
        d.add('"')
        # The length of what follows is a single byte in tcpdump.
        used = length + 1 & 0xFF
    if left > used:
        d.add(f", Data: (length: {left - used})")
        d.need(at + used, left - used)
        d.add(hex_only(d.data[at + used : at + left], "\n\t\t"))
