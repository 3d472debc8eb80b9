"""Another topology, with which that of the session is compared: `[FILE|WHERE|log N]`."""

from __future__ import annotations

from collections.abc import Callable

import pyparsing as pp

from grammar.command import nothing, value
from grammar.elements import Made, Name, Switch, Table, Tokens
from grammar.expectation import Expectation
from grammar.node import Node
from grammar.tree import Argument
from grammar.values import Integer
from grammar.words import quoted

LOG = "log"
#: The number of a change, as the log of a store lists it.
CHANGE = Integer(1, 2**53)


class Other(Node):
    """A file with commands or a store, by its `place`; or that before a `change` of the log.

    Where it is a change, what comes behind it is compared: that is what the change did.
    """

    place: Argument | None
    change: int | None
    column: int | None

    def written(self) -> list[str]:
        """The words of it."""
        if self.place is not None:
            return [quoted(self.place.text)]
        return [LOG, str(self.change)]


def numbered(name: str, follow: pp.ParserElement | None) -> Name:
    """The number of a change, as a value with its column, then what follows."""
    return value(name, CHANGE, follow, target="change")


def other(follow: Callable[[], pp.ParserElement], ends: bool = False) -> Switch:
    """The words of another topology, as one token, then what follows."""

    def build() -> tuple[Table, tuple[Name, ...]]:
        expected = Expectation("text", "", "a file with commands, or a store", target="file")
        place = Name("file", _of_place, lambda token: follow(), lambda: [expected])
        return {LOG: (nothing, Made(numbered("change", None), _of_change, follow()))}, (place,)

    word = Expectation("verb", LOG, "what a change of the store did, by its number")
    return Switch("another topology", build, lambda: [word], ends=ends)


def _of_change(tokens: list[Tokens], column: int) -> Other:
    ((number, at),) = tokens
    return Other(None, number, at)


def _of_place(word: str, column: int) -> Other | None:
    """What a word names; a file that is called `log` is `./log`."""
    return Other(Argument(word, column), None, column) if word and word != LOG else None
