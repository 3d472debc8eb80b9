"""The options of a TCP header (RFC 9293, 7323, 2018, 7413 and others)."""

from __future__ import annotations

from collections.abc import Callable

from midocli.trace.tcpdump import mptcp
from midocli.trace.tcpdump.dissection import Dissection

_END, _NOP = 0, 1
_UNSIGNED = 0xFFFF_FFFF
_FAST_OPEN_MAGIC = 0xF989


class _BadOptionError(Exception):
    """An option that does not fit in the header, or in itself."""


class _CutOptionError(Exception):
    """An option whose bytes were not captured."""


class _Option:
    """One option's body: `declared` bytes at `at`, with `room` left in the header.

    tcpdump goes by what each kind of option should have, and only afterwards
    compares that with the length byte: so do the readers below. `flags` are the segment's.
    """

    __slots__ = ("at", "base", "declared", "dissection", "flags", "room", "segment_end")

    def __init__(
        self,
        d: Dissection,
        at: int,
        declared: int,
        room: int,
        base: int,
        segment_end: int,
        flags: int,
    ) -> None:
        self.dissection = d
        self.flags = flags
        self.at = at
        self.declared = declared
        self.room = room
        self.base = base
        self.segment_end = segment_end

    def body(self, count: int) -> bytes:
        """The first `count` bytes of the body."""
        if count > self.room:
            raise _BadOptionError
        if not self.dissection.has(self.at, count):
            raise _CutOptionError
        return self.dissection.data[self.at : self.at + count]

    def number(self, at: int, count: int) -> int:
        """The `count` bytes after the first `at` of the body, as a number."""
        return int.from_bytes(self.body(at + count)[at:], "big")


def show(d: Dissection, at: int, length: int, base: int, segment_end: int, flags: int) -> bool:
    """Show `length` bytes of options; False when they end in a mistake or were cut.

    `base` is what selective acknowledgements are relative to, `segment_end` the
    offset after the segment's data, `flags` are the segment's.
    """
    d.add(", options [")
    separator = ""
    try:
        while length > 0:
            d.add(separator)
            kind = d.u8(at)
            used = 1
            declared = 1
            if kind not in (_END, _NOP):
                declared = d.u8(at + 1)
                used = 2
                if declared < 2 or declared > length:
                    raise _BadOptionError
            name, show_body = _OPTIONS.get(kind) or (f"unknown-{kind}", _show_unknown)
            d.add(name)
            option = _Option(d, at + used, declared - used, length - used, base, segment_end, flags)
            used += show_body(option)
            if used != declared:
                d.add(f"[len {declared}]")
            at += used
            length -= used
            separator = ","
            if kind == _END:
                break
    except _BadOptionError:
        d.add("[bad opt]" + ("]" if separator else ""))
        return False
    except _CutOptionError:
        d.cut()
        d.add(">" if separator else "")
        return False
    d.add("]")
    return True


# What follows shows the body of one kind of option, and gives how many bytes it should have.
_Reader = Callable[[_Option], int]


def _show_nothing(option: _Option) -> int:
    return 0


def _number_of(size: int) -> _Reader:
    """What shows an option that is one number of `size` bytes."""

    def show_number(option: _Option) -> int:
        option.dissection.add(f" {option.number(0, size)}")
        return size

    return show_number


def _show_sack(option: _Option) -> int:
    d = option.dissection
    if option.declared % 8:
        d.add(" invalid sack")
        return option.declared
    d.add(f" {option.declared // 8} ")
    for edge in range(0, option.declared, 8):
        left = (option.number(edge, 4) - option.base) & _UNSIGNED
        right = (option.number(edge + 4, 4) - option.base) & _UNSIGNED
        d.add(f"{{{left}:{right}}}")
    return option.declared


def _show_timestamps(option: _Option) -> int:
    body = option.body(8)
    value, echo = int.from_bytes(body[:4], "big"), int.from_bytes(body[4:], "big")
    option.dissection.add(f" val {value} ecr {echo}")
    return 8


def _show_signature(option: _Option) -> int:
    d = option.dissection
    digest = option.body(16).hex()
    reason = (
        "snaplen too short" if option.segment_end > d.end else "shared secret not supplied with -M"
    )
    d.add(f" {reason}, can't check - {digest}")
    return 16


def _show_scps(option: _Option) -> int:
    capabilities, identifier = option.body(2)
    option.dissection.add(f" cap {capabilities:02x} id {identifier}")
    return 2


def _show_user_timeout(option: _Option) -> int:
    value = option.number(0, 2)
    seconds = (value >> 1) * 60 if value & 1 else value >> 1
    option.dissection.add(f" 0x{value:x} {seconds}")
    return 2


def _show_authentication(option: _Option) -> int:
    d = option.dissection
    if option.declared < 2:
        d.add(" (invalid)")
        return option.declared
    d.add(f" keyid {option.number(0, 1)}")
    d.add(f" rnextkeyid {option.number(1, 1)}")
    if option.declared > 2:
        d.add(" mac 0x")
        _show_hex(option, 2)
    return option.declared


def _show_multipath(option: _Option) -> int:
    option.body(option.declared)
    if not mptcp.show(option.dissection, option.at - 2, option.declared + 2, option.flags):
        raise _BadOptionError
    return option.declared


def _show_fast_open(option: _Option) -> int:
    option.body(option.declared)
    option.dissection.add(" ")
    _show_cookie(option, 0)
    return option.declared


def _show_experiment(option: _Option) -> int:
    d = option.dissection
    option.body(option.declared)
    if option.declared < 2:
        raise _BadOptionError
    magic = option.number(0, 2)
    if magic == _FAST_OPEN_MAGIC:
        d.add("-tfo")
        _show_cookie(option, 2)
    else:
        d.add(f"-{magic:04x}")
    return option.declared


def _show_cookie(option: _Option, start: int) -> None:
    d = option.dissection
    cookie = option.body(option.declared)[start:]
    if not cookie:
        d.add(" cookiereq")
    elif len(cookie) % 2 or not 4 <= len(cookie) <= 16:
        d.add(" (invalid)")
    else:
        d.add(f" cookie {cookie.hex()}")


def _show_unknown(option: _Option) -> int:
    if option.declared:
        option.dissection.add(" 0x")
        _show_hex(option, 0)
    return option.declared


def _show_hex(option: _Option, start: int) -> None:
    for index in range(start, option.declared):
        option.dissection.add(f"{option.number(index, 1):02x}")


# The name of each kind, and what shows it.
_OPTIONS: dict[int, tuple[str, _Reader]] = {
    _END: ("eol", _show_nothing),
    _NOP: ("nop", _show_nothing),
    2: ("mss", _number_of(2)),
    3: ("wscale", _number_of(1)),
    4: ("sackOK", _show_nothing),
    5: ("sack", _show_sack),
    6: ("echo", _number_of(4)),
    7: ("echoreply", _number_of(4)),
    8: ("TS", _show_timestamps),
    11: ("cc", _number_of(4)),
    12: ("ccnew", _number_of(4)),
    13: ("", _number_of(4)),
    19: ("md5", _show_signature),
    20: ("scps", _show_scps),
    28: ("uto", _show_user_timeout),
    29: ("tcp-ao", _show_authentication),
    30: ("mptcp", _show_multipath),
    34: ("tfo", _show_fast_open),
    254: ("exp", _show_experiment),
}
