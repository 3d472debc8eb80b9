"""`diff`: what has changed since the last save, or in comparison with a file."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, argument, build
from grammar.tree import Argument, Command
from grammar.words import quoted


class Diff(Command):
    """Compare the topology with what was saved last, or with that of a `file`."""

    word = "diff"
    shows_objects = False
    file: Argument | None

    def written(self) -> list[str]:
        return [self.word, *([quoted(self.file.text)] if self.file else [])]


def _what() -> pp.ParserElement:
    """The file, or nothing."""
    named = build(argument("a file", "file"), lambda tokens: Diff(tokens[0]))
    return build(LINE_END, lambda tokens: Diff(None)) | named


DIFF = Declaration(
    "diff",
    "shows what has changed since the last save, or in comparison with a file",
    group="looking",
    rank=7,
    usage=("diff [FILE]", "diff [FILE] as json|mido"),
    examples=(
        "diff  # what is not saved",
        "diff lab.mido  # what is another here than in a file",
        "diff lab.mido as mido  # the commands that lead from there to here",
    ),
    see=("save", "undo", "as"),
    follows=_what,
)
