"""SNMP, versions 1, 2c and 3 (RFC 1157, RFC 3416, RFC 3412)."""

from __future__ import annotations

from contextlib import suppress

from midocli.trace.tcpdump import asn1, snmp_security
from midocli.trace.tcpdump.asn1 import UnreadableError
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.snmp_fields import Fields

_VERSIONS = {0: "SNMPv1", 1: "SNMPv2c", 3: "SNMPv3"}
_V3 = 3
_DEFAULT_COMMUNITY = b"public"


def show(d: Dissection, at: int, length: int) -> None:
    """Show a message of `length` bytes; what makes no sense in it is told of, and ends it."""
    d.protocol = "snmp"
    d.add(" ")
    with suppress(UnreadableError):
        _show_message(d, at, length)


def _show_message(d: Dissection, at: int, length: int) -> None:
    outer = Fields(d, at, length)
    whole = outer.of(asn1.SEQUENCE, "!init SEQ")
    outer.tell_extra("iSEQ")
    fields = Fields(d, whole.at, whole.length)
    version = fields.of(asn1.INTEGER, "version!=INT").number
    if version not in _VERSIONS:
        d.add(f"SNMP [version = {version}]")
        return
    if d.flags.verbose:
        d.add(f"{{ {_VERSIONS[version]} ")
    with suppress(UnreadableError):
        if version == _V3:
            snmp_security.show(d, fields)
        else:
            _show_community(d, fields, version)
    if d.flags.verbose:
        d.add("} ")


def _show_community(d: Dissection, fields: Fields, version: int) -> None:
    community = fields.of(asn1.STRING, "comm!=STR")
    if d.taken(community.at, community.length) != _DEFAULT_COMMUNITY:
        d.add("C=")
        asn1.show_string(d, community)
        d.add(" ")
    fields.show_request(version)
