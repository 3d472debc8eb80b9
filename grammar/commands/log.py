"""`log`: what was changed in a store that stays, by whom, and how it was before."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import LINE_END, Declaration, build, value
from grammar.elements import Name, Switch, Table, Tokens
from grammar.expectation import Expectation
from grammar.other import numbered
from grammar.tree import Command
from grammar.values import Integer

#: How many entries `log` lists, and `log prune` leaves, where it is not said.
LISTED = 20
LEFT = 100
_MANY = Integer(1, 2**53)


class Log(Command):
    """List the last changes, show one, or forget all but the last.

    `action` is list, show or prune; `number` how many, or which one.
    """

    word = "log"
    action: str
    number: int
    column: int | None

    def written(self) -> list[str]:
        match self.action:
            case "show":
                return [self.word, str(self.number), "show"]
            case "prune":
                return [self.word, "prune", "last", str(self.number)]
        return [self.word, "last", str(self.number)]


def _last() -> Name:
    return value("count", _MANY)


def _following() -> pp.ParserElement:
    shown = Switch(
        "show",
        lambda: ({"show": (lambda column: ("show",), LINE_END)}, ()),
        lambda: [Expectation("verb", "show", "its objects before and after")],
    )
    after_prune: Table = {"last": (lambda column: (), _last())}
    prune = Switch(
        "prune",
        lambda: (after_prune, ()),
        lambda: [Expectation("verb", "last", "leave so many")],
        ends=True,
    )
    table: Table = {
        "last": (lambda column: ("last",), _last()),
        "prune": (lambda column: ("prune",), prune),
    }
    expected = [
        Expectation("verb", "last", "list so many"),
        Expectation("verb", "prune", f"forget all but the last {LEFT}, or `last` so many"),
    ]
    switch = Switch(
        "log", lambda: (table, (numbered("number", shown),)), lambda: expected, ends=True
    )
    return build(switch, _made)


def _made(tokens: list[Tokens]) -> Log:
    match tokens:
        case ["last", (number, column)]:
            return Log("list", number, column)
        case ["prune", (number, column)]:
            return Log("prune", number, column)
        case ["prune"]:
            return Log("prune", LEFT, None)
        case [(number, column), "show"]:
            return Log("show", number, column)
    return Log("list", LISTED, None)


LOG = Declaration(
    "log",
    "tells what was changed in a store that stays, and by which session",
    group="looking",
    rank=2,
    usage=("log [last N]", "log N show", "log prune [last N]"),
    examples=(
        "expect not log  # a session without a store has none",
        "expect not log 1 show  # the objects of a change, before and after it",
        "expect not log prune last 10  # forget all but the last ten changes",
    ),
    see=("undo", "redo", "save"),
    follows=_following,
)
