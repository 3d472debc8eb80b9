"""`debug`: debug mode, as the original has it."""

from __future__ import annotations

import pyparsing as pp

from grammar.command import Declaration, build, value
from grammar.tree import Command
from grammar.values import Choice


class Debug(Command):
    """Turn debug mode on or off."""

    word = "debug"
    shows_objects = False
    on: bool

    def written(self) -> list[str]:
        return [self.word, "on" if self.on else "off"]


def _mode() -> pp.ParserElement:
    mode = value("mode", Choice(("on", "off")))
    return build(mode, lambda tokens: Debug(tokens[0][0] == "on"))


DEBUG = Declaration(
    "debug",
    "turns debug mode on or off; it changes nothing here",
    group="session",
    rank=14,
    usage=("debug on", "debug off"),
    examples=("debug on", "debug off"),
    see=("tracerequest",),
    follows=_mode,
)
