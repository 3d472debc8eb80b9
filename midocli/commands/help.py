"""`help` and `describe`: what the language says of itself."""

from __future__ import annotations

from grammar import tree
from grammar.commands.help import Help
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.help.pages import describe, explain
from midocli.results.values import Message, Result


@carries_out(Help)
def help_(context: Context, command: Help) -> Result:
    """The map of the language, or the page on a word."""
    return Message(explain(context.store.schema, command.topic))


@carries_out(tree.Describe)
def describe_(context: Context, command: tree.Describe) -> Result:
    """The fields of a collection, or of the one an object belongs to."""
    schema = context.store.schema
    context.resolver.path(command.path)
    if command.target is not None:
        return Message(describe(schema, command.target.collection))
    return Message(describe(schema, command.path[-1].collection if command.path else None))
