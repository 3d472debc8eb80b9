"""A picture as SVG: a box for each device with its ports listed in it, trees from left to right."""

from __future__ import annotations

from typing import NamedTuple

from midocli.pictures.boxes import LINE, PAD, Box, boxes_of
from midocli.pictures.forest import Forest, bounded, forest_of
from midocli.pictures.markup import Markup, join, tag
from midocli.pictures.model import Link, Picture
from midocli.pictures.way import NO_WAY, Way

_MOST, _MOST_LEAVES = 500, 64
_MARGIN, _GAP, _BETWEEN = 16, 96, 20

#: Colours by name, for light surroundings and for dark ones.
_STYLE = """
.net{--paper:#fff;--ink:#1f2933;--soft:#52606d;--edge:#9aa5b1;--way:#0b69a3;--good:#0c6b58;
--bad:#b91c1c;--router:#e0f2fe;--bridge:#ecfccb;--guest:#fef3c7;--other:#f1f5f9}
@media (prefers-color-scheme:dark){.net{--paper:#111827;--ink:#e5e7eb;--soft:#a9b4c2;
--edge:#64748b;--way:#5cc0f5;--good:#5ad1b4;--bad:#ff8a80;--router:#0c3350;--bridge:#26380f;
--guest:#43320a;--other:#1f2937}}
.net text{font:12px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace;fill:var(--ink)}
.net .paper{fill:var(--paper)}
.net .box{fill:var(--other);stroke:var(--edge)}
.net .router .box{fill:var(--router)}.net .bridge .box{fill:var(--bridge)}
.net .guest .box{fill:var(--guest)}
.net .passed .box{stroke:var(--way);stroke-width:2.5}
.net .label{font-weight:bold}.net .note,.net .free{fill:var(--soft)}
.net .arrived{fill:var(--good);font-weight:bold}.net .ended{fill:var(--bad);font-weight:bold}
.net .rule{stroke:var(--edge);stroke-opacity:.5}
.net .link{fill:none;stroke:var(--edge);stroke-width:1.5}
.net .link.passed{stroke:var(--way);stroke-width:4}
.net .dot{fill:var(--edge)}
"""


class _Spot(NamedTuple):
    """Where a box stands."""

    x: float
    y: float
    column: int


def as_svg(picture: Picture, way: Way = NO_WAY, within_page: bool = False) -> Markup:
    """The picture; `within_page` leaves out what only a file of its own needs."""
    shown = bounded(picture, _MOST, _MOST_LEAVES, way.ends, way.places)
    forest = forest_of(shown)
    boxes = boxes_of(shown, forest, way)
    spots, width, height = _layout(forest, boxes)
    links = [_link(link, boxes, spots, way) for link in shown.links if link.far is not None]
    reached = way.boxes(shown)
    drawn = [_box(boxes[key], spot, key in reached) for key, spot in spots.items()]
    footer = []
    if shown.left_out:
        height += LINE
        words = f"… and {shown.left_out} more"
        footer = [tag("text", words, class_="note", x=_MARGIN, y=_number(height - 8))]
    size = {} if within_page else {"xmlns": "http://www.w3.org/2000/svg"}
    return join(
        tag(
            "svg",
            Markup("\n"),
            join(
                tag("title", "The virtual network"),
                tag("desc", _described(shown, way)),
                tag("style", Markup(_STYLE)),
                tag("rect", class_="paper", width="100%", height="100%"),
                *links,
                *drawn,
                *footer,
            ),
            Markup("\n"),
            class_="net",
            role="img",
            viewBox=f"0 0 {_number(width)} {_number(height)}",
            width=_number(width),
            height=_number(height),
            **size,
        ),
        Markup(""),
    )


def _described(picture: Picture, way: Way) -> str:
    """The picture in words, for who cannot see it."""
    names = ", ".join(node.label for node in picture.nodes.values()) or "no devices"
    marks = "".join(f" {mark.symbol} {place}: {mark.text}." for place, mark in way.marks)
    return f"{names}.{marks}"


