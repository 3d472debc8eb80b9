"""The verbs on objects: create, list, show, set, clear and delete.

What changes something does so in a transaction. The session's tenant is stored in what is
created, and restricts lists.
"""

from __future__ import annotations

from functools import partial

from grammar import tree
from grammar.errors import InvalidValueError
from grammar.schema import Collection
from midocli.commands.dispatch import carries_out
from midocli.context.context import Context
from midocli.results.objects import created, listing, shown, shown_field
from midocli.results.values import Done, Result


@carries_out(tree.Create)
def create(context: Context, command: tree.Create) -> Result:
    """Make an object, in the one the path names."""
    from midocli.store.machine import make

    target = command.target
    settings = (*_tenant(context, target.collection), *command.settings)
    with context.changing() as editor:
        parent = context.resolver.path(command.path)
        row, *others = make(editor, target.collection, parent, settings, target.column)
        given = (setting.field.name for setting in settings)
        return created(row, context.display, given, others)


@carries_out(tree.Set)
def set_(context: Context, command: tree.Set) -> Result:
    """Give fields of an object values."""
    with context.changing() as editor:
        row = context.resolver.object(command.path)
        editor.set(row, command.settings)
    if row.collection.path == "guest":
        for setting in command.settings:
            if setting.field.name == "ip-id":
                context.set_ip_id(row, setting.value)
    return Done()


@carries_out(tree.Clear)
def clear(context: Context, command: tree.Clear) -> Result:
    """Take values away from fields of an object."""
    with context.changing() as editor:
        editor.clear(context.resolver.object(command.path), command.fields)
    return Done()


@carries_out(tree.Delete)
def delete(context: Context, command: tree.Delete) -> Result:
    """Delete an object, with all it holds."""
    with context.changing() as editor:
        row = context.resolver.object(command.path)
        editor.delete(row, partial(context.progress, "delete"))
    return Done()


@carries_out(tree.List)
def list_(context: Context, command: tree.List) -> Result:
    """The objects of a collection, or what the network has learnt, as far as filters let them."""
    collection = command.target.collection
    parent = context.resolver.path(command.path)
    if collection.live:
        from midocli.datapath.learnt_tables import table

        found = table(context.datapath, collection, parent, command.filters)
        return found.choosing(command.columns)
    ours = _tenant(context, collection) if collection.of_tenant else ()
    filters = (*ours, *command.filters)
    rows = context.resolver.filtered(collection, parent, filters)
    return listing(rows, collection, context.display, command.columns)


@carries_out(tree.Show)
def show(context: Context, command: tree.Show) -> Result:
    """An object, or one of its fields."""
    if command.path[-1].collection.live:
        from midocli.commands.live import show_live

        return show_live(context, command)
    row = context.resolver.object(command.path)
    if command.field is None:
        return shown(row, command.path[-1].collection, context.display)
    name = command.field.field.name
    field = row.collection.by_name.get(name)
    if field is None:
        raise InvalidValueError(f"{row.full_alias} has no field {name}", command.field.column)
    return shown_field(row, field, context.display)


def _tenant(context: Context, collection: Collection) -> tuple[tree.Setting, ...]:
    """The session's tenant as a setting, where there is one and the collection has the field."""
    field = collection.by_name.get("tenant")
    if field is None or context.tenant is None:
        return ()
    return (tree.Setting(field, context.tenant, 1, context.tenant),)
