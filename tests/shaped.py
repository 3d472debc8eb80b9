"""Topologies compared by their shape: whatever their objects are called, and their UUIDs."""

from __future__ import annotations

from collections import Counter

from midocli.store.rows import Row, referred
from midocli.store.store import Store


def _plain(row: Row, store: Store) -> tuple[object, ...]:
    """An object without what it is called, and whom it names."""
    fields = zip(row.collection.fields, row.values, strict=True)
    words = (str(value) for field, value in fields if not field.reference and not field.secret)
    own = () if row.collection.path == "vtep.binding" else tuple(words)
    return (row.collection.path, store.position(row), *own)


def shape(store: Store) -> Counter[object]:
    """A topology without aliases: its objects, what they name, and what holds them."""
    found: Counter[object] = Counter()
    for row in store.all_rows():
        if row.collection.path != "capture":
            plain = _plain(row, store)
            found[plain] += 1
            found[plain, row.parent and _plain(row.parent, store)] += 1
            for field, value in zip(row.collection.fields, row.values, strict=True):
                for target in referred(value):
                    found[plain, field.name, _plain(target, store)] += 1
    return found
