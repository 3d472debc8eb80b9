"""Reading rows from a database into a store, with all that they need.

What a row refers to and what it is in comes along with it, and an order as a whole. Rows that are
in memory already stay as they are: the database may not know yet what has become of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from midocli.store.rows import Row
from midocli.store.storage.database import Cell, Database
from midocli.store.storage.ranges import numbers_of
from midocli.store.storage.rewinding import Raw
from midocli.store.storage.values import Shapes, hex_of
from midocli.store.store import Store

OBJECT = "SELECT id, collection, parent, number, shared, data FROM object"
IN_ORDER = "ORDER BY collection, place, number"
COUNTER = "SELECT collection, parent, next, nameless, taken FROM counter"
#: So many parameters a statement has at most.
_MANY_IDS = 500

#: The rows of a collection in a row (None: at the root).
Place = tuple[str, Row | None]
#: Rows by the collection they are of and the id of what they are in.
Inside = dict[tuple[str, str], list[Raw]]


class PassedError(Exception):
    """What was read is not of the moment that memory is of: others have changed it since."""


class News(Protocol):
    """What others have changed since the moment that memory is of."""

    def is_current(self) -> bool:
        """Whether what was just read from the database is of the moment that memory is of."""

    def unseen(self) -> Sequence[str]:
        """The changes since, an entry of the log each; KeyError where some are told no more."""


class Reading:
    """Reads rows. `gone` are the ids of rows that were taken out, which are not to be read.

    `begun` are the places whose counters are known, `orders` those of orders that have been read.
    While it is not None, `just_read` has the ids of all that is.
    """

    def __init__(self, store: Store, database: Database, shapes: Shapes, news: News | None) -> None:
        self._store = store
        self._database = database
        self._shapes = shapes
        self._news = news
        self.gone: set[int] = set()
        self.begun: set[Place] = set()
        self.orders: set[Place] = set()
        self.just_read: set[int] | None = None
        self._counters: dict[tuple[str, str], tuple[int, int, str]] = {}

    # -- what stands in the database --------------------------------------------------------------

    def rows(self, statement: str, parameters: Sequence[Cell] = ()) -> list[Any]:
        """What a statement finds; PassedError where that is not of the moment that memory is of."""
        found = self._database.rows(statement, parameters)
        if self._news is not None and not self._news.is_current():
            raise PassedError
        return found

    def in_place(self, path: str, parent: str) -> list[Raw]:
        """The rows of a collection in a row."""
        where = "WHERE collection = ? AND parent = ?"
        return self.rows(f"{OBJECT} {where} {IN_ORDER}", (path, parent))

    def with_ids(self, ids: Iterable[int]) -> list[Raw]:
        """The rows that have some ids, as far as they are there."""
        found: list[Raw] = []
        for some in parts([f"{id:032x}" for id in ids]):
            found += self.rows(f"{OBJECT} WHERE id IN ({marks(some)})", some)
        return found

    # -- rows that are made of it -----------------------------------------------------------------

    def take(self, found: list[Raw], inside: Inside | None = None) -> int:
        """Have what was read be there, with all that it needs; how many rows that were.

        Of rows in an order all that are `inside` with them have been read; others are now.
        """
        orders: Inside = {}
        fresh: dict[int, Raw] = {}
        data: dict[int, dict[str, Any]] = {}
        while found:
            found = [*found, *self._rest(found, orders, inside or {})]
            needed: set[int] = set()
            for raw in found:
                id = int(raw[0], 16)
                if self._is_missing(id, fresh):
                    fresh[id], data[id] = raw, json.loads(raw[5])
                    needed.update(self._shapes[raw[1]].references(data[id]))
                    if raw[2]:
                        needed.add(int(raw[2], 16))
            wanted = [id for id in needed if self._is_missing(id, fresh)]
            found = self.with_ids(wanted)
            if len(found) < len(wanted):
                raise KeyError(*set(wanted).difference(int(raw[0], 16) for raw in found))
        rows = self._made_of(fresh, data)
        there = ((path, parent) for path, parent in orders if not self.is_gone(parent))
        self.orders |= {(path, self.holder(parent, rows)) for path, parent in there}
        if self.just_read is not None:
            self.just_read.update(fresh)
        in_order = [rows.pop(int(raw[0], 16), None) for some in orders.values() for raw in some]
        self._link([*rows.values(), *filter(None, in_order)])
        return len(fresh)

    def _is_missing(self, id: int, fresh: Mapping[int, Raw]) -> bool:
        return id not in fresh and id not in self.gone and self._store.in_memory(id) is None

    def _rest(self, found: list[Raw], orders: Inside, inside: Inside) -> list[Raw]:
        """The other rows of orders in which some stand; `orders` notes them all."""
        rest: list[Raw] = []
        for _, path, parent, *_ in found:
            if self._store.schema[path].ordered_by is not None and (path, parent) not in orders:
                order = inside.get((path, parent))
                if order is None:
                    order = self.in_place(path, parent)
                    rest += order
                orders[path, parent] = order
        return rest

    def _made_of(
        self, fresh: Mapping[int, Raw], data: Mapping[int, dict[str, Any]]
    ) -> dict[int, Row]:
        schema, new = self._store.schema, self._store.row
        rows = {id: new(schema[raw[1]], id, None, []) for id, raw in fresh.items()}

        def find(id: int) -> Row:
            return rows.get(id) or self.found(id)

        for id, row in rows.items():
            _, _, parent, number, shared, _ = fresh[id]
            row.number, row.shared_number = int(number), int(shared)
            row.parent = self.holder(parent, rows)
        for id, row in rows.items():
            row.values = self._shapes[row.collection.path].read(data[id], row.parent, find)
        return rows

    def _link(self, rows: Sequence[Row]) -> None:
        self._read_counters(rows)
        try:
            self._store.enter(rows)
        except BaseException:  # a signal, which may come at any moment
            self._store.enter(rows)
            raise

    def found(self, id: int) -> Row:
        """The row with an id, which has been read; KeyError: it is not there."""
        row = self._store.in_memory(id)
        if row is None:
            raise KeyError(f"{id:032x}")
        return row

    def is_gone(self, parent: str) -> bool:
        """Whether what rows are in by its id has been taken out here since."""
        return bool(parent) and int(parent, 16) in self.gone

    def holder(self, parent: str, rows: Mapping[int, Row]) -> Row | None:
        """What rows are in by its id, one of some or in memory; None where that is empty."""
        return rows.get(int(parent, 16)) or self.found(int(parent, 16)) if parent else None

    # -- counters ---------------------------------------------------------------------------------

    def know_counters(self, found: Iterable[tuple[str, str, int, int, str]]) -> None:
        """Counters that have been read."""
        for path, parent, next_number, nameless, taken in found:
            self._counters[path, parent] = int(next_number), int(nameless), taken

    def count(self, path: str, holder: Row | None) -> None:
        """Have siblings go on behind the aliases that the database knows to be given."""
        siblings = self._store.counters(path, holder)
        self.has_counters(path, holder)
        next_number, nameless, taken = self._counters.pop((path, id_of(holder)), (0, 0, ""))
        siblings.next_number = max(siblings.next_number, next_number)
        siblings.last_nameless = min(siblings.last_nameless, nameless)
        siblings.taken.update(numbers_of(taken))

    def has_counters(self, path: str, holder: Row | None) -> bool:
        """Whether there ever was a row in a place, as far as the database knows."""
        place = path, id_of(holder)
        if place not in self._counters:
            where = "WHERE collection = ? AND parent = ?"
            self.know_counters(self._database.rows(f"{COUNTER} {where}", place))
        return place in self._counters

    def _read_counters(self, rows: Iterable[Row]) -> None:
        """Read the counters at once of all places that rows are the first in."""
        wanted: dict[str, dict[str, None]] = {}
        for row in rows:
            if (row.collection.path, row.parent) not in self.begun:
                wanted.setdefault(row.collection.path, {})[id_of(row.parent)] = None
        for path, parents in wanted.items():
            unknown = [parent for parent in parents if (path, parent) not in self._counters]
            for some in parts(unknown):
                where = f"WHERE collection = ? AND parent IN ({marks(some)})"
                self._counters.update(((path, parent), (0, 0, "")) for parent in some)
                self.know_counters(self._database.rows(f"{COUNTER} {where}", (path, *some)))


def inside(found: Iterable[Raw]) -> Inside:
    """Rows by what they are and are in."""
    places: Inside = {}
    for raw in found:
        places.setdefault((raw[1], raw[2]), []).append(raw)
    return places


def parts(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Some items, as many at a time as a statement may have parameters."""
    for begin in range(0, len(items), _MANY_IDS):
        yield items[begin : begin + _MANY_IDS]


def marks(items: Sequence[Any]) -> str:
    """The marks of parameters."""
    return ", ".join("?" * len(items))


def id_of(holder: Row | None) -> str:
    """The id of what rows are in, empty where that is the root."""
    return hex_of(holder) if holder is not None else ""
