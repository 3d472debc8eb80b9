"""The store: rows, and the few primitives through which all of them change.

Every change goes through `attach`, `detach`, `put` and `move`, which keep the
indexes and the references true and write themselves down in the journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import TYPE_CHECKING

from grammar.errors import RefusedError
from grammar.schema import Collection, Schema
from midocli.store.journal import Change, Journal
from midocli.store.layout import Layout
from midocli.store.rows import Row, Siblings, Value, referred

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
            gathered_by = tuple(view for view in self.schema.views if _renumbers(view, collection))
            layout = self._layouts[collection.path] = Layout(collection, gathered_by)
        return layout

    def by_id(self, id: int) -> Row | None:
        """The row with a UUID, given as its integer."""
        return self._by_id.get(id)

    def siblings(self, collection: Collection, parent: Row | None) -> Siblings | None:
        """The rows of a collection inside a parent (None: at the root), if it ever had any.

        For a collection that gathers others these are the rows it shows.
        """
        if collection.through:
            return self._referring(collection, parent)
        if collection.gathers and not self._is_direct(collection, parent):
            return self._shared_siblings.get((collection.path, parent))
        path = collection.gathers[0] if collection.gathers else collection.path
        return self.root.get(path) if parent is None else parent.siblings(path)

    def _is_direct(self, view: Collection, parent: Row | None) -> bool:
        """Whether a view shows rows that its parent holds itself."""
        return parent is not None and parent.collection.path == self.schema[view.gathers[0]].parent

    def _referring(self, view: Collection, parent: Row | None) -> Siblings:
        """The rows that refer to a parent by the field the view goes through."""
        found = Siblings(False)
        for row, index in (parent.referrers if parent else None) or ():
            if row.collection.path in view.gathers and (
                row.collection.fields[index].name == view.through
            ):
                found.by_number[len(found.by_number)] = row
        return found

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
        return len(self._by_id) - single - running

    def is_live(self, row: Row) -> bool:
        """Whether a row is still in the store."""
        return self._by_id.get(row.id) is row

    # -- changing ---------------------------------------------------------------

    def new_row(self, collection: Collection, parent: Row | None) -> Row:
        """A row with a fresh UUID and its collection's defaults, not yet attached."""
        version_4 = self._random_uuid()
        while self.by_id(version_4) is not None:  # chance may be repeated from an earlier run
            version_4 = self._random_uuid()
        return Row(collection, version_4, parent, self.layout(collection).defaults.copy())

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
        """Give a row the aliases that it has got elsewhere."""
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
        own, *gathered = self._places(row)
        others = [self.by_id(row.id), own.by_number.get(number)]
        others += [shared.by_number.get(shared_number) for shared in gathered]
        key = self.layout(row.collection).key
        if row.collection.key and key is not None:
            others += own.by_key.get(row.values[key], ())
        for other in others:
            if other is not None:
                raise RefusedError(f"{other.full_alias} has its place since")

    def give_back(self, row: Row, before: Sequence[int]) -> None:
        """Have the counters as they were before a row took its aliases, unless more were taken."""
        for siblings, next_number in zip(self._places(row), before, strict=True):
            number = self._number_in(siblings, row)
            last = siblings.next_number == number + 1
            siblings.give_back(number, next_number if last else siblings.next_number)

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
        for siblings in self._places(row):
            siblings.take(self._number_in(siblings, row))

    def take_back(self, change: Change) -> Change:
        """Undo one change of the journal; returns the change that would undo that.

        A change names its row, what that had before and has behind it: an attached row its values,
        its place (None: the last) and what the counters of aliases were.
        """
        match change:
            case ("attach", Row() as row, _, _, *before):
                position = self._remove(row)
                for siblings, next_number in zip(self._places(row), before, strict=True):
                    siblings.give_back(self._number_in(siblings, row), next_number)  # type: ignore[arg-type]
                return ("attach again", row, position)
            case ("attach again", Row() as row, position):
                before = self._take_numbers(row, position)  # type: ignore[arg-type,assignment]
                return ("attach", row, row.values, position, *before)
            case ("detach", Row() as row, position, _):
                self._insert(row, position)  # type: ignore[arg-type]
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

    def restore(self, row: Row) -> None:
        """Put a row where it has been, behind those of its siblings that are there."""
        self._insert(row, None)

    def all_rows(self) -> list[Row]:
        """All rows there are."""
        return list(self._by_id.values())

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

    def forget(self, but: AbstractSet[str]) -> None:
        """Have nothing any more but the objects of some collections at the root."""
        kept = {path: siblings for path, siblings in self.root.items() if path in but}
        self.root = kept
        self._shared_siblings = {}
        self._by_id = {row.id: row for siblings in kept.values() for row in siblings}
        self._begin()

    def places(self, row: Row) -> Iterator[tuple[str, Row | None, Siblings]]:
        """Where a row has an alias: the collection, what holds it, and the siblings there."""
        yield row.collection.path, row.parent, self._make_siblings(row)
        for view in self.layout(row.collection).gathered_by:
            holder = self.holder(view, row)
            yield view.path, holder, self._shared_siblings[view.path, holder]

    def counters(self, path: str, holder: Row | None) -> Siblings:
        """The siblings of a collection inside a row (None: at the root)."""
        collection = self.schema[path]
        if collection.gathers:
            return self._shared_siblings.setdefault((path, holder), Siblings(False))
        return self._siblings_in(collection, holder)

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
        return siblings

    def shared_siblings(self, view: Collection, row: Row) -> Siblings:
        """Where a view numbers a row: among all below the row that is the view's parent."""
        return self._shared_siblings.setdefault(
            (view.path, self.holder(view, row)), Siblings(False)
        )

    @staticmethod
    def holder(view: Collection, row: Row) -> Row | None:
        """The row in which a view numbers a row, None at the root."""
        holder = row.parent
        while holder is not None and holder.collection.path != view.parent:
            holder = holder.parent
        return holder

    def _places(self, row: Row) -> tuple[Siblings, ...]:
        """Where a row has an alias: among its siblings, and where it is gathered."""
        views = self.layout(row.collection).gathered_by
        return (self._make_siblings(row), *(self.shared_siblings(view, row) for view in views))

    def _take_numbers(self, row: Row, position: int | None) -> tuple[int, ...]:
        """Put a row in under its aliases, for good; returns what the counters were."""
        places = self._places(row)
        before = tuple(siblings.next_number for siblings in places)
        for siblings in places:
            siblings.take(self._number_in(siblings, row))
        self._insert(row, position)
        return before

    def _number_in(self, siblings: Siblings, row: Row) -> int:
        own = siblings is self._make_siblings(row)
        return row.number if own else row.shared_number

    def _insert(self, row: Row, position: int | None) -> None:
        siblings, *gathered = self._places(row)
        siblings.by_number[row.number] = row
        if siblings.ordered is not None:
            place = len(siblings.ordered) + 1 if position is None else position
            siblings.ordered.insert(place, row)
        for shared in gathered:
            shared.by_number[row.shared_number] = row
        layout = self.layout(row.collection)
        if layout.key is not None:
            _index(siblings, row.values[layout.key], row)
        for index in layout.references:
            if row.values[index] is not None:
                _refer(row, index, row.values[index])
        self._by_id[row.id] = row
        self.journal.touched.append(row)

    def _remove(self, row: Row) -> int | None:
        """Take a row out; the place it had, where there is an order."""
        siblings, *gathered = self._places(row)
        del siblings.by_number[row.number]
        place = siblings.ordered.remove(row) if siblings.ordered is not None else None
        for shared in gathered:
            del shared.by_number[row.shared_number]
        layout = self.layout(row.collection)
        if layout.key is not None:
            _unindex(siblings, row.values[layout.key], row)
        for index in layout.references:
            _unrefer(row, index, row.values[index])
        del self._by_id[row.id]
        self.journal.touched.append(row)
        return place

    def _put(self, row: Row, index: int, value: Value) -> None:
        layout = self.layout(row.collection)
        old = row.values[index]
        if index in layout.references:
            _unrefer(row, index, old)
            _refer(row, index, value)
        if index == layout.key:
            siblings = self._make_siblings(row)
            _unindex(siblings, old, row)
            _index(siblings, value, row)
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


def _index(siblings: Siblings, key: Value, row: Row) -> None:
    if key is not None:
        siblings.by_key.setdefault(key, {})[row] = None


def _unindex(siblings: Siblings, key: Value, row: Row) -> None:
    if key is not None:
        rows = siblings.by_key[key]
        del rows[row]
        if not rows:
            del siblings.by_key[key]


def _refer(source: Row, index: int, value: Value) -> None:
    for target in referred(value):
        if target.referrers is None:
            target.referrers = {}
        place = (source, index)
        target.referrers[place] = target.referrers.get(place, 0) + 1


def _unrefer(source: Row, index: int, value: Value) -> None:
    for target in referred(value):
        place = (source, index)
        counts = target.referrers or {}
        if counts[place] > 1:
            counts[place] -= 1
        else:
            del counts[place]


def _renumbers(view: Collection, collection: Collection) -> bool:
    """Whether a view gives rows of a collection an alias of its own.

    It does where it shows rows of several parents at once.
    """
    return (
        collection.path in view.gathers
        and view.has_id
        and not view.through
        and view.path.count(".") < collection.path.count(".")
    )
