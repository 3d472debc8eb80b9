"""What tells two topologies apart: objects by their aliases, and the commands between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from grammar import canonical
from grammar.schema import Collection, Field
from grammar.tree import Clear, Delete, FieldName, Path, Set, Setting
from midocli.store.copying import copied
from midocli.store.display import Display, is_local_route, is_vxlan
from midocli.store.rows import Row
from midocli.store.saving import all_rows, commands, path_of_row, script
from midocli.store.store import Store
from midocli.store.summary import called

#: What stands in the place of a secret.
NOT_SHOWN = "(not shown)"


class Thing(NamedTuple):
    """An object as a state has it: how it is picked, and the words of its fields."""

    collection: Collection
    path: Path
    holder: str | None
    words: Mapping[str, str]


class State(NamedTuple):
    """A topology: the script that makes it, and its objects by name, in their order.

    Of lines with secrets `hidden` tells what is shown instead.
    """

    lines: list[str]
    hidden: Mapping[str, str]
    things: Mapping[str, Thing]


def state(store: Store) -> State:
    """The topology of a store as it is now."""
    display = Display(store)
    things = {}
    for row in all_rows(store):
        if not is_vxlan(row):
            holder = row.get("port") if is_local_route(row) else row.parent
            things[_name(row, display)] = Thing(
                row.collection,
                path_of_row(row),
                _name(holder, display) if holder is not None else None,
                dict(words(store, row, display)),
            )
    lines = _lines(store)
    return State(lines, _hidden(store, lines), things)


def _lines(store: Store) -> list[str]:
    return [line for line in script(store).splitlines() if not line.startswith("#")]


def _hidden(store: Store, lines: list[str]) -> dict[str, str]:
    """The lines that a topology would have without its secrets, by those with them."""
    twin = copied(store)
    secrets = [
        (row, index)
        for row in twin.all_rows()
        for index, field in enumerate(row.collection.fields)
        if field.secret and row.values[index] is not None
    ]
    for row, index in secrets:
        twin.put(row, index, NOT_SHOWN)
    return dict(zip(lines, _lines(twin), strict=True)) if secrets else {}


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
    words = (display.field(row, field) for field in row.collection.fields if not field.parent)
    return " ".join(filter(None, (row.collection.name, holder, *words)))


def words(store: Store, row: Row, display: Display) -> Iterator[tuple[str, str]]:
    """The fields of an object that have a value, and its place, as words; secrets as well."""
    for index, field in enumerate(row.collection.fields):
        value = row.values[index]
        if value is not None and not (field.read_only or field.parent or field.computed):
            yield field.name, display.word(field, value)
    position = store.position(row)
    if position is not None:
        yield "pos", str(position)


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

    thing: Thing
    fields: Mapping[str, tuple[str | None, str | None]]


class Difference(NamedTuple):
    """What one state has that another had not, by the names of objects."""

    created: Mapping[str, Thing]
    changed: Mapping[str, Change]
    deleted: Mapping[str, Thing]


def difference(old: State, new: State) -> Difference:
    """What has been created, changed and deleted from one state to the other."""
    both = [name for name in new.things if name in old.things]
    changed = {name: _change(old.things[name], new.things[name]) for name in both}
    return Difference(
        {name: thing for name, thing in new.things.items() if name not in old.things},
        {name: change for name, change in changed.items() if change.fields},
        {name: thing for name, thing in old.things.items() if name not in new.things},
    )


def _change(old: Thing, new: Thing) -> Change:
    names = dict.fromkeys((*old.words, *new.words))
    pairs = {name: (old.words.get(name), new.words.get(name)) for name in names}
    return Change(new, {name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


def as_data(found: Difference) -> dict[str, Any]:
    """A difference as a document, without secrets."""
    return {
        "created": {name: _shown(thing) for name, thing in found.created.items()},
        "changed": {name: _changes(change) for name, change in found.changed.items()},
        "deleted": {name: _shown(thing) for name, thing in found.deleted.items()},
    }


def _shown(thing: Thing) -> dict[str, str] | None:
    return masked(thing.collection, thing.words)


def _changes(change: Change) -> dict[str, dict[str, str | None]]:
    fields = change.thing.collection.by_name
    return {
        name: dict.fromkeys(("from", "to"), NOT_SHOWN)
        if fields[name].secret
        else {"from": was, "to": now}
        for name, (was, now) in change.fields.items()
    }


def as_mido(found: Difference, store: Store) -> str:
    """The commands that lead to what a store has now, for midocli."""
    lines = [*_deletions(found)]
    display = Display(store)
    rows = [row for row in all_rows(store) if _name(row, display) in found.created]
    changed = [found.changed[name] for name in _in_order(found)]
    # What gets free may be taken by what is created.
    first = [change for change in changed if not _needs(change, found)]
    for change in first:
        lines += _settings(change)
    lines += commands(store, rows, explicit=True).splitlines()
    for change in changed:
        lines += _settings(change) if change not in first else ()
    return "".join(f"{line}\n" for line in lines)


def _deletions(found: Difference) -> Iterator[str]:
    """What is deleted, from the inside out, but for what goes along with its holder."""
    for thing in reversed(list(found.deleted.values())):
        path = thing.collection.path
        if path == "host":
            alive = thing.collection.by_name["alive"]
            yield canonical(Set(thing.path, (Setting(alive, False, 1, "false"),)))
        if thing.holder not in found.deleted or path == "host.binding":
            yield canonical(Delete(thing.path))


def _needs(change: Change, found: Difference) -> bool:
    """Whether fields name what is created, or are about a place in a chain."""
    words = {word for _, now in change.fields.values() for word in (now or "").split(",")}
    # Behind what it is stands what others call an object without an id.
    return "pos" in change.fields or any(name.split()[-1] in words for name in found.created)


def _in_order(found: Difference) -> list[str]:
    """Rules get their places from the first one on."""
    return sorted(
        found.changed, key=lambda name: int(found.changed[name].thing.words.get("pos", 0))
    )


def _settings(change: Change) -> Iterator[str]:
    """The commands that give the fields of an object their values."""
    by_name = change.thing.collection.by_name
    given = [
        _setting(by_name[name], now) for name, (_, now) in change.fields.items() if now is not None
    ]
    cleared = [
        FieldName(by_name[name], 1) for name, (_, now) in change.fields.items() if now is None
    ]
    if cleared:
        yield canonical(Clear(change.thing.path, tuple(cleared)))
    if given:
        yield canonical(Set(change.thing.path, tuple(given)))


def _setting(field: Field, word: str) -> Setting:
    if field.reference is not None:
        return Setting(field, word, 1, word)
    word = "" if word == '""' else word
    return Setting(field, field.type.parse(word), 1, word)
