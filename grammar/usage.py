"""How a collection and its objects are addressed, with words in capitals for what one chooses."""

from __future__ import annotations

from collections.abc import Iterator

from grammar.schema import Collection, Schema


def place(schema: Schema, collection: Collection) -> str:
    """`router ROUTER port`: the words that lead to a collection."""
    if not collection.parent:
        return collection.name
    parent = schema[collection.parent]
    return f"{place(schema, parent)} {pick(parent)} {collection.name}"


def pick(collection: Collection, by_field: bool = False) -> str:
    """What picks one object: its name in capitals, or a field and its value."""
    if collection.has_id and not by_field:
        return collection.name.upper()
    if not collection.key:
        return "FIELD VALUE"
    return f"{collection.key[0]} {collection.key[0].upper()}"


def ways(schema: Schema, collection: Collection) -> Iterator[str]:
    """What can be done with a collection and its objects, a line each."""
    there = place(schema, collection)
    verbs = ["show", *_changes(collection)]
    if collection.single:
        yield f"{there} {'|'.join(verbs)} ..."
        return
    if collection.creatable:
        given = [f" {each.name} {each.name.upper()}" for each in collection.fields if each.required]
        yield f"{there} create{''.join(given)} [FIELD VALUE]..."
    yield f"{there} list [FIELD VALUE]..."
    verbs += ["delete"] if collection.creatable or collection.has_id else []
    yield f"{there} {pick(collection)} {'|'.join(verbs)} ..."
    yield from collection.usage


def _changes(collection: Collection) -> Iterator[str]:
    """The verbs that change a field, where there is one that they may change."""
    if any(not each.read_only and not each.fixed for each in collection.fields):
        yield "set"
    if any(each.clearable and not each.read_only for each in collection.fields):
        yield "clear"
