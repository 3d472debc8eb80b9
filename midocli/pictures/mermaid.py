"""A picture as a Mermaid flowchart, which Markdown pages on many sites show as a drawing."""

from __future__ import annotations

from midocli.pictures.forest import bounded
from midocli.pictures.free_ports import loose_ends
from midocli.pictures.model import Link, Picture
from midocli.pictures.way import NO_WAY, Way

#: Mermaid refuses texts of more than 50,000 characters, and of more than 500 links.
_MOST, _MOST_LEAVES = 200, 64
#: How the boxes of a kind open and close: routers are hexagons, guests rounded.
_SHAPES = {"router": ("{{", "}}"), "guest": ("(", ")")}
_STYLES = (
    "classDef router fill:#e0f2fe,stroke:#0b69a3,color:#1f2933",
    "classDef bridge fill:#ecfccb,stroke:#4d7c0f,color:#1f2933",
    "classDef guest fill:#fef3c7,stroke:#b45309,color:#1f2933",
)
_PASSED = "classDef passed stroke:#0b69a3,stroke-width:4px"
#: What has a meaning in the language, in the HTML that labels are, or in Markdown.
_SPECIAL = frozenset('"#&<>\\`*_~[]{}()|;%@')


def as_mermaid(picture: Picture, way: Way = NO_WAY) -> str:
    """The picture as a flowchart; a line for each box and link, thick where traffic passed."""
    shown = bounded(picture, _MOST, _MOST_LEAVES, way.ends, way.places)
    marks, reached = way.at(shown), way.boxes(shown)
    names = {key: f"n{number}" for number, key in enumerate(shown.nodes)}
    lines = ["flowchart LR"]
    for key, node in shown.nodes.items():
        opens, closes = _SHAPES.get(node.kind, ("[", "]"))
        told = (f"{mark.symbol} {mark.text}" for mark in marks.get(key, ()))
        label = _label(node.label, *node.notes, *told, *loose_ends(shown, key))
        lines.append(f'  {names[key]}{opens}"{label}"{closes}:::{node.kind}')
    lines += [f"  {_edge(link, names, way)}" for link in shown.links if link.far is not None]
    if shown.left_out:
        lines.append(f'  more["… and {shown.left_out} more"]')
    lines += [f"  {style}" for style in _STYLES]
    if reached:
        passed = ",".join(name for key, name in names.items() if key in reached)
        lines += [f"  {_PASSED}", f"  class {passed} passed"]
    return "\n".join([*lines, ""])


def _edge(link: Link, names: dict[str, str], way: Way) -> str:
    assert link.far is not None
    said = [word for end in link if end for word in (end.label, *end.notes) if word]
    line = "===" if way.took(link) else "---"
    return f'{names[link.near.node]} {line}|"{_label(*said)}"| {names[link.far.node]}'


def _label(*parts: str) -> str:
    """Lines of text for a label: special characters by their numbers, `#35;`.

    A colon behind such a word would make Mermaid take the numbers for colours.
    """
    words = "\n".join(parts)
    special = _SPECIAL | {":"} if "style" in words or "classDef" in words else _SPECIAL
    escaped = "".join(f"#{ord(char)};" if char in special else char for char in words)
    return escaped.replace("\n", "<br>")
