"""What the log shows of a change: its objects in words, before and after it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from grammar.schema import Collection
from midocli.store.difference import masked, words
from midocli.store.display import Display
from midocli.store.rows import Row, uuid_text
from midocli.store.store import Store


class Shown(NamedTuple):
    """An object of a change; `before` and `after` are its fields in words, None: it was not there.

    No secret is among them.
    """

    id: str
    collection: Collection
    name: str
    before: dict[str, str] | None
    after: dict[str, str] | None


def shown(entries: Iterable[str], before: Store, after: Store) -> Iterator[Shown]:
    """The objects that some entries of the log are about, and that they have changed."""
    ids = dict.fromkeys(int(entry[1], 16) for data in entries for entry in json.loads(data))
    for id in ids:
        was, now = before.by_id(id), after.by_id(id)
        row, store = (was, before) if now is None else (now, after)
        old, new = _words(was, before), _words(now, after)
        if row is not None and old != new:
            name = Display(store).name(row)
            fields = row.collection
            yield Shown(uuid_text(id), fields, name, masked(fields, old), masked(fields, new))


def _words(row: Row | None, store: Store) -> dict[str, str] | None:
    return None if row is None else dict(words(store, row, Display(store)))
