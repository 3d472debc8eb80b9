"""A change of the topology that a command asks for, made inside a transaction that is open."""

from __future__ import annotations

from grammar import tree
from midocli.context.context import Context

#: The commands that change the topology, and nothing else.
CHANGES = (tree.Create, tree.Set, tree.Clear, tree.Delete)


def make(context: Context, command: tree.Command) -> None:
    """Make it; MidoError where it is refused."""
    from midocli.store.machine import make as created

    editor, resolver = context.editor, context.resolver
    match command:
        case tree.Create(path=path, target=target, settings=settings):
            created(editor, target.collection, resolver.path(path), settings, target.column)
        case tree.Set(path=path, settings=settings):
            editor.set(resolver.object(path), settings)
        case tree.Clear(path=path, fields=fields):
            editor.clear(resolver.object(path), fields)
        case tree.Delete(path=path):
            editor.delete(resolver.object(path))
