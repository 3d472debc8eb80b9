"""Objects as results: what they showed of themselves when they were asked."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from functools import cache
from io import StringIO
from typing import Any, NamedTuple

from grammar.schema import Collection, Field
from grammar.values import Negated
from midocli.results.values import Objects, Record, Result
from midocli.store.display import Display
from midocli.store.rows import Row, Value, uuid_text


class _Called(NamedTuple):
    """What an object was called: all that is pickled of its row."""

    collection: Collection
    id: int
    number: int
    full_alias: str


class Entry:
    """An object as it was at a moment.

    `number` is that of its alias where it is shown (None: it is shown by UUID), `values` what its
    fields had, with the names of objects in their place. They may be the row's own list, which a
    change replaces and leaves as it is; of the row itself only its alias is asked, which stays.
    """

    __slots__ = ("_row", "collection", "id", "number", "values")

    def __init__(self, row: Row | _Called, number: int | None, values: list[Value]) -> None:
        self._row = row
        self.collection = row.collection
        self.id = row.id
        self.number = number
        self.values = values

    def __reduce__(self) -> tuple[type[Entry], tuple[_Called, int | None, list[Value]]]:
        row = self._row
        alias = row.full_alias if row.number >= 0 else ""
        called = _Called(self.collection, self.id, row.number, alias)
        return Entry, (called, self.number, self.values)

    @property
    def name(self) -> str:
        """Its alias, or its UUID."""
        if self.number is None:
            return uuid_text(self.id)
        return f"{self.collection.prefix}{self.number}"

    def line(self, columns: Sequence[str] = ()) -> str:
        """The line that lists print: an object without an id has no name in it."""
        if not self.collection.has_id:
            return self.fields(columns)
        return f"{self.collection.prefix} {self.name} {self.fields(columns)}".rstrip()

    def shown_line(self) -> str:
        """The line that `show` prints, which always says what kind of object it is."""
        if self.collection.has_id:
            return self.line()
        return f"{self.collection.prefix} {self.fields()}".rstrip()

    def fields(self, columns: Sequence[str] = ()) -> str:
        """The fields that have a value, with their words."""
        return " ".join([f"{name} {word}" for name, word in self.words(columns)])

    def only(self, names: Container[str]) -> Entry:
        """The same with no other values than those of some fields."""
        fields = zip(self.collection.fields, self.values, strict=True)
        values = [value if field.name in names else None for field, value in fields]
        return Entry(self._row, self.number, values)

    def words(self, columns: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
        """The fields that are shown and have a value, in order, and the word of each.

        Those are the ones that lists show, if none are named.
        """
        values = self.values
        for at, field in _named(self.collection, columns) if columns else _shown(self.collection):
            value = values[at]
            if value is not None:
                yield field.name, _word(field, value)

    def document(self, columns: Sequence[str] = ()) -> dict[str, Any]:
        """Its full alias and all fields, or those that are named; unset ones None."""
        fields = zip(self.collection.fields, self.values, strict=True)
        whole = {field.name: _data(field, value) for field, value in fields}
        if self.collection.has_id:
            alias = self._row.full_alias if self._row.number >= 0 else None
            whole = {"alias": alias, **whole, "id": uuid_text(self.id)}
        return {name: whole.get(name) for name in columns} if columns else whole

    def chosen(self, columns: Sequence[str]) -> Record:
        """The words of those columns, empty where there is none; its name is `alias`."""
        words = {"alias": self.name, **dict(self.words(columns))}
        return {name: words.get(name, "") for name in columns}

    def record(self, name: str | None = None) -> Record:
        """The name (or another one) in a column of its own, then the fields."""
        if not self.collection.has_id:
            return dict(self.words())
        column = "id" if self.number is None else "alias"
        return {column: name or self.name, **dict(self.words())}


@cache
def _shown(collection: Collection) -> tuple[tuple[int, Field], ...]:
    """The fields that lists show, each with the place of its value."""
    return tuple((at, field) for at, field in enumerate(collection.fields) if not field.hidden)


def _named(collection: Collection, names: Iterable[str]) -> Iterator[tuple[int, Field]]:
    """Fields by name, each with the place of its value; none of those it does not have."""
    for name in names:
        if name in collection.index:
            yield collection.index[name], collection.by_name[name]


@cache
def _references(collection: Collection) -> tuple[int, ...]:
    """The places of values that lead to other objects."""
    return tuple(at for at, field in enumerate(collection.fields) if field.reference)


@cache
def _worked_out(collection: Collection) -> tuple[tuple[int, Field], ...]:
    """The fields whose values are worked out whenever they are read, but for the id."""
    fields = enumerate(collection.fields)
    live = ((at, field) for at, field in fields if field.computed or field.live)
    return tuple((at, field) for at, field in live if field.name != "id")


def entry(row: Row, collection: Collection, display: Display) -> Entry:
    """An object as it is now, shown as one of a collection (which may gather it)."""
    kind, values = row.collection, row.values
    worked_out = _worked_out(kind)
    if worked_out or any(map(values.__getitem__, _references(kind))):
        values = values.copy()
        for at in _references(kind):
            if values[at]:
                values[at] = _names(values[at], display)
        for at, field in worked_out:
            values[at] = display.value(row, field)
    return Entry(row, display.number(row, collection), values)


def _names(value: Value, display: Display) -> Value:
    """What a printed reference displays: the names of the objects it leads to."""
    if type(value) is Negated:
        return Negated(_names(value.value, display))
    known = display.introduced
    return tuple(map(known, value)) if type(value) is tuple else known(value)


def _word(field: Field, value: Value) -> str:
    if type(value) is Negated:
        return "!" + _word(field, value.value)
    return field.type.format(value)


def _data(field: Field, value: Value) -> Any:
    if value is None:
        return None
    return _word(field, value) if type(value) is Negated else field.type.to_json(value)


class Created(Result):
    """A new object; `words` are what others call it or, where nothing does, its fields.

    `alias` is what they may call it where objects are shown by UUID. `made` are the aliases of all
    that was made where that is more, with `others`: the ids of the rest of it.
    """

    entry: Entry
    words: str
    alias: str
    made: tuple[str, ...] = ()
    others: tuple[int, ...] = ()

    @property
    def objects(self) -> Objects:
        """The new one, and what was made for it."""
        return (self.entry.id, *self.others)

    def text(self) -> str:
        """Its words."""
        return self.words + "\n"

    def document(self) -> dict[str, Any]:
        """How it can be referred to; all of it, where it cannot."""
        if not self.entry.collection.has_id:
            return self.entry.document()
        made = {"made": list(self.made)} if self.made else {}
        return {"created": self.alias, "id": uuid_text(self.entry.id), **made}

    def records(self) -> Sequence[Record]:
        """A row for it."""
        return [self.entry.record(self.words)]


def created(
    row: Row, display: Display, given: Iterable[str] = (), others: Sequence[Row] = ()
) -> Created:
    """A new object, as it is now, of which the fields `given` were told, and what came with it."""
    made = entry(row, row.collection, display)
    if row.collection.embedded:
        made = made.only(frozenset(given))
    alias = row.full_alias
    if not row.collection.has_id:
        return Created(made, made.fields(), alias)
    named = (row, *(each for each in others if each.collection.has_id)) if others else ()
    return Created(
        made,
        alias if display.aliases else row.uuid,
        alias,
        tuple(each.full_alias for each in named),
        tuple(each.id for each in others),
    )


class Listing(Result):
    """Objects, in their order; `columns` are the only fields that are shown, if there are any."""

    entries: Sequence[Entry]
    columns: tuple[str, ...] = ()

    @property
    def objects(self) -> Objects:
        """All of them."""
        return tuple(each.id for each in self.entries)

    def text(self) -> str:
        """A line for each."""
        lines = StringIO()
        for each in self.entries:
            lines.write(each.line(self.columns) + "\n")
        return lines.getvalue()

    def document(self) -> list[dict[str, Any]]:
        """The fields of each."""
        return [each.document(self.columns) for each in self.entries]

    def records(self) -> Sequence[Record]:
        """A row for each."""
        if self.columns:
            return [each.chosen(self.columns) for each in self.entries]
        return [each.record() for each in self.entries]


def listing(
    rows: Iterable[Row], collection: Collection, display: Display, columns: tuple[str, ...] = ()
) -> Listing:
    """Objects as they are now, shown as those of a collection (which may gather them)."""
    return Listing([entry(row, collection, display) for row in rows], columns)


class Shown(Result):
    """One object."""

    entry: Entry

    @property
    def objects(self) -> Objects:
        """This one."""
        return (self.entry.id,)

    def text(self) -> str:
        """A line."""
        return self.entry.shown_line() + "\n"

    def document(self) -> dict[str, Any]:
        """Its fields."""
        return self.entry.document()

    def records(self) -> Sequence[Record]:
        """A row for it."""
        return [self.entry.record()]


def shown(row: Row, collection: Collection, display: Display) -> Shown:
    """An object as it is now, shown as one of a collection (which may gather it)."""
    return Shown(entry(row, collection, display))


class ShownField(Result):
    """One field of the object with an id; `target` is the object that the field leads to."""

    id: int
    field: Field
    value: Any
    target: Entry | None

    @property
    def objects(self) -> Objects:
        """The one that has the field."""
        return (self.id,)

    def text(self) -> str:
        """The word it displays; the object it leads to, if it leads to one."""
        return (self.target.shown_line() if self.target else self._word()) + "\n"

    def document(self) -> dict[str, Any]:
        """Its name and value."""
        return {self.field.name: _data(self.field, self.value)}

    def records(self) -> Sequence[Record]:
        """Its name and word."""
        return [{self.field.name: self._word()}]

    def _word(self) -> str:
        return "" if self.value is None else _word(self.field, self.value)


def shown_field(row: Row, field: Field, display: Display) -> ShownField:
    """A field of an object as it is now."""
    value, target = display.value(row, field), None
    if isinstance(value, Row):
        target = entry(value, value.collection, display)
    if field.reference is not None and value is not None:
        value = _names(value, display)
    return ShownField(row.id, field, value, target)
