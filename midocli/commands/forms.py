"""`COMMAND as FORM`: a result in a form of its own."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grammar import tree
from midocli.commands.dispatch import carries_out, run
from midocli.results.values import ExpectationError, Formatted, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(tree.As)
def formatted(context: Context, command: tree.As) -> Result:
    """The result of the command, to be shown in the form."""
    in_form = partial(_in_form, command.form)
    try:
        return in_form(run(context, command.command))
    except ExpectationError as error:
        raise error.showing(in_form) from None


def _in_form(form: str, result: Result) -> Result:
    return Formatted(result, form)
