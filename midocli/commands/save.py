"""`save`: the topology as a script that rebuilds it."""

from __future__ import annotations

from functools import partial

from grammar.commands.save import Save
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.context.marks import SCRIPT
from midocli.results.values import Done, Result
from midocli.store.saving import script


@carries_out(Save)
def save(context: Context, command: Save) -> Result:
    """Write the script; FileError where that fails."""
    text = script(context.store, partial(context.progress, "save"))
    data = text.encode("utf-8", "surrogateescape")
    context.files.write(command.file, data, SCRIPT, command.force)
    return Done()
