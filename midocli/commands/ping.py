"""`ping`: echo requests, and what became of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.ping import Ping
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.ping import PingProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Ping)
def ping(context: Context, command: Ping) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, PingProbe)
