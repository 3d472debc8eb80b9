"""`diff`: what has changed since the last save, or in comparison with another topology."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build
from grammar.other import Other, other
from grammar.tree import Command


class Diff(Command):
    """Compare the topology with what was saved last or, where that is told, an `other` one."""

    word = "diff"
    shows_objects = False
    own_forms = ("commands", "mido")
    other: Other | None

    def written(self) -> list[str]:
        return [self.word, *(self.other.written() if self.other else [])]


def _what() -> pp.ParserElement:
    """The other topology, or nothing."""
    return build(
        other(lambda: LINE_END, ends=True), lambda tokens: Diff(tokens[0] if tokens else None)
    )


DIFF = Declaration(
    "diff",
    "shows what has changed since the last save, or in comparison with another topology",
    group="looking",
    rank=7,
    usage=(
        "diff [FILE|WHERE|log N]",
        "diff [FILE|WHERE|log N] as json|mido|commands",
    ),
    examples=(
        "diff  # what is not saved",
        "diff lab.mido  # what is another here than in a file",
        "diff lab.mido as mido  # the commands that lead from there to here",
        "diff lab.mido as commands  # the same for a midonet-cli at a terminal",
        "expect not diff log 7  # what a change of the store did, of which there is none here",
    ),
    see=("save", "undo", "log", "as"),
    follows=_what,
)
