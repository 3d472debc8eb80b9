"""`demo`: a network to try things on."""

from __future__ import annotations

from grammar.command import LINE_END, Declaration, build
from grammar.tree import Command


class Demo(Command):
    """Load the network to try things on."""

    word = "demo"
    shows_objects = False


DEMO = Declaration(
    "demo",
    "loads a small network with DNAT to try things on, where there is nothing yet",
    group="session",
    rank=16,
    usage=("demo",),
    examples=("demo",),
    see=("ping", "topology", "source"),
    follows=lambda: build(LINE_END, lambda tokens: Demo()),
)
