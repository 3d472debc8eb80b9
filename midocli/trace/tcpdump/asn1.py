"""ASN.1 values in the basic encoding (X.690), as SNMP uses them."""

from __future__ import annotations

from typing import NamedTuple

from midocli.trace.tcpdump import mib_names
from midocli.trace.tcpdump.dissection import Dissection
from midocli.trace.tcpdump.text import visible

_UNIVERSAL, _APPLICATION, _CONTEXT = range(3)
_CLASSES = (
    (
        *("U-0", "Boolean", "Integer", "Bitstring", "String", "Null", "ObjID", "ObjectDes"),
        *(f"U-{number}" for number in range(8, 16)),
        *("Sequence", "Set"),
    ),
    ("IpAddress", "Counter", "Gauge", "TimeTicks", "Opaque", "C-5", "Counter64"),
    (
        *("GetRequest", "GetNextRequest", "GetResponse", "SetRequest", "Trap", "GetBulk"),
        *("Inform", "V2Trap", "Report"),
    ),
    ("P-0",),
)
_EXCEPTIONS = ("noSuchObject", "noSuchInstance", "endOfMibView")
_CONSTRUCTED, _CONTINUED, _EXTENDED = 0x20, 0x80, 0x1F

# What a value may be; OTHER stands for all that SNMP does not use.
INTEGER, UNSIGNED, COUNTER64, STRING, NULL, OBJECT, ADDRESS, SEQUENCE, MESSAGE = range(9)
EXCEPTION, UNTYPED, OTHER = range(9, 12)
_PRIMITIVE = {
    (_UNIVERSAL, 2): INTEGER,
    (_UNIVERSAL, 4): STRING,
    (_UNIVERSAL, 5): NULL,
    (_UNIVERSAL, 6): OBJECT,
    (_APPLICATION, 0): ADDRESS,
    **{(_APPLICATION, number): UNSIGNED for number in (1, 2, 3)},
    (_APPLICATION, 6): COUNTER64,
    **{(_CONTEXT, number): EXCEPTION for number in range(len(_EXCEPTIONS))},
}
_NUMBERS = frozenset((INTEGER, UNSIGNED, COUNTER64))
_SEQUENCE_NUMBER = 16

# Objects whose names need no path: what stands for it, and the bytes of the path.
_SHORT = (
    ("", (1, 3, 6, 1, 2, 1)),
    ("E:", (1, 3, 6, 1, 4, 1)),
    ("X:", (1, 3, 6, 1, 3)),
    ("S:", (1, 3, 6, 1, 6, 3)),
)


class UnreadableError(Exception):
    """A value that makes no sense, which has been said: its message is not shown any further."""


class Value(NamedTuple):
    """A value: its type, its number within its class, where its content is, and as a number."""

    type: int
    identifier: int
    at: int
    length: int
    number: int = 0

    @property
    def end(self) -> int:
        """The offset after it."""
        return self.at + self.length


class _Tag(NamedTuple):
    constructed: bool
    kind: int
    identifier: int


def read(d: Dissection, at: int, left: int) -> Value:
    """The value at `at`, which `left` bytes are left for; UnreadableError where it is none."""
    start = at
    if left < 1:
        _refuse(d, "[nothing to parse]")
    first = d.u8(at)
    tag = _Tag(bool(first & _CONSTRUCTED), first >> 6, first & 0x1F)
    at += 1
    if tag.identifier == _EXTENDED:
        tag, at = _extended(d, tag, at, start + left)
    at, length = _length(d, at, start + left)
    letter = "C" if tag.constructed else "P"
    if tag.identifier >= len(_CLASSES[tag.kind]):
        # tcpdump writes `x` where it means to name the class.
        _refuse(d, f"[id?{letter}/x/{tag.identifier}]")
    if not d.has(at, length):
        d.cut()
        raise UnreadableError
    kind = _type(d, tag)
    number = _number(d, kind, at, length) if kind in _NUMBERS else 0
    return Value(kind, tag.identifier, at, length, number)


def _refuse(d: Dissection, why: str) -> None:
    d.add(why)
    raise UnreadableError


def _extended(d: Dissection, tag: _Tag, at: int, end: int) -> tuple[_Tag, int]:
    """A tag of several bytes; tcpdump keeps eight bits of it."""
    identifier = 0
    while True:
        byte = d.u8(at)
        if at >= end:
            _refuse(d, "[Xtagfield?]")
        identifier = (identifier << 7 | byte & 0x7F) & 0xFF
        at += 1
        if not byte & _CONTINUED:
            return tag._replace(identifier=identifier), at


