"""`demo`: the published DNAT lab, loaded to try things on."""

from __future__ import annotations

from pathlib import Path

import grammar
from grammar import tree
from grammar.commands.demo import Demo
from grammar.errors import MidoError, RefusedError
from grammar.script import read_lines
from midocli.commands.dispatch import carries_out, carry_out
from midocli.context.context import Context
from midocli.results.values import Report

#: The lab, as the documentation has it.
LAB = Path(__file__).parents[1] / "data" / "demo.mido"
#: What to try, and what it shows.
SUGGESTIONS = (
    ("ping client 192.168.79.119", "the frames at both ends; the reply comes from another address"),
    (
        "ping client 192.168.79.119 capture none explain",
        "the way of each frame, step by step, and which rule is missing",
    ),
    (
        "chain dnat-test add rule in-ports router0:port0 type rev_dnat action accept",
        "that rule; now ping again",
    ),
)
_INTRODUCTION = """\
The published DNAT example is loaded: client and vm, each on a bridge, router0
between them. The rules of chain0 translate 192.168.79.119 to the address of vm.
Try:
"""


@carries_out(Demo)
def demo(context: Context, command: Demo) -> Report:
    """Load the lab and suggest what to try; RefusedError, with nothing changed, if it cannot be.

    Of the lab's commands only those that build the network are carried out: it is for the
    user to look at it, and to ping.
    """
    if context.store.count:
        raise RefusedError(
            "demo needs an empty topology, and this one has objects; "
            "save it if you want to keep it, and run demo in a new session"
        )
    try:
        with context.changing():
            _build(context)
    except MidoError:
        raise RefusedError(
            "demo needs aliases that have been given to other objects before; "
            "run it in a new session"
        ) from None
    return Report(_text(), _data())


def _build(context: Context) -> None:
    with LAB.open("rb") as stream:
        for line in read_lines(stream):
            command = grammar.parse(line.text)
            if isinstance(command, (tree.Create, tree.Set)):
                carry_out(context, command)


def _text() -> str:
    shown = (f"\n    {command}\n        {why}\n" for command, why in SUGGESTIONS)
    return _INTRODUCTION + "".join(shown)


def _data() -> dict[str, object]:
    return {"demo": "dnat", "try": [{"command": c, "shows": why} for c, why in SUGGESTIONS]}
