"""Whether a store is sound: what `--check` verifies."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from grammar.errors import MidoError
from grammar.schema import Schema
from midocli.store.rows import Row
from midocli.store.storage.database import Database
from midocli.store.storage.entries import OWN, Entries
from midocli.store.storage.loading import Loading
from midocli.store.storage.values import Shapes, hex_of
from midocli.store.storage.writing import Writing
from midocli.store.store import Store

#: Of each kind of damage so many are told.
_MOST = 20


class Check:
    """Verifies a store; `objects` and `changes` are how many it has."""

    def __init__(self, schema: Schema, database: Database) -> None:
        self._schema = schema
        self._database = database
        self._shapes = Shapes(schema)
        self.objects = 0
        self.changes = 0

    def findings(self) -> Iterator[str]:
        """What is wrong, in a sentence each."""
        yield from self._database.verify()
        store = Store(self._schema, random.Random(0))
        try:
            Loading(store, self._database, self._shapes).all()
        except MidoError as error:
            yield error.message
            return
        rows = [row for row in store.all_rows() if not row.collection.single]
        writing = Writing(store, self._database, self._shapes)
        places = dict(self._database.rows("SELECT id, place FROM object WHERE place IS NOT NULL"))
        writing.ranks = {row: places[hex_of(row)] for row in rows if hex_of(row) in places}
        self.objects = len(rows)
        yield from self._differences("object", writing, rows)
        yield from self._differences("reference", writing, rows)
        yield from _miscounted(store, rows)
        yield from self._replayed(store)

    def _differences(self, table: str, writing: Writing, rows: list[Row]) -> Iterator[str]:
        """Where a table is not what the objects make it."""
        there = set(self._database.rows(f"SELECT * FROM {table}"))
        singles = [path for path in self._schema.root if self._schema[path].single]
        if table == "object":
            there = {row for row in there if row[1] not in singles}
        wanted = set(writing.objects(rows) if table == "object" else writing.references(rows))
        for what, found in (("too much", there - wanted), ("missing", wanted - there)):
            for row in sorted(found, key=repr)[:_MOST]:
                yield f"the table {table} has a row {what}: {row!r:.150}"

    def _replayed(self, store: Store) -> Iterator[str]:
        """Whether the log leads to what there is, as far as all of it is kept."""
        log = self._database.rows("SELECT number, kind, data FROM change ORDER BY number")
        self.changes = sum(kind == "change" for _, kind, _ in log)
        again = Store(self._schema, random.Random(0))
        entries = Entries(again, self._shapes)
        is_whole = not log or log[0][0] == 1
        for number, _, data in log:
            try:
                changes = json.loads(data)
                if is_whole:
                    changes = [each for each in changes if len(each) < 3 or each[2] not in OWN]
                    entries.repeat(changes)
            except (MidoError, ValueError, KeyError, TypeError) as error:
                yield f"the log's entry {number} cannot be repeated: {error!r:.150}"
                return
        if is_whole:
            yield from self._other(store, again)

    def _other(self, store: Store, again: Store) -> Iterator[str]:
        there, repeated = (self._described(each) for each in (store, again))
        for line in sorted(there ^ repeated)[:_MOST]:
            yield f"the log does not lead to what there is: {line[:150]}"

    def _described(self, store: Store) -> set[str]:
        return {
            f"{row.uuid} {row.number} {row.shared_number} {store.position(row)} "
            + self._shapes[row.collection.path].written(row.values)
            for row in store.all_rows()
        }


def _miscounted(store: Store, rows: list[Row]) -> Iterator[str]:
    """The objects whose aliases could be given once more."""
    for row in rows:
        for path, _, siblings in store.places(row):
            number = row.number if path == row.collection.path else row.shared_number
            if number >= 0 and siblings.is_free(number):
                yield f"the alias {row.full_alias} could be given once more"
