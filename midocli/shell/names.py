"""Which words exist right now: the second half of completion, next to the grammar's.

Names are looked for place by place, a *place* being the objects of one collection inside one
object. Aliases are counted, names looked up in the store's indexes, and what is looked at is
bounded: a key press must not wait for a large topology.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice

from grammar.schema import Collection, Field
from midocli.context.context import Context
from midocli.shell.addresses import addresses
from midocli.shell.places import INTERFACE, Place, Places
from midocli.shell.ranking import fit
from midocli.shell.words import Candidate
from midocli.store.rows import Row, Siblings, Value

#: So many names are offered at most, so many places looked into, and so many objects looked
#: at to find a name by its letters, or a value.
MOST = 200
_MOST_PLACES = 1_000
_MOST_LOOKED_AT = 2_000
#: Where addresses may stand.
_ADDRESSES = ("destination", "address", "machines")


class Names:
    """The aliases, names and values of what exists in a topology."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._context = context
        self._places = Places(context)

    def beginning(
        self, target: str, before: str, typed: str, most: int = MOST
    ) -> Iterator[Candidate]:
        """The names of what is expected (an Expectation's target) that begin with `typed`.

        `before` is the command up to the word.
        """
        places = islice(self._places.of(target, before, typed), _MOST_PLACES)
        if " " in target:
            values = chain.from_iterable(self._values(place, target) for place in places)
            found = (value for value in values if value.text.startswith(typed))
            yield from islice(dict.fromkeys(found), most)
            return
        pairs = chain.from_iterable(self._begun(place, typed) for place in places)
        yield from self._candidates(islice(pairs, most))
        if target in _ADDRESSES:
            known = addresses(self._store, lambda text: text.startswith(typed))
            yield from islice(known, most)

    def near(self, target: str, before: str, typed: str) -> Iterator[Candidate]:
        """As `beginning`, those that have the letters of `typed` in their order, the best first."""
        places = islice(self._places.of(target, before, typed), _MOST_PLACES)
        if " " in target:
            values = chain.from_iterable(self._values(place, target) for place in places)
            yield from (value for value in dict.fromkeys(values) if fit(typed, value.text))
            return
        rows = ((place, row) for place in places for row in place.siblings.by_number.values())
        found = [
            (rank, word, row)
            for place, row in islice(rows, _MOST_LOOKED_AT)
            for word in self._words(place, row)
            if (rank := fit(typed, word)) is not None
        ]
        found.sort(key=lambda each: each[0])
        yield from self._candidates((word, row) for _, word, row in found[:MOST])
        if target in _ADDRESSES:
            yield from addresses(self._store, lambda text: fit(typed, text) is not None)

    def _candidates(self, pairs: Iterable[tuple[str, Row]]) -> Iterator[Candidate]:
        """Words with what they stand for; with its owner where another has the name as well."""
        found = dict.fromkeys(pairs)
        having: dict[str, int] = {}
        for word, row in found:
            having[word] = having.get(word, 0) + (row.collection.path == INTERFACE)
        for word, row in found:
            shown = self._context.display.name(row) if having[word] > 1 else word
            yield Candidate(shown, self.describe(row, shown))

    # -- the words of a place -------------------------------------------------------

    def _words(self, place: Place, row: Row) -> Iterator[str]:
        """All that a row may be called in a place."""
        name = self._name_of(row)
        if row.collection.has_id and row.number >= 0:
            yield place.owner + row.alias
        if name:
            yield name if row.collection.has_id or place.bare else place.owner + name

    def _begun(self, place: Place, typed: str) -> Iterator[tuple[str, Row]]:
        """The words of a place that begin with `typed`: aliases in order, then names."""
        collection, siblings, owner, bare = place
        if collection.has_id:
            stem = owner + collection.prefix
            if stem.startswith(typed):
                yield from ((owner + row.alias, row) for row in siblings if row.number >= 0)
            elif typed.startswith(stem):
                digits = typed[len(stem) :]
                yield from ((owner + row.alias, row) for row in _numbered(siblings, digits))
        for key, rows in siblings.by_key.items():
            name = self._key_word(collection, key)
            if not name:
                continue
            if (collection.has_id or bare) and name.startswith(typed):
                yield from ((name, row) for row in rows)
            elif not collection.has_id and (owner + name).startswith(typed):
                yield from ((owner + name, row) for row in rows)

    def _values(self, place: Place, target: str) -> Iterator[Candidate]:
        """The values that the objects of a place have in the field behind the blank of `target`."""
        field = place.collection.by_name.get(target.partition(" ")[2])
        if field is None:
            return  # of the kinds that a collection gathers, not all have each field
        display = self._context.display
        if field is self._key(place.collection):
            for key in place.siblings.by_key:
                yield Candidate(self._key_word(place.collection, key), "")
            return
        for row in islice(place.siblings.by_number.values(), _MOST_LOOKED_AT):
            yield Candidate(display.field(row, field) or "", "")

    def _key_word(self, collection: Collection, key: Value) -> str:
        """A name or, of objects that have none, what else tells them from their siblings."""
        field = self._key(collection)
        if key is None or field is None:
            return ""
        return self._context.display.word(field, key)

    def _name_of(self, row: Row) -> str:
        field = self._key(row.collection)
        return self._key_word(row.collection, row.get(field.name)) if field else ""

    def _key(self, collection: Collection) -> Field | None:
        """The field by which objects are called besides their aliases, if they are."""
        index = self._store.layout(collection).key
        return None if index is None else collection.fields[index]

    # -- descriptions -------------------------------------------------------------

    def describe(self, row: Row, word: str = "") -> str:
        """An object in a few words: what else it is called, what it holds, and what it says."""
        display = self._context.display
        name = self._name_of(row)
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
