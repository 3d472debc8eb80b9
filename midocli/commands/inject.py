"""`inject`: raw frames, put in at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.inject import Inject
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.inject import InjectProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Inject)
def inject(context: Context, command: Inject) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, InjectProbe)
