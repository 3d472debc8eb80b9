"""Multipath TCP's options (RFC 6824, RFC 8684)."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection

_SYN, _ACK = 0x02, 0x10
_CAPABLE, _JOIN, _SIGNALS, _ADD, _REMOVE, _PRIORITY, _FAIL, _CLOSE = range(8)
_ADDRESS_FORMS = {0x6: "v0-ip6", 0x4: "v0-ip4", 0x1: "v1-echo", 0x0: "v1"}
# By an option's length: how long the address in it is, and whether port and digest follow.
_ADDRESSES = {
    8: (4, False, False),
    10: (4, True, False),
    16: (4, False, True),
    18: (4, True, True),
    20: (16, False, False),
    22: (16, True, False),
    28: (16, False, True),
    30: (16, True, True),
}


def show(d: Dissection, at: int, size: int, flags: int) -> bool:
    """Show an option of `size` bytes, head included; False for one that is malformed.

    `flags` are those of the segment: they tell of which step of a handshake it is.
    """
    around = d.end
    d.end = min(d.end, at + size)
    d.protocol = "mptcp"
    if size < 3:
        return False
    name, reader = _KINDS.get(d.u8(at + 2) >> 4, ("unknown", None))
    d.add(f" {size} {name}")
    fine = reader is None or reader(d, at, size, flags)
    d.end = around
    return fine


def _number(d: Dissection, at: int, size: int) -> int:
    return int.from_bytes(d.taken(at, size), "big")


def _show_capable(d: Dissection, at: int, size: int, flags: int) -> bool:
    asked = size in (4, 12) and flags & _SYN
    if not asked and not (size in (20, 22) and flags & (_SYN | _ACK) == _ACK):
        return False
    version = d.u8(at + 2) & 0xF
    if version > 1:
        d.add(f" Unknown Version ({version})")
        return True
    d.add(f" v{version}")
    if d.u8(at + 3) & 0x80:
        d.add(" csum")
    if size >= 12:
        d.add(f" {{0x{_number(d, at + 4, 8):x}")
        if size >= 20:
            d.add(f",0x{_number(d, at + 12, 8):x}")
        d.add("}")
    return True


def _show_join(d: Dissection, at: int, size: int, flags: int) -> bool:
    both = flags & (_SYN | _ACK) == _SYN | _ACK
    fits = (size == 12 and flags & _SYN) or (size == 16 and both) or (size == 24 and flags & _ACK)
    if not fits:
        return False
    if size == 24:
        d.add(f" hmac 0x{d.taken(at + 4, 20).hex()}")
        return True
    if d.u8(at + 2) & 1:
        d.add(" backup")
    d.add(f" id {d.u8(at + 3)}")
    if size == 12:
        d.add(f" token 0x{d.u32(at + 4):x} nonce 0x{d.u32(at + 8):x}")
    else:
        d.add(f" hmac 0x{_number(d, at + 4, 8):x} nonce 0x{d.u32(at + 12):x}")
    return True


def _show_signals(d: Dissection, at: int, size: int, flags: int) -> bool:
    """Show acknowledgement and sequence number of the whole, whose sizes bits tell."""
    if size < 4 or flags & _SYN:
        return False
    bits = d.u8(at + 3)
    if bits & 0x10:
        d.add(" fin")
    end = at + size
    at += 4
    fields = []
    if bits & 0x01:
        fields.append((" ack ", 8 if bits & 0x02 else 4))
    if bits & 0x04:
        fields += [(" seq ", 8 if bits & 0x08 else 4), (" subseq ", 4), (" len ", 2)]
    for name, width in fields:
        if name in (" ack ", " seq "):
            d.add(name)
        if end - at < width:
            return False
        number = _number(d, at, width)
        d.add(str(number) if name in (" ack ", " seq ") else f"{name}{number}")
        at += width
    if bits & 0x04 and end - at >= 2:
        d.add(f" csum 0x{d.u16(at):x}")
        at += 2
    return at == end


def _show_added(d: Dissection, at: int, size: int, flags: int) -> bool:
    if size not in _ADDRESSES:
        return False
    length, with_port, with_digest = _ADDRESSES[size]
    d.add(f" {_ADDRESS_FORMS.get(d.u8(at + 2) & 0xF, '[bad version/echo]')} id {d.u8(at + 3)}")
    address = d.taken(at + 4, length)
    d.add(f" {d.names.ipv4(address) if length == 4 else ipv6(address)}")
    at += 4 + length
    if with_port:
        d.add(f":{d.u16(at)}")
        at += 2
    if with_digest:
        d.add(f" hmac 0x{_number(d, at, 8):x}")
    return True


def _show_removed(d: Dissection, at: int, size: int, flags: int) -> bool:
    if size < 4:
        return False
    d.add(" id")
    for entry in range(at + 3, at + size):
        d.add(f" {d.u8(entry)}")
    return True


def _show_priority(d: Dissection, at: int, size: int, flags: int) -> bool:
    if size not in (3, 4):
        return False
    d.add(" backup" if d.u8(at + 2) & 1 else " non-backup")
    if size == 4:
        d.add(f" id {d.u8(at + 3)}")
    return True


def _show_failure(d: Dissection, at: int, size: int, flags: int) -> bool:
    if size == 12:
        d.add(f" seq {_number(d, at + 4, 8)}")
    return size == 12


def _show_close(d: Dissection, at: int, size: int, flags: int) -> bool:
    if size == 12:
        d.add(f" key 0x{_number(d, at + 4, 8):x}")
    return size == 12


_KINDS: dict[int, tuple[str, Callable[[Dissection, int, int, int], bool] | None]] = {
    _CAPABLE: ("capable", _show_capable),
    _JOIN: ("join", _show_join),
    _SIGNALS: ("dss", _show_signals),
    _ADD: ("add-addr", _show_added),
    _REMOVE: ("rem-addr", _show_removed),
    _PRIORITY: ("prio", _show_priority),
    _FAIL: ("fail", _show_failure),
    _CLOSE: ("fast-close", _show_close),
}
