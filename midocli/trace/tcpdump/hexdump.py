"""The hex dumps of -x and -X, and -A's plain text."""

from __future__ import annotations

_GRAPHIC = bytes(range(0x21, 0x7F))
_DOTS = bytes(byte if byte in _GRAPHIC else 0x2E for byte in range(256))
_DOTS_KEEPING_BLANKS = bytes(byte if byte in b"\t\n\r " else _DOTS[byte] for byte in range(256))

_INDENT = "\n\t"
_HEX_COLUMNS = 39


def _places(start: int, end: int) -> tuple[tuple[str, int, int, int, int], ...]:
    """What lines of a dump begin with, where their bytes are, and where the digits for those.

    A line of the packed digits is 40 columns: eight groups of four digits and a blank.
    """
    return tuple(
        (f"\n\t0x{at:04x}:  ", at, at + 16, at * 5 // 2, at * 5 // 2 + _HEX_COLUMNS)
        for at in range(start, end, 16)
    )


_USUAL = 1520
_PLACES = _places(0, _USUAL)


def hex_and_ascii(data: bytes) -> str:
    """-X: lines of 16 bytes, each after a line break and a tab; empty for no data."""
    lines = (len(data) + 15) // 16
    packed = data.hex(" ", -2).ljust(lines * (_HEX_COLUMNS + 1) - 1)
    dots = data.translate(_DOTS).decode("latin-1")
    places = _PLACES[:lines]
    if lines > len(places):
        places += _places(_USUAL, len(data))
    return "".join(
        [
            f"{offset}{packed[digits:past_digits]}  {dots[first:past]}"
            for offset, first, past, digits, past_digits in places
        ]
    )


def hex_only(data: bytes, indent: str = _INDENT) -> str:
    """-x: lines of 16 bytes, each after `indent`; empty for no data."""
    packed = data.hex(" ", -2)
    return "".join(
        f"{indent}0x{start:04x}:  {packed[start * 5 // 2 : start * 5 // 2 + _HEX_COLUMNS]}"
        for start in range(0, len(data), 16)
    )


def ascii_only(data: bytes) -> str:
    """-A: the bytes as text after a line break; what is not printable is a dot.

    A carriage return is dropped before a line feed (and as one of the last two
    bytes) and is a dot elsewhere, as in tcpdump.
    """
    parts = data.translate(_DOTS_KEEPING_BLANKS).decode("latin-1").split("\r")
    text = [parts[0]]
    left = len(data) - len(parts[0])
    for part in parts[1:]:
        left -= 1
        if left > 1 and not part.startswith("\n"):
            text.append(".")
        text.append(part)
        left -= len(part)
    return "\n" + "".join(text)
