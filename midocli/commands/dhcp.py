"""`dhcp`: a lease for a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.dhcp import Dhcp
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.dhcp import DhcpProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Dhcp)
def dhcp(context: Context, command: Dhcp) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, DhcpProbe)
