"""The hex dumps of -x and -X, and -A's plain text."""

from __future__ import annotations

_GRAPHIC = bytes(range(0x21, 0x7F))
_DOTS = bytes(byte if byte in _GRAPHIC else 0x2E for byte in range(256))
_DOTS_KEEPING_BLANKS = bytes(byte if byte in b"\t\n\r " else _DOTS[byte] for byte in range(256))

_INDENT = "\n\t"
_HEX_COLUMNS = 39
_OFFSETS = tuple(f"\n\t0x{offset:04x}:  " for offset in range(0, 1520, 16))


def hex_and_ascii(data: bytes) -> str:
    """-X: lines of 16 bytes, each after a line break and a tab; empty for no data."""
    # A line of the packed form is 40 columns: eight groups of four digits and a blank.
    packed = data.hex(" ", -2)
    dots = data.translate(_DOTS).decode("latin-1")
    lines = []
    start = 0
    for offset in _offsets(len(data)):
        hex_part = packed[start * 5 // 2 : start * 5 // 2 + _HEX_COLUMNS]
        lines.append(f"{offset}{hex_part:<39}  {dots[start : start + 16]}")
        start += 16
    return "".join(lines)


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


def _offsets(length: int) -> tuple[str, ...]:
    lines = (length + 15) // 16
    if lines <= len(_OFFSETS):
        return _OFFSETS[:lines]
    beyond = (f"\n\t0x{offset:04x}:  " for offset in range(len(_OFFSETS) * 16, length, 16))
    return (*_OFFSETS, *beyond)
