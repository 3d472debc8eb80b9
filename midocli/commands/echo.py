"""`echo`: words, printed."""

from __future__ import annotations

from grammar.commands.echo import Echo
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.values import Report, Result


@carries_out(Echo)
def echo(context: Context, command: Echo) -> Result:
    """The words, with a blank between each two."""
    words = " ".join(command.words)
    return Report(words + "\n", {"text": words})
