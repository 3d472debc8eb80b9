"""`redo`: changes that were undone, made again."""

from __future__ import annotations

from grammar.command import Declaration
from grammar.commands.undo import count

REDO = Declaration(
    "redo",
    "does again what was undone",
    group="session",
    rank=8,
    usage=("redo [COUNT] [force]",),
    examples=("redo", "redo 2"),
    see=("undo",),
    follows=lambda: count(again=True),
)
