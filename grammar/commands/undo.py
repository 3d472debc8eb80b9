"""`undo`: changes, taken back."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build, value
from grammar.tree import Command
from grammar.values import Integer


class Undo(Command):
    """Take the last changes back or, with `again`, do what was undone once more."""

    word = "undo"
    steps: int
    again: bool

    def written(self) -> list[str]:
        return ["redo" if self.again else "undo", str(self.steps)]


def count(again: bool) -> pp.ParserElement:
    """How many changes to undo or redo; one if not said."""
    one = build(LINE_END, lambda tokens: Undo(1, again))
    many = value("count", Integer(1, 1_000_000))
    return build(many, lambda tokens: Undo(tokens[0][0], again)) | one


UNDO = Declaration(
    "undo",
    "takes changes back, the last first",
    group="session",
    rank=7,
    usage=("undo [COUNT]",),
    examples=("undo", "undo 2  # the last two changes"),
    see=("redo",),
    follows=lambda: count(again=False),
)
