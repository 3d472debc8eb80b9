"""Which words exist right now: the second half of completion, next to the grammar's.

Names are looked for place by place, a *place* being the objects of one collection inside one
object. Aliases are counted, names looked up in the store's indexes, and what is looked at is
bounded: a key press must not wait for a large topology.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import NamedTuple

import grammar
from grammar.errors import MidoError
from grammar.expectation import Expectation
from grammar.schema import Collection
from midocli.interpreter import Interpreter
from midocli.store.rows import Row, Siblings

#: So many names are offered at most, so many places looked into, and so many objects looked
#: at to find a name by its letters.
_MOST = 200
_MOST_PLACES = 1_000
_MOST_LOOKED_AT = 2_000
_LAST_WORD = re.compile(r"\S+\s*\Z")
_POINTS = ("host.interface", "router.port", "bridge.port")


class Candidate(NamedTuple):
    """A word that may be typed, and what it stands for."""

    text: str
    meta: str


class Place(NamedTuple):
    """The objects of a collection inside one object; `owner` stands before their names."""

    collection: Collection
    siblings: Siblings
    owner: str

    def word(self, row: Row) -> str:
        """What picks a row here: its alias or, without an id, its key."""
        return self.owner + (row.alias if self.collection.has_id else name_of(row))


class Names:
    """The aliases and names of what exists in an interpreter's topology."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._store = interpreter.store
        self._interpreter = interpreter

    def beginning(self, expected: Expectation, before: str, typed: str) -> list[Candidate]:
        """The names an expectation could mean that begin with `typed`.

        `before` is the line up to the word.
        """
        places = self._places(expected.target, before, typed)
        found = (pair for place in islice(places, _MOST_PLACES) for pair in _begun(place, typed))
        return [self._candidate(*pair) for pair in islice(found, _MOST)]

    def near(self, expected: Expectation, before: str, typed: str) -> list[Candidate]:
        """As `beginning`, those that have the letters of `typed` in their order."""
        places = islice(self._places(expected.target, before, typed), _MOST_PLACES)
        rows = ((place, row) for place in places for row in place.siblings.by_number.values())
        fits = fuzzy(typed)
        found = (
            (word, row)
            for place, row in islice(rows, _MOST_LOOKED_AT)
            for word in (place.word(row), name_of(row))
            if fits(word)
        )
        return [self._candidate(*pair) for pair in islice(found, _MOST)]

    def _candidate(self, word: str, row: Row) -> Candidate:
        return Candidate(word, self.describe(row, word))

    # -- places -------------------------------------------------------------------

    def _places(self, target: str, before: str, typed: str) -> Iterator[Place]:
        schema = self._store.schema
        if target in ("source", "point", "points"):
            for path in (*(("guest",) if target == "source" else ()), *_POINTS):
                yield from self._everywhere(path, typed)
        elif target == "interface":
            yield from self._everywhere("host.interface", typed)
        elif target == "*":
            for path in schema.root:
                if schema[path].has_id and not schema[path].gathers:
                    yield from self._everywhere(path, typed)
            yield from self._inside_typed(typed)
        elif target in schema.collections and schema[target].gathers:
            for path in schema[target].gathers:
                yield from self._everywhere(path, typed)
        elif target in schema.collections and schema[target].has_id:
            holder = self._holder(before) if schema[target].parent else None
            if holder is not None and holder.collection.path == schema[target].parent:
                yield from self._place(schema[target], holder, "")
            else:
                yield from self._everywhere(target, typed)

    def _place(self, collection: Collection, holder: Row | None, owner: str) -> Iterator[Place]:
        siblings = self._store.siblings(collection, holder)
        if siblings:
            yield Place(collection, siblings, owner)

    def _everywhere(self, path: str, typed: str) -> Iterator[Place]:
        """The places of a collection inside whatever may hold it, `typed` being the word so far."""
        collection = self._store.schema[path]
        if not collection.parent:
            yield from self._place(collection, None, "")
            return
        if ":" in typed:
            holders = self._named(typed.rpartition(":")[0])
        else:
            holders = self._rows(collection.parent)
        for holder in holders:
            if holder.collection.path == collection.parent and holder.siblings(path):
                owner = self._interpreter.display.name(holder)
                yield from self._place(collection, holder, f"{owner}:")

    def _inside_typed(self, typed: str) -> Iterator[Place]:
        """The places inside the object whose full alias, and a colon, has been typed."""
        if ":" in typed:
            owner = typed.rpartition(":")[0]
            for holder in self._named(owner):
                for child in self._store.schema.children(holder.collection):
                    if child.has_id and not child.gathers:
                        yield from self._place(child, holder, f"{owner}:")

    def _named(self, alias: str) -> Iterator[Row]:
        """The object with a full alias, if there is one."""
        collection = self._store.schema.of_alias(alias)
        row = collection and self._interpreter.resolver.find(collection, None, alias)
        if row:
            yield row

    def _rows(self, path: str) -> Iterator[Row]:
        parent = self._store.schema[path].parent
        if not parent:
            yield from self._store.rows(path)
            return
        for holder in self._rows(parent):
            yield from self._store.rows(path, holder)

    def _holder(self, before: str) -> Row | None:
        """The object that a line has named when it goes on with one of its collections."""
        line = _LAST_WORD.sub("", before)
        for ending in ("", " show"):
            try:
                command = grammar.parse(line + ending)
                return self._interpreter.resolver.path(getattr(command, "path", ()))
            except MidoError:
                continue
        return None

    # -- descriptions -------------------------------------------------------------

    def describe(self, row: Row, word: str = "") -> str:
        """An object in a few words: what else it is called, what it holds, and what it says."""
        display = self._interpreter.display
        name = name_of(row)
        other = display.name(row) if word == name else name
        words = [other] if other and other != word and row.collection.has_id else []
        for child in self._store.schema.children(row.collection):
            held = None if child.gathers or child.live else row.siblings(child.path)
            if held:
                words.append(f"{len(held)} {child.name}{'' if len(held) == 1 else 's'}")
        for field in row.collection.fields:
            value = row.values[row.collection.index[field.name]]
            if field.hidden or field.name == "name" or value is None or value == field.default:
                continue
            if not field.computed and not field.parent and value != ():
                words.append(f"{field.name} {display.word(field, value)}")
        return ", ".join(words)


