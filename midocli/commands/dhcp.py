"""`dhcp`: a lease for a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree
from midocli.commands.dispatch import carries_out
from midocli.probes.dhcp import Dhcp
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(tree.Dhcp)
def dhcp(context: Context, command: tree.Dhcp) -> Result:
    """Make the traffic, and report on it."""
    return Dhcp(context, command).run()
