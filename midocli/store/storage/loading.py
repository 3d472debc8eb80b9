"""Rows as a store that was written before has them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from grammar.errors import StoreError
from midocli.store.rows import Row
from midocli.store.storage.database import Database
from midocli.store.storage.ranges import numbers_of
from midocli.store.storage.values import Shapes
from midocli.store.store import Store

_ALL = (
    "SELECT id, collection, parent, number, shared, place, data FROM object"
    " ORDER BY collection, place, number"
)
_COUNTERS = "SELECT collection, parent, next, nameless, taken FROM counter"


class Loading:
    """Fills an empty store from a database; `places` are the ranks of rows that have an order."""

    def __init__(self, store: Store, database: Database, shapes: Shapes) -> None:
        self._store = store
        self._database = database
        self._shapes = shapes
        self.ranks: dict[int, int] = {}

    def all(self) -> None:
        """Load everything; StoreError where something is damaged."""
        try:
            self._load(self._database.rows(_ALL))
            for counter in self._database.rows(_COUNTERS):
                self._count(*counter)
        except (ValueError, KeyError, TypeError) as error:
            raise StoreError(
                f"the store {self._database.name} is damaged: {error!r:.200}"
            ) from None

    def _load(self, found: list[tuple[Any, ...]]) -> None:
        made: dict[int, Row] = {}
        for id, path, *_ in found:
            row = Row(self._store.schema[path], int(id, 16), None, [])
            made[row.id] = row
        for id, _, parent, number, shared, place, _ in found:
            row = made[int(id, 16)]
            row.parent = made[int(parent, 16)] if parent else None
            row.number, row.shared_number = number, shared
            if place is not None:
                self.ranks[row.id] = place
        for row, data in self._parsed(found, made):
            row.values = self._shapes[row.collection.path].read(data, row.parent, made.__getitem__)
        for row in made.values():
            self._put_in(row)

    def _parsed(
        self, found: list[tuple[Any, ...]], made: dict[int, Row]
    ) -> Iterator[tuple[Row, dict[str, Any]]]:
        for id, *_, data in found:
            yield made[int(id, 16)], json.loads(data)

    def _put_in(self, row: Row) -> None:
        if row.collection.single:
            there = next(self._store.rows(row.collection.path))
            there.values = row.values
        else:
            self._store.restore(row)

    def _count(self, path: str, parent: str, next: int, nameless: int, taken: str) -> None:
        holder = self._store.by_id(int(parent, 16)) if parent else None
        if parent and holder is None:
            return
        siblings = self._store.counters(path, holder)
        siblings.next_number, siblings.last_nameless = next, nameless
        siblings.taken = set(numbers_of(taken))
