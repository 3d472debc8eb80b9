"""`matrix`: who can talk to whom, of all machines."""

from __future__ import annotations

from functools import partial
from typing import Literal, cast

import pyparsing as pp

from grammar.command import Declaration, build, forced, nothing
from grammar.commands.reach import Traffic, traffic, traffic_of
from grammar.elements import Name, Switch, Tokens
from grammar.errors import InvalidValueError, shorten
from grammar.expectation import Expectation
from grammar.tree import Argument, Command
from grammar.words import quoted

By = Literal["guest", "bridge", "group"]
_BY: dict[By, str] = {
    "guest": "each machine for itself",
    "bridge": "the machines on a bridge together",
    "group": "the machines of a port group or address group together",
}
_PAGES = (".html", ".htm")
_EXPECTED = "a file name that ends in .html"


class Matrix(Command):
    """All pairs of machines, or of sets of them, on a terminal or as a page."""

    word = "matrix"
    by: By
    traffic: Traffic
    file: Argument | None = None
    force: bool = False

    def written(self) -> list[str]:
        by = ["by", self.by] if self.by != "guest" else []
        file = ["write", quoted(self.file.text)] if self.file is not None else []
        return [self.word, *by, *self.traffic.written(), *file, *["force"] * self.force]


def _reading() -> pp.ParserElement:
    """`[by guest|bridge|group] [TRAFFIC] [write FILE [force]]`."""
    write = Switch(
        "write",
        lambda: ({"write": (nothing, _file())}, ()),
        lambda: [Expectation("verb", "write", "into a page for a browser")],
        ends=True,
    )
    end = traffic(write)
    kinds = Switch(
        "by",
        lambda: ({by: (partial(_by, by), end) for by in _BY}, ()),
        lambda: [Expectation("verb", by, help_) for by, help_ in _BY.items()],
    )
    whole = Switch(
        "matrix",
        lambda: ({"by": (nothing, kinds)}, (end,)),
        lambda: [Expectation("verb", "by", "what is a row")],
        ends=True,
    )
    return build(whole, _made)


def _by(by: By, column: int) -> tuple[Tokens, ...]:
    return (by,)


def _file() -> pp.ParserElement:
    return Name(
        "file",
        _page,
        lambda token: forced(),
        lambda: [Expectation("text", "", _EXPECTED, target="file")],
    )


def _page(word: str, column: int) -> Argument:
    if not word.lower().endswith(_PAGES):
        message = f"cannot tell from {shorten(word)} what to write: expected {_EXPECTED}"
        raise InvalidValueError(message, column, _PAGES)
    return Argument(word, column)


def _made(tokens: list[Tokens]) -> Matrix:
    by = next((each for each in tokens if isinstance(each, str)), "guest")
    file = next((each for each in tokens if isinstance(each, Argument)), None)
    return Matrix(cast(By, by), traffic_of(tokens), file, True in tokens)


MATRIX = Declaration(
    "matrix",
    "tells of all machines who can talk to whom, equal rows as one",
    group="sending",
    rank=8,
    usage=(
        "matrix [by guest|bridge|group] [tcp|udp [PORT]|icmp|protocol N]",
        "matrix ... write FILE.html [force]",
    ),
    examples=(
        "matrix",
        "matrix tcp 22",
        "matrix by bridge icmp",
        "matrix tcp 22 as csv  # a column for each target",
        "matrix write who.html  # a page with a picture",
    ),
    see=("reach", "topology"),
    follows=_reading,
)
