"""What commands other than the verbs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pyparsing as pp

from grammar.elements import Later, Made, Name, Tokens
from grammar.errors import InvalidValueError
from grammar.expectation import Expectation
from grammar.groups import Group
from grammar.nearest import suggestion
from grammar.schema import Field
from grammar.tree import Argument, Command, Path
from grammar.values import ValueType


class CommandHelp(NamedTuple):
    """What `help` says of a command; `see` are words to read on with.

    The examples work in the network of `demo`; a comment behind one says what it is for.
    """

    help: str
    group: Group
    usage: tuple[str, ...]
    examples: tuple[str, ...]
    options: tuple[Field, ...] = ()
    see: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


class OnGuest(NamedTuple):
    """A command that was said behind a path, and waits for that path."""

    make: Callable[[Path], Command]


def argument(expected: str, kind: str, follow: pp.ParserElement | None) -> Name:
    """One word that a command takes, read as it stands."""
    return Name(
        kind,
        lambda word, column: Argument(word, column) if word else None,
        lambda token: follow,
        lambda: [Expectation("text", "", expected, target=kind)],
    )


def value(name: str, type: ValueType, follow: pp.ParserElement) -> Name:
    """One word of a value type that a command takes; the token is the value with its column."""
    expected = Expectation("value", "", type.expected, type=type)

    def read(word: str, column: int) -> tuple[Any, int]:
        try:
            return type.parse(word), column
        except ValueError as reason:
            raise InvalidValueError(
                f"invalid {name} {word[:40]!r}: {reason}; expected {type.expected}"
                + suggestion(word, expected.words),
                column,
                (type.expected,),
            ) from None

    return Name(name, read, lambda token: follow, lambda: [expected])


def build(element: pp.ParserElement | Later, make: Callable[[list[Tokens]], object]) -> Made:
    """`element`, with its tokens turned into what `make` makes of them."""
    return Made(element, lambda tokens, column: make(tokens))


def nothing(column: int) -> tuple[Tokens, ...]:
    """The tokens of a word that only leads on."""
    return ()
