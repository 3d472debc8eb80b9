"""`commit`: the change that was begun is kept, as one."""

from __future__ import annotations

from grammar.command import Declaration
from grammar.commands.begin import alone

COMMIT = Declaration(
    "commit",
    "keeps the change that was begun, which undo takes back as one",
    group="session",
    rank=10,
    usage=("commit",),
    examples=("begin", "bridge create name lan", "commit"),
    see=("begin", "rollback"),
    is_alone=True,
    follows=lambda: alone("commit"),
)
