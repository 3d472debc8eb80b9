"""`help`: the language, explained."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration
from grammar.elements import Made, Rest, Tokens
from grammar.expectation import Expectation
from grammar.tree import Argument, Command
from grammar.words import quoted


class Help(Command):
    """Explain the language, or one word of it."""

    word = "help"
    topic: Argument | None

    def written(self) -> list[str]:
        return [self.word, *([quoted(self.topic.text)] if self.topic else [])]


def _topic() -> pp.ParserElement:
    """All words behind `help` are one topic: `help bridge port`."""

    def make(tokens: list[Tokens], column: int) -> Help:
        return Help(Argument(" ".join(tokens[0]), column) if tokens[0] else None)

    topic = Expectation("text", "", "a word to explain", target="help")
    return Made(Rest("words to explain", topic), make)


HELP = Declaration(
    "help",
    "explains the language",
    group="session",
    rank=18,
    usage=("help", "help WORD", "help verbs|collections|commands|ideas"),
    examples=(
        "help  # a map of all words",
        "help ping  # a page on one of them",
        "help chain rule  # what lives inside another object",
        "help collections  # a line on each",
    ),
    see=("describe", "demo"),
    synonyms=("?",),
    follows=_topic,
)
