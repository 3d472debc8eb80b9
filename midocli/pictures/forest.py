"""How boxes hang together: a breadth-first forest over the links, and how much of it is shown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Sequence
from typing import NamedTuple

from midocli.pictures.model import Link, Picture

_NOTHING: frozenset[str] = frozenset()
#: The kinds that make good roots, best first.
_ROOTS = ("router", "bridge")


class Branch(NamedTuple):
    """A link as its box sees it; `holds` where the far box hangs on it."""

    link: Link
    holds: bool


class Forest(NamedTuple):
    """Boxes without a box above, and the branches of each box in the order of its ports."""

    roots: Sequence[str]
    branches: dict[str, list[Branch]]

    def above(self, key: str) -> Link | None:
        """The link by which a box hangs on another, seen from that other."""
        return next((b.link.turned() for b in self.branches[key] if self._is_up(b)), None)

    def _is_up(self, branch: Branch) -> bool:
        far = branch.link.far
        return far is not None and Branch(branch.link.turned(), True) in self.branches[far.node]


def forest_of(picture: Picture) -> Forest:
    """Trees from routers, else bridges, else whatever is left; nearest boxes first."""
    links = _links_of(picture)
    branches: dict[str, list[Branch]] = {key: [] for key in picture.nodes}
    reached: set[str] = set()
    roots = []
    for root in sorted(picture.nodes, key=_rank(picture)):
        if root in reached:
            continue
        roots.append(root)
        reached.add(root)
        waiting = [root]
        for key in waiting:
            for link in links[key]:
                holds = link.far is not None and link.far.node not in reached
                if holds and link.far is not None:
                    reached.add(link.far.node)
                    waiting.append(link.far.node)
                branches[key].append(Branch(link, holds))
    return Forest(roots, branches)


def _rank(picture: Picture) -> Callable[[str], int]:
    def rank(key: str) -> int:
        kind = picture.nodes[key].kind
        return _ROOTS.index(kind) if kind in _ROOTS else len(_ROOTS)

    return rank


def _links_of(picture: Picture) -> dict[str, list[Link]]:
    """The links of each box, seen from it, in the order of its own ports."""
    links: dict[str, list[Link]] = {key: [] for key in picture.nodes}
    for link in picture.links:
        links[link.near.node].append(link)
        if link.far is not None and link.far != link.near:
            links[link.far.node].append(link.turned())
    for each in links.values():
        each.sort(key=lambda link: _number(link.near.port))
    return links


def _number(port: str) -> int:
    """The number an alias ends in; 0 for interfaces, which stay in the order they came in."""
    digits = port[len(port.rstrip("0123456789")) :]
    return int(digits) if digits and ":port" in port else 0


def bounded(
    picture: Picture,
    most: int,
    most_leaves: int,
    keep: Container[str] = _NOTHING,
    prefer: Container[str] = _NOTHING,
) -> Picture:
    """A picture of at most so many boxes, and so many at one box that lead no further.

    What is in `keep` (boxes or ports) stays whatever the bounds; what is in `prefer`, and then
    what is near it, comes before the rest.
    """
    links = _links_of(picture)
    kept, preferred = _owners(picture, keep), _owners(picture, prefer)
    leaves = {key: _leaves(key, links) for key in picture.nodes}
    cut: set[str] = set()
    for each in leaves.values():
        spare = [leaf for leaf in each if leaf not in kept]
        cut.update(sorted(spare, key=lambda leaf: leaf not in preferred)[most_leaves:])
    order = [key for key in _breadth_first(picture, links, kept | preferred) if key not in cut]
    chosen = kept.union(order[: max(most - len(kept), 0)])
    nodes = {key: node for key, node in picture.nodes.items() if key in chosen}
    shown = tuple(
        link
        for link in picture.links
        if link.near.node in chosen and (link.far is None or link.far.node in chosen)
    )
    gone = {key: sum(leaf not in chosen for leaf in leaves[key]) for key in nodes}
    left_out_at = {key: count for key, count in gone.items() if count}
    left_out = len(picture.nodes) - len(nodes) - sum(left_out_at.values())
    return Picture(nodes, shown, left_out, left_out_at)


def _owners(picture: Picture, places: Container[str]) -> set[str]:
    """The boxes that places are, or belong to."""
    owners = {key for key in picture.nodes if key in places}
    return owners | {
        end.node for link in picture.links for end in link if end and end.port in places
    }


def _leaves(key: str, links: dict[str, list[Link]]) -> list[str]:
    """The boxes at a box that lead no further."""
    far = (link.far.node for link in links[key] if link.far is not None)
    return [node for node in far if len(links[node]) == 1]


def _breadth_first(
    picture: Picture, links: dict[str, list[Link]], first: Collection[str]
) -> list[str]:
    """All boxes: those to begin with, what is next to them, and so on; then the other trees."""
    order = dict.fromkeys(key for key in picture.nodes if key in first)
    starts = [list(order), *([root] for root in sorted(picture.nodes, key=_rank(picture)))]
    for start in starts:
        waiting = [key for key in start if key in first or key not in order]
        order.update(dict.fromkeys(waiting))
        for key in waiting:
            for link in links[key]:
                if link.far is not None and link.far.node not in order:
                    order[link.far.node] = None
                    waiting.append(link.far.node)
    return list(order)
