"""IPv6 node information queries (RFC 4620)."""

from __future__ import annotations

from midocli.trace.tcpdump.addresses import ipv6
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import letters, numbered
from midocli.trace.tcpdump.text import visible

_QUERY = 139
_HEADER = 16
_NOTHING, _TYPES, _NAME, _ADDRESSES = 0, 1, 2, 3
_QUESTIONS = numbered("0 noop, 1 supported qtypes, 2 DNS name, 3 node addresses")
_ADDRESS_FLAGS = numbered("0x40 a, 0x20 G, 0x10 S, 0x08 L, 0x04 C, 0x02 A")
_TRUNCATED = 0x01
_SUBJECT_IPV6, _SUBJECT_NAME, _SUBJECT_IPV4 = range(3)
_SUCCESS = 0
_OUTCOMES = {_SUCCESS: "success", 1: "refused", 2: "unknown"}


def show(d: Dissection, at: int, length: int, code: int) -> None:
    """Show a query or reply of `length` bytes."""
    if d.u8(at) == _QUERY:
        _show_query(d, at)
    else:
        _show_reply(d, at, length)


def _show_query(d: Dissection, at: int) -> None:
    size = d.end - at
    if size == 12:
        d.add(" who-are-you request")
        return
    d.add(" node information query")
    if not d.has(at, _HEADER):
        d.cut()
        return
    question = d.u16(at + 4)
    d.add(f" ({_QUESTIONS.get(question, 'unknown')}{_flags_text(d.u16(at + 6), question)}")
    if question in (_NOTHING, _TYPES):
        if size != _HEADER and d.flags.verbose:
            d.add(", invalid len")
    elif size == _HEADER:
        d.add(", 03 draft")
    else:
        _show_subject(d, at, size)
    d.add(")")


def _flags_text(flags: int, question: int, truncated: str = "") -> str:
    if question == _TYPES and flags:
        return f" [{'C' if flags & 1 else ''}]"
    if question == _ADDRESSES and flags:
        return f" [{letters(_ADDRESS_FLAGS, flags)}{truncated}]"
    return ""


def _show_subject(d: Dissection, at: int, size: int) -> None:
    kind = d.u8(at + 1)
    subject = at + _HEADER
    if kind == _SUBJECT_NAME:
        d.add(", subject=DNS name")
        _show_name(d, subject)
    elif kind in (_SUBJECT_IPV6, _SUBJECT_IPV4):
        length = 16 if kind == _SUBJECT_IPV6 else 4
        if not d.has(subject, length):
            return
        if size == _HEADER + length:
            address = d.data[subject : subject + length]
            shown = ipv6(address) if length == 16 else d.names.ipv4(address)
            d.add(f", subject={shown}")
        elif d.flags.verbose:
            d.add(", invalid subject len")
    else:
        d.add(", unknown subject")


def _show_name(d: Dissection, at: int) -> None:
    """Show a name, which a draft had with its length in front, in quotes."""
    if d.u8(at) == d.end - at - 1:
        if d.flags.verbose:
            d.add(", 03 draft")
        d.add(f', "{visible(d.data[at + 1 : d.end])}"')
        return
    d.add(', "')
    while at < d.end:
        length = d.u8(at)
        at += 1
        if length:
            if length > d.end - at:
                d.add("???")
                break
            d.add(visible(d.data[at : at + length]))
            at += length
            if at + 1 < d.end and d.u8(at):
                d.add(".")
        else:
            if at == d.end:
                d.add(".")
            elif not (at + 1 == d.end and d.u8(at) == 0):
                d.add("???")
            break
    d.add('"')


def _show_reply(d: Dissection, at: int, length: int) -> None:
    size = d.end - at
    if length > size or not d.has(at, _HEADER):
        d.cut()
        return
    d.add(" node information reply (")
    outcome = d.u8(at + 1)
    parts = []
    if outcome in _OUTCOMES and (outcome != _SUCCESS or d.flags.verbose):
        parts.append(_OUTCOMES[outcome])
    if outcome != _SUCCESS:
        d.add("".join(parts))
        if outcome in _OUTCOMES and size != _HEADER and d.flags.verbose:
            d.add(", invalid length")
        d.add(")")
        return
    question = d.u16(at + 4)
    d.add(", ".join([*parts, _QUESTIONS.get(question, "unknown")]))
    if question == _NOTHING:
        if size != _HEADER and d.flags.verbose:
            d.add(", invalid length")
    elif question == _TYPES:
        d.add(_flags_text(d.u16(at + 6), question))
    elif question == _NAME:
        _show_name(d, at + _HEADER + 4)
        if d.u16(at + 6) & 1:
            d.add(f" [TTL={d.u32(at + _HEADER)}]")
    elif question == _ADDRESSES:
        for entry in range(at + _HEADER, d.end - 19, 20):
            d.add(f" {ipv6(d.data[entry + 4 : entry + 20])}({d.u32(entry)})")
        flags = d.u16(at + 6)
        d.add(_flags_text(flags, question, "T" if flags & _TRUNCATED else ""))
    d.add(")")
