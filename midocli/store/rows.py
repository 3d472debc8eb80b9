"""What the store is made of: rows, and the siblings they stand among."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Any, Protocol

from grammar.errors import RefusedError
from grammar.schema import Collection, Field
from grammar.values import Negated
from midocli.store.order import Order, Run

Value = Any


def uuid_text(id: int) -> str:
    """The UUID as text that an object has as its integer."""
    digits = f"{id:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


class Absent(Protocol):
    """The rows of a topology that stays which have not been read: they are when first needed.

    What is in memory is always true, but may not be all. Whoever looks at a whole asks here first
    for the rest of it, which is put in the store; StoreError where that cannot be read.
    """

    @property
    def count(self) -> int:
        """How many rows are not there yet."""

    def row(self, id: int) -> None:
        """Have the row with an id there, if there is one."""

    def siblings(self, path: str, holder: Row | None) -> None:
        """Have all rows of a collection inside a row (None: at the root) there."""

    def numbered(self, path: str, holder: Row | None, number: int) -> None:
        """Have the one of them there that has an alias counter."""

    def keyed(self, path: str, holder: Row | None, key: Value) -> None:
        """Have those of them there that have a name (or other key)."""

    def children(self, row: Row) -> None:
        """Have all there that a row holds."""

    def referrers(self, row: Row) -> None:
        """Have all rows there that refer to one."""

    def all(self) -> None:
        """Have everything there."""

    def begun(self, path: str, holder: Row | None) -> None:
        """The siblings of a collection inside a row are there, if not whole: set their counters."""

    def made(self, row: Row) -> None:
        """A row is new: there is nothing in it and none that refers to it elsewhere."""

    def removed(self, row: Row) -> None:
        """A row has been taken out, and is not to be read any more."""

    def returned(self, row: Row) -> None:
        """A row has been put in, perhaps one that had been taken out."""


class Row:
    """One object: its values in the order of its collection's fields.

    The list of values is replaced when one changes, so that who has it keeps the values of a
    moment.

    `number` is the counter of its alias among its siblings, `shared_number` that
    of its alias in a collection that gathers several (the root `port`). They are negative while
    it has no alias there: what no command made gets one when it is first printed. A value
    that refers to another object is that object's row; `referrers` counts, for
    each (row, field index) that refers to this one, how often it does. `run` is where it stands
    if its siblings have an order.

    Where rows are read when first needed, from what is `absent`, `children` and `referring` have
    what is in memory; `siblings`, `held` and `referrers` are whole.
    """

    __slots__ = (
        "absent",
        "children",
        "collection",
        "id",
        "number",
        "parent",
        "referring",
        "run",
        "shared_number",
        "values",
    )

    def __init__(
        self, collection: Collection, id: int, parent: Row | None, values: list[Value]
    ) -> None:
        self.collection = collection
        self.id = id
        self.parent = parent
        self.values = values
        self.number = -1
        self.shared_number = -1
        self.children: dict[str, Siblings] | None = None
        self.referring: dict[tuple[Row, int], int] | None = None
        self.run: Run | None = None
        self.absent: Absent | None = None

    @property
    def uuid(self) -> str:
        """Its UUID as text."""
        return uuid_text(self.id)

    def get(self, field: str) -> Value:
        """The stored value of a field by name; KeyError where it has no such field."""
        return self.values[self.collection.index[field]]

    @property
    def alias(self) -> str:
        """Its alias among its siblings, such as `port0`; without the number while it has none."""
        return f"{self.collection.prefix}{self.number if self.number >= 0 else ''}"

    @property
    def full_alias(self) -> str:
        """Its alias from the root, such as `router0:port0`."""
        if self.parent is None:
            return self.alias
        return f"{self.parent.full_alias}:{self.alias}"

    @property
    def referrers(self) -> dict[tuple[Row, int], int] | None:
        """How often each (row, field index) refers to it; None where none ever did."""
        if self.absent is not None:
            self.absent.referrers(self)
        return self.referring

    def siblings(self, path: str) -> Siblings | None:
        """Its children of the collection at `path`, None where it never had any."""
        if self.absent is not None:
            self.absent.siblings(path, self)
        return self.children.get(path) if self.children else None

    def held(self) -> list[Siblings]:
        """Its children, collection by collection."""
        if self.absent is not None:
            self.absent.children(self)
        return list(self.children.values()) if self.children else []


class Siblings:
    """The objects of one collection inside one parent (or at the root).

    `by_number` is keyed by alias counter; those without an alias have a negative number instead,
    of their own. `ordered` holds them in order where
    the collection numbers positions. `by_key` finds those with a name (or other
    first key field) without looking at all.
    """

    __slots__ = ("by_key", "by_number", "last_nameless", "next_number", "ordered", "taken")

    def __init__(self, numbered: bool) -> None:
        self.by_number: dict[int, Row] = {}
        self.ordered = Order() if numbered else None
        self.by_key: dict[Value, dict[Row, None]] = {}
        self.next_number = 0
        self.last_nameless = 0
        self.taken: set[int] = set()

    def __len__(self) -> int:
        return len(self.by_number)

    def __iter__(self) -> Iterator[Row]:
        """In order of position, or else of alias; last come those without one, as they came."""
        if self.ordered is not None:
            return iter(self.ordered)
        numbers = sorted(self.by_number)
        if numbers and numbers[0] < 0:
            numbers.sort(key=rank)
        return iter([self.by_number[number] for number in numbers])

    def as_made(self) -> Iterator[Row]:
        """In order of position, or else as they came."""
        return iter(self.by_number.values() if self.ordered is None else self.ordered)

    def index(self, key: Value, row: Row) -> None:
        """Have a row be found by its key."""
        if key is not None:
            self.by_key.setdefault(key, {})[row] = None

    def unindex(self, key: Value, row: Row) -> None:
        """Have it be found no more by a key it had."""
        if key is not None:
            rows = self.by_key[key]
            del rows[row]
            if not rows:
                del self.by_key[key]

    def free_number(self) -> int:
        """The next alias counter that was never given."""
        number = self.next_number
        while number in self.taken:
            number += 1
        return number

    def nameless_number(self) -> int:
        """A number for an object without an alias."""
        self.last_nameless -= 1
        return self.last_nameless

    def is_free(self, number: int) -> bool:
        """Whether an alias counter was never given."""
        return number >= self.next_number and number not in self.taken

    def take(self, number: int) -> None:
        """Give an alias counter away, for good."""
        if number == self.free_number():
            self.next_number = number + 1
        elif number >= 0:
            self.taken.add(number)
        else:
            self.last_nameless = min(self.last_nameless, number)

    def rename(self, old: int, number: int) -> None:
        """Give an object that stands under a negative number an alias counter, for good.

        Where a command that took a counter before is undone, this one stays taken. RefusedError
        where another has it.
        """
        if number in self.by_number:
            raise RefusedError(f"{self.by_number[number].full_alias} has its place since")
        self.by_number[number] = self.by_number.pop(old)
        self.taken.add(number)

    def rewind(self, next_number: int) -> None:
        """Have no alias given from a counter on but those that objects have."""
        self.next_number = next_number
        self.taken = {number for number in self.taken if number in self.by_number}

    def give_back(self, number: int, next_number: int) -> None:
        """Take back a `take` that never happened; `next_number` is what it was."""
        self.taken.discard(number)
        self.next_number = next_number


def above(holder: Row | None, field: Field) -> Row | None:
    """The row that a `parent` field shows: the nearest of its collection, from `holder` upwards."""
    while holder is not None and field.reference is not None:
        if holder.collection.path == field.reference.target:
            return holder
        holder = holder.parent
    return None


def rank(number: int) -> tuple[bool, int]:
    """Where an object stands by its alias counter, or without one."""
    return number < 0, abs(number)


def referred(value: Value) -> tuple[Row, ...]:
    """The rows a value refers to: none, one, or those of a list."""
    if type(value) is Row:
        return (value,)
    if type(value) is Negated:
        return referred(value.value)
    if type(value) is tuple:
        return tuple(item for item in value if type(item) is Row)
    return ()


def without(value: Value, gone: AbstractSet[Row]) -> Value:
    """A value that no longer refers to rows that are gone: None, or a shorter list."""
    if type(value) is Negated:
        rest = without(value.value, gone)
        return None if rest is None else Negated(rest)
    if type(value) is tuple:
        return tuple(item for item in value if item not in gone)
    return None if value in gone else value


def refer(source: Row, index: int, value: Value) -> None:
    """Have the rows that a new value refers to know of it."""
    for target in referred(value):
        if target.referring is None:
            target.referring = {}
        place = (source, index)
        target.referring[place] = target.referring.get(place, 0) + 1


def link(source: Row, index: int, value: Value) -> None:
    """The same of a value that they may know of already."""
    targets = referred(value)
    for target in targets:
        if target.referring is None:
            target.referring = {}
        target.referring[source, index] = targets.count(target)


def unrefer(source: Row, index: int, value: Value) -> None:
    """Have the rows that a former value referred to know of it no more."""
    for target in referred(value):
        place = (source, index)
        counts = target.referring or {}
        if counts[place] > 1:
            counts[place] -= 1
        else:
            del counts[place]
