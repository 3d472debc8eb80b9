"""A picture in Graphviz's language, for `dot -Tsvg` and its kin."""

from __future__ import annotations

from midocli.pictures.forest import bounded
from midocli.pictures.free_ports import loose_ends
from midocli.pictures.model import Link, Node, Picture
from midocli.pictures.way import NO_WAY, Way
from midocli.pictures.wrapping import wrapped

_MOST, _MOST_LEAVES = 500, 64
_FILLS = {"router": "#e0f2fe", "bridge": "#ecfccb", "guest": "#fef3c7"}
_OTHER = "#f1f5f9"
_COLUMNS = 60
_ESCAPES = str.maketrans({"&": "&amp;", "\\": "\\\\", '"': '\\"', "\n": "\\n"})
_PASSED = ' color="#0b69a3" penwidth="3"'


def as_dot(picture: Picture, way: Way = NO_WAY) -> str:
    """The picture as an undirected graph; a line for each box and link."""
    shown = bounded(picture, _MOST, _MOST_LEAVES, way.ends, way.places)
    marks, reached = way.at(shown), way.boxes(shown)
    lines = [
        "graph topology {",
        '  graph [rankdir="LR" nodesep="0.4"];',
        '  node [shape="box" style="rounded,filled" fontname="monospace" fontsize="11"];',
        '  edge [fontname="monospace" fontsize="9"];',
    ]
    for key, node in shown.nodes.items():
        told = [f"{mark.symbol} {mark.text}" for mark in marks.get(key, ())]
        below = [*told, *loose_ends(shown, key)]
        lines.append(f"  {_node(node, below, _PASSED if key in reached else '')}")
    for link in shown.links:
        if link.far is not None:
            lines.append(f"  {_edge(link, _PASSED if way.took(link) else '')}")
    if shown.left_out:
        lines.append(f'  "…" [label={_quoted(f"… and {shown.left_out} more")} shape="plain"];')
    return "\n".join([*lines, "}", ""])


def _node(node: Node, below: list[str], look: str) -> str:
    said = (node.label, *node.notes, *below)
    label = _quoted("\n".join(line for text in said for line in wrapped(text, _COLUMNS)))
    fill = _FILLS.get(node.kind, _OTHER)
    return f'{_quoted(node.key)} [label={label} fillcolor="{fill}"{look}];'


def _edge(link: Link, look: str) -> str:
    assert link.far is not None
    ends = f"{_quoted(link.near.node)} -- {_quoted(link.far.node)}"
    said = [word for end in link if end for word in (end.label, *end.notes) if word]
    return f"{ends} [label={_quoted(chr(10).join(said))}{look}];"


def _quoted(text: str) -> str:
    r"""A string of the language: `\` begins an escape, `&` an entity, a line break is `\n`."""
    return f'"{text.translate(_ESCAPES)}"'
