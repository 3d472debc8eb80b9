"""What commands other than the verbs have in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import pyparsing as pp

from grammar.elements import Name, Probe, Tokens
from grammar.expectation import Expectation
from grammar.schema import Field
from grammar.tree import Argument, Command, Path


class CommandHelp(NamedTuple):
    """What `help` says of a command."""

    help: str
    usage: tuple[str, ...]
    example: str
    options: tuple[Field, ...] = ()


class OnGuest(NamedTuple):
    """A command that was said behind a path, and waits for that path."""

    make: Callable[[Path], Command]


def argument(probe: Probe, expected: str, kind: str, follow: pp.ParserElement | None) -> Name:
    """One word that a command takes, read as it stands."""
    return Name(
        probe,
        kind,
        lambda word, column: Argument(word, column) if word else None,
        lambda token: follow,
        lambda: [Expectation("text", "", expected, target=kind)],
    )


def build(element: pp.ParserElement, make: Callable[[list[Tokens]], object]) -> pp.ParserElement:
    """`element`, with its tokens turned into what `make` makes of them."""
    return element.copy().add_parse_action(lambda tokens: [make(list(tokens))])


def nothing(column: int) -> tuple[Tokens, ...]:
    """The tokens of a word that only leads on."""
    return ()
