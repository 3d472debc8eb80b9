"""The verbs on objects: create, list, show, set, clear and delete.

What changes something does so in a transaction. The session's tenant is stored in what is
created, and restricts lists.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from grammar import tree
from grammar.errors import InvalidValueError
from grammar.schema import Collection
from midocli.results.values import Created, Done, Listing, Result, Shown, ShownField

if TYPE_CHECKING:
    from midocli.commands.interpreter import Interpreter


def create(interpreter: Interpreter, command: tree.Create) -> Result:
    """Make an object, in the one the path names."""
    target = command.target
    settings = (*_tenant(interpreter, target.collection), *command.settings)
    with interpreter.changing() as editor:
        parent = interpreter.resolver.path(command.path)
        row = editor.create(target.collection, parent, settings, target.column)
    return Created(row)


def set_(interpreter: Interpreter, command: tree.Set) -> Result:
    """Give fields of an object values."""
    with interpreter.changing() as editor:
        row = interpreter.resolver.object(command.path)
        editor.set(row, command.settings)
    if row.collection.path == "guest":
        for setting in command.settings:
            if setting.field.name == "ip-id":
                interpreter.set_ip_id(row, setting.value)
    return Done()


def clear(interpreter: Interpreter, command: tree.Clear) -> Result:
    """Take values away from fields of an object."""
    with interpreter.changing() as editor:
        editor.clear(interpreter.resolver.object(command.path), command.fields)
    return Done()


def delete(interpreter: Interpreter, command: tree.Delete) -> Result:
    """Delete an object, with all it holds."""
    with interpreter.changing() as editor:
        editor.delete(interpreter.resolver.object(command.path))
    return Done()


def list_(interpreter: Interpreter, command: tree.List) -> Result:
    """The objects of a collection, or what the network has learnt, as far as filters let them."""
    collection = command.target.collection
    parent = interpreter.resolver.path(command.path)
    if collection.live:
        from midocli.datapath.tables import table

        return table(interpreter.datapath, collection, parent, command.filters)
    ours = _tenant(interpreter, collection) if collection.of_tenant else ()
    filters = (*ours, *command.filters)
    found = interpreter.resolver.filtered(collection, parent, filters)
    return Listing(list(found), collection)


def show(interpreter: Interpreter, command: tree.Show) -> Result:
    """An object, or one of its fields."""
    if command.path[-1].collection.live:
        from midocli.datapath.tables import entry

        return entry(interpreter, command)
    row = interpreter.resolver.object(command.path)
    if command.field is None:
        return Shown(row, command.path[-1].collection)
    name = command.field.field.name
    field = row.collection.by_name.get(name)
    if field is None:
        raise InvalidValueError(f"{row.full_alias} has no field {name}", command.field.column)
    return ShownField(row, field)


def _tenant(interpreter: Interpreter, collection: Collection) -> tuple[tree.Setting, ...]:
    """The session's tenant as a setting, where there is one and the collection has the field."""
    field = collection.by_name.get("tenant")
    if field is None or interpreter.tenant is None:
        return ()
    return (tree.Setting(field, interpreter.tenant, 1, interpreter.tenant),)
