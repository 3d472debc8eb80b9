"""`inject`: raw frames, put in at a point."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.inject import Inject as InjectCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.inject import Inject
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(InjectCommand)
def inject(context: Context, command: InjectCommand) -> Result:
    """Make the traffic, and report on it."""
    return Inject(context, command).run()
