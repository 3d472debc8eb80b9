"""SNMP version 3's envelope (RFC 3412), its user based security (RFC 3414), and what is in it."""

from __future__ import annotations

from contextlib import suppress

from midocli.trace.tcpdump import asn1
from midocli.trace.tcpdump.asn1 import UnreadableError, Value
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.snmp_fields import Fields
from midocli.trace.tcpdump.tables import letters, numbered

_FLAGS = numbered("0x01 a, 0x02 p, 0x04 r")
_POSSIBLE = frozenset((0, 1, 3, 4, 5, 7))
_USER_BASED = 3
_VERSION = 3


def show(d: Dissection, fields: Fields) -> None:
    """Show what follows a message's version."""
    end = fields.at + fields.left
    head = fields.of(asn1.SEQUENCE, "!message")
    if d.flags.verbose:
        d.add("{ ")
    inner = Fields(d, head.at, head.length)
    _show_head(d, inner)
    # tcpdump goes on behind the last value it knows, wherever the head ends.
    fields = Fields(d, inner.at, end - inner.at)
    parameters = fields.of(asn1.STRING, "msgSecurityParameters!=STR")
    with suppress(UnreadableError):
        _show_user(d, parameters)
    if d.flags.verbose:
        d.add("} { ScopedPDU ")
    with suppress(UnreadableError):
        _show_scoped(d, fields)
    if d.flags.verbose:
        d.add("} ")


def _show_head(d: Dissection, head: Fields) -> None:
    head.of(asn1.INTEGER, "msgID!=INT")
    head.of(asn1.INTEGER, "msgMaxSize!=INT")
    value = head.of(asn1.STRING, "msgFlags!=STR")
    if value.length != 1:
        d.add(f"[msgFlags size {value.length}]")
        raise UnreadableError
    flags = d.u8(value.at)
    if flags not in _POSSIBLE:
        d.add(f"[msgFlags=0x{flags:02X}]")
        raise UnreadableError
    d.add(f"F={letters(_FLAGS, flags)} ")
    model = head.of(asn1.INTEGER, "msgSecurityModel!=INT").number
    head.tell_extra_wrongly("message SEQ")
    if d.flags.verbose:
        d.add("} ")
    if model != _USER_BASED:
        d.add(f"[security model {model}]")
        raise UnreadableError
    if d.flags.verbose:
        d.add("{ USM ")


def _show_user(d: Dissection, parameters: Value) -> None:
    whole = Fields(d, parameters.at, parameters.length).of(asn1.SEQUENCE, "!usm")
    fields = Fields(d, whole.at, whole.length)
    fields.of(asn1.STRING, "msgAuthoritativeEngineID!=STR")
    boots = fields.of(asn1.INTEGER, "msgAuthoritativeEngineBoots!=INT").number
    if d.flags.verbose:
        d.add(f"B={boots} ")
    time = fields.of(asn1.INTEGER, "msgAuthoritativeEngineTime!=INT").number
    if d.flags.verbose:
        d.add(f"T={time} ")
    name = fields.of(asn1.STRING, "msgUserName!=STR")
    d.add("U=")
    asn1.show_string(d, name)
    d.add(" ")
    fields.of(asn1.STRING, "msgAuthenticationParameters!=STR")
    fields.of(asn1.STRING, "msgPrivacyParameters!=STR")
    fields.tell_extra_wrongly("usm SEQ")


def _show_scoped(d: Dissection, fields: Fields) -> None:
    whole = fields.of(asn1.SEQUENCE, "!scoped PDU")
    scope = Fields(d, whole.at, whole.length)
    engine = scope.of(asn1.STRING, "contextEngineID!=STR")
    d.add("E=")
    asn1.show_octets(d, engine)
    d.add(" ")
    name = scope.of(asn1.STRING, "contextName!=STR")
    d.add("C=")
    asn1.show_string(d, name)
    d.add(" ")
    scope.show_request(_VERSION)
