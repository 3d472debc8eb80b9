"""An example command for every collection, made from its declaration."""

from __future__ import annotations

from grammar.schema import Collection, Field, Schema
from grammar.words import quoted


def examples(schema: Schema, collection: Collection) -> tuple[str, ...]:
    """Commands about a collection: its example, then what is declared or a table of its objects."""
    table = " ".join([*_path(schema, collection), collection.name, "list as table"])
    more = collection.more or (() if collection.single else (table,))
    return (example(schema, collection), *more)


def example(schema: Schema, collection: Collection) -> str:
    """A command that creates an object of a collection or, where none can be, lists them."""
    words = [*_path(schema, collection), collection.name]
    if collection.single:
        return " ".join([*words, "show"])
    if not collection.creatable:
        return " ".join([*words, "list"])
    return " ".join([*words, "create", *_fields(schema, collection)])


def _fields(schema: Schema, collection: Collection) -> list[str]:
    """What is declared as the example, else the fields that must be given."""
    if collection.example:
        return [collection.example]
    required = [field for field in collection.fields if field.required]
    shown = required or [field for field in collection.fields if field.name == "name"]
    return [word for field in shown for word in (field.name, _word(schema, field))]


def _word(schema: Schema, field: Field) -> str:
    """A value of a field; of a reference, the first object there would be."""
    target = schema.collections.get(field.reference.target) if field.reference else None
    if target is None or target.gathers or target.parent:
        return quoted(field.type.example)
    return f"{target.prefix}0"


def _path(schema: Schema, collection: Collection) -> list[str]:
    """The objects that hold it: the first of each collection on the way."""
    if not collection.parent:
        return []
    parent = schema[collection.parent]
    if parent.has_id:
        own = [f"{parent.prefix}0"] if not parent.through else _filter(schema, parent)
    else:
        own = _filter(schema, parent)
    return [*_path(schema, parent), parent.name, *own]


def _filter(schema: Schema, collection: Collection) -> list[str]:
    """How an object without an alias is picked."""
    if collection.through:
        return ["load-balancer", "lb0"]
    field = collection.by_name[collection.key[0]]
    return [field.name, _word(schema, field)]
