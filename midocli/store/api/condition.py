"""The fields of a condition: a rule's, a mirror's and a trace request's (`Condition.java`)."""

from __future__ import annotations

from typing import Any, ClassVar

from grammar.addresses import PortRange
from grammar.schema import Collection
from grammar.values import Negated
from midocli.store.api.forms import (
    Form,
    Given,
    Json,
    Net,
    One,
    Pairs,
    Shown,
    Unkept,
    WrongFieldError,
)
from midocli.store.api.leaves import Schema, WrongJsonError, truth, whole
from midocli.store.display import Display
from midocli.store.rows import Row


class Span(Form):
    """Layer 4 ports as `{"start": 80, "end": 90}`; the API takes no 0 in them."""

    def __init__(self, name: str, field: str) -> None:
        super().__init__(name)
        self.field = field

    def write(self, out: Json, row: Row, display: Display) -> None:
        self.fill(out, row.get(self.field))

    def fill(self, out: Json, value: PortRange | None) -> None:
        """Add the JSON field for a value."""
        name = self.names[0]
        out[name] = None if value is None else {"start": value.first, "end": value.last}

    def read(self, given: Given) -> Pairs:
        name = self.names[0]
        span = given.get(name)
        yield self.field, None if span is None else self._range(name, span)

    def _range(self, name: str, span: Any) -> PortRange:
        try:
            first, last = whole(span["start"]), whole(span["end"])
        except (WrongJsonError, TypeError, KeyError):
            raise WrongFieldError(name, 'expected {"start": PORT, "end": PORT}') from None
        if not 1 <= first <= last <= 0xFFFF:
            raise WrongFieldError(name, "expected a range within 1 to 65535")
        return PortRange(first, last)

    def schema(self) -> dict[str, Schema]:
        number = {"type": "integer", "minimum": 0, "maximum": 0xFFFF}
        span = {"type": ["object", "null"], "properties": {"start": number, "end": number}}
        return {self.names[0]: span}


class Negatable(Form):
    """Another form's field with the JSON field that negates it."""

    def __init__(self, form: One | Net | Span, inverse: str) -> None:
        super().__init__(*form.names, inverse)
        self._form = form
        self._inverse = inverse

    def bind(self, collection: Collection) -> None:
        self._form.bind(collection)

    def write(self, out: Json, row: Row, display: Display) -> None:
        value = row.get(self._form.field)
        negated = isinstance(value, Negated)
        self._form.fill(out, value.value if negated else value)
        out[self._inverse] = negated

    def read(self, given: Given) -> Pairs:
        for field, value in self._form.read(given):
            try:
                negated = truth(given.get(self._inverse, False))
            except WrongJsonError as error:
                raise WrongFieldError(self._inverse, str(error)) from None
            yield field, Negated(value) if negated and value is not None else value

    def schema(self) -> dict[str, Schema]:
        return {**self._form.schema(), self._inverse: {"type": "boolean"}}


class Flow(Form):
    """The direction of a connection, as a truth for each."""

    _WORDS: ClassVar = {"matchForwardFlow": "fwd-flow", "matchReturnFlow": "return-flow"}

    def __init__(self) -> None:
        super().__init__(*self._WORDS)

    def write(self, out: Json, row: Row, display: Display) -> None:
        for name, word in self._WORDS.items():
            out[name] = row.get("flow") == word

    def read(self, given: Given) -> Pairs:
        found = []
        for name, word in self._WORDS.items():
            try:
                found += [word] if truth(given.get(name, False)) else []
            except WrongJsonError as error:
                raise WrongFieldError(name, str(error)) from None
        if len(found) > 1:
            raise WrongFieldError(self.names[0], "no packet goes in both directions")
        yield "flow", found[0] if found else None

    def schema(self) -> dict[str, Schema]:
        return {name: {"type": "boolean"} for name in self.names}


_TRAVERSED = "midocli's conditions do not ask which device a packet has traversed"
_URI = Shown("uri", {"type": ["string", "null"]})


def _uuids(name: str, inverse: str, field: str) -> Form:
    return Negatable(One(name, field, absent=[]), inverse)


def _one(name: str, inverse: str, field: str) -> Form:
    return Negatable(One(name, field), inverse)


CONDITION: tuple[Form, ...] = (
    Negatable(Net("nwDstAddress", "nwDstLength", "dst"), "invNwDst"),
    Negatable(Net("nwSrcAddress", "nwSrcLength", "src"), "invNwSrc"),
    One("condInvert", "inverted"),
    Flow(),
    _uuids("inPorts", "invInPorts", "in-ports"),
    _uuids("outPorts", "invOutPorts", "out-ports"),
    _one("portGroup", "invPortGroup", "port-group"),
    _one("inPortGroup", "invInPortGroup", "in-port-group"),
    _one("outPortGroup", "invOutPortGroup", "out-port-group"),
    _one("ipAddrGroupSrc", "invIpAddrGroupSrc", "ip-address-group-src"),
    _one("ipAddrGroupDst", "invIpAddrGroupDst", "ip-address-group-dst"),
    Unkept("traversedDevice", {"type": ["string", "null"]}, None, _TRAVERSED),
    Unkept("invTraversedDevice", {"type": "boolean"}, False, _TRAVERSED),
    One("noVlan", "no-vlan"),
    One("vlan", "vlan"),
    _one("dlType", "invDlType", "ethertype"),
    _one("dlSrc", "invDlSrc", "hw-src"),
    One("dlSrcMask", "hw-src-mask"),
    _one("dlDst", "invDlDst", "hw-dst"),
    One("dlDstMask", "hw-dst-mask"),
    _one("nwTos", "invNwTos", "tos"),
    _one("nwProto", "invNwProto", "proto"),
    One("matchNwDstRewritten", "match-nw-dst-rewritten"),
    One("fragmentPolicy", "fragment-policy"),
    Negatable(Span("tpSrc", "src-port"), "invTpSrc"),
    Negatable(Span("tpDst", "dst-port"), "invTpDst"),
    Negatable(
        Net("icmpDataSrcIpAddress", "icmpDataSrcIpLength", "icmp-data-src"), "invIcmpDataSrcIp"
    ),
    Negatable(
        Net("icmpDataDstIpAddress", "icmpDataDstIpLength", "icmp-data-dst"), "invIcmpDataDstIp"
    ),
)
#: What a condition is that stands alone in another object.
ALONE = (*CONDITION, _URI)
__all__ = ["ALONE", "CONDITION"]
