"""`debug`: a mode of midonet-cli's that changes nothing here."""

from __future__ import annotations

from grammar.commands.debug import Debug
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Message, Result


@carries_out(Debug)
def debug(context: Context, command: Debug) -> Result:
    """midonet-cli's words about it."""
    return Message(f"turned {'on' if command.on else 'off'} debug mode")
