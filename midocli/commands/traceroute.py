"""`traceroute`: the routers on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.traceroute import Traceroute
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.traceroute import TracerouteProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Traceroute)
def traceroute(context: Context, command: Traceroute) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, TracerouteProbe)
