"""The values of rows as JSON: what differs from the collection's defaults, by the fields' names.

Text, truth and numbers are themselves; anything else is the word that a user would give it by, so
that it is read by the type that wrote it. A reference is the id of its object, 32 hexadecimal
digits; behind a `!` a value stands as `{"not": …}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from grammar.schema import Collection, Field, Schema
from grammar.values import AsTyped, Integer, ListOf, Negated, Truth
from midocli.store.rows import Row, Value, above

#: The object with an id, as far as it is known.
Finder = Callable[[int], Row]

to_json = json.JSONEncoder(separators=(",", ":")).encode
_ID = re.compile("[0-9a-f]{32}")
_NATIVE = (AsTyped, Integer, Truth)


class Shape:
    """How the rows of a collection are written and read."""

    def __init__(self, collection: Collection) -> None:
        self._collection = collection
        self._fields = [
            (index, field, field.default, _writer(field))
            for index, field in enumerate(collection.fields)
            if not field.parent
        ]
        self._readers = {field.name: (index, field) for index, field, _, _ in self._fields}
        self._parents = [
            (index, field) for index, field in enumerate(collection.fields) if field.parent
        ]
        self._defaults = [field.default for field in collection.fields]
        self._references = [
            field.name for field in collection.fields if field.reference and not field.parent
        ]

    def written(self, values: list[Value]) -> str:
        """The values of a row as a JSON object."""
        given = {
            field.name: write(values[index])
            for index, field, default, write in self._fields
            if values[index] is not default and values[index] != default
        }
        return to_json(given)

    def value(self, index: int, value: Value) -> Any:
        """A value of one field, as it stands in JSON."""
        return _writer(self._collection.fields[index])(value)

    def read(self, given: dict[str, Any], parent: Row | None, find: Finder) -> list[Value]:
        """The values that a JSON object holds; ValueError or KeyError where it is damaged."""
        values = self._defaults.copy()
        for name, value in given.items():
            index, field = self._readers[name]
            values[index] = read(field, value, find)
        for index, field in self._parents:
            values[index] = above(parent, field)
        return values

    def references(self, given: dict[str, Any]) -> Iterator[int]:
        """The ids of the objects that a JSON object refers to; ValueError where it is damaged."""
        for name in self._references:
            if name in given:
                yield from ids_in(given[name])


class Shapes(dict[str, Shape]):
    """The shapes of all collections by their paths, each made when it is first needed."""

    def __init__(self, schema: Schema) -> None:
        super().__init__()
        self._schema = schema

    def __missing__(self, path: str) -> Shape:
        shape = self[path] = Shape(self._schema[path])
        return shape


def hex_of(row: Row) -> str:
    """The id of a row, as it stands in a store."""
    return f"{row.id:032x}"


def ids_in(value: Any) -> Iterator[int]:
    """The ids of the objects that a value in JSON refers to, if it is one that does."""
    if type(value) is dict:
        yield from ids_in(value["not"])
    elif type(value) is list:
        for each in value:
            yield from ids_in(each)
    elif type(value) is str and _ID.fullmatch(value):
        yield int(value, 16)


def key_of(value: Any) -> str | None:
    """A key as it stands in its column, by which rows are found."""
    if value is None:
        return None
    return storable(value) if isinstance(value, str) else to_json(value)


def storable(text: str) -> str:
    """A text as databases take it, to be found and read: they take neither NUL nor what stands for
    bytes that are no UTF-8.
    """
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _writer(field: Field) -> Callable[[Value], Any]:
    if field.reference is not None:
        return _reference
    if isinstance(field.type, _NATIVE):
        return _plain
    if isinstance(field.type, ListOf):
        return lambda value: _listed(field, value)
    return lambda value: _worded(field, value)


def _reference(value: Value) -> Any:
    if type(value) is Row:
        return hex_of(value)
    if type(value) is Negated:
        return {"not": _reference(value.value)}
    return None if value is None else [hex_of(row) for row in value]


def _plain(value: Value) -> Any:
    return {"not": value.value} if type(value) is Negated else value


def _worded(field: Field, value: Value) -> Any:
    if type(value) is Negated:
        return {"not": field.type.format(value.value)}
    return None if value is None else field.type.format(value)


def _listed(field: Field, value: Value) -> Any:
    assert isinstance(field.type, ListOf)
    if type(value) is Negated:
        return {"not": _listed(field, value.value)}
    return None if value is None else [field.type.item.format(item) for item in value]


def read(field: Field, value: Any, find: Finder) -> Value:
    """The value that stands in JSON for one of a field."""
    if value is None:
        return None
    if type(value) is dict:
        return Negated(read(field, value["not"], find))
    if field.reference is not None:
        if type(value) is list:
            return tuple(find(int(id, 16)) for id in value)
        return find(int(value, 16))
    if type(value) is list:
        assert isinstance(field.type, ListOf)
        item = field.type.item
        return tuple(map(item.parse, value))
    if isinstance(field.type, _NATIVE):
        return value
    return field.type.parse(value)
