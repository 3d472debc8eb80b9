"""`log`: what was changed in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.log import Log
from grammar.errors import RefusedError, UnknownObjectError
from midocli.commands.dispatch import carries_out
from midocli.results.values import Message, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Log)
def log(context: Context, command: Log) -> Result:
    """List changes, show one, or forget the older ones; RefusedError without a store."""
    from midocli.results import logged
    from midocli.store.storage.shown import Showing

    if context.kept is None:
        raise RefusedError("this session has no store, and so no log: --store WHERE gives it one")
    if command.action == "prune":
        return Message(f"{context.kept.prune(command.number)} changes forgotten")
    if command.action == "list":
        return logged.Log(tuple(context.kept.log.listed(command.number)))
    found = context.kept.log.change(command.number)
    if found is None:
        raise UnknownObjectError(f"the log has no change {command.number}", command.column)
    change, entries = found
    return logged.Logged(change, tuple(Showing(context.display).objects(entries)))
