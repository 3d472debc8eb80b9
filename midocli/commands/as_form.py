"""`COMMAND as FORM`: a result in a form of its own.

A command that cannot be shown in that form has failed, and nothing of it remains: what it made
is taken back, and what cannot be (traffic, for one) is not begun where it is clear beforehand.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from functools import partial

from grammar import tree
from grammar.as_form import As
from grammar.commands.demo import Demo
from grammar.commands.tcpdump import Tcpdump
from midocli.commands.dispatch import carries_out, run
from midocli.context.context import Context
from midocli.results.forms import in_form, no_objects
from midocli.results.values import ExpectationError, Result

#: Commands that show what they have made.
_MAKERS = (tree.Create, Demo, Tcpdump)


@carries_out(As)
def formatted(context: Context, command: As) -> Result:
    """The result of the command, to be shown in the form; MidoError where it has none."""
    bare = command.command.innermost
    is_shown = bare.shows_objects or command.form in bare.own_forms
    if command.form == "commands" and not is_shown:
        raise no_objects()
    shown = partial(in_form, form=command.form, store=context.store, width=context.manner.width)
    with _taken_back(context, bare):
        try:
            result = shown(run(context, command.command))
        except ExpectationError as error:
            raise error.showing(shown) from None
        if isinstance(bare, _MAKERS):
            result.text()
    return result


def _taken_back(context: Context, command: tree.Command) -> AbstractContextManager[object]:
    """What takes all back that a command has made if anything is raised behind it."""
    if isinstance(command, Tcpdump):
        return context.store.journal.transaction()
    return context.changing() if isinstance(command, _MAKERS) else nullcontext()
