"""Rows as they were before some changes that the log tells of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from grammar.schema import Schema
from midocli.store.storage.entries import OWN
from midocli.store.storage.values import to_json

#: A row of the table of objects: id, collection, parent, number, shared number, values.
Raw = tuple[str, str, str, int, int, str]


def rewound(found: list[Raw], changes: Sequence[str], schema: Schema) -> list[Raw]:
    """The rows that there were before changes, entries of the log; each order in its own.

    Aliases stay, for what was printed is not taken back.
    """
    if not changes:
        return found
    rows = _Rows(found, schema)
    for data in reversed(changes):
        for entry in reversed(json.loads(data)):
            if len(entry) < 3 or entry[2] not in OWN:
                rows.take_back(entry)
    return list(rows.all())


class _Rows:
    """Rows that changes are taken back from."""

    def __init__(self, found: Iterable[Raw], schema: Schema) -> None:
        self._rows = {raw[0]: raw for raw in found}
        #: The ids of those that have an order, by what they are and are in.
        self._orders: dict[tuple[str, str], list[str]] = {}
        self._schema = schema
        for id, path, parent, *_ in self._rows.values():
            if schema[path].ordered_by is not None:
                self._orders.setdefault((path, parent), []).append(id)

    def take_back(self, entry: list[Any]) -> None:
        """Have it be as it was before a change; KeyError where the change is of no row there is."""
        match entry:
            case ["attach", id, path, parent, *_]:
                del self._rows[id]
                if (path, parent) in self._orders:
                    self._orders[path, parent].remove(id)
            case ["detach", id, path, parent, number, shared, place, given]:
                self._rows[id] = id, path, parent, number, shared, to_json(given)
                if self._schema[path].ordered_by is not None:
                    order = self._orders.setdefault((path, parent), [])
                    order.insert(len(order) if place is None else place - 1, id)
            case ["put", id, name, old, _]:
                *same, text = self._rows[id]
                self._rows[id] = (*same, to_json({**json.loads(text), name: old}))  # type: ignore[assignment]
            case ["move", id, place, _]:
                order = self._orders[self._rows[id][1:3]]
                order.remove(id)
                order.insert(place - 1, id)

    def all(self) -> Iterable[Raw]:
        """The rows, those of an order in it."""
        ordered = [id for order in self._orders.values() for id in order]
        yield from (self._rows.pop(id) for id in ordered)
        yield from self._rows.values()
