"""`dhcp`: a lease for a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.dhcp import Dhcp as DhcpCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.dhcp import Dhcp
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(DhcpCommand)
def dhcp(context: Context, command: DhcpCommand) -> Result:
    """Make the traffic, and report on it."""
    return Dhcp(context, command).run()
