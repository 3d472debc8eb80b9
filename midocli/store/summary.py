"""What a change did to which objects: as data, and in a line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from midocli.store.display import Display
from midocli.store.journal import Transaction
from midocli.store.rows import Row

#: So many objects are named in a line; of more the rest is counted.
_MOST_NAMES = 3


def summary(transaction: Transaction, display: Display) -> dict[str, Any]:
    """The names of the objects `created` and `deleted`, and the fields of those `changed`.

    Objects that hold others come first. What has no name yet, as a port's own route, is left out.
    """
    created, deleted = _rows(transaction, "attach"), _rows(transaction, "detach")
    fields: dict[Row, dict[str, None]] = {}
    for what, row, *more in transaction:
        if what in ("put", "move") and isinstance(row, Row):
            index = more[0] if what == "put" else None
            name = row.collection.fields[index].name if isinstance(index, int) else "pos"
            fields.setdefault(row, {})[name] = None
    changed = [row for row in _named(fields) if row not in created and row not in deleted]
    return {
        "created": [_name(row, display) for row in _named(created) if row not in deleted],
        "changed": {_name(row, display): list(fields[row]) for row in changed},
        "deleted": [_name(row, display) for row in _named(deleted) if row not in created],
    }


def in_words(summary: dict[str, Any]) -> str:
    """A summary as `guest1 and host0 created; router0 (name) changed`."""
    named = {
        **summary,
        "changed": [f"{name} ({', '.join(given)})" for name, given in summary["changed"].items()],
    }
    parts = [f"{_listed(names)} {what}" for what, names in named.items() if names]
    return "; ".join(parts) or "what left nothing"


def _rows(transaction: Transaction, kind: str) -> dict[Row, None]:
    """The rows that changes of a kind are about, done for the first time or again."""
    kinds = (kind, f"{kind} again")
    return {row: None for what, row, *_ in transaction if what in kinds and isinstance(row, Row)}


def _named(rows: Iterable[Row]) -> list[Row]:
    """Those with a name, the ones that hold others first."""
    named = (row for row in rows if row.number >= 0)
    return sorted(named, key=lambda row: (_depth(row), not row.collection.has_id))


def _depth(row: Row) -> int:
    return 0 if row.parent is None else 1 + _depth(row.parent)


def _name(row: Row, display: Display) -> str:
    """What an object is called; one without an id by what it is, what holds it, and its key."""
    collection = row.collection
    if collection.has_id:
        return display.name(row)
    return f"{collection.name} {called(row, display)}".rstrip()


def called(row: Row, display: Display) -> str:
    """What holds an object without an id and its key, as far as there are any: `bridge0:lan`."""
    if row.collection.has_id:
        return display.name(row)
    key = row.collection.key[:1]
    words = [display.field(row, row.collection.by_name[name]) for name in key]
    holder = called(row.parent, display) if row.parent is not None else None
    return ":".join(filter(None, (holder, *words)))


def _listed(names: Sequence[str]) -> str:
    """A few names, and how many more there are."""
    if len(names) > _MOST_NAMES + 1:
        names = [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
