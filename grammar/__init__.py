"""The midonet-cli language: `parse(line)` gives the tree of a command."""

from __future__ import annotations

from functools import cache

from grammar.errors import MidoError
from grammar.expectation import Expectation
from grammar.language import Language
from grammar.tree import Command


@cache
def language() -> Language:
    """The language of the standard schema; its parts are built as they are used."""
    return Language()


def parse(line: str) -> Command | None:
    """The tree of a line, None where it is blank; raises MidoError."""
    return language().parse(line)


def expected(line: str, cursor: int) -> list[Expectation]:
    """What may stand at the cursor of a line."""
    return language().expected(line, cursor)


__all__ = ["Command", "Expectation", "Language", "MidoError", "expected", "language", "parse"]
