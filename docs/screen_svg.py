"""What a terminal's screen shows, as an SVG picture of a window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import pyte
from pyte.screens import Char

from midocli.pictures.markup import Markup, join, tag

_CELL, _LINE, _PAD, _BAR = 8.43, 18, 14, 30
_COLOURS = {
    "black": "#1e2430", "red": "#ff8a80", "green": "#7fd88f", "brown": "#f0c674",
    "blue": "#7aa8ff", "magenta": "#d0a0ff", "cyan": "#6fd3e0", "white": "#d8dee9",
    "brightblack": "#7b8794", "brightred": "#ffa8a0", "brightgreen": "#a5e8b0",
    "brightbrown": "#ffd98a", "brightyellow": "#ffd98a", "brightblue": "#a8c7ff",
    "brightmagenta": "#e2c2ff", "brightcyan": "#9be7f0", "brightwhite": "#ffffff",
}  # fmt: skip
_PAPER, _INK = "#151b26", "#d8dee9"


def as_svg(screen: pyte.Screen, title: str, lines: int) -> str:
    """The first lines of a screen as a window; backgrounds below, text above."""
    width = _PAD * 2 + _CELL * screen.columns
    height = _BAR + _LINE * lines + _PAD
    rows = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(lines)]
    dots = [
        tag("circle", cx=18 + 18 * number, cy=15, r=5.5, fill=colour)
        for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    ]
    style = (
        ".s{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        ".b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}"
    )
    svg = tag(
        "svg",
        Markup("\n"),
        join(
            tag("title", title),
            tag("style", Markup(style)),
            tag("rect", width="100%", height="100%", rx=8, fill=_PAPER),
            *dots,
            *(each for y, row in enumerate(rows) for each in _backgrounds(row, y)),
            *(each for y, row in enumerate(rows) for each in _texts(row, y)),
        ),
        Markup("\n"),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
    )
    return f"{svg}\n"


def _ink(cell: Char) -> str:
    own, other = (cell.bg, _PAPER) if cell.reverse else (cell.fg, _INK)
    return other if own == "default" else _colour(own)


def _paper(cell: Char) -> str | None:
    own, other = (cell.fg, _INK) if cell.reverse else (cell.bg, None)
    return other if own == "default" else _colour(own)


def _colour(name: str) -> str:
    return _COLOURS.get(name, f"#{name}")


def _runs(row: Sequence[Char], key: object) -> Iterator[tuple[int, list[Char]]]:
    """Cells beside each other that look the same, with the column they begin at."""
    column = 0
    for _, cells in groupby(row, key):  # type: ignore[call-overload]
        run = list(cells)
        yield column, run
        column += len(run)


def _backgrounds(row: Sequence[Char], y: int) -> Iterator[Markup]:
    for column, run in _runs(row, _paper):
        paper = _paper(run[0])
        if paper is not None:
            yield tag(
                "rect",
                x=f"{_PAD + _CELL * column:.1f}",
                y=_BAR + _LINE * y,
                width=f"{_CELL * len(run):.1f}",
                height=_LINE,
                fill=paper,
            )


def _texts(row: Sequence[Char], y: int) -> Iterator[Markup]:
    for column, run in _runs(row, lambda c: (_ink(c), c.bold, c.italics, c.underscore)):
        words = "".join(cell.data for cell in run)
        first = run[0]
        if words.strip():
            marks = (("b", first.bold), ("i", first.italics), ("u", first.underscore))
            yield tag(
                "text",
                words,
                class_=" ".join(["s", *(name for name, holds in marks if holds)]),
                x=f"{_PAD + _CELL * column:.1f}",
                y=_BAR + _LINE * y + 13,
                textLength=f"{_CELL * len(run):.1f}",
                fill=_ink(first),
            )
