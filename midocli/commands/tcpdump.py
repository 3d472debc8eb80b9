"""`tcpdump`: captures that run beside other commands, and files printed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree
from midocli.commands.dispatch import carries_out
from midocli.results.values import Result

if TYPE_CHECKING:
    from midocli.context.context import Context


@carries_out(tree.Tcpdump)
def watch(context: Context, command: tree.Tcpdump) -> Result:
    """Begin to capture."""
    from midocli.probes.running import start

    return start(context, command)


@carries_out(tree.ReadCapture)
def read(context: Context, command: tree.ReadCapture) -> Result:
    """The frames of a file."""
    from midocli.probes.reading import read_capture

    return read_capture(context, command)
