"""The values of an SNMP message in turn, and the request or answer that they end with."""

from __future__ import annotations

from contextlib import suppress

from midocli.trace.tcpdump import asn1
from midocli.trace.tcpdump.asn1 import UnreadableError, Value
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.tables import numbered

_GET, _GET_NEXT, _RESPONSE, _SET, _TRAP, _GET_BULK, _INFORM, _V2_TRAP, _REPORT = range(9)
_READS = frozenset((_GET, _GET_NEXT, _GET_BULK))
# In these an error would make no sense.
_WITHOUT_ERROR = frozenset((_GET, _GET_NEXT, _SET, _INFORM, _V2_TRAP, _REPORT))
_NOT_IN_V1 = frozenset((_GET_BULK, _INFORM, _V2_TRAP, _REPORT))
_ERRORS = numbered("""
    0 noError, 1 tooBig, 2 noSuchName, 3 badValue, 4 readOnly, 5 genErr, 6 noAccess, 7 wrongType,
    8 wrongLength, 9 wrongEncoding, 10 wrongValue, 11 noCreation, 12 inconsistentValue,
    13 resourceUnavailable, 14 commitFailed, 15 undoFailed, 16 authorizationError, 17 notWritable,
    18 inconsistentName
""")
_TRAPS = numbered("""
    0 coldStart, 1 warmStart, 2 linkDown, 3 linkUp, 4 authenticationFailure, 5 egpNeighborLoss,
    6 enterpriseSpecific
""")
_ENTERPRISE = 6


class Fields:
    """Reads the values of a sequence one after the other."""

    __slots__ = ("at", "dissection", "last", "left")

    def __init__(self, d: Dissection, at: int, length: int) -> None:
        self.dissection = d
        self.at = at
        self.left = length
        self.last = 0

    def next(self) -> Value:
        """The next value; UnreadableError where there is none that makes sense."""
        value = asn1.read(self.dissection, self.at, self.left)
        self.last = value.end - self.at
        self.left -= self.last
        self.at = value.end
        return value

    def of(self, kind: int, otherwise: str) -> Value:
        """The next value, of a type; of another, `otherwise` is said, and it is shown."""
        value = self.next()
        if value.type != kind:
            self.dissection.add(f"[{otherwise}]")
            asn1.show(self.dissection, value)
            raise UnreadableError
        return value

    def tell_extra(self, what: str) -> None:
        """Tell of bytes behind the last value."""
        if self.left:
            self.dissection.add(f"[{self.left} extra after {what}]")

    def tell_extra_wrongly(self, what: str) -> None:
        """Tell of bytes left where there are more than the last value took, as tcpdump does."""
        if self.last < self.left:
            self.dissection.add(f"[{self.left - self.last} extra after {what}]")

    def show_request(self, version: int) -> None:
        """Show what a manager asks, or an agent answers or tells."""
        d = self.dissection
        message = self.next()
        if message.type != asn1.MESSAGE:
            d.add("[no PDU]")
            raise UnreadableError
        self.tell_extra("PDU")
        if d.flags.verbose:
            d.add("{ ")
        asn1.show(d, message)
        d.add(" ")
        if version == 0 and message.identifier in _NOT_IN_V1:
            d.add("[v2 PDU in v1 message]")
            return
        if version == 1 and message.identifier == _TRAP:
            d.add("[v1 PDU in v2 message]")
            return
        fields = Fields(d, message.at, message.length)
        with suppress(UnreadableError):
            if message.identifier == _TRAP:
                _show_trap(d, fields)
            else:
                _show_request(d, fields, message.identifier)
        if d.flags.verbose:
            d.add(" } ")


def _show_request(d: Dissection, fields: Fields, kind: int) -> None:
    number = fields.of(asn1.INTEGER, "reqId!=INT").number
    if d.flags.verbose:
        d.add(f"R={number} ")
    status = fields.of(asn1.INTEGER, "errorStatus!=INT").number
    error = 0
    if kind in _WITHOUT_ERROR and status:
        d.add(f"[errorStatus({_error(status)})!=0]")
    elif kind == _GET_BULK:
        d.add(f" N={status}")
    elif status:
        d.add(f" {_error(status)}")
        error = status
    index = fields.of(asn1.INTEGER, "errorIndex!=INT").number
    if kind in _WITHOUT_ERROR and index:
        d.add(f"[errorIndex({index})!=0]")
    elif kind == _GET_BULK:
        d.add(f" M={index}")
    elif index:
        d.add(f"@{index}" if error else f"[errorIndex({index}) w/o errorStatus]")
    elif error:
        d.add("[errorIndex==0]")
    _show_objects(d, fields, kind)


def _error(number: int) -> str:
    return _ERRORS.get(number, f"err={number & 0xFFFF_FFFF}")


def _show_trap(d: Dissection, fields: Fields) -> None:
    d.add(" ")
    asn1.show(d, fields.of(asn1.OBJECT, "enterprise!=OID"))
    d.add(" ")
    asn1.show(d, fields.of(asn1.ADDRESS, "agent-addr!=INETADDR"))
    kind = fields.of(asn1.INTEGER, "generic-trap!=INT").number
    d.add(f" {_TRAPS.get(kind, f'gt={kind}')}")
    specific = fields.of(asn1.INTEGER, "specific-trap!=INT").number
    if kind == _ENTERPRISE:
        d.add(f" s={specific}")
    elif specific:
        d.add(f"[specific-trap({specific})!=0]")
    d.add(" ")
    asn1.show(d, fields.of(asn1.UNSIGNED, "time-stamp!=TIMETICKS"))
    _show_objects(d, fields, _TRAP)


def _show_objects(d: Dissection, fields: Fields, kind: int) -> None:
    """Show the objects that are asked for, or have values."""
    whole = fields.of(asn1.SEQUENCE, "!SEQ of varbind")
    fields.tell_extra("SEQ of varbind")
    bindings = Fields(d, whole.at, whole.length)
    while bindings.left:
        d.add(" ")
        pair = bindings.of(asn1.SEQUENCE, "!varbind")
        binding = Fields(d, pair.at, pair.length)
        asn1.show(d, binding.of(asn1.OBJECT, "objName!=OID"))
        if kind not in _READS:
            d.add("=")
        value = binding.next()
        if kind in _READS and value.type != asn1.NULL:
            d.add("[objVal!=NULL]")
        if value.type != asn1.NULL:
            asn1.show(d, value)
