"""A picture for terminals: boxes that hang on each other, in box-drawing characters.

    ┌─────────────────┐
    │ router0 edge    │
    │ infilter chain0 │
    └┬────────────────┘
     └──┬─ port0 10.0.1.1/24 ── bridge0:port0
       ┌┴────────────┐
       │ bridge0 lan │
       └─────────────┘

What traffic passed is drawn with heavy lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from midocli.pictures.forest import Branch, Forest, bounded, forest_of
from midocli.pictures.free_ports import free_ports
from midocli.pictures.model import Link, Picture
from midocli.pictures.way import NO_WAY, Way
from midocli.pictures.wrapping import cells, wrapped

_MOST, _MOST_LEAVES = 60, 12
_WIDTH = 80
#: The columns that text in a box always has, and those of the box around it.
_NARROWEST, _FRAME = 24, 4


def as_text(picture: Picture, way: Way = NO_WAY, width: int = _WIDTH) -> str:
    """The picture, with the way that traffic took, so many columns wide.

    Lines end in newlines. Boxes that hang too deep for the width are drawn as trees of their own.
    """
    if not picture.nodes:
        return "no devices to draw\n"
    shown = bounded(picture, _MOST, _MOST_LEAVES, way.ends, way.places)
    lines = list(_Drawing(shown, way, width).lines())
    if shown.left_out:
        lines.append(f"… and {shown.left_out} more")
    return "".join(f"{line.rstrip()}\n" for line in lines)


#: Lines, and in the place of a box that hangs below: its key, its indent and its link.
Parts = Iterator[str | tuple[str, str, Link]]


class _Drawing:
    def __init__(self, picture: Picture, way: Way, width: int) -> None:
        self._picture = picture
        self._way = way
        self._marks = way.at(picture)
        self._reached = way.boxes(picture)
        self._forest: Forest = forest_of(picture)
        self._width = width
        self._narrowest = min(_NARROWEST, width // 2)
        #: The boxes that begin a tree: roots, and what hangs too deep below them.
        self._tops = list(self._forest.roots)

    def lines(self) -> Iterator[str]:
        for top in self._tops:
            yield from self._tree(top)
        for mark in self._marks.get("", ()):
            yield from wrapped(f"{mark.symbol} {mark.text}", self._width)
        if self._way.places:
            legend = "━ the way it took   ✓ where it arrived   ✗ where it ended"
            yield from wrapped(legend, self._width)

    def _tree(self, root: str) -> Iterator[str]:
        """A box and all that hangs on it, without recursion: chains may be long."""
        todo: list[Parts] = [self._box(root, "", None)]
        while todo:
            for part in todo[-1]:
                if isinstance(part, str):
                    yield part
                else:
                    todo.append(self._box(*part))
                    break
            else:
                todo.pop()

    def _box(self, key: str, indent: str, above: Link | None) -> Parts:
        """The lines of a box and its branches; a tuple stands for a box that hangs on it."""
        branches = [each for each in self._forest.branches[key] if not self._is_up(each, above)]
        drawn = [each for each in branches if not each.link.is_bare]
        tails = self._tails(key, branches)
        took = [self._way.took(each.link) for each in drawn]
        yield from self._frame(key, indent, above, bool(drawn or tails), any(took))
        yield from self._branches(drawn, took, indent, bool(tails))
        for number, tail in enumerate(tails, 1):
            joint, trunk = ("└", " ") if number == len(tails) else ("├", "│")
            for place, line in enumerate(wrapped(tail, self._room(indent, 7))):
                yield f"{indent} {trunk if place else joint}{'     ' if place else '──── '}{line}"

    def _frame(
        self, key: str, indent: str, above: Link | None, has_trunk: bool, goes_on: bool
    ) -> Iterator[str]:
        """A box alone; `has_trunk` where something hangs on it, `goes_on` if traffic went there."""
        heavy = key in self._reached
        side, across = ("┃", "━") if heavy else ("│", "─")
        corners = "┏┓┗┛" if heavy else "┌┐└┘"
        top = across if above is None else _up(heavy, self._way.took(above))
        bottom = _down(heavy, goes_on) if has_trunk else across
        lines = self._said(key, self._room(indent, _FRAME))
        width = max(map(cells, lines))
        yield f"{indent}{corners[0]}{top}{across * (width + 1)}{corners[1]}"
        for line in lines:
            yield f"{indent}{side} {line}{' ' * (width - cells(line))} {side}"
        yield f"{indent}{corners[2]}{bottom}{across * (width + 1)}{corners[3]}"

    def _branches(
        self, drawn: Sequence[Branch], took: Sequence[bool], indent: str, has_more: bool
    ) -> Parts:
        """The links below a box with what hangs on them, along a trunk."""
        for number, branch in enumerate(drawn):
            is_last = number + 1 == len(drawn) and not has_more
            goes_on = any(took[number + 1 :])
            joint = _joint(took[number], goes_on, is_last)
            trunk = " " if is_last else "┃" if goes_on else "│"
            below = f"{indent} {trunk} "
            holds = branch.holds and self._width - len(below) >= self._narrowest + _FRAME
            yield from self._link(branch, f"{indent} {joint}", f"{indent} {trunk}", holds)
            far = branch.link.far
            if branch.holds and far is not None:
                if holds:
                    yield far.node, below, branch.link
                else:
                    self._tops.append(far.node)

    def _room(self, indent: str, taken: int) -> int:
        """The columns for text behind an indent, of which what is drawn beside it takes some."""
        return max(self._narrowest + _FRAME, self._width - len(indent)) - taken

    def _is_up(self, branch: Branch, above: Link | None) -> bool:
        return above is not None and branch.link == above.turned()

    def _said(self, key: str, width: int) -> list[str]:
        """What stands in a box."""
        node = self._picture.nodes[key]
        marks = [f"{mark.symbol} {mark.text}" for mark in self._marks.get(key, ())]
        parts = [node.label, ", ".join(node.notes), *marks]
        return [line for part in parts if part for line in wrapped(part, width)]

    def _tails(self, key: str, branches: Sequence[Branch]) -> list[str]:
        """The last lines below a box: ports that lead nowhere, and what is left out."""
        free = free_ports([each.link.near for each in branches if each.link.is_bare])
        more = self._picture.left_out_at.get(key)
        return [*([free] if free else []), *([f"… and {more} more"] if more else [])]

    def _link(self, branch: Branch, joint: str, trunk: str, holds: bool) -> Iterator[str]:
        """The lines about a link: its own end, and the other one, below where that hangs here."""
        near, far = branch.link
        heavy = self._way.took(branch.link)
        across, knot, below = ("━", "┳", "┃") if heavy else ("─", "┬", "│")
        if not holds:
            knot, below = across, " "
        text = near.text
        if far is None:
            text += "" if _says_why(branch.link) else " not connected"
        else:
            there = " ".join(filter(None, (far.name, _without_alias(far.text, far.name))))
            there = there if holds else f"{there or far.node} (see {far.node})"
            text += f" {across}{across} {there}" if there else ""
        for number, line in enumerate(wrapped(text, self._room(joint[:-2], 8))):
            if number:
                yield f"{trunk}  {below}  {line}"
            else:
                yield f"{joint}{across}{across}{knot}{across} {line}"


def _says_why(link: Link) -> bool:
    """Whether the notes of an unconnected interface say why it is."""
    return any(note in ("no port", "no interface") for note in link.near.notes)


def _without_alias(text: str, port: str) -> str:
    """A port's text behind its full alias: without the short one in front."""
    return text.partition(" ")[2] if port else text


def _joint(passed: bool, goes_on: bool, is_last: bool) -> str:
    """Where a branch leaves the trunk: heavy where traffic went, here or further down."""
    if is_last:
        return "┗" if passed else "└"
    if passed:
        return "┣" if goes_on else "┡"
    return "┠" if goes_on else "├"


def _up(heavy: bool, passed: bool) -> str:
    """Where a box hangs on the link above."""
    return {(True, True): "┻", (True, False): "┷", (False, True): "┸", (False, False): "┴"}[
        heavy, passed
    ]


def _down(heavy: bool, passed: bool) -> str:
    """Where the trunk leaves a box."""
    return {(True, True): "┳", (True, False): "┯", (False, True): "┰", (False, False): "┬"}[
        heavy, passed
    ]