def name_of(row: Row) -> str:
    """What an object is called besides its alias: its name or, without an id, its key."""
    field = "name" if row.collection.has_id else next(iter(row.collection.key), "")
    value = row.get(field) if field in row.collection.index else None
    return value if isinstance(value, str) else ""


def _begun(place: Place, typed: str) -> Iterator[tuple[str, Row]]:
    """The words of a place that begin with `typed`: aliases in order, then names."""
    collection, siblings, owner = place
    if collection.has_id:
        stem = owner + collection.prefix
        if stem.startswith(typed):
            yield from ((place.word(row), row) for row in siblings)
        elif typed.startswith(stem):
            digits = typed[len(stem) :]
            yield from ((place.word(row), row) for row in _numbered(siblings, digits))
    for key, rows in siblings.by_key.items():
        word = key if collection.has_id else f"{owner}{key}"
        if isinstance(key, str) and key and word.startswith(typed):
            yield from ((word, row) for row in rows)


def _numbered(siblings: Siblings, digits: str) -> Iterator[Row]:
    """The rows whose number begins with some digits."""
    if not digits.isdecimal() or (digits.startswith("0") and digits != "0"):
        return
    first, count = int(digits), 1
    while first < siblings.next_number + len(siblings.taken):
        for number in range(first, first + count):
            if number in siblings.by_number:
                yield siblings.by_number[number]
        if first == 0:
            return
        first, count = first * 10, count * 10


def fuzzy(typed: str) -> Callable[[str], bool]:
    """Whether a word has the letters of `typed`, in their order."""
    letters = typed.lower()

    def fits(word: str) -> bool:
        left = iter(word.lower())
        return len(word) >= len(letters) and all(letter in left for letter in letters)

    return fits
