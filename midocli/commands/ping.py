"""`ping`: echo requests, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.ping import Ping as PingCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.ping import Ping
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(PingCommand)
def ping(context: Context, command: PingCommand) -> Result:
    """Make the traffic, and report on it."""
    return Ping(context, command).run()
