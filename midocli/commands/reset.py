"""`reset`: forget what the network has learnt."""

from __future__ import annotations

from grammar.commands.reset import Reset
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Done, Result


@carries_out(Reset)
def reset(context: Context, command: Reset) -> Result:
    """Forget it; the topology stays."""
    context.datapath.reset()
    return Done()
