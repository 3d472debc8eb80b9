"""A picture as a Mermaid flowchart, which Markdown pages on many sites show as a drawing."""

from __future__ import annotations

from midocli.pictures.forest import bounded
from midocli.pictures.free_ports import loose_ends
from midocli.pictures.model import Link, Picture

_MOST, _MOST_LEAVES = 500, 64
#: How the boxes of a kind open and close: routers are hexagons, guests rounded.
_SHAPES = {"router": ("{{", "}}"), "guest": ("(", ")")}
_STYLES = (
    "classDef router fill:#e0f2fe,stroke:#0b69a3,color:#1f2933",
    "classDef bridge fill:#ecfccb,stroke:#4d7c0f,color:#1f2933",
    "classDef guest fill:#fef3c7,stroke:#b45309,color:#1f2933",
)
#: What has a meaning in the language, in the HTML that labels are, or in Markdown.
_SPECIAL = frozenset('"#&<>\\`*_~[]{}()|;%@')


def as_mermaid(picture: Picture) -> str:
    """The picture as a flowchart; a line for each box and link."""
    shown = bounded(picture, _MOST, _MOST_LEAVES)
    names = {key: f"n{number}" for number, key in enumerate(shown.nodes)}
    lines = ["flowchart LR"]
    for key, node in shown.nodes.items():
        opens, closes = _SHAPES.get(node.kind, ("[", "]"))
        label = "<br>".join(map(_escaped, (node.label, *node.notes, *loose_ends(shown, key))))
        lines.append(f'  {names[key]}{opens}"{label}"{closes}:::{node.kind}')
    lines += [f"  {_edge(link, names)}" for link in shown.links if link.far is not None]
    if shown.left_out:
        lines.append(f'  more["… and {shown.left_out} more"]')
    return "\n".join([*lines, *(f"  {style}" for style in _STYLES), ""])


def _edge(link: Link, names: dict[str, str]) -> str:
    assert link.far is not None
    said = [word for end in link if end for word in (end.label, *end.notes) if word]
    label = "<br>".join(map(_escaped, said))
    return f'{names[link.near.node]} ---|"{label}"| {names[link.far.node]}'


def _escaped(text: str) -> str:
    """Text for a label: special characters by their numbers, `#35;`."""
    return "".join(f"#{ord(char)};" if char in _SPECIAL else char for char in text)
