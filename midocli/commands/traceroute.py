"""`traceroute`: the routers on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.traceroute import Traceroute as TracerouteCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.traceroute import Traceroute
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(TracerouteCommand)
def traceroute(context: Context, command: TracerouteCommand) -> Result:
    """Make the traffic, and report on it."""
    return Traceroute(context, command).run()
