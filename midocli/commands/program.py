"""Programs on a guest: `guest alice ip route`, `guest alice brctl show`."""

from __future__ import annotations

from grammar.programs import Program
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.probes.programs import run_program
from midocli.results.values import Message, Result


@carries_out(Program)
def program(context: Context, command: Program) -> Result:
    """What the program prints there."""
    guest = context.resolver.object(command.path)
    return Message(run_program(context.datapath, guest, command.words))
