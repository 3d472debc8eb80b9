"""`diff`: the topology beside another one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.diff import Diff
from midocli.commands.dispatch import carries_out
from midocli.commands.topologies import pair
from midocli.results.difference import Compared

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Diff)
def diff(context: Context, command: Diff) -> Compared:
    """What tells the two apart; a MidoError where it is not known what there was."""
    return Compared(*pair(context, command.other))
