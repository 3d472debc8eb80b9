"""`reach`: who can talk to whom."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from grammar.commands.reach import Reach
from midocli.advice.advise import remedy
from midocli.analysis.reach import answer
from midocli.analysis.reach_report import report
from midocli.commands.dispatch import carries_out
from midocli.context.labels import find_rule
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Reach)
def reach(context: Context, command: Reach) -> Result:
    """Try the packets in a network of their own, and report on them."""
    found = answer(context, command)
    alone = len(found.pairs) == 1
    advise, naming = partial(remedy, context), partial(_chain_of, context)
    return report(found, alone, command.some, advise, naming)


def _chain_of(context: Context, rule: str) -> str:
    """The name of a rule's chain."""
    row = find_rule(context, rule)
    chain = row.parent if row is not None else None
    return str(chain.get("name") or "") if chain is not None else ""
