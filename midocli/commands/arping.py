"""`arping`: who has an address, asked by ARP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.arping import Arping
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.arping import ArpingProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Arping)
def arping(context: Context, command: Arping) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, ArpingProbe)
