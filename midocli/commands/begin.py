"""`begin`, `commit` and `rollback`: several commands as one change."""

from __future__ import annotations

from grammar.commands.begin import Change
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Done, Message, Result


@carries_out(Change)
def change(context: Context, command: Change) -> Result:
    """Begin a change, or end the one that was begun."""
    try:
        match command.step:
            case "begin":
                context.change.begin()
            case "commit" if not context.change.commit():
                return Message("rolled back: a command of the change has failed")
            case "rollback":
                context.change.roll_back()
        return Done()
    finally:
        context.committed()
