"""`arping`: who has an address, asked by ARP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.arping import Arping as ArpingCommand
from midocli.commands.dispatch import carries_out
from midocli.probes.arping import Arping
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(ArpingCommand)
def arping(context: Context, command: ArpingCommand) -> Result:
    """Make the traffic, and report on it."""
    return Arping(context, command).run()