def _length(d: Dissection, at: int, end: int) -> tuple[int, int]:
    """Where the content begins, and how long it is."""
    if at >= end:
        _refuse(d, "[no asnlen]")
    length = d.u8(at)
    at += 1
    if length & _CONTINUED:
        count = length & 0x7F
        if end - at < count:
            _refuse(d, f"[asnlen? {end - at}<{count}]")
        if not d.has(at, count):
            d.cut()
            raise UnreadableError
        length = int.from_bytes(d.taken(at, count), "big") & 0xFFFF_FFFF
        at += count
    if end - at < length:
        _refuse(d, f"[len{end - at}<asnlen{length}]")
    return at, length


def _type(d: Dissection, tag: _Tag) -> int:
    """What the value is; what SNMP does not use is told of."""
    name = _CLASSES[tag.kind][tag.identifier]
    if tag.constructed:
        if tag.kind == _CONTEXT:
            return MESSAGE
        if tag.kind == _UNIVERSAL and tag.identifier == _SEQUENCE_NUMBER:
            return SEQUENCE
        d.add(f"C/{'U' if tag.kind == _UNIVERSAL else 'x'}/{name}")
        return OTHER
    known = _PRIMITIVE.get((tag.kind, tag.identifier))
    if known is not None:
        return known
    if tag.kind == _CONTEXT:
        return UNTYPED
    d.add(f"[P/{'UAxx'[tag.kind]}/{name}]")
    return OTHER


def _number(d: Dissection, kind: int, at: int, length: int) -> int:
    """A number as tcpdump keeps it: of 32 bits, or of 64."""
    if kind == INTEGER and length == 0:
        _refuse(d, "[asnlen=0]")
    content = d.taken(at, length)
    if kind == COUNTER64:
        return int.from_bytes(content[-8:], "big")
    if kind == UNSIGNED:
        return int.from_bytes(content[-4:], "big")
    return int.from_bytes(content[-4:] if length >= 4 else content, "big", signed=True)


def show(d: Dissection, value: Value) -> None:
    """Show a value."""
    content = d.taken(value.at, value.length)
    if value.type == OTHER:
        show_octets(d, value)
    elif value.type == OBJECT:
        d.add(_object(content, named=d.flags.names))
    elif value.type in _NUMBERS:
        d.add(str(value.number))
    elif value.type == STRING:
        show_string(d, value)
    elif value.type == SEQUENCE:
        d.add(f"Seq({value.length})")
    elif value.type == ADDRESS:
        wrong = "" if value.length == 4 else "[inetaddr len!=4]"
        d.add(wrong + ".".join(map(str, content)))
    elif value.type == EXCEPTION:
        d.add(f"[{_EXCEPTIONS[value.identifier]}]")
    elif value.type == MESSAGE:
        d.add(f"{_CLASSES[_CONTEXT][value.identifier]}({value.length})")
    elif value.type == UNTYPED:
        d.add("[BE_ANY!?]")


def show_octets(d: Dissection, value: Value) -> None:
    """Show a value as hex digits."""
    d.add("".join(f"_{byte:02x}" for byte in d.taken(value.at, value.length)))


def show_string(d: Dissection, value: Value) -> None:
    """Show a value as text in quotes, or where it is none as hex digits."""
    content = d.taken(value.at, value.length)
    printable = all(0x20 <= byte < 0x7F for byte in content)
    d.add(f'"{visible(content)}"' if printable else content.hex("_"))


def _object(content: bytes, named: bool) -> str:
    """An object identifier, with -n as numbers; else with the names known along its path."""
    text = ""
    path: tuple[int, ...] | None = () if named else None
    dot = "."
    begun = False
    if named and len(content) > 2:
        for short, prefix in _SHORT:
            encoded = bytes((prefix[0] * 40 + prefix[1], *prefix[2:]))
            if content.startswith(encoded):
                text, path, dot, begun = short, prefix, "", True
                content = content[len(encoded) :]
                break
    number = 0
    for byte in content:
        number = ((number << 7) + (byte & 0x7F) + 2**31) % 2**32 - 2**31
        if byte & _CONTINUED:
            continue
        steps = [number]
        if not begun:
            # The first number holds two (X.690, clause 8.19).
            first = min(int(number / 40), 2)
            steps = [first, number - first * 40]
            begun = True
        for step in steps:
            name, path = _step(path, step)
            text += f"{dot}{name}"
            dot = "."
        number = 0
    return text


def _step(path: tuple[int, ...] | None, number: int) -> tuple[str, tuple[int, ...] | None]:
    """The name of a number below a path, or the number; and the path to it, if that is known."""
    if path is not None:
        below = (*path, number)
        name = mib_names.names().get(below)
        if name is not None:
            return name, below
    return str(number & 0xFFFF_FFFF), None
