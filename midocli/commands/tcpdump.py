"""`tcpdump`: captures that run beside other commands, and files printed."""

from __future__ import annotations

from grammar.commands.tcpdump import ReadCapture, Tcpdump
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Result


@carries_out(Tcpdump)
def watch(context: Context, command: Tcpdump) -> Result:
    """Begin to capture."""
    from midocli.probes.running import start

    return start(context, command)


@carries_out(ReadCapture)
def read(context: Context, command: ReadCapture) -> Result:
    """The frames of a file."""
    from midocli.probes.reading import read_capture

    return read_capture(context, command)
