"""`connect`: a TCP connection, or a UDP datagram."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar.commands.connect import Connect
from midocli.commands.dispatch import carries_out
from midocli.commands.probing import reported
from midocli.probes.connect import ConnectProbe
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(Connect)
def connect(context: Context, command: Connect) -> Result:
    """Make the traffic, and report on it."""
    return reported(context, command, ConnectProbe)
