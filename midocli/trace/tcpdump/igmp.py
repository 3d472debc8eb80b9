"""IGMP (RFC 1112, RFC 2236, RFC 3376) and multicast traceroute."""

from __future__ import annotations

from midocli.trace.tcpdump import group_records
from midocli.trace.tcpdump.checksum import complement, words
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.durations import in_units

_QUERY, _DVMRP, _PIM, _LEAVE, _REPORT_V3 = 0x11, 0x13, 0x14, 0x17, 0x22
_REPORTS = {0x12: "v1", 0x16: "v2"}
_TRACES = {0x1E: "mresp", 0x1F: "mtrace"}
_QUERY_V3_LENGTH = 12
_REPORT_V3_LENGTH = 16


def show(d: Dissection, at: int, length: int, ip_at: int, fragmented: bool) -> None:
    """Show a message of `length` bytes and, with -v, a wrong checksum."""
    d.protocol = "igmp"
    if d.flags.quiet:
        d.add("igmp")
        return
    kind = d.u8(at)
    if kind == _QUERY:
        _show_query(d, at, length)
    elif kind in _REPORTS:
        d.add(f"igmp {_REPORTS[kind]} report {_group(d, at + 4)}")
        if kind == 0x12 and length != 8:
            d.add(f" [len {length}]")
    elif kind == _REPORT_V3:
        d.add("igmp v3 report")
        _show_report_v3(d, at, length)
    elif kind == _LEAVE:
        d.add(f"igmp leave {_group(d, at + 4)}")
    elif kind in _TRACES:
        _show_trace(d, at, length, _TRACES[kind])
    else:
        d.add(f"igmp-{kind}")
    checked = d.flags.verbose and length >= 4 and d.has(at, length)
    if checked and complement(words(d.data[at : at + length])):
        d.add(f" bad igmp cksum {d.u16(at + 2):x}!")


def _group(d: Dissection, at: int) -> str:
    return d.names.ipv4(d.taken(at, 4))


_FORM = group_records.Form(4, _group, "v3-report")


def _show_query(d: Dissection, at: int, length: int) -> None:
    d.add("igmp query")
    if length >= _QUERY_V3_LENGTH:
        _show_query_v3(d, at, length)
        return
    time = d.u8(at + 1)
    d.add(" v2" if time else " v1")
    if time not in (0, 100):
        d.add(f" [max resp time {time}]")
    if d.u32(at + 4):
        d.add(f" [gaddr {_group(d, at + 4)}]")
    if length != 8:
        d.add(f" [len {length}]")


def _show_query_v3(d: Dissection, at: int, length: int) -> None:
    d.add(" v3")
    if length & 3:
        d.add(f" [invalid len {length}]")
        return
    code = d.u8(at + 1)
    if code != 100:
        tenths = code if code < 128 else (code & 0xF | 0x10) << ((code >> 4 & 7) + 3)
        time = f"{tenths * 0.1:.1f}s" if tenths < 600 else in_units(tenths // 10)
        d.add(f" [max resp time {time}]")
    if d.u32(at + 4) == 0:
        return
    d.add(f" [gaddr {_group(d, at + 4)}")
    group_records.show_query_sources(d, at, _QUERY_V3_LENGTH, length, _FORM)


def _show_report_v3(d: Dissection, at: int, length: int) -> None:
    if length < _REPORT_V3_LENGTH or length & 3:
        d.add(f" [invalid len {length}]")
        return
    group_records.show(d, at, length, _FORM)


def _show_trace(d: Dissection, at: int, length: int, name: str) -> None:
    if length < 24:
        d.add(f" [invalid len {length}]")
        return
    query = d.u24(at + 21)
    origin, goal, answer = (_group(d, at + field) for field in (8, 12, 16))
    d.add(f"{name} {query}: {origin} to {goal} reply-to {answer}")
    if d.u32(at + 16) >> 28 == 0xE:
        d.add(f" with-ttl {d.u8(at + 20)}")
