"""What the log says of a change: the journal's four kinds, so that each can be made and undone.

    ["attach", id, collection, parent, number, shared number, place, values, counters before]
    ["detach", id, collection, parent, number, shared number, place, values]
    ["put", id, field, old value, new value]
    ["move", id, old place, new place]

A fifth tells of an alias that was given when an object was first printed, which no `undo` takes
back: ["name", id, number, shared number]. A place of null is the last.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from grammar.errors import RefusedError, StoreError
from midocli.store.journal import Change, Transaction
from midocli.store.rows import Row
from midocli.store.storage.values import Shapes, hex_of, read, to_json
from midocli.store.store import Store

Entry = list[Any]
#: Collections whose objects are a session's own: they are in no table.
OWN = frozenset({"capture"})


def is_own(change: Change) -> bool:
    """Whether a change is of an object that no other session has."""
    return cast(Row, change[1]).collection.path in OWN


class Entries:
    """Writes changes down, and makes them again or takes them back in a store."""

    def __init__(self, store: Store, shapes: Shapes) -> None:
        self._store = store
        self._shapes = shapes
        #: Rows that come with the changes under way: others may refer to them before.
        self._coming: dict[str, Row] = {}
        #: Rows that go with them, which nothing may be in or name when all are made.
        self._leaving: list[Row] = []

    # -- what was done ------------------------------------------------------------------

    def written(self, transaction: Transaction) -> str:
        """The changes of a transaction as JSON."""
        return f"[{','.join(map(self._written, transaction))}]"

    def _written(self, change: Change) -> str:
        match change:
            case ("attach", Row() as row, values, place, *before):
                return f'["attach",{self._object(row, values, place)},{to_json(before)}]'
            case ("detach", Row() as row, place, values):
                return f'["detach",{self._object(row, values, place)}]'
            case ("put", Row() as row, int(index), old, new):
                value = self._shapes[row.collection.path].value
                name = row.collection.fields[index].name
                said = to_json([value(index, old), value(index, new)])[1:]
                return f'["put","{hex_of(row)}","{name}",{said}'
            case ("move", Row() as row, old, new):
                return f'["move","{hex_of(row)}",{old},{new}]'
        raise ValueError(f"no such change: {change[0]}")

    def _object(self, row: Row, values: Any, place: Any) -> str:
        collection = row.collection.path
        parent = hex_of(row.parent) if row.parent else ""
        data = self._shapes[collection].written(values)
        where = "null" if place is None else place
        return (
            f'"{hex_of(row)}","{collection}","{parent}",'
            f"{row.number},{row.shared_number},{where},{data}"
        )

    # -- and once more --------------------------------------------------------------------

    def repeat(
        self, entries: Sequence[Entry], passes_over: Callable[[Entry], bool] | None = None
    ) -> None:
        """Make changes that another session made, but those that are passed over."""
        self._expect("attach", entries)
        for entry in entries:
            if passes_over is None or not passes_over(entry):
                self._repeat(entry)

    def take_back(self, entries: Sequence[Entry]) -> None:
        """Take changes back, the last one first; RefusedError where later ones built on them."""
        self._expect("detach", entries)
        self._leaving = []
        for entry in reversed(entries):
            self._take_back(entry)
        self._check_unused()

    def _expect(self, kind: str, entries: Sequence[Entry]) -> None:
        """Changes of a kind bring rows: others may refer to these before.

        What was deleted was named by others, which were changed behind that.
        """
        self._coming = {
            id: self._store.row(self._store.schema[path], int(id, 16), None, [])
            for what, id, path, *_ in entries
            if what == kind
        }

    def _repeat(self, entry: Entry) -> None:
        store = self._store
        match entry:
            case ["attach", *said, _]:
                self._attach(said)
            case ["detach", id, *_]:
                store.detach(self.find(id))
            case ["put", id, name, _, new]:
                row = self.find(id)
                store.put(row, row.collection.index[name], self._value(row, name, new))
            case ["move", id, _, place]:
                store.move(self.find(id), place)
            case ["name", id, number, shared]:
                store.rename(self.find(id), number, shared)
            case _:
                raise StoreError(f"the log is damaged: it has a change {str(entry)[:60]}")

    def _take_back(self, entry: Entry) -> None:
        store = self._store
        match entry:
            case ["attach", id, _, _, _, _, _, given, _]:
                row = self._unchanged(id, given)
                self._leaving.append(row)
                store.read_around(row)
                store.detach(row)
                store.give_back(row)
            case ["detach", *said]:
                self._attach(said)
            case ["put", id, name, old, new]:
                row = self._live(id)
                index = row.collection.index[name]
                if self._shapes[row.collection.path].value(index, row.values[index]) != new:
                    raise RefusedError(f"{name} of {row.full_alias} has been changed since")
                store.put(row, index, self._value(row, name, old))
            case ["move", id, old, new]:
                row = self._live(id)
                if store.position(row) != new:
                    raise RefusedError(f"{row.full_alias} has another place since")
                store.move(row, old)

    def _check_unused(self) -> None:
        """RefusedError where something is in an object that is gone now, or names it."""
        for row in self._leaving:
            held = next((child for each in row.held() for child in each), None)
            if held is not None:
                raise RefusedError(f"{row.full_alias} holds {held.full_alias} since")
            for source, _ in row.referrers or ():
                if source is not row and self._store.is_live(source):
                    raise RefusedError(f"{source.full_alias} names {row.full_alias} since")

    def _attach(self, said: Entry) -> None:
        id, path, parent, number, shared, place, given = said
        collection = self._store.schema[path]
        holder = self._live(parent) if parent else None
        row = self._coming.pop(id, None) or self._store.row(collection, int(id, 16), None, [])
        row.parent = holder
        row.values = self._shapes[path].read(given, holder, lambda id: self._live(f"{id:032x}"))
        self._store.check_free(row, number, shared)
        self._store.attach(row, number, place, shared)

    def find(self, id: str) -> Row:
        """The object with an id; StoreError where the log has one that the store has not."""
        row = self._store.by_id(int(id, 16))
        if row is None:
            raise StoreError(f"the log is damaged: it has an object {id} that is not there")
        return row

    def _live(self, id: str) -> Row:
        row = self._store.by_id(int(id, 16)) or self._coming.get(id)
        if row is None:
            raise RefusedError("an object that it needs has been deleted since")
        return row

    def _unchanged(self, id: str, given: dict[str, Any]) -> Row:
        row = self._live(id)
        shape = self._shapes[row.collection.path]
        if shape.written(row.values) != to_json(given):
            raise RefusedError(f"{row.full_alias} has been changed since")
        return row

    def _value(self, row: Row, name: str, value: Any) -> Any:
        field = row.collection.by_name[name]
        return read(field, value, lambda id: self._live(f"{id:032x}"))
