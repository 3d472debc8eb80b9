"""`undo`: changes, taken back."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build, leading, one_of, value
from grammar.elements import Element, Switch, Tokens
from grammar.tree import Command
from grammar.values import Integer


class Undo(Command):
    """Take the last changes back or, with `again`, do what was undone once more."""

    word = "undo"
    steps: int
    again: bool
    force: bool = False

    def written(self) -> list[str]:
        return ["redo" if self.again else "undo", str(self.steps), *["force"] * self.force]


def count(again: bool) -> pp.ParserElement:
    """How many changes to undo or redo, one if not said; by `force` also what others have made."""
    counted = value("count", Integer(1, 1_000_000), _forced())
    switch = _forced(counted)

    def made(tokens: list[Tokens]) -> Undo:
        counts = [token[0] for token in tokens if token is not True]
        return Undo(counts[0] if counts else 1, again, True in tokens)

    return build(switch, made)


def _forced(*otherwise: Element) -> Switch:
    help_ = "also what another session made that is still there"
    return one_of(leading("force", help_, LINE_END, True), otherwise=otherwise, ends=True)


UNDO = Declaration(
    "undo",
    "takes changes back, the last first",
    group="session",
    rank=7,
    usage=("undo [COUNT] [force]",),
    examples=("undo", "undo 2  # the last two changes"),
    see=("redo",),
    follows=lambda: count(again=False),
)
