"""The store: rows, and the few primitives through which all of them change.

Every change goes through `attach`, `detach`, `put` and `move`, which keep the
indexes and the references true and write themselves down in the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grammar.errors import RefusedError
from grammar.schema import Collection, Schema
from midocli.store.journal import Change, Journal
from midocli.store.layout import Layout
from midocli.store.rows import Absent, Row, Siblings, Value, link, refer, unrefer
from midocli.store.views import holder_in, referring, renumbers

if TYPE_CHECKING:
    import random


class Store:
    """All objects of a topology."""

    def __init__(self, schema: Schema, chance: random.Random) -> None:
        self.schema = schema
        self.chance = chance
        self.journal = Journal(self)
        self.root: dict[str, Siblings] = {}
        self._shared_siblings: dict[tuple[str, Row | None], Siblings] = {}
        self._by_id: dict[int, Row] = {}
        self._layouts: dict[str, Layout] = {}
        #: What has not been read yet; None where all there is is here.
        self.absent: Absent | None = None
        self._begin()

    def _begin(self) -> None:
        """Have what is always there."""
        for path in self.schema.root:
            if self.schema[path].single:
                defaults = self.layout(self.schema[path]).defaults.copy()
                self.attach(Row(self.schema[path], 0, None, defaults))

    @contextmanager
    def rolling(self, chance: random.Random) -> Iterator[None]:
        """Inside, take random numbers from elsewhere."""
        own, self.chance = self.chance, chance
        try:
            yield
        finally:
            self.chance = own

    # -- reading ----------------------------------------------------------------

    def layout(self, collection: Collection) -> Layout:
        """What is worked out once for a collection."""
        layout = self._layouts.get(collection.path)
        if layout is None:
            gathered_by = tuple(view for view in self.schema.views if renumbers(view, collection))
            layout = self._layouts[collection.path] = Layout(collection, gathered_by)
        return layout

    def by_id(self, id: int) -> Row | None:
        """The row with a UUID, given as its integer."""
        if self.absent is not None and id not in self._by_id:
            self.absent.row(id)
        return self._by_id.get(id)

    def read_around(self, row: Row) -> None:
        """Have all there that a row holds, and that refers to it, before it goes."""
        if self.absent is not None:
            self.absent.children(row)
            self.absent.referrers(row)

    def in_memory(self, id: int) -> Row | None:
        """The same, but None as well where the row has not been read."""
        return self._by_id.get(id)

    def siblings(self, collection: Collection, parent: Row | None) -> Siblings | None:
        """The rows of a collection inside a parent (None: at the root), if it ever had any.

        For a collection that gathers others these are the rows it shows.
        """
        if collection.through:
            return referring(collection, parent)
        path = self._path(collection, parent)
        if self.absent is not None:
            self.absent.siblings(path, parent)
        return self._known(path, parent)

    def numbered(self, collection: Collection, parent: Row | None, number: int) -> Row | None:
        """The row that has an alias counter among those that a collection shows in a parent.

        Not for a collection that goes through a field: that has no aliases of its own.
        """
        path = self._path(collection, parent)
        if self.absent is not None:
            self.absent.numbered(path, parent, number)
        siblings = self._known(path, parent)
        return siblings.by_number.get(number) if siblings is not None else None

    def keyed(self, collection: Collection, parent: Row | None, key: Value) -> list[Row]:
        """The rows of a collection inside a parent that have a name (or other key)."""
        if collection.through:
            return []
        path = self._path(collection, parent)
        if self.absent is not None:
            self.absent.keyed(path, parent, key)
        siblings = self._known(path, parent)
        return list(siblings.by_key.get(key, ())) if siblings is not None else []

    def _path(self, collection: Collection, parent: Row | None) -> str:
        """Where the rows stand that a collection shows in a parent, which may hold them itself."""
        if collection.gathers and parent is not None:
            gathered = self.schema[collection.gathers[0]]
            if gathered.parent == parent.collection.path:
                return gathered.path
        return collection.path

    def _known(self, path: str, holder: Row | None) -> Siblings | None:
        """The siblings of a collection inside a row that are in memory, if there are any."""
        if self.schema[path].gathers:
            return self._shared_siblings.get((path, holder))
        held = self.root if holder is None else holder.children
        return held.get(path) if held else None

    def rows(self, path: str, parent: Row | None = None) -> Iterator[Row]:
        """The rows of the collection at `path` inside a parent, in their order."""
        siblings = self.siblings(self.schema[path], parent)
        return iter(siblings) if siblings else iter(())

    def position(self, row: Row) -> int | None:
        """The place of a row among its siblings, from 1; None where they have no order."""
        siblings = self.siblings(row.collection, row.parent)
        if siblings is None or siblings.ordered is None:
            return None
        return siblings.ordered.place(row)

    @property
    def count(self) -> int:
        """How many objects there are, without those that are always there, and running captures."""
        running = sum(1 for _ in self.rows("capture")) if "capture" in self.schema.root else 0
        single = sum(self.schema[path].single for path in self.schema.root)
        absent = self.absent.count if self.absent is not None else 0
        return len(self._by_id) + absent - single - running

    def is_live(self, row: Row) -> bool:
        """Whether a row is still in the store."""
        return self._by_id.get(row.id) is row

    # -- changing ---------------------------------------------------------------

    def new_row(self, collection: Collection, parent: Row | None) -> Row:
        """A row with a fresh UUID and its collection's defaults, not yet attached."""
        version_4 = self._random_uuid()
        while self.by_id(version_4) is not None:  # chance may be repeated from an earlier run
            version_4 = self._random_uuid()
        row = self.row(collection, version_4, parent, self.layout(collection).defaults.copy())
        if self.absent is not None:
            self.absent.made(row)
        return row

    def row(self, collection: Collection, id: int, parent: Row | None, values: list[Value]) -> Row:
        """A row that was somewhere before, not yet attached."""
        row = Row(collection, id, parent, values)
        row.absent = self.absent
        return row

    def _random_uuid(self) -> int:
        bits = self.chance.getrandbits(128)
        return bits & ~(0xF << 76) & ~(0x3 << 62) | 4 << 76 | 2 << 62

    def attach(
        self,
        row: Row,
        number: int | None = None,
        position: int | None = None,
        shared_number: int | None = None,
        named: bool = True,
    ) -> None:
        """Put a new row among its siblings, with an alias counter and, in order, a place.

        The next free counters are taken where none are given, unless it is not to be `named` yet.
        """
        free = Siblings.free_number if named else Siblings.nameless_number
        places = self._places(row)
        row.number = free(places[0]) if number is None else number
        for shared in places[1:]:
            row.shared_number = free(shared) if shared_number is None else shared_number
        before = self._take_numbers(row, position)
        self.journal.changes.append(("attach", row, row.values, position, *before))

    def introduce(self, row: Row, collection: Collection) -> int:
        """The number of a row's alias where it is shown as one of a collection.

        It is given now if there is none yet. This is not taken back with anything: an alias is
        for the life of its object.
        """
        if collection is not row.collection and (
            collection in self.layout(row.collection).gathered_by
        ):
            if row.shared_number < 0:
                siblings, old = self.shared_siblings(collection, row), row.shared_number
                row.shared_number = siblings.free_number()
                siblings.rename(old, row.shared_number)
                self.journal.history.introduced(row)
            return row.shared_number
        if row.number < 0:
            siblings, old = self._make_siblings(row), row.number
            row.number = siblings.free_number()
            siblings.rename(old, row.number)
            self.journal.history.introduced(row)
        return row.number

    def rename(self, row: Row, number: int, shared_number: int) -> None:
        """Give a row the aliases that it has got elsewhere; RefusedError where another has them."""
        own, *gathered = self._places(row)
        if number != row.number:
            own.rename(row.number, number)
            row.number = number
        for shared in gathered:
            if shared_number != row.shared_number:
                shared.rename(row.shared_number, shared_number)
                row.shared_number = shared_number

    def check_free(self, row: Row, number: int, shared_number: int) -> None:
        """RefusedError where a row cannot be attached: another has its id, alias or key."""
        own, *gathered = (self._whole(path, holder) for path, holder, _ in self.places(row))
        others = [self.by_id(row.id), own.by_number.get(number)]
        others += [shared.by_number.get(shared_number) for shared in gathered]
        key = self.layout(row.collection).key
        if row.collection.key and key is not None:
            others += own.by_key.get(row.values[key], ())
        for other in others:
            if other is not None:
                raise RefusedError(f"{other.full_alias} has its place since")

    def give_back(self, row: Row) -> None:
        """Have the aliases of a row that was taken out be free again, unless more were taken."""
        for siblings, number in self._numbered(row):
            last = 0 <= number == siblings.next_number - 1
            siblings.give_back(number, number if last else siblings.next_number)

    def detach(self, row: Row) -> None:
        """Take a row out. Its children and its referrers are the caller's business."""
        self.journal.changes.append(("detach", row, self._remove(row), row.values))

    def put(self, row: Row, index: int, value: Value) -> None:
        """Give a field a value."""
        old = row.values[index]
        self._put(row, index, value)
        self.journal.changes.append(("put", row, index, old, value))

    def move(self, row: Row, position: int) -> None:
        """Give a row another place among its siblings."""
        old = self._move(row, position)
        self.journal.changes.append(("move", row, old, position))

    def retire(self, row: Row) -> None:
        """Give the aliases of a row that was taken out away for good."""
        for siblings, number in self._numbered(row):
            siblings.take(number)

    def _take_again(self, row: Row) -> None:
        """Take the counters of a row's aliases, if they were given back when it was taken out."""
        for siblings, number in self._numbered(row):
            if siblings.is_free(number):
                siblings.take(number)

    def take_back(self, change: Change) -> Change:
        """Undo one change of the journal; returns the change that would undo that.

        A change names its row, what that had before and has behind it: an attached row its values,
        its place (None: the last) and what the counters of aliases were.
        """
        match change:
            case ("attach", Row() as row, _, _, *before):
                position = self._remove(row)
                for (siblings, number), next_number in zip(
                    self._numbered(row), before, strict=True
                ):
                    siblings.give_back(number, next_number)  # type: ignore[arg-type]
                return ("attach again", row, position)
            case ("attach again", Row() as row, position):
                before = self._take_numbers(row, position)  # type: ignore[arg-type,assignment]
                return ("attach", row, row.values, position, *before)
            case ("detach", Row() as row, position, _):
                self._insert(row, position)  # type: ignore[arg-type]
                self._take_again(row)
                return ("detach again", row)
            case ("detach again", Row() as row):
                return ("detach", row, self._remove(row), row.values)
            case ("put", Row() as row, int(index), value, current):
                self._put(row, index, value)
                return ("put", row, index, current, value)
            case ("move", Row() as row, int(place), _):
                return ("move", row, self._move(row, place), place)
        raise ValueError(f"no such change: {change[0]}")

    # -- what is kept elsewhere ------------------------------------------------------

    def enter(self, rows: Iterable[Row]) -> None:
        """Have rows there that are kept elsewhere, all that they refer to being there already.

        To do it again changes nothing.
        """
        for row in rows:
            siblings = self._enlist(row)
            if siblings.ordered is not None and row.run is None:
                siblings.ordered.insert(len(siblings.ordered) + 1, row)
            for index in self.layout(row.collection).references:
                link(row, index, row.values[index])

    def arrange(self, path: str, holder: Row | None, rows: Iterable[Row]) -> None:
        """Have all siblings of a collection be as they would be, had they come in this order."""
        siblings, key = self.counters(path, holder), self.layout(self.schema[path]).key
        siblings.by_number, siblings.by_key = {}, {}
        if self.schema[path].gathers:
            siblings.by_number = {row.shared_number: row for row in rows}
            return
        for row in rows:
            siblings.by_number[row.number] = row
            if key is not None:
                siblings.index(row.values[key], row)

    def rows_in_memory(self) -> list[Row]:
        """All rows that are there, read or made."""
        return list(self._by_id.values())

    def all_rows(self) -> list[Row]:
        """All rows there are."""
        if self.absent is not None:
            self.absent.all()
        return self.rows_in_memory()

    def groups(self) -> Iterator[tuple[str, Row | None, Siblings]]:
        """All siblings: their collection, what holds them (None: the root), and they themselves.

        Those of an object come behind it; what a collection gathers comes last.
        """
        waiting: list[tuple[Row | None, dict[str, Siblings]]] = [(None, self.root)]
        while waiting:
            holder, held = waiting.pop()
            for path, siblings in held.items():
                yield path, holder, siblings
                waiting += [(row, row.children) for row in siblings.as_made() if row.children]
        for (path, holder), siblings in self._shared_siblings.items():
            yield path, holder, siblings

    def forget(self, but: AbstractSet[str]) -> list[Row]:
        """Have nothing any more but the objects of some collections at the root; what was there."""
        forgotten = self.rows_in_memory()
        kept = {path: siblings for path, siblings in self.root.items() if path in but}
        self.absent = None
        self.root = kept
        self._shared_siblings = {}
        self._by_id = {row.id: row for siblings in kept.values() for row in siblings}
        self._begin()
        return forgotten

    def places(self, row: Row) -> Iterator[tuple[str, Row | None, Siblings]]:
        """Where a row has an alias: the collection, what holds it, and the siblings there."""
        yield row.collection.path, row.parent, self._make_siblings(row)
        for view in self.layout(row.collection).gathered_by:
            holder = holder_in(view, row)
            yield view.path, holder, self._shared_in(view.path, holder)

    def counters(self, path: str, holder: Row | None) -> Siblings:
        """The siblings of a collection inside a row (None: at the root), whole or not."""
        collection = self.schema[path]
        if collection.gathers:
            return self._shared_in(path, holder)
        return self._siblings_in(collection, holder)

    def _whole(self, path: str, holder: Row | None) -> Siblings:
        """The siblings of a collection inside a row, all of them."""
        if self.absent is not None:
            self.absent.siblings(path, holder)
        return self.counters(path, holder)

    # -- the same, without the journal ---------------------------------------------

    def _make_siblings(self, row: Row) -> Siblings:
        return self._siblings_in(row.collection, row.parent)

    def _siblings_in(self, collection: Collection, parent: Row | None) -> Siblings:
        if parent is None:
            holder = self.root
        else:
            if parent.children is None:
                parent.children = {}
            holder = parent.children
        siblings = holder.get(collection.path)
        if siblings is None:
            siblings = holder[collection.path] = Siblings(collection.ordered_by is not None)
            if self.absent is not None:
                self.absent.begun(collection.path, parent)
        return siblings

    def shared_siblings(self, view: Collection, row: Row) -> Siblings:
        """Where a view numbers a row: among all below the row that is the view's parent."""
        return self._shared_in(view.path, holder_in(view, row))

    def _shared_in(self, path: str, holder: Row | None) -> Siblings:
        siblings = self._shared_siblings.get((path, holder))
        if siblings is None:
            siblings = self._shared_siblings[path, holder] = Siblings(False)
            if self.absent is not None:
                self.absent.begun(path, holder)
        return siblings

    def _places(self, row: Row) -> tuple[Siblings, ...]:
        """Where a row has an alias: among its siblings, and where it is gathered."""
        views = self.layout(row.collection).gathered_by
        return (self._make_siblings(row), *(self.shared_siblings(view, row) for view in views))

    def _numbered(self, row: Row) -> list[tuple[Siblings, int]]:
        """The same, with the number that the row has there."""
        own, *gathered = self._places(row)
        return [(own, row.number), *((shared, row.shared_number) for shared in gathered)]

    def _take_numbers(self, row: Row, position: int | None) -> tuple[int, ...]:
        """Put a row in under its aliases, for good; returns what the counters were."""
        numbered = self._numbered(row)
        before = tuple(siblings.next_number for siblings, _ in numbered)
        for siblings, number in numbered:
            siblings.take(number)
        self._insert(row, position)
        return before

    def _insert(self, row: Row, position: int | None) -> None:
        siblings = self._enlist(row)
        if siblings.ordered is not None:
            place = len(siblings.ordered) + 1 if position is None else position
            siblings.ordered.insert(place, row)
        for index in self.layout(row.collection).references:
            if row.values[index] is not None:
                refer(row, index, row.values[index])
        if self.absent is not None:
            self.absent.returned(row)
        self.journal.touched.append(row)

    def _enlist(self, row: Row) -> Siblings:
        """Have a row be found by its numbers, its key and its id; returns its siblings."""
        own, *gathered = self._places(row)
        own.by_number[row.number] = row
        for shared in gathered:
            shared.by_number[row.shared_number] = row
        key = self.layout(row.collection).key
        if key is not None:
            own.index(row.values[key], row)
        self._by_id[row.id] = row
        return own

    def _remove(self, row: Row) -> int | None:
        """Take a row out; the place it had, where there is an order."""
        siblings, *gathered = self._places(row)
        del siblings.by_number[row.number]
        place = siblings.ordered.remove(row) if siblings.ordered is not None else None
        for shared in gathered:
            del shared.by_number[row.shared_number]
        layout = self.layout(row.collection)
        if layout.key is not None:
            siblings.unindex(row.values[layout.key], row)
        for index in layout.references:
            unrefer(row, index, row.values[index])
        del self._by_id[row.id]
        if self.absent is not None:
            self.absent.removed(row)
        self.journal.touched.append(row)
        return place

    def _put(self, row: Row, index: int, value: Value) -> None:
        layout = self.layout(row.collection)
        old = row.values[index]
        if index in layout.references:
            unrefer(row, index, old)
            refer(row, index, value)
        if index == layout.key:
            siblings = self._make_siblings(row)
            siblings.unindex(old, row)
            siblings.index(value, row)
        row.values = row.values.copy()
        row.values[index] = value
        self.journal.touched.append(row)

    def _move(self, row: Row, position: int) -> int:
        ordered = self._make_siblings(row).ordered
        assert ordered is not None
        old = ordered.remove(row)
        ordered.insert(position, row)
        self.journal.touched.append(row)
        return old
