"""What stands in the boxes of a drawn picture, and how large that makes them (in pixels)."""

from __future__ import annotations

from typing import NamedTuple

from midocli.pictures.forest import Forest
from midocli.pictures.free_ports import loose_ends
from midocli.pictures.model import Picture
from midocli.pictures.way import ARRIVED, Mark, Way
from midocli.pictures.wrapping import cells, wrapped

#: The height of a line of text, and the width of a column of it.
LINE = 18
PAD = 12
_CELL = 7.3
_EDGE = 6
_COLUMNS = 40


class Row(NamedTuple):
    """A line of text in a box: its top from the box's, what kind it is, and the words."""

    top: float
    kind: str
    text: str


class Box(NamedTuple):
    """A box; `ports` has the height at which a link meets each port, `rule` the line above."""

    key: str
    kind: str
    width: float
    height: float
    rows: list[Row]
    ports: dict[str, float]
    rule: float | None


def boxes_of(picture: Picture, forest: Forest, way: Way) -> dict[str, Box]:
    """The boxes of a picture, by key."""
    marks = way.at(picture)
    return {key: _box(key, picture, forest, marks.get(key, [])) for key in picture.nodes}


def _box(key: str, picture: Picture, forest: Forest, marks: list[Mark]) -> Box:
    """A name, notes and marks; below a line the ports."""
    node = picture.nodes[key]
    head = [("label", node.label), *(("note", note) for note in node.notes)]
    head += [("arrived" if m.symbol == ARRIVED else "ended", f"{m.symbol} {m.text}") for m in marks]
    rows = _rows(_EDGE, head)
    rule = _EDGE + LINE * len(rows) + 3.0
    top = rule + 3
    ports: dict[str, float] = {}
    for branch in forest.branches[key]:
        end = branch.link.near
        if branch.link.far is None or end.port in ports:
            continue
        ports[end.port] = top + LINE / 2 if end.label else _EDGE + LINE / 2
        added = _rows(top, [("port", end.text)])
        rows += added
        top += LINE * len(added)
    loose = _rows(top, [("free", text) for text in loose_ends(picture, key)])
    rows += loose
    top += LINE * len(loose)
    has_ports = top > rule + 3
    width = PAD * 2 + _CELL * max(cells(row.text) for row in rows)
    height = top + 3 if has_ports else rule + 3
    return Box(key, node.kind, width, height, rows, ports, rule if has_ports else None)


def _rows(top: float, said: list[tuple[str, str]]) -> list[Row]:
    lines = [(kind, line) for kind, text in said if text for line in wrapped(text, _COLUMNS)]
    return [Row(top + LINE * number, kind, line) for number, (kind, line) in enumerate(lines)]
