"""`connect`: a TCP connection, or a UDP datagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.connect import Connect as ConnectCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.connect import Connect
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(ConnectCommand)
def connect(context: Context, command: ConnectCommand) -> Result:
    """Make the traffic, and report on it."""
    return Connect(context, command).run()
