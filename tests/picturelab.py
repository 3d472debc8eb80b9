"""A small network to draw, and pictures of anything."""

from __future__ import annotations

from hypothesis import strategies as st

from midocli import Lab
from midocli.context.context import Context
from midocli.pictures.model import End, Link, Node, Picture, picture_of

LAB = """
bridge create name left
bridge left add port
bridge left add port
router create name r
router r add port address 10.0.1.1 net 10.0.1.0/24 peer bridge0:port0
router r add port address 10.0.2.1 net 10.0.2.0/24
chain create name "<no> & \\"pings\\""
router r set infilter chain0
host create name rack1
host rack1 add binding port bridge0:port1 interface tap1
guest create name alice interface tap1 address 10.0.1.10/24 gw 10.0.1.1
"""


def made(*scripts: str) -> Context:
    """What commands may use, once it that has run some commands."""
    lab = Lab()
    lab("\n".join(scripts))
    return lab.session.context


def pictured(*scripts: str) -> Picture:
    context = made(*scripts)
    return picture_of(context.store, context.display)


names = st.text(st.characters(exclude_categories=["Cs", "So"]), min_size=1, max_size=90)


@st.composite
def pictures(draw: st.DrawFn) -> Picture:
    """Any boxes with any names, linked anyhow: loops, several links, and to themselves."""
    said = draw(st.lists(names, min_size=1, max_size=4))
    label = st.sampled_from([" ".join(["a", *map(repr, name.split())]) for name in said])
    kinds = st.sampled_from(("router", "bridge", "guest", "interface"))
    boxes = draw(st.lists(st.tuples(kinds, label, st.lists(label, max_size=2)), max_size=10))
    nodes = {
        f"node{number}": Node(f"node{number}", kind, name, tuple(notes))
        for number, (kind, name, notes) in enumerate(boxes)
    }
    place = st.integers(0, max(0, len(nodes) - 1))
    wires = draw(st.lists(st.tuples(place, st.one_of(st.none(), place), label), max_size=16))
    links = [
        Link(_end(near, number), None if far is None else _end(far, number + 50, said))
        for number, (near, far, said) in enumerate(wires if nodes else ())
    ]
    return Picture(nodes, tuple(links))


def _end(node: int, port: int, *notes: str) -> End:
    name = f"node{node}:port{port}"
    return End(f"node{node}", name, f"port{port}", notes, name)
