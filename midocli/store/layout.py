"""What the store works out once per collection, so that each row costs little."""

from __future__ import annotations

from typing import Any

from grammar.schema import Collection


class Layout:
    """Where a collection's rows keep what.

    `defaults` are the values of a new row, `parents` the fields that show what holds it,
    `required` those that have to have a value, each with its index; `references` the indexes of
    fields that refer to other objects than the one that holds the row, `key` the index of the
    field that finds rows (the first key field, or `name`), `gathered_by` the
    collections that number these rows anew where they gather them.
    """

    __slots__ = ("defaults", "gathered_by", "key", "parents", "references", "required")

    def __init__(self, collection: Collection, gathered_by: tuple[Collection, ...]) -> None:
        self.defaults: list[Any] = [field.default for field in collection.fields]
        fields = tuple(enumerate(collection.fields))
        self.parents = tuple((index, field) for index, field in fields if field.parent)
        self.required = tuple((index, field) for index, field in fields if field.required)
        self.references = tuple(
            index for index, field in fields if field.reference and not field.parent
        )
        first = collection.key[0] if collection.key else "name"
        self.key = collection.index.get(first)
        self.gathered_by = gathered_by
