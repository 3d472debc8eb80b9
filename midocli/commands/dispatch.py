"""From a command to the function that carries it out, which is loaded when it is first used.

A command is declared in `grammar` and carried out here: the module of the declaration's name has
a function that registers itself for it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from grammar import tree
from grammar.errors import RefusedError
from grammar.verbs import VERBS
from midocli.context.context import Context
from midocli.results.values import ExpectationError, Interrupted, Result

Carrier = Callable[["Context", Any], Result]

_CARRIERS: dict[type, Carrier] = {}
#: Where a command is carried out whose module is not called as the command.
_ELSEWHERE = {**dict.fromkeys(VERBS, "objects"), "describe": "help", "as": "as_form"}


def carries_out(kind: type) -> Callable[[Carrier], Carrier]:
    """Register a function for the commands of a kind."""

    def register(carrier: Carrier) -> Carrier:
        _CARRIERS[kind] = carrier
        return carrier

    return register


def run(context: Context, command: tree.Command) -> Result:
    """Carry a command out, with what was seen and went wrong beside it.

    MidoError where it cannot be carried out, with nothing changed.
    """
    try:
        return context.told(carry_out(context, command))
    except ExpectationError as error:
        raise error.showing(context.observed) from None
    except Interrupted as stop:
        raise Interrupted(context.told(stop.result)) from None
    except Exception as error:
        if context.mend():
            error.add_note("what the network had learnt is forgotten")
        raise


def carry_out(context: Context, command: tree.Command) -> Result:
    """Carry a command out, or one that another holds; MidoError where it cannot be."""
    kind = type(command)
    own = context.carrier_of(command.word)
    if own is not None:
        return own(command)
    if kind not in _CARRIERS:
        _load(command.word)
    return _CARRIERS[kind](context, command)


def _load(word: str) -> None:
    """Load who carries a command out; RefusedError where that is a session, and there is none."""
    module = f"midocli.commands.{_ELSEWHERE.get(word, word)}"
    try:
        import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise RefusedError(f"{word} is carried out by a session, and there is none") from None
