"""Rows as they are written: what was touched, in the state it is in when it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, cast

from midocli.store.journal import Transaction
from midocli.store.order import Order
from midocli.store.rows import Row, Siblings, referred
from midocli.store.storage.database import Cell, Database
from midocli.store.storage.entries import OWN
from midocli.store.storage.ranges import ranges_of
from midocli.store.storage.values import Shapes, hex_of, to_json
from midocli.store.store import Store

#: How far apart the ranks of rows in an order are, where there is room.
_APART = 1 << 32

_PUT_OBJECT = (
    "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
    " number = excluded.number, shared = excluded.shared, place = excluded.place,"
    " key = excluded.key, data = excluded.data"
)
_PUT_COUNTER = (
    "INSERT INTO counter VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, parent) DO UPDATE SET"
    " next = excluded.next, nameless = excluded.nameless, taken = excluded.taken"
)


class Writing:
    """Knows what is to be written, and writes it.

    `ranks` are the places of rows that have an order, as the store keeps them: numbers with room
    between them, so that a row that is put between others changes none of these.
    """

    def __init__(
        self, store: Store, database: Database, shapes: Shapes, ranks: dict[int, int]
    ) -> None:
        self._store = store
        self._database = database
        self._shapes = shapes
        self.ranks = ranks
        self.clear()

    def clear(self) -> None:
        """Nothing is to be written."""
        self._rows: dict[Row, None] = {}
        self._new: set[Row] = set()
        self._moved: dict[Row, None] = {}
        self._numbered: dict[Row, None] = {}
        self._former: dict[int, int | None] = {}

    def forget(self) -> None:
        """Nothing was written after all."""
        for id, rank in tuple(self._former.items()):
            self._set_rank(id, rank)
        self.clear()

    def note(self, transaction: Transaction) -> None:
        """The rows of a transaction are to be written."""
        for change in transaction:
            row = cast(Row, change[1])
            if row.collection.path in OWN:
                continue
            if change[0] == "attach":
                if row not in self._rows:
                    self._new.add(row)
                self._numbered[row] = None
            if change[0] in ("attach", "move") and row.collection.ordered_by is not None:
                self._moved[row] = None
            self._rows[row] = None

    def note_number(self, row: Row) -> None:
        """The alias of a row is to be written, and what may be given next."""
        if row.collection.path not in OWN:
            self._rows[row] = None
            self._numbered[row] = None

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._rows)

    def write(self) -> None:
        """Write all that is to be written."""
        self._rank()
        live = [row for row in self._rows if self._store.is_live(row)]
        gone = [row for row in self._rows if not self._store.is_live(row) and row not in self._new]
        run_many = self._database.run_many
        old = [(hex_of(row),) for row in self._rows if row not in self._new]
        if gone:
            run_many("DELETE FROM object WHERE id = ?", [(hex_of(row),) for row in gone])
        if old:
            run_many("DELETE FROM reference WHERE source = ?", old)
        run_many(_PUT_OBJECT, self.objects(live))
        run_many("INSERT INTO reference VALUES (?, ?, ?)", self.references(live))
        run_many(_PUT_COUNTER, self._counters())

    def objects(self, rows: Iterable[Row]) -> Iterator[tuple[Cell, ...]]:
        """The rows of the table of objects that some rows are."""
        return map(self._object, rows)

    def _object(self, row: Row) -> tuple[Cell, ...]:
        collection, shape = row.collection, self._shapes[row.collection.path]
        layout = self._store.layout(collection)
        holder = None
        for view in layout.gathered_by:
            above = self._store.holder(view, row)
            holder = hex_of(above) if above else ""
        key = None if layout.key is None else shape.value(layout.key, row.values[layout.key])
        return (
            hex_of(row),
            collection.path,
            hex_of(row.parent) if row.parent else "",
            row.number,
            row.shared_number,
            holder,
            self.ranks.get(row.id),
            key_of(key),
            shape.written(row.values),
        )

    def references(self, rows: Iterable[Row]) -> Iterator[tuple[Cell, ...]]:
        """The rows of the table of references that some rows have."""
        for row in rows:
            layout = self._store.layout(row.collection)
            for index in layout.references:
                value = row.values[index]
                if value is not None:
                    name, source = row.collection.fields[index].name, hex_of(row)
                    for target in dict.fromkeys(referred(value)):
                        yield hex_of(target), source, name

    def _counters(self) -> Iterator[tuple[Cell, ...]]:
        found: dict[tuple[str, Row | None], Siblings] = {}
        for row in self._numbered:
            for path, holder, siblings in self._store.places(row):
                found[path, holder] = siblings
        for (path, holder), each in found.items():
            if holder is None or self._store.is_live(holder):
                above = hex_of(holder) if holder else ""
                taken = ranges_of(each.taken) if each.taken else ""
                yield path, above, each.next_number, each.last_nameless, taken

    # -- places in an order -----------------------------------------------------------------

    def _rank(self) -> None:
        """Give the rows that have new places ranks between those of their neighbours."""
        for row in self._moved:
            self._set_rank(row.id, None)
        for row in self._moved:
            if self._store.is_live(row) and row.id not in self.ranks:
                siblings = self._store.siblings(row.collection, row.parent)
                assert siblings is not None and siblings.ordered is not None
                self._rank_run(siblings.ordered, row)

    def _rank_run(self, order: Order, row: Row) -> None:
        """Give a row a rank, and those beside it that have none."""
        run = [row]
        low, high = order.beside(row)
        while low is not None and low.id not in self.ranks:
            run.insert(0, low)
            low = order.beside(low)[0]
        while high is not None and high.id not in self.ranks:
            run.append(high)
            high = order.beside(high)[1]
        start = self.ranks[low.id] if low else None
        end = self.ranks[high.id] if high else None
        if start is None:
            start = (end or 0) - _APART * (len(run) + 1)
        step = _APART if end is None else (end - start) // (len(run) + 1)
        if not step:
            run, start, step = list(order), 0, _APART
            self._rows.update(dict.fromkeys(run))
        for number, each in enumerate(run, 1):
            self._set_rank(each.id, start + step * number)

    def _set_rank(self, id: int, rank: int | None) -> None:
        self._former.setdefault(id, self.ranks.pop(id, None))
        if rank is not None:
            self.ranks[id] = rank


def key_of(value: Any) -> str | None:
    """A key as it stands in its column, by which rows are found."""
    return None if value is None else value if isinstance(value, str) else to_json(value)
