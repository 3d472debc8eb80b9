"""Columns as text, as psql aligns them; on a terminal so that no row is wider than that.

Where columns do not fit, those that say the same in every row leave, and are told of below; where
that does not do, either, each row is a table of its own (psql's expanded form).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from midocli.results.printable import printable

Rows = Sequence[Sequence[str]]

_WORDS = re.compile(r"[^\s,]+,?|,")


def table(names: Sequence[str], rows: Rows, width: int | None = None) -> str:
    """The rows in columns, or in what is no wider than `width`; mere text as it is."""
    if list(names) == ["text"]:
        return rows[0][0] + "\n"
    if not names:
        return ""
    rows = [[printable(cell) for cell in row] for row in rows]
    whole = _columns(names, rows)
    if width is None or _fits(whole, width):
        return whole
    fewer = _without_constants(names, rows, width)
    return fewer if fewer is not None and _fits(fewer, width) else _expanded(names, rows, width)


def _fits(text: str, width: int) -> bool:
    return all(_wide(line) <= width for line in text.splitlines())


def _wide(text: str) -> int:
    from wcwidth import wcswidth

    return max(wcswidth(text), 0)


def _padded(text: str, width: int, fill: str = " ") -> str:
    return text + fill * (width - _wide(text))


def _columns(names: Sequence[str], rows: Rows) -> str:
    widths = [max(map(_wide, column)) for column in zip(names, *rows, strict=True)]

    def line(cells: Sequence[str], gap: str = " | ", fill: str = " ") -> str:
        padded = (_padded(cell, width, fill) for cell, width in zip(cells, widths, strict=True))
        return gap.join(padded)

    rule = line([""] * len(names), "-+-", "-")
    body = [f" {line(row)}".rstrip() for row in [names, *rows]]
    return "\n".join([body[0], f"-{rule}-", *body[1:]]) + "\n"


def _without_constants(names: Sequence[str], rows: Rows, width: int) -> str | None:
    """The columns that tell rows apart, and what all rows have; None where there is but one row."""
    if len(rows) < 2:
        return None
    columns = list(zip(*rows, strict=True))
    constant = {at for at, column in enumerate(columns) if at and len(set(column)) == 1}
    told = ", ".join(f"{names[at]} {columns[at][0]}" for at in sorted(constant))
    kept = [at for at in range(len(names)) if at not in constant]
    shown = _columns([names[at] for at in kept], [[row[at] for at in kept] for row in rows])
    return shown + "".join(f"{line}\n" for line in _broken(f"all: {told}", width, "     "))


def _expanded(names: Sequence[str], rows: Rows, width: int) -> str:
    """Each row by itself: a line a value and, where that is too long beside its name, below."""
    room = max(map(_wide, names))
    lines: list[str] = []
    for number, row in enumerate(rows, 1):
        lines.append(_padded(f"-[ {number} ]", min(width, room + 20), "-"))
        for name, cell in zip(names, row, strict=True):
            if not cell:
                continue
            line = f"{_padded(name, room)} | {cell}"
            if _wide(line) <= width:
                lines.append(line)
            else:
                lines += [f"{_padded(name, room)} |", *_broken(f"  {cell}", width, "  ")]
    return "\n".join(lines) + "\n"


def _broken(text: str, width: int, indent: str) -> list[str]:
    """A text in lines that end behind a word or a comma, all but the first one indented."""
    lines = [text[: len(text) - len(text.lstrip())]]
    for word in _WORDS.finditer(text):
        before = text[: word.start()]
        gap = " " if lines[-1].strip() and before != before.rstrip() else ""
        if lines[-1].strip() and _wide(lines[-1] + gap + word[0]) > width:
            lines.append(indent + word[0])
        else:
            lines[-1] += gap + word[0]
    return lines
