"""`source`: the commands of a file."""

from __future__ import annotations

from grammar.command import Declaration, argument, build
from grammar.tree import Argument, Command
from grammar.words import quoted


class Source(Command):
    """Run the commands of a file."""

    word = "source"
    has_form = False
    file: Argument

    def written(self) -> list[str]:
        return [self.word, quoted(self.file.text)]


SOURCE = Declaration(
    "source",
    "runs the commands of a file, up to the first error",
    group="session",
    rank=4,
    usage=("source FILE",),
    examples=("source lab.mido", 'source "my lab.mido"'),
    see=("save", "expect", "scripts"),
    follows=lambda: build(argument("a file", "file"), lambda tokens: Source(*tokens)),
)
