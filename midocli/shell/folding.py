"""Lines that are wider than the screen, broken between two words.

The rest of a row is filled with blanks, so that the terminal goes on in the next one by itself:
what is copied from there is the line as it was, but for blanks, and a command is one still.
"""

from __future__ import annotations

import re

from prompt_toolkit.utils import get_cwidth

_PAINT = re.compile(r"\x1b\[[0-9;]*m")
_PART = re.compile(r"[ \t]+|(?:\x1b\[[0-9;]*m|[^ \t\x1b])+|\x1b")
#: How much further in a line goes on than it begins.
_FURTHER = 2


def unpainted(text: str) -> str:
    """A text without its colours."""
    return _PAINT.sub("", text)


def folded(text: str, columns: int) -> str:
    """A text, painted or not, of which no word goes over the edge of a screen, if it can."""
    if len(text) <= columns:
        return text
    return "\n".join(_line(line, columns) for line in text.split("\n"))


def _line(line: str, columns: int) -> str:
    if len(line) <= columns or get_cwidth(unpainted(line).expandtabs()) <= columns:
        return line
    line = line.expandtabs() if "\x1b" not in line else line.replace("\t", " " * 8)
    plain = unpainted(line)
    indent = min(len(plain) - len(plain.lstrip(" ")) + _FURTHER, columns // 3)
    parts: list[str] = []
    at = 0
    for found in _PART.finditer(line):
        part = found[0]
        width = get_cwidth(unpainted(part))
        if part.isspace():
            part = part[: max(columns - at, 0)]
            width = len(part)
        elif at + width > columns and at > 0 and width <= columns:
            start = indent if indent + width <= columns else 0
            parts.append(" " * (columns - at) + " " * start)
            at = start
        parts.append(part)
        at = (at + width - 1) % columns + 1 if at + width > columns else at + width
    return "".join(parts)
