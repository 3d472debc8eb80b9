"""NTP (RFC 5905) and its control messages (RFC 9327)."""

from __future__ import annotations

import time

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.addresses import ipv4
from midocli.trace.tcpdump.dissection import Dissection

_MODES = (
    *("unspecified", "symmetric active", "symmetric passive", "Client", "Server", "Broadcast"),
    *("Control Message", "Reserved"),
)
_LEAPS = {0x00: "", 0x40: "+1s", 0x80: "-1s", 0xC0: "clock unsynchronized"}
_CONTROL, _PRIVATE = 6, 7

_TIME_LENGTH = 48
_UNSPECIFIED, _PRIMARY, _QUERY, _REPLY = 0, 1, 62, 63
# Offsets of the four times in a message, by what they are called.
_REFERENCE, _ORIGINATOR, _RECEIVE, _TRANSMIT = 16, 24, 32, 40
_TIMES = (
    (_REFERENCE, "Reference Timestamp:  "),
    (_ORIGINATOR, "Originator Timestamp: "),
    (_RECEIVE, "Receive Timestamp:    "),
    (_TRANSMIT, "Transmit Timestamp:   "),
)
_DIGESTS = (16, 20)

_CONTROL_LENGTH = 12
_UNIX_EPOCH = 2_208_988_800


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message: one line of it without -v."""
    d.protocol = "ntp"
    first = d.u8(at)
    mode = first & 7
    d.add(f"NTPv{first >> 3 & 7}, {_MODES[mode]}, length {length}")
    if not d.flags.verbose:
        return
    d.add(f"\n\tLeap indicator: {_LEAPS[first & 0xC0]} ({first & 0xC0})")
    if mode == _CONTROL:
        _show_control(d, at, length)
    elif mode != _PRIVATE:
        _show_times(d, at, length)


def _invalid(d: Dissection, at: int, length: int) -> None:
    d.invalid()
    d.check(at, length)


def _show_times(d: Dissection, at: int, length: int) -> None:
    if length < _TIME_LENGTH:
        _invalid(d, at, length)
        return
    stratum = d.u8(at + 1)
    d.add(f", Stratum {stratum} ({_stratum_name(stratum)})")
    poll = _signed(d.u8(at + 2))
    d.add(f", poll {poll}{_interval(poll)}")
    d.add(f", precision {_signed(d.u8(at + 3))}")
    d.check(at + 4, 4)
    d.add(f"\n\tRoot Delay: {_short(d, at + 4)}")
    d.check(at + 8, 4)
    d.add(f", Root dispersion: {_short(d, at + 8)}")
    d.check(at + 12, 4)
    d.add(", Reference-ID: ")
    d.add(_reference(stratum, d.taken(at + 12, 4)))
    if stratum in (_QUERY, _REPLY):
        return
    for field, name in _TIMES:
        d.check(at + field, 8)
        d.add(f"\n\t  {name}{_time(d, at + field)}")
    d.add(f"\n\t    Originator - Receive Timestamp:  {_since_origin(d, at, _RECEIVE)}")
    d.add(f"\n\t    Originator - Transmit Timestamp: {_since_origin(d, at, _TRANSMIT)}")
    _show_authentication(d, at + _TIME_LENGTH, length - _TIME_LENGTH)


def _stratum_name(stratum: int) -> str:
    if stratum in (_UNSPECIFIED, _PRIMARY):
        return "primary reference" if stratum else "unspecified"
    return "secondary reference" if stratum <= 15 else "reserved"


def _signed(byte: int) -> int:
    return byte - 256 if byte & 0x80 else byte


def _interval(poll: int) -> str:
    if not -32 < poll < 32:
        return ""
    return f" ({1 << poll}s)" if poll >= 0 else f" (1/{1 << -poll}s)"


def _short(d: Dissection, at: int) -> str:
    """A span of time of 16.16 bits, in seconds."""
    return f"{d.u16(at)}.{d.u16(at + 2) * 1_000_000 >> 16:06}"


def _reference(stratum: int, identifier: bytes) -> str:
    if stratum == _UNSPECIFIED:
        return "(unspec)"
    if stratum == _PRIMARY:
        return text.visible(identifier)
    if stratum in (_QUERY, _REPLY):
        return f"{ipv4(identifier)} INFO_{'QUERY' if stratum == _QUERY else 'REPLY'}"
    return f"0x{identifier.hex()}"


def _billionths(fraction: int) -> int:
    return int(fraction / 2**32 * 1_000_000_000)


def _time(d: Dissection, at: int) -> str:
    """A time of 32.32 bits in seconds since 1900, and what that is in UTC."""
    seconds, fraction = d.u32(at), d.u32(at + 4)
    number = f"{seconds}.{_billionths(fraction):09}"
    if not seconds:
        return number
    utc = time.gmtime(seconds - _UNIX_EPOCH)
    return f"{number} ({time.strftime('%Y-%m-%dT%H:%M:%SZ', utc)})"


def _since_origin(d: Dissection, at: int, field: int) -> str:
    origin = int.from_bytes(d.taken(at + _ORIGINATOR, 8), "big")
    if origin == 0:
        return _time(d, at + field)
    other = int.from_bytes(d.taken(at + field, 8), "big")
    seconds, fraction = divmod(abs(other - origin), 2**32)
    return f"{'+' if other > origin else '-'}{seconds}.{_billionths(fraction):09}"


def _show_authentication(d: Dissection, at: int, length: int) -> None:
    digest = length - 4
    if digest == 0 or digest in _DIGESTS:
        d.add(f"\n\tKey id: {d.u32(at)}")
        if digest:
            d.check(at + 4, digest)
            d.add(f"\n\tAuthentication: {d.taken(at + 4, digest).hex()}")
    elif length > 0:
        d.add(f"\n\t({length} more bytes after the header)")


def _show_control(d: Dissection, at: int, length: int) -> None:
    if length < _CONTROL_LENGTH:
        _invalid(d, at, length)
        return
    control = d.u8(at + 1)
    d.add(
        f", {'Response' if control & 0x80 else 'Request'}, {'Error' if control & 0x40 else 'OK'}, "
        f"{'More' if control & 0x20 else 'Last'}, OpCode={control & 0x1F}\n"
    )
    d.add(f"\tSequence={d.u16(at + 2)}")
    status = d.u16(at + 4)
    d.add(f", Status={f'0x{status:x}' if status else '0'}")
    d.add(f", Assoc.={d.u16(at + 6)}")
    d.add(f", Offset={d.u16(at + 8)}")
    count = d.u16(at + 10)
    d.add(f", Count={count}")
    if _CONTROL_LENGTH + count > length:
        _invalid(d, at, length)
    elif count:
        d.check(at + _CONTROL_LENGTH, count)
        d.add("\n\tTO-BE-DONE: data not interpreted")
