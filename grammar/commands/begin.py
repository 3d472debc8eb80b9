"""`begin`: a change of several commands, until `commit` or `rollback`."""

from __future__ import annotations

from grammar.command import LINE_END, Declaration, build
from grammar.elements import Made
from grammar.tree import Command


class Change(Command):
    """Begin a change of several commands (`begin`), or end it (`commit`, `rollback`)."""

    word = "begin"
    has_form = False
    step: str

    def written(self) -> list[str]:
        return [self.step]


def alone(step: str) -> Made:
    """The end of the line, behind the word."""
    return build(LINE_END, lambda tokens: Change(step))


BEGIN = Declaration(
    "begin",
    "begins a change of several commands, which commit keeps and rollback takes back",
    group="session",
    rank=9,
    usage=("begin",),
    examples=("begin", "bridge create name lan", "commit"),
    see=("commit", "rollback", "undo", "source"),
    is_alone=True,
    follows=lambda: alone("begin"),
)
