"""Syslog over UDP (RFC 3164, RFC 5424)."""

from __future__ import annotations

from midocli.trace.tcpdump import text
from midocli.trace.tcpdump.dissection import Dissection

_SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
_FACILITIES = (
    *("kernel", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron"),
    *("authpriv", "ftp", "ntp", "security", "console", "cron", "local0", "local1", "local2"),
    *("local3", "local4", "local5", "local6", "local7"),
)
_MOST_DIGITS = 3


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message: with -v its text, with -vv a dump as well."""
    d.protocol = "syslog"
    if d.u8(at) != ord("<"):
        d.invalid()
        return
    start = at + 1
    while start <= at + _MOST_DIGITS and chr(d.u8(start)) in "0123456789":
        start += 1
    if d.u8(start) != ord(">"):
        d.invalid()
        return
    number = int(d.data[at + 1 : start] or b"0")
    facility, severity = (number & 0x3F8) >> 3, number & 7
    known = facility < len(_FACILITIES)
    facility_name = _FACILITIES[facility] if known else f"unknown ({facility})"
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
