"""`echo`: words, printed."""

from __future__ import annotations

from grammar.command import Declaration, build
from grammar.elements import Rest
from grammar.expectation import Expectation
from grammar.tree import Command
from grammar.words import quoted


class Echo(Command):
    """Print words."""

    word = "echo"
    has_form = False
    words: tuple[str, ...]

    def written(self) -> list[str]:
        return [self.word, *map(quoted, self.words)]


_WORDS = Expectation("text", "", "any words")


ECHO = Declaration(
    "echo",
    "prints words",
    group="session",
    rank=3,
    usage=("echo TEXT",),
    examples=("echo before the change:", 'echo "two  blanks" # and a comment'),
    see=("scripts",),
    follows=lambda: build(Rest("words", _WORDS), lambda tokens: Echo(*tokens)),
)
