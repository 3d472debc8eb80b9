"""`log`: what was changed in the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.log import Log
from grammar.other import Other
from midocli.commands.dispatch import carries_out
from midocli.results.values import Message, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Log)
def log(context: Context, command: Log) -> Result:
    """List changes, show one, or forget the older ones; RefusedError without a store."""
    from midocli.commands.topologies import kept, pair
    from midocli.results import logged
    from midocli.store.storage.shown import shown

    store = kept(context)
    if command.action == "prune":
        return Message(f"{store.prune(command.number)} changes forgotten")
    if command.action == "list":
        return logged.Log(tuple(store.log.listed(command.number)))
    before, _, after, *_ = pair(context, Other(None, command.number, command.column))
    found = store.log.change(command.number)
    assert found is not None, "there are topologies before and behind it"
    change, entries = found
    return logged.Logged(change, tuple(shown(entries, before, after)))
