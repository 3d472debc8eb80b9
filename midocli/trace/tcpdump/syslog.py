"""Syslog over UDP (RFC 3164, RFC 5424)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection, InvalidError
from midocli.trace.tcpdump.tables import numbered

_SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
_FACILITIES = numbered("""
    0 kernel, 1 user, 2 mail, 3 daemon, 4 auth, 5 syslog, 6 lpr, 7 news, 8 uucp, 9 cron,
    10 authpriv, 11 ftp, 12 ntp, 13 security, 14 console, 15 cron, 16 local0, 17 local1, 18 local2,
    19 local3, 20 local4, 21 local5, 22 local6, 23 local7
""")
_MOST_DIGITS = 3


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message: with -v its text, with -vv a dump as well."""
    d.protocol = "syslog"
    if d.u8(at) != ord("<"):
        raise InvalidError
    start = at + 1
    while start <= at + _MOST_DIGITS and chr(d.u8(start)) in "0123456789":
        start += 1
    if d.u8(start) != ord(">"):
        raise InvalidError
    number = int(d.data[at + 1 : start] or b"0")
    facility, severity = (number & 0x3F8) >> 3, number & 7
    facility_name = _FACILITIES.get(facility, f"unknown ({facility})")
    if not d.flags.verbose:
        d.add(f"SYSLOG {facility_name}.{_SEVERITIES[severity]}, length: {length}")
        return
    d.add(
        f"SYSLOG, length: {length}\n\tFacility {facility_name} ({facility}), "
        f"Severity {_SEVERITIES[severity]} ({severity})\n\tMsg: "
    )
    start += 1
    if at + length > start:
        text.show_all(d, start, at + length - start)
    if d.flags.verbose > 1:
        text.dump(d, at, length)
