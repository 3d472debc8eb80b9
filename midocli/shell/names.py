"""Which words exist right now: the second half of completion, next to the grammar's."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from grammar.expectation import Expectation
from midocli.store.display import Display
from midocli.store.rows import Row
from midocli.store.store import Store

_MOST = 200


def names(store: Store, display: Display, expected: Expectation) -> Iterator[tuple[str, str]]:
    """Aliases and names of the objects an expectation could mean, each with a description."""
    if expected.target == "source":
        for path in ("guest", "port"):
            yield from _of_collection(store, display, path)
    elif expected.target == "*":
        for path in store.schema.root:
            if not store.schema[path].gathers:
                yield from _of_collection(store, display, path)
    elif expected.target == "interface":
        for host in store.rows("host"):
            for interface in store.rows("host.interface", host):
                yield display.name(interface), display.fields(interface)
    elif expected.target in store.schema.collections:
        yield from _of_collection(store, display, expected.target)


def _of_collection(store: Store, display: Display, path: str) -> Iterator[tuple[str, str]]:
    collection = store.schema[path]
    if not collection.has_id:
        return
    for row in islice(_everywhere(store, path), _MOST):
        word = row.full_alias if collection.gathers or not collection.parent else row.alias
        yield word, display.fields(row)
        if "name" in collection.index and row.get("name"):
            yield row.get("name"), f"{row.full_alias} {display.fields(row)}"


def _everywhere(store: Store, path: str) -> Iterator[Row]:
    """The rows of a collection inside whatever holds it."""
    parent = store.schema[path].parent
    if not parent:
        yield from store.rows(path)
        return
    for holder in _everywhere(store, parent):
        yield from store.rows(path, holder)
