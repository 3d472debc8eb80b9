"""`reset`: a datapath that has learnt nothing yet."""

from __future__ import annotations

from grammar.command import LINE_END, Declaration, build
from grammar.tree import Command


class Reset(Command):
    """Forget what the datapath has learnt."""

    word = "reset"


RESET = Declaration(
    "reset",
    "forgets what the datapath has learnt; the topology stays",
    group="session",
    rank=15,
    usage=("reset",),
    examples=("reset  # no MAC, ARP, NAT or connection is known any more",),
    see=("clock", "flow", "connection"),
    follows=lambda: build(LINE_END, lambda tokens: Reset()),
)
