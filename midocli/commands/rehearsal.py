"""A change tried and taken back: what the topology would refuse, before Enter is pressed."""

from __future__ import annotations

from random import Random

from grammar import tree
from grammar.as_form import As
from grammar.commands.expect import Expect
from grammar.pipe import Piped
from midocli.context.changes import make
from midocli.context.context import Context


class _Enough(Exception):  # noqa: N818 (no error: the rehearsal went well)
    """The change would be made; it is not."""


def rehearse(context: Context, command: tree.Command) -> None:
    """A MidoError about a create, set or clear that would fail; nothing is left of it.

    Other commands are not tried: they cost more than a keystroke may, or do more than change
    the topology.
    """
    if isinstance(command, (As, Piped)) or (isinstance(command, Expect) and not command.negated):
        return rehearse(context, command.command)
    if not isinstance(command, (tree.Create, tree.Set, tree.Clear)):
        return None
    store = context.store
    # The session's own chance must not move on.
    elsewhere = store.rolling(Random("what is rehearsed"))
    try:
        with context.manner.undisturbed(), elsewhere, store.journal.transaction(lasting=False):
            make(context, command)
            raise _Enough
    except _Enough:
        return None
