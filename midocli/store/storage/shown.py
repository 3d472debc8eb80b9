"""What the log shows of a change: its objects in words, before and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from grammar.schema import Collection, Field
from midocli.store.display import Display
from midocli.store.rows import uuid_text
from midocli.store.storage.entries import Entry

#: What stands in the place of a secret.
_NOT_SHOWN = "(not shown)"


class Shown(NamedTuple):
    """An object of a change; `before` and `after` are fields in words, None: it was not there.

    Of an object that only changed these are the fields that did.
    """

    id: str
    collection: Collection
    name: str
    before: dict[str, str] | None
    after: dict[str, str] | None


class _Seen:
    def __init__(self, collection: Collection, name: str) -> None:
        self.collection = collection
        self.name = name
        self.before: dict[str, str] | None = {}
        self.after: dict[str, str] | None = {}


class Showing:
    """Puts the entries of a change into words, by the aliases that its objects have."""

    def __init__(self, display: Display) -> None:
        self._display = display
        self._seen: dict[str, _Seen] = {}

    def objects(self, entries: Iterable[str]) -> list[Shown]:
        """The objects of some entries of the log."""
        for data in entries:
            for entry in json.loads(data):
                self._note(entry)
        return [
            Shown(uuid_text(int(id, 16)), each.collection, each.name, each.before, each.after)
            for id, each in self._seen.items()
            if each.before != each.after
        ]

    def _note(self, entry: Entry) -> None:
        match entry:
            case ["attach", id, path, _, number, _, _, given, _]:
                seen = self._of(id, path, number)
                if not seen.before and id not in self._seen:
                    seen.before = None
                self._seen[id] = seen
                seen.after = self._all(seen.collection, given)
            case ["detach", id, path, _, number, _, _, given]:
                seen = self._of(id, path, number)
                if id not in self._seen:
                    seen.before = self._all(seen.collection, given)
                self._seen[id] = seen
                seen.after = None
            case ["put", id, name, old, new]:
                self._change(id, name, old, new)
            case ["move", id, old, new]:
                self._change(id, "pos", old, new)

    def _change(self, id: str, name: str, old: Any, new: Any) -> None:
        row = self._display.store.by_id(int(id, 16))
        if id not in self._seen and row is None:
            return
        if id not in self._seen and row is not None:
            self._seen[id] = _Seen(row.collection, self._display.name(row))
        seen = self._seen[id]
        field = seen.collection.by_name[name]
        if seen.before is not None:
            seen.before.setdefault(name, self._word(field, old))
        if seen.after is not None:
            seen.after[name] = self._word(field, new)

    def _of(self, id: str, path: str, number: int) -> _Seen:
        seen = self._seen.get(id)
        if seen is not None:
            return seen
        collection = self._display.store.schema[path]
        row = self._display.store.by_id(int(id, 16))
        alias = f"{collection.prefix}{number}" if number >= 0 else ""
        return _Seen(collection, self._display.name(row) if row is not None else alias)

    def _all(self, collection: Collection, given: dict[str, Any]) -> dict[str, str]:
        return {name: self._word(collection.by_name[name], given[name]) for name in given}

    def _word(self, field: Field, value: Any) -> str:
        if field.secret:
            return _NOT_SHOWN if value is not None else "-"
        if value is None:
            return "-"
        if type(value) is dict:
            return f"!{self._word(field, value['not'])}"
        if type(value) is list:
            return ",".join(self._one(field, each) for each in value) or '""'
        return self._one(field, value)

    def _one(self, field: Field, value: Any) -> str:
        if field.reference is not None:
            row = self._display.store.by_id(int(value, 16))
            return uuid_text(int(value, 16)) if row is None else self._display.name(row)
        return value if isinstance(value, str) else field.word(value)
