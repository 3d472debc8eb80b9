"""`rollback`: the change that was begun is taken back."""

from __future__ import annotations

from grammar.command import Declaration
from grammar.commands.begin import alone

ROLLBACK = Declaration(
    "rollback",
    "takes back all that was changed since begin",
    group="session",
    rank=11,
    usage=("rollback",),
    examples=("begin", "bridge create name lan", "rollback"),
    see=("begin", "commit"),
    is_alone=True,
    follows=lambda: alone("rollback"),
)
