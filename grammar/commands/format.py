"""`format`: how results are printed."""

from __future__ import annotations

from grammar.command import Declaration, build, value
from grammar.tree import Command
from grammar.values import Choice


class Format(Command):
    """How results are printed from here on."""

    word = "format"
    has_form = False
    name: str

    def written(self) -> list[str]:
        return [self.word, self.name]


FORMATS = Choice(("text", "json"))


FORMAT = Declaration(
    "format",
    "chooses how results are printed",
    group="session",
    rank=2,
    usage=("format text", "format json"),
    examples=("format json  # one document for each command, from now on", "format text"),
    see=("as", "json"),
    follows=lambda: build(value("format", FORMATS), lambda tokens: Format(tokens[0][0])),
)
