"""Rows as a store that was written before has them, read when they are first needed.

The rows of a collection in one object are read together, and so are those that refer to one object.
Whoever goes on asking gets a whole collection, and at last everything, for that is what is looked
through. What others change is made here too, but what is of rows that were not read.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from grammar.schema import Collection
from midocli.store.rows import Row, Value, rank
from midocli.store.storage.database import Cell, Database, understood
from midocli.store.storage.entries import OWN, Entry
from midocli.store.storage.reading import (
    COUNTER,
    IN_ORDER,
    OBJECT,
    Inside,
    News,
    PassedError,
    Place,
    Reading,
    id_of,
    inside,
    marks,
    parts,
)
from midocli.store.storage.rewinding import Raw, rewound
from midocli.store.storage.values import Shapes, hex_of, ids_in, key_of
from midocli.store.store import Store

#: When the rows of a collection have been read in so many objects, the others come along; and
#: when so much has been read one by one, everything does.
_MANY_PLACES, _MANY = 64, 1_000
#: How often everything is read while others write, before they have to wait; how long this may
#: have to, in seconds.
_TRIES, _PATIENCE = 3, 5.0


class Loading:
    """The rows of a database that a store has not read yet: an `Absent`."""

    def __init__(
        self, store: Store, database: Database, shapes: Shapes, news: News | None = None
    ) -> None:
        self._store = store
        self._schema = store.schema
        self._database = database
        self._shapes = shapes
        self._news = news
        self._reading = Reading(store, database, shapes, news)
        #: What is whole: rows in a place, of a collection, those that refer to one, or everything.
        self._places: set[Place] = {(path, None) for path in OWN}
        self._paths: set[str] = set()
        self._referred: set[Row] = set()
        self._is_all = False
        #: Rows that were made here: what they hold is here too.
        self._made: set[Row] = set()
        self._unread: int | None = None
        self._asked: Counter[str] = Counter()
        #: Places with old counters, and views with such, and whether these are whole no longer.
        self._outdated: set[Place] = set()
        self._outdated_views: dict[str, bool] = {}
        #: Orders that were whole before changes of others are made here.
        self._orders: set[Place] | None = None
        store.absent = self
        self._read_singles()

    def _read_singles(self) -> None:
        """Read the objects that are always there."""
        for path in self._schema.root:
            if self._schema[path].single:
                self._places.add((path, None))
                with self._asking():
                    for *_, data in self._reading.in_place(path, ""):
                        there = next(self._store.rows(path))
                        read = self._shapes[path].read
                        there.values = read(json.loads(data), None, self._reading.found)

    def end(self) -> None:
        """Read nothing any more: what this has read is forgotten."""
        self._is_all = True

    # -- what the store asks for: an Absent --------------------------------------------------------

    @property
    def count(self) -> int:
        if not self._is_all and self._unread is None:
            with self._asking():
                self._unread = self._unknown()
        return self._unread or 0

    def row(self, id: int) -> None:
        if not self._is_all and id not in self._reading.gone:
            with self._asking("a row"):
                self._take(self._reading.with_ids([id]))

    def siblings(self, path: str, holder: Row | None) -> None:
        if self._is_whole(path, holder):
            return
        collection = self._schema[path]
        with self._asking(path):
            if collection.gathers:
                self._gather(collection, holder)
            elif holder is None or self._asked[path] > _MANY_PLACES:
                self._read_collection(path)
            else:
                found = self._reading.in_place(path, hex_of(holder))
                self._take(found, inside(found))
                self._arrange(path, holder, found)
            self._places.add((path, holder))

    def numbered(self, path: str, holder: Row | None, number: int) -> None:
        if self._is_whole(path, holder):
            return
        views = self._schema[path].gathers
        if not views:
            self._find("parent = ? AND number = ?", path, holder, (id_of(holder), number))
        elif holder is None and all(self._has_one_view(each) for each in views):
            for each in views:
                self._find("holder = '' AND shared = ?", each, None, (number,))
        else:
            self.siblings(path, holder)

    def keyed(self, path: str, holder: Row | None, key: Value) -> None:
        index = self._store.layout(self._schema[path]).key
        if self._schema[path].gathers or index is None or self._is_whole(path, holder):
            return
        word = key_of(self._shapes[path].value(index, key))
        if word is not None:
            self._find("parent = ? AND key = ?", path, holder, (id_of(holder), word))

    def _find(
        self, which: str, path: str, holder: Row | None, parameters: tuple[Cell, ...]
    ) -> None:
        """Read the rows of a collection in a row that are looked for, or all when many were."""
        if self._asked[path] > _MANY_PLACES:
            self.siblings(path, holder)
            return
        with self._asking(path):
            where = f"WHERE collection = ? AND {which} {IN_ORDER}"
            self._take(self._reading.rows(f"{OBJECT} {where}", (path, *parameters)))

    def _has_one_view(self, path: str) -> bool:
        return len(self._store.layout(self._schema[path]).gathered_by) == 1

    def children(self, row: Row) -> None:
        if not self._is_all:
            for collection in self._schema.children(row.collection):
                if not collection.gathers and not collection.live:
                    self.siblings(collection.path, row)
            if row.children:
                row.children = dict(sorted(row.children.items()))

    def referrers(self, row: Row) -> None:
        if self._is_all or row in self._referred:
            return
        with self._asking("referrers"):
            which = "WHERE id IN (SELECT source FROM reference WHERE target = ?)"
            self._take(self._reading.rows(f"{OBJECT} {which} {IN_ORDER}", (hex_of(row),)))
            known = row.referring or {}
            row.referring = dict(sorted(known.items(), key=lambda each: _order(*each[0])))
            self._referred.add(row)

    def all(self) -> None:
        if self._is_all:
            return
        with understood(self._database):
            objects, counters, unseen = self._snapshot()
            objects = rewound(objects, unseen, self._schema)
            begun = tuple(self._reading.begun)
            self._reading.know_counters(counters)
            found = inside(objects)
            self._take(objects, found)
            for path, holder in begun:
                self._arrange(path, holder, found.get((path, id_of(holder)), ()))
                self._reading.count(path, holder)
            self._is_all = True
            self._unread = 0
            if unseen:
                self._take_aliases()

    def _take_aliases(self) -> None:
        """Give no alias once more that a row has: others may have taken back that it was given."""
        for row in self._store.rows_in_memory():
            for path, _, siblings in self._store.places(row):
                number = row.number if path == row.collection.path else row.shared_number
                if number >= 0 and siblings.is_free(number):
                    siblings.take(number)

    def begun(self, path: str, holder: Row | None) -> None:
        self._reading.begun.add((path, holder))
        if self._schema[path].ordered_by is not None:
            self.siblings(path, holder)
        if holder is None or holder not in self._made:
            self._reading.count(path, holder)

    def made(self, row: Row) -> None:
        self._made.add(row)
        self._referred.add(row)

    def removed(self, row: Row) -> None:
        self._reading.gone.add(row.id)

    def returned(self, row: Row) -> None:
        self._reading.gone.discard(row.id)

    # -- what other sessions change --------------------------------------------------------------

    @contextmanager
    def taking_in(self) -> Iterator[None]:
        """Inside, make what others have changed here too, but what this `passes_over`."""
        self._reading.just_read, self._orders = set(), self._reading.orders.copy()
        try:
            yield
        finally:
            self._reading.just_read = self._orders = None
        views, self._outdated_views = self._outdated_views, {}
        outdated, self._outdated = self._outdated, set()
        if views:
            outdated |= {each for each in self._reading.begun if each[0] in views}
            self._places = {each for each in self._places if not views.get(each[0])}
        for path, holder in outdated & self._reading.begun:
            self._reading.count(path, holder)

    def passes_over(self, entry: Entry) -> bool:
        """Whether a change that others made is not to be made here: it is of what was not read.

        Or of what was read when it had been made. A row that refers to one of which it has been
        looked at who does is read now. Views are no longer whole where others add to them.
        """
        id = int(entry[1], 16)
        was_read = id in (self._reading.just_read or ())
        match entry:
            case ["attach", _, path, parent, *_]:
                is_here = self._has_place(path, parent)
                self._reading.gone.discard(id)
            case _:
                is_here = self._store.in_memory(id) is not None
        if is_here and not was_read:
            return False
        match entry:
            case ["attach", _, path, parent, _, _, _, given, _]:
                self._outdate(path, parent, is_more=True)
                self._read_less(-1)
                self._pass(id, self._shapes[path].references(given))
            case ["detach", _, path, parent, *_]:
                self._outdate(path, parent)
                self._read_less(1)
            case ["put", _, _, _, new]:
                self._pass(id, ids_in(new))
            case ["name", name, *_]:
                where = "SELECT collection, parent FROM object WHERE id = ?"
                for place in self._database.rows(where, (name,)):
                    self._outdate(*place)
        return True

    def _pass(self, id: int, referred: Iterable[int]) -> None:
        """Pass over a change of a row by which it refers to some others."""
        targets = (self._store.in_memory(each) for each in referred)
        row = self._store.in_memory(id)
        if row is None and (self._is_all or any(each in self._referred for each in targets)):
            row = self._store.by_id(id)
        if row is not None:
            self._store.journal.touched.append(row)

    def _has_place(self, path: str, parent: str) -> bool:
        """Whether all rows are here that are of a collection in a row, as they were before."""
        holder = self._store.in_memory(int(parent, 16)) if parent else None
        if parent and holder is None:
            return self._is_all or path in self._paths
        place = path, holder
        is_new = place in self._reading.orders and place not in (self._orders or ())
        return self._is_whole(path, holder) and not is_new

    def _outdate(self, path: str, parent: str, is_more: bool = False) -> None:
        """The counters of a place and its views are old; where `is_more`, views are not whole."""
        holder = self._store.in_memory(int(parent, 16)) if parent else None
        self._outdated.add((path, holder))
        for view in self._store.layout(self._schema[path]).gathered_by:
            self._outdated_views[view.path] = is_more or self._outdated_views.get(view.path, False)

    # -- reading -------------------------------------------------------------------------------

    @contextmanager
    def _asking(self, what: str = "") -> Iterator[None]:
        """Inside something is read; everything is, where others have changed anything meanwhile."""
        if what:
            self._asked[what] += 1
            if self._asked.total() > _MANY:
                self.all()
        try:
            with understood(self._database):
                yield
        except PassedError:
            self.all()

    def _is_whole(self, path: str, holder: Row | None) -> bool:
        place = path, holder
        return (
            self._is_all
            or place in self._places
            or place in self._reading.orders
            or path in self._paths
            or holder in self._made
        )

    def _take(self, found: list[Raw], places: Inside | None = None) -> None:
        self._read_less(self._reading.take(found, places))

    def _read_less(self, by: int) -> None:
        """So many rows fewer are not read yet."""
        if self._unread is not None:
            self._unread -= by

    def _read_collection(self, path: str) -> None:
        """Read the rows of a collection, wherever they are."""
        found = self._reading.rows(f"{OBJECT} WHERE collection = ? {IN_ORDER}", (path,))
        places = inside(found)
        if not self._schema[path].parent:
            places.setdefault((path, ""), [])
        self._take(found, places)
        for (_, parent), some in places.items():
            if self._reading.is_gone(parent):
                continue
            holder = self._reading.holder(parent, {})
            if not self._is_whole(path, holder):
                self._arrange(path, holder, some)
        self._paths.add(path)

    def _gather(self, view: Collection, holder: Row | None) -> None:
        """Read what a view shows that numbers it anew, at the root or inside a row."""
        for path in view.gathers:
            if holder is not None:
                self._read_below(holder, path)
            elif path not in self._paths:
                self._read_collection(path)
        rows = self._store.counters(view.path, holder).by_number.values()
        in_order = sorted(rows, key=lambda row: rank(row.shared_number))
        self._store.arrange(view.path, holder, in_order)

    def _read_below(self, holder: Row, path: str) -> list[Row]:
        """Read the rows of a collection that are in a row, however deep."""
        parent = self._schema[path].parent
        direct = holder.collection.path == parent
        above = [holder] if direct else self._read_below(holder, parent)
        return [row for each in above for row in each.siblings(path) or ()]

    def _arrange(self, path: str, holder: Row | None, found: Iterable[Raw]) -> None:
        """Have the siblings in a place be in the order in which they were read, new ones behind."""
        read = [self._store.in_memory(int(raw[0], 16)) for raw in found]
        is_begun = (path, holder) in self._reading.begun
        if self._schema[path].gathers or not (
            read or is_begun or self._reading.has_counters(path, holder)
        ):
            return
        rows = dict.fromkeys(row for row in read if row is not None)
        rows.update(dict.fromkeys(self._store.counters(path, holder).by_number.values()))
        self._store.arrange(path, holder, rows)

    def _unknown(self) -> int:
        """How many rows the database has that were not read."""
        ((many,),) = self._reading.rows("SELECT count(*) FROM object")
        known = [*self._reading.gone, *(row.id for row in self._store.rows_in_memory())]
        for some in parts([f"{id:032x}" for id in known]):
            which = f"WHERE id IN ({marks(some)})"
            ((there,),) = self._reading.rows(f"SELECT count(*) FROM object {which}", some)
            many -= there
        return int(many)

    def _snapshot(self) -> tuple[list[Raw], list[Any], Sequence[str]]:
        """All objects, the counters, and what others have changed since, at one moment."""
        for _ in range(_TRIES):
            mark = self._database.mark()
            found = self._everything()
            if self._database.mark() == mark:
                return found
        self._database.begin(_PATIENCE)
        try:
            return self._everything()
        finally:
            self._database.rollback()

    def _everything(self) -> tuple[list[Raw], list[Any], Sequence[str]]:
        objects = self._database.rows(f"{OBJECT} {IN_ORDER}")
        unseen = self._news.unseen() if self._news is not None else ()
        return objects, self._database.rows(COUNTER), unseen


def _order(row: Row, index: int) -> tuple[Any, ...]:
    """Where a row stands among those that refer to one: as they would be listed."""
    lineage = []
    holder: Row | None = row
    while holder is not None:
        lineage.append(rank(holder.number))
        holder = holder.parent
    return row.collection.path, lineage[::-1], index
