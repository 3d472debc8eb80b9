"""The midonet-cli language: `parse(line)` gives the tree of a command, `canonical` a line again.

The grammar is built when it is first used: those who need only an error class or
a value type do not wait for it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grammar.expectation import Expectation
    from grammar.highlight import Span
    from grammar.language import Language
    from grammar.tree import Command


@cache
def standard_language() -> Language:
    """The language of the standard schema; its parts are built as they are used."""
    from grammar.language import Language

    return Language()


def parse(line: str) -> Command | None:
    """The tree of a line, None where it is blank; raises grammar.errors.MidoError."""
    return standard_language().parse(line)


def form(line: str) -> str:
    """The form that `as FORM` at the end of a line asks for; empty where there is none."""
    from grammar.as_form import suffix_of

    suffix = suffix_of(line)
    return suffix.form if suffix is not None else ""


def expected(line: str, cursor: int) -> list[Expectation]:
    """What may stand at the cursor of a line."""
    return standard_language().expected(line, cursor)


def spans(line: str) -> list[Span]:
    """What each word of a line is, for who colours it."""
    from grammar.highlight import spans

    return spans(standard_language(), line)


def canonical(command: Command) -> str:
    """The one line that midocli itself would write for a tree; parsing it gives the tree."""
    return " ".join(command.written())


__all__ = ["canonical", "expected", "form", "parse", "spans", "standard_language"]
