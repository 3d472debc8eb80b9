"""`COMMAND | include TEXT`: of what a command prints some lines, or their number."""

from __future__ import annotations

from functools import partial

from grammar.pipe import Piped
from midocli.commands.dispatch import carries_out, run
from midocli.context.context import Context
from midocli.results.piped import Counted, Lines
from midocli.results.values import ExpectationError, Result


@carries_out(Piped)
def piped(context: Context, command: Piped) -> Result:
    """The lines of the command's result that are asked for, or their number."""
    shown = partial(_piped, how=command.how, text=command.text)
    try:
        return shown(run(context, command.command).at_hand())
    except ExpectationError as error:
        raise error.showing(shown) from None


def _piped(result: Result, how: str, text: str) -> Result:
    if how == "count":
        return Counted(result)
    return Lines(result, text, how == "include")
