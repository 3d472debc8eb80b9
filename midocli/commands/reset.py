"""`reset`: forget what the network has learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree
from midocli.commands.dispatch import carries_out
from midocli.results.values import Done, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(tree.Reset)
def reset(context: Context, command: tree.Reset) -> Result:
    """Forget it; the topology stays."""
    context.datapath.reset()
    return Done()
