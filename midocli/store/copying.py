"""A topology once more, in a store of its own: to look at when the first one goes on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from types import MappingProxyType

from grammar.schema import Collection
from grammar.values import Negated
from midocli.store.rows import Row, Value
from midocli.store.store import Store

#: What is a session's own.
_OWN = frozenset({"capture"})


def copied(store: Store, ids: Mapping[Row, int] = MappingProxyType({})) -> Store:
    """All objects of a store under the same aliases, without what is a session's own.

    Aliases that were given are given there, too. UUIDs are the same but for those in `ids`. Values
    that name no objects are shared: a change replaces them.
    """
    other = Store(store.schema, Random(0))
    made: dict[Row, Row] = {}
    store.all_rows()
    groups = [group for group in store.groups() if group[0] not in _OWN]
    for path, _, siblings in groups:
        for row in siblings.as_made():
            if row.collection.path == path:
                made[row] = _begun(row, ids.get(row, row.id), made, other)
    for row, twin in made.items():
        twin.values = _values(row, made)
        if not row.collection.single:
            other.enter([twin])
    for path, holder, siblings in groups:
        if holder is not None and holder not in made:
            continue  # it was deleted
        own = other.counters(path, made[holder] if holder is not None else None)
        own.next_number, own.last_nameless = siblings.next_number, siblings.last_nameless
        own.taken = set(siblings.taken)
    other.journal.changes.clear()
    other.journal.touched.clear()
    return other


def _begun(row: Row, id: int, made: dict[Row, Row], other: Store) -> Row:
    """A row's twin, without its values: what they name may not be there yet."""
    if row.collection.single:
        return next(other.rows(row.collection.path))
    twin = Row(row.collection, id, made[row.parent] if row.parent is not None else None, [])
    twin.number, twin.shared_number = row.number, row.shared_number
    return twin


def _values(row: Row, made: dict[Row, Row]) -> list[Value]:
    """The values of a row's twin."""
    named = _naming(row.collection)
    if not any(map(row.values.__getitem__, named)):
        return row.values
    values = row.values.copy()
    for index in named:
        values[index] = _value(values[index], made)
    return values


@cache
def _naming(collection: Collection) -> tuple[int, ...]:
    """The places of values that name objects."""
    return tuple(index for index, field in enumerate(collection.fields) if field.reference)


def _value(value: Value, made: dict[Row, Row]) -> Value:
    """A value, with the twins of the objects it names."""
    if type(value) is Row:
        return made[value]
    if type(value) is Negated:
        return Negated(_value(value.value, made))
    if type(value) is tuple and value and type(value[0]) is Row:
        return tuple(made[row] for row in value)
    return value