def _layout(forest: Forest, boxes: dict[str, Box]) -> tuple[dict[str, _Spot], float, float]:
    """Where each box stands: columns by depth, every tree in a band of its own."""
    columns, children, order = _columns(forest)
    widths: dict[int, float] = {}
    for key, column in columns.items():
        widths[column] = max(widths.get(column, 0), boxes[key].width)
    lefts = [float(_MARGIN)]
    for column in range(len(widths)):
        lefts.append(lefts[-1] + widths[column] + _GAP)
    bands: dict[str, float] = {}
    for key in reversed(order):
        below = [bands[child] for child in children[key]]
        inner = sum(below) + _BETWEEN * max(0, len(below) - 1)
        bands[key] = max(boxes[key].height, inner)
    spots: dict[str, _Spot] = {}
    tops: dict[str, float] = {}
    top = float(_MARGIN)
    for root in forest.roots:
        tops[root] = top
        top += bands[root] + _BETWEEN
    for key in order:
        middle = tops[key] + bands[key] / 2
        spots[key] = _Spot(lefts[columns[key]], middle - boxes[key].height / 2, columns[key])
        inner = sum(bands[child] for child in children[key])
        at = middle - (inner + _BETWEEN * max(0, len(children[key]) - 1)) / 2
        for child in children[key]:
            tops[child] = at
            at += bands[child] + _BETWEEN
    return spots, max(lefts[-1] - _GAP + _MARGIN, 160), max(top - _BETWEEN + _MARGIN, 40)


def _columns(forest: Forest) -> tuple[dict[str, int], dict[str, list[str]], list[str]]:
    """The depth of each box, the boxes that hang on it, and all boxes from the roots on."""
    columns = dict.fromkeys(forest.roots, 0)
    children: dict[str, list[str]] = {}
    order = list(forest.roots)
    for key in order:
        children[key] = [
            branch.link.far.node
            for branch in forest.branches[key]
            if branch.holds and branch.link.far is not None
        ]
        for child in children[key]:
            columns[child] = columns[key] + 1
            order.append(child)
    return columns, children, order


def _box(box: Box, spot: _Spot, is_reached: bool) -> Markup:
    passed = " passed" if is_reached else ""
    parts = [tag("rect", class_="box", rx=6, **_at(spot), **_size(box))]
    for row in box.rows:
        y = _number(spot.y + row.top + LINE - 5)
        parts.append(tag("text", row.text, class_=row.kind, x=_number(spot.x + PAD), y=y))
    if box.rule is not None:
        y = _number(spot.y + box.rule)
        ends = {"x1": _number(spot.x), "x2": _number(spot.x + box.width), "y1": y, "y2": y}
        parts.append(tag("line", class_="rule", **ends))
    return tag("g", *parts, class_=f"{box.kind}{passed}")


def _link(link: Link, boxes: dict[str, Box], spots: dict[str, _Spot], way: Way) -> Markup:
    """A curve between the rows of two ports, with a dot at each."""
    near, far = link
    assert far is not None
    here, there = spots[near.node], spots[far.node]
    ends = []
    for spot, other, end in ((here, there, near), (there, here, far)):
        leftwards = other.column < spot.column
        box = boxes[end.node]
        x = spot.x if leftwards else spot.x + box.width
        ends.append((x, spot.y + box.ports[end.port], -1 if leftwards else 1))
    (x1, y1, way1), (x2, y2, way2) = ends
    bend1 = bend2 = _GAP / 2
    if here.column == there.column:  # round the wider box
        bend1, bend2 = (max(x1, x2) - x + _GAP / 3 for x in (x1, x2))
    points = (x1, y1, x1 + way1 * bend1, y1, x2 + way2 * bend2, y2, x2, y2)
    curve = "M{} {} C{} {} {} {} {} {}".format(*map(_number, points))
    kind = "link passed" if way.took(link) else "link"
    label = tag("title", f"{near.port} – {far.port}")
    dots = (tag("circle", class_="dot", cx=_number(x), cy=_number(y), r=3) for x, y, _ in ends)
    return join(tag("path", label, class_=kind, d=curve), *dots)


def _at(spot: _Spot) -> dict[str, str]:
    return {"x": _number(spot.x), "y": _number(spot.y)}


def _size(box: Box) -> dict[str, str]:
    return {"width": _number(box.width), "height": _number(box.height)}


def _number(value: float) -> str:
    """A coordinate, short and always the same."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
