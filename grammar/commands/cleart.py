"""`cleart`: no tenant."""

from __future__ import annotations

from grammar.command import LINE_END, Declaration, build
from grammar.commands.sett import Tenant

CLEART = Declaration(
    "cleart",
    "chooses no tenant: lists show what belongs to any",
    group="session",
    rank=13,
    usage=("cleart",),
    examples=("cleart",),
    see=("sett", "tenant"),
    follows=lambda: build(LINE_END, lambda tokens: Tenant(None)),
)
