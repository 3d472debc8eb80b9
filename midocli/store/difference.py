"""What tells two topologies apart: their objects, by the aliases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from grammar.schema import Collection, Field
from midocli.store.copying import copied
from midocli.store.display import Display, is_local_route, is_vxlan
from midocli.store.rows import Row
from midocli.store.saving import all_rows, script
from midocli.store.store import Store
from midocli.store.summary import called

#: What stands in the place of a secret.
NOT_SHOWN = "(not shown)"


class Thing(NamedTuple):
    """An object as a topology has it: the name of what holds it, and the words of its fields."""

    row: Row
    holder: str | None
    words: Mapping[str, str]


def things(store: Store) -> dict[str, Thing]:
    """The objects of a topology by their names, those before others that need them."""
    display = Display(store)
    found: dict[str, Thing] = {}
    for row in all_rows(store):
        if not is_vxlan(row):
            holder = row.get("port") if is_local_route(row) else row.parent
            above = _name(holder, display) if holder is not None else None
            name = _name(row, display)
            while name in found:  # nothing tells the two apart
                name += " again"
            found[name] = Thing(row, above, dict(words(store, row, display)))
    return found


class Written(NamedTuple):
    """The script that makes a topology; of lines with secrets `hidden` is what is shown instead."""

    lines: list[str]
    hidden: Mapping[str, str]


def written(store: Store) -> Written:
    """A topology as it is compared line by line."""
    lines = _lines(store)
    return Written(lines, _hidden(store, lines))


def _lines(store: Store) -> list[str]:
    return [line for line in script(store).splitlines() if not line.startswith("#")]


def _hidden(store: Store, lines: list[str]) -> dict[str, str]:
    """The lines that a topology would have without its secrets, by those with them."""
    if not _secrets(store):
        return {}
    twin = copied(store)
    for row, index in _secrets(twin):
        twin.put(row, index, NOT_SHOWN)
    return dict(zip(lines, _lines(twin), strict=True))


def _secrets(store: Store) -> list[tuple[Row, int]]:
    """The values that nobody is shown: the rows they are of, and their places there."""
    places = {
        path: [index for index, field in enumerate(collection.fields) if field.secret]
        for path, collection in store.schema.collections.items()
    }
    return [
        (row, index)
        for row in store.all_rows()
        for index in places[row.collection.path]
        if row.values[index] is not None
    ]


def _name(row: Row, display: Display) -> str:
    """What tells an object apart from all others in any topology."""
    if row.collection.single:
        return row.collection.name
    if is_local_route(row):
        return f"{display.name(row.get('port'))} route"
    if row.collection.has_id:
        return row.full_alias
    if row.collection.key:
        return f"{row.collection.name} {called(row, display)}"
    holder = _name(row.parent, display) if row.parent is not None else ""
    given = [
        _word(field, value, display)
        for field, value in zip(row.collection.fields, row.values, strict=True)
        if value is not None and not field.parent
    ]
    return " ".join(filter(None, (row.collection.name, holder, *given)))


def words(store: Store, row: Row, display: Display) -> Iterator[tuple[str, str]]:
    """The fields of an object that have a value, and its place, as words; secrets as well."""
    for index, field in enumerate(row.collection.fields):
        value = row.values[index]
        if value is not None and not (field.read_only or field.parent or field.computed):
            yield field.name, _word(field, value, display)
    position = store.position(row)
    if position is not None:
        yield "pos", str(position)


def _word(field: Field, value: Any, display: Display) -> str:
    """A value as a word; bridges that stand in it by their UUID by the alias, as others do."""
    if field.name == "network-id":
        bridges = display.store.rows("bridge")
        return next((row.full_alias for row in bridges if row.uuid == value), str(value))
    return display.word(field, value)


def masked(collection: Collection, fields: Mapping[str, str] | None) -> dict[str, str] | None:
    """Fields in words, without secrets."""
    if fields is None:
        return None
    return {
        name: NOT_SHOWN if collection.by_name[name].secret else word
        for name, word in fields.items()
    }


class Change(NamedTuple):
    """What has become of the fields of an object: what they were, and what they are now."""

    old: Thing
    new: Thing
    fields: Mapping[str, tuple[str | None, str | None]]


class Difference(NamedTuple):
    """What one topology has that another had not, by the names of objects."""

    created: Mapping[str, Thing]
    changed: Mapping[str, Change]
    deleted: Mapping[str, Thing]


def difference(old: Mapping[str, Thing], new: Mapping[str, Thing]) -> Difference:
    """What has been created, changed and deleted from the objects of one topology to another's."""
    changed = {name: _change(old[name], new[name]) for name in new if name in old}
    return Difference(
        {name: thing for name, thing in new.items() if name not in old},
        {name: change for name, change in changed.items() if change.fields},
        {name: thing for name, thing in old.items() if name not in new},
    )


def _change(old: Thing, new: Thing) -> Change:
    names = dict.fromkeys((*old.words, *new.words))
    pairs = {name: (old.words.get(name), new.words.get(name)) for name in names}
    return Change(old, new, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


def as_data(found: Difference) -> dict[str, Any]:
    """A difference as a document, without secrets."""
    return {
        "created": {name: _shown(thing) for name, thing in found.created.items()},
        "changed": {name: _changes(change) for name, change in found.changed.items()},
        "deleted": {name: _shown(thing) for name, thing in found.deleted.items()},
    }


def _shown(thing: Thing) -> dict[str, str] | None:
    return masked(thing.row.collection, thing.words)


def _changes(change: Change) -> dict[str, dict[str, str | None]]:
    fields = change.new.row.collection.by_name
    return {
        name: dict.fromkeys(("from", "to"), NOT_SHOWN)
        if fields[name].secret
        else {"from": was, "to": now}
        for name, (was, now) in change.fields.items()
    }
