"""TFTP (RFC 1350) with its options (RFC 2347)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection, ShortError, check_left
from midocli.trace.tcpdump.tables import numbered

_READ, _WRITE, _DATA, _ACKNOWLEDGEMENT, _ERROR, _OPTIONS = range(1, 7)
_NAMES = numbered("1 RRQ, 2 WRQ, 3 DATA, 4 ACK, 5 ERROR, 6 OACK")
_ERRORS = numbered("""
    0 EUNDEF, 1 ENOTFOUND, 2 EACCESS, 3 ENOSPACE, 4 EBADOP, 5 EBADID, 6 EEXISTS, 7 ENOUSER
""")


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message of `length` bytes."""
    d.protocol = "tftp"
    d.add(f"TFTP, length {length}")
    check_left(length, 2)
    operation = d.u16(at)
    d.add(f", {_NAMES.get(operation, f'tftp-#{operation}')}")
    at += 2
    end = at + length - 2
    if operation in (_READ, _WRITE):
        check_left(end - at, 1)
        at = _show_quoted(d, at, end)
        check_left(end - at, 1)
        d.add(" ")
        at = _show_word(d, at, end)
        _show_options(d, at, end)
    elif operation == _OPTIONS:
        _show_options(d, at, end)
    elif operation in (_DATA, _ACKNOWLEDGEMENT):
        check_left(end - at, 2)
        d.add(f" block {d.u16(at)}")
    elif operation == _ERROR:
        check_left(end - at, 2)
        code = d.u16(at)
        d.add(f" {_ERRORS[code]}" if code in _ERRORS else f' tftp-err-#{code} "')
        check_left(end - at, 3)
        _show_quoted(d, at + 2, end)


def _show_word(d: Dissection, at: int, end: int) -> int:
    """Show text up to its zero byte; gives the offset behind that."""
    size = text.show_until_zero(d, at, end - at)
    if not size:
        raise ShortError
    return at + size


def _show_quoted(d: Dissection, at: int, end: int) -> int:
    d.add(' "')
    size = text.show_until_zero(d, at, end - at)
    d.add('"')
    if not size:
        raise ShortError
    return at + size


def _show_options(d: Dissection, at: int, end: int) -> None:
    while at < end:
        if d.u8(at):
            d.add(" ")
        at = _show_word(d, at, end)
