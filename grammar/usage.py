"""What may be said of a collection and its objects, with words in capitals for what one chooses."""

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
    verbs = "|".join(verb for verb in object_verbs(collection) if verb != "describe")
    if collection.single:
        yield f"{there} {verbs} ..."
        return
    if collection.creatable:
        required = [each for each in collection.fields if each.required]
        given = [f" {each.name} {each.name.upper()}" for each in required]
        more = any(not each.required and not each.read_only for each in collection.fields)
        yield f"{there} create{''.join(given)}{' [FIELD VALUE]...' if more else ''}"
    yield f"{there} list [FIELD VALUE]..."
    if verbs:
        yield f"{there} {pick(collection)} {verbs} ..."
    yield from collection.usage


def collection_verbs(collection: Collection) -> tuple[str, ...]:
    """The verbs that may be said of a collection as a whole."""
    if collection.single:
        return ()
    return ("list", "create", "describe") if collection.creatable else ("list", "describe")


def object_verbs(collection: Collection) -> tuple[str, ...]:
    """The verbs that may be said of an object; of what the datapath alone has learnt none."""
    if collection.live:
        return ("show", "delete") if collection.creatable else ()
    open_fields = [each for each in collection.fields if not (each.read_only or each.fixed)]
    changes = not collection.settled
    said = {
        "show": True,
        "set": changes and bool(open_fields),
        "clear": changes and any(each.clearable for each in open_fields),
        "describe": True,
        "delete": not collection.single and (collection.creatable or collection.has_id),
    }
    return tuple(verb for verb, holds in said.items() if holds)


def leads_to(schema: Schema, collection: Collection, verb: str) -> bool:
    """Whether a verb may be said of a collection, its objects, or what those hold."""
    return verb in collection_verbs(collection) or behind_object(schema, collection, verb)


def behind_object(schema: Schema, collection: Collection, verb: str) -> bool:
    """Whether a verb behind an object can be meant of it, or of what it holds."""
    inner = schema.children(collection)
    return verb in object_verbs(collection) or any(leads_to(schema, each, verb) for each in inner)
