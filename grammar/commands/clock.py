"""`clock`: the simulated time."""

from __future__ import annotations

from typing import Any

import pyparsing as pp

from grammar.command import Declaration, build, leading, one_of, value
from grammar.times import Duration, Timestamp
from grammar.tree import Command


class Clock(Command):
    """Show the simulated time, set it, or let it pass."""

    word = "clock"
    action: str | None = None
    value: Any = None
    column: int = 1

    def written(self) -> list[str]:
        if self.action is None:
            return [self.word]
        return [self.word, self.action, _TYPES[self.action].format(self.value)]


_TYPES: dict[str, Timestamp | Duration] = {"set": Timestamp(), "advance": Duration()}


def _action() -> pp.ParserElement:
    action = one_of(
        leading("set", "set the simulated time", _value("set", "time")),
        leading("advance", "let simulated time pass", _value("advance", "duration")),
        ends=True,
    )
    return build(action, lambda tokens: tokens[0] if tokens else Clock())


def _value(action: str, name: str) -> pp.ParserElement:
    return build(value(name, _TYPES[action]), lambda tokens: Clock(action, *tokens[0]))


CLOCK = Declaration(
    "clock",
    "shows the simulated time, sets it, or lets it pass",
    group="session",
    rank=1,
    usage=("clock", "clock set TIME", "clock advance DURATION"),
    examples=(
        "clock",
        "clock set 2017-04-14T12:30:51.226238+02:00",
        "clock advance 90s  # what has been learnt grows older, too",
    ),
    see=("reset", "flow"),
    follows=_action,
)
