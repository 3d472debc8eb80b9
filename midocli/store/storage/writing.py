"""Rows as they are written: what was touched, in the state it is in when it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from midocli.store.journal import Transaction
from midocli.store.order import Order
from midocli.store.rows import Row, Siblings, referred
from midocli.store.storage.database import Cell, Database
from midocli.store.storage.entries import OWN
from midocli.store.storage.ranges import ranges_of
from midocli.store.storage.values import Shapes, hex_of, key_of
from midocli.store.store import Store
from midocli.store.views import holder_in

#: How far apart the ranks of rows in an order are, where there is room.
_APART = 1 << 32

_PUT_OBJECT = (
    "INSERT INTO object VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
    " number = excluded.number, shared = excluded.shared,"
    " place = COALESCE(excluded.place, object.place),"
    " key = excluded.key, data = excluded.data"
)
_PUT_COUNTER = (
    "INSERT INTO counter VALUES (?, ?, ?, ?, ?) ON CONFLICT (collection, parent) DO UPDATE SET"
    " next = excluded.next, nameless = excluded.nameless, taken = excluded.taken"
)


class Writing:
    """Knows what is to be written, and writes it.

    `ranks` are the places of rows in an order, as far as they are known, as numbers with room
    between them, so that a row that is put between others changes none of these.
    """

    def __init__(self, store: Store, database: Database, shapes: Shapes) -> None:
        self._store = store
        self._database = database
        self._shapes = shapes
        self.clear()

    def clear(self) -> None:
        """Nothing is to be written."""
        self._rows: dict[Row, None] = {}
        self._new: set[Row] = set()
        self._moved: dict[Row, None] = {}
        self._numbered: dict[Row, None] = {}
        self.ranks: dict[Row, int] = {}

    def note(self, transaction: Transaction) -> None:
        """The rows of a transaction are to be written."""
        for change in transaction:
            row = cast(Row, change[1])
            if row.collection.path in OWN:
                continue
            if change[0] == "attach" and row not in self._rows:
                self._new.add(row)
            if change[0] in ("attach", "detach"):  # taken back, it gives its aliases back
                self._numbered[row] = None
            if change[0] in ("attach", "move") and row.collection.ordered_by is not None:
                self._moved[row] = None
            self._rows[row] = None

    def note_number(self, row: Row) -> None:
        """The alias of a row is to be written, and what may be given next."""
        if row.collection.path not in OWN:
            self._rows[row] = None
            self.note_counters(row)

    def note_counters(self, row: Row) -> None:
        """What aliases may be given next is to be written, where a row had one."""
        self._numbered[row] = None

    @property
    def is_needed(self) -> bool:
        """Whether anything is to be written."""
        return bool(self._rows or self._numbered)

    def write(self) -> None:
        """Write all that is to be written."""
        self._rank()
        live = [row for row in self._rows if self._store.is_live(row)]
        gone = [row for row in self._rows if not self._store.is_live(row) and row not in self._new]
        run_many = self._database.run_many
        old = [(hex_of(row),) for row in self._rows if row not in self._new]
        for statement, many in (
            ("DELETE FROM object WHERE id = ?", [(hex_of(row),) for row in gone]),
            ("DELETE FROM reference WHERE source = ?", old),
            (_PUT_OBJECT, list(self.objects(live))),
            ("INSERT INTO reference VALUES (?, ?, ?)", list(self.references(live))),
            (_PUT_COUNTER, list(self._counters())),
        ):
            if many:
                run_many(statement, many)

    def objects(self, rows: Iterable[Row]) -> Iterator[tuple[Cell, ...]]:
        """The rows of the table of objects that some rows are."""
        return map(self._object, rows)

    def _object(self, row: Row) -> tuple[Cell, ...]:
        collection, shape = row.collection, self._shapes[row.collection.path]
        layout = self._store.layout(collection)
        holder = None
        for view in layout.gathered_by:
            above = holder_in(view, row)
            holder = hex_of(above) if above else ""
        key = None if layout.key is None else shape.value(layout.key, row.values[layout.key])
        return (
            hex_of(row),
            collection.path,
            hex_of(row.parent) if row.parent else "",
            row.number,
            row.shared_number,
            holder,
            self.ranks.get(row),
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
            if self._store.is_live(row) and row not in self.ranks:
                siblings = self._store.siblings(row.collection, row.parent)
                assert siblings is not None and siblings.ordered is not None
                self._rank_run(siblings.ordered, row)

    def _rank_run(self, order: Order, row: Row) -> None:
        """Give a row a rank, and those beside it that have none."""
        run = [row]
        low, high = order.beside(row)
        while low is not None and self._is_unranked(low):
            run.insert(0, low)
            low = order.beside(low)[0]
        while high is not None and self._is_unranked(high):
            run.append(high)
            high = order.beside(high)[1]
        start, end = (self._rank_of(each) if each else None for each in (low, high))
        if start is None:
            start = (end or 0) - _APART * (len(run) + 1)
        step = _APART if end is None else (end - start) // (len(run) + 1)
        if not step:
            run, start, step = list(order), 0, _APART
            self._rows.update(dict.fromkeys(run))
        for number, each in enumerate(run, 1):
            self.ranks[each] = start + step * number

    def _is_unranked(self, row: Row) -> bool:
        return row in self._moved and row not in self.ranks

    def _rank_of(self, row: Row) -> int:
        """The rank of a row that is not new: as others may have left it."""
        if row not in self.ranks:
            found = self._database.rows("SELECT place FROM object WHERE id = ?", (hex_of(row),))
            self.ranks[row] = int(found[0][0])
        return self.ranks[row]
