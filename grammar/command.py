"""How a command is declared: all there is to say of it, in a file of `commands/`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import pyparsing as pp

from grammar.elements import Element, End, Entry, Later, Made, Name, Switch, Table, Tokens
from grammar.errors import InvalidValueError
from grammar.expectation import Expectation
from grammar.groups import Group
from grammar.nearest import suggestion
from grammar.numbers import numbered
from grammar.schema import Field
from grammar.tree import Argument, Command, Path
from grammar.values import Flag, ValueType

Reading = Callable[[], pp.ParserElement]


class Declaration(NamedTuple):
    """A command: its word, what `help` says of it, and how it is read.

    The examples work in the network of `demo`; a comment behind one says what it is for. `rank`
    is its place among the commands of its group, and `see` are words to read on with.

    `follows` makes the element that reads what follows the word where it begins a line, and
    `behind` those that do where it stands behind an object of a collection or a verb. They end
    in one token: the command's node, or an `OnGuest`. A command `around` another is given the
    element that reads that one; what `is_alone` stands in no other.
    """

    name: str
    help: str
    group: Group
    rank: int
    usage: tuple[str, ...]
    examples: tuple[str, ...]
    options: tuple[Field, ...] = ()
    see: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()
    follows: Reading | None = None
    behind: Mapping[str, Reading] = {}
    around: Callable[[pp.ParserElement], pp.ParserElement] | None = None
    is_alone: bool = False

    @property
    def begins_line(self) -> bool:
        """Whether the word may begin a line."""
        return bool(self.follows or self.around)

    @property
    def title(self) -> str:
        """The word, behind the verb that it needs."""
        return self.name if self.begins_line else " ".join([*self.behind, self.name])


class OnGuest(NamedTuple):
    """A command that was said behind a path, and waits for that path."""

    make: Callable[[Path], Command]


#: The option that lets files be replaced which midocli did not write, or which were changed.
FORCE = Field("force", Flag(), "replace a file that is there, whoever wrote it")

#: The end of the line.
LINE_END = End("end of line")


def argument(expected: str, kind: str, follow: pp.ParserElement = LINE_END) -> Name:
    """One word that a command takes, read as it stands."""
    return Name(
        kind,
        lambda word, column: Argument(word, column) if word else None,
        lambda token: follow,
        lambda: [Expectation("text", "", expected, target=kind)],
    )


def value(
    name: str, type: ValueType, follow: pp.ParserElement | None = LINE_END, target: str = ""
) -> Name:
    """One word of a value type that a command takes; the token is the value with its column.

    `target` tells where such values are found (an Expectation's).
    """
    expected = Expectation("value", "", type.expected, target, type)

    def read(word: str, column: int) -> tuple[Any, int]:
        try:
            return type.parse(word), column
        except ValueError as reason:
            raise InvalidValueError(
                f"invalid {name} {word[:40]!r}: {reason}; expected {type.expected}"
                + (suggestion(word, expected.words) or numbered(type, word)),
                column,
                (type.expected,),
            ) from None

    return Name(name, read, lambda token: follow, lambda: [expected])


def build(element: pp.ParserElement | Later, make: Callable[[list[Tokens]], object]) -> Made:
    """`element`, with its tokens turned into what `make` makes of them."""
    return Made(element, lambda tokens, column: make(tokens))


def forced() -> Switch:
    """The end of a line behind a file's name, or `force` before it, whose token is True."""
    return maybe("force", FORCE.help)


def maybe(word: str, help: str) -> Switch:
    """The end of a line, or a word before it, whose token is True."""
    return one_of(leading(word, help, LINE_END, True), ends=True)


def leading(
    word: str, help: str, follow: pp.ParserElement | Later, *tokens: Tokens
) -> tuple[Expectation, Entry]:
    """A word that may come, what it is for, what follows it, and the tokens that it adds."""
    return Expectation("verb", word, help), (lambda column: tokens, follow)


def one_of(
    *words: tuple[Expectation, Entry], otherwise: Sequence[Element] = (), ends: bool = False
) -> Switch:
    """One of some words, or what `otherwise` reads; with `ends` the line may end here."""
    table: Table = {expected.text: entry for expected, entry in words}
    expectations = [expected for expected, _ in words]
    return Switch(expectations[0].text, lambda: (table, otherwise), lambda: expectations, ends)


def nothing(column: int) -> tuple[Tokens, ...]:
    """The tokens of a word that only leads on."""
    return ()
