"""A picture in Graphviz's language, for `dot -Tsvg` and its kin."""

from __future__ import annotations

from midocli.pictures.forest import bounded
from midocli.pictures.free_ports import loose_ends
from midocli.pictures.model import Link, Node, Picture

_MOST, _MOST_LEAVES = 500, 64
_FILLS = {"router": "#e0f2fe", "bridge": "#ecfccb", "guest": "#fef3c7"}
_OTHER = "#f1f5f9"


def as_dot(picture: Picture) -> str:
    """The picture as an undirected graph; a line for each box and link."""
    shown = bounded(picture, _MOST, _MOST_LEAVES)
    lines = [
        "graph topology {",
        '  graph [rankdir="LR" nodesep="0.4"];',
        '  node [shape="box" style="rounded,filled" fontname="monospace" fontsize="11"];',
        '  edge [fontname="monospace" fontsize="9"];',
    ]
    for key, node in shown.nodes.items():
        lines.append(f"  {_node(node, list(loose_ends(shown, key)))}")
    lines += [f"  {_edge(link)}" for link in shown.links if link.far is not None]
    if shown.left_out:
        lines.append(f'  "…" [label={_quoted(f"… and {shown.left_out} more")} shape="plain"];')
    return "\n".join([*lines, "}", ""])


def _node(node: Node, below: list[str]) -> str:
    label = _quoted("\n".join((node.label, *node.notes, *below)))
    fill = _FILLS.get(node.kind, _OTHER)
    return f'{_quoted(node.key)} [label={label} fillcolor="{fill}"];'


def _edge(link: Link) -> str:
    assert link.far is not None
    ends = f"{_quoted(link.near.node)} -- {_quoted(link.far.node)}"
    said = [word for end in link if end for word in (end.label, *end.notes) if word]
    return f"{ends} [label={_quoted(chr(10).join(said))}];"


def _quoted(text: str) -> str:
    r"""A string of the language: in it `\` begins an escape, and a line break is `\n`."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
