"""`reset`: forget what the network has learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.reset import Reset
from midocli.commands.dispatch import carries_out
from midocli.results.values import Done, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Reset)
def reset(context: Context, command: Reset) -> Result:
    """Forget it; the topology stays."""
    context.datapath.reset()
    return Done()
