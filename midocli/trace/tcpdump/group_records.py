"""The records of group membership reports, which IGMP 3 and MLD 2 share but for addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from midocli.trace.tcpdump.dissection import Dissection

_KINDS = {1: "is_in", 2: "is_ex", 3: "to_in", 4: "to_ex", 5: "allow", 6: "block"}


class Form(NamedTuple):
    """How long an address is and how it is shown, and what an unknown kind is called."""

    size: int
    address: Callable[[Dissection, int], str]
    unknown: str


def show(d: Dissection, at: int, length: int, form: Form) -> None:
    """Show the records of a report (RFC 3376, 4.2; RFC 3810, 5.2); only their number without -v."""
    records = d.u16(at + 6)
    d.add(f", {records} group record(s)")
    if not d.flags.verbose:
        return
    header = 4 + form.size
    record = at + 8
    end = at + length
    for _ in range(records):
        if end < record + header:
            d.add(" [invalid number of groups]")
            return
        d.add(f" [gaddr {form.address(d, record + 4)}")
        kind = d.u8(record)
        d.add(f" {_KINDS.get(kind, f' [{form.unknown}-#{kind}]')}")
        count = d.u16(record + 2)
        if end < record + header + count * form.size:
            d.add(f" [invalid number of sources {count}]")
            return
        if d.flags.verbose == 1:
            d.add(f", {count} source(s)")
        else:
            _show_sources(d, record + header, count, form)
        record += header + count * form.size
        d.add("]")


def show_query_sources(d: Dissection, at: int, header: int, length: int, form: Form) -> None:
    """Show the sources behind the `header` bytes of a query, whose last two are their number."""
    count = d.u16(at + header - 2)
    if count and length < header + count * form.size:
        d.add(" [invalid number of sources]")
    elif count and d.flags.verbose > 1:
        _show_sources(d, at + header, count, form)
    elif count:
        d.add(f", {count} source(s)")
    d.add("]")


def _show_sources(d: Dissection, at: int, count: int, form: Form) -> None:
    d.add(" {")
    for entry in range(at, at + count * form.size, form.size):
        d.add(f" {form.address(d, entry)}")
    d.add(" }")
