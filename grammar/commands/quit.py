"""`quit`: the end of the session."""

from __future__ import annotations

from grammar.command import Declaration, build
from grammar.elements import Rest
from grammar.tree import Command


class Quit(Command):
    """End the session."""

    word = "quit"
    has_form = False


QUIT = Declaration(
    "quit",
    "ends the session; exit is the same word",
    group="session",
    rank=19,
    usage=("quit",),
    examples=("quit",),
    see=("save",),
    synonyms=("exit",),
    is_alone=True,
    follows=lambda: build(Rest("words"), lambda tokens: Quit()),
)
