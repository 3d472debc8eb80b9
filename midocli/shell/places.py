"""Where objects are that may be meant: the second half of completion, next to the grammar's.

A *place* is the objects of one collection inside one object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import grammar
from grammar.commands.reach import KINDS
from grammar.errors import MidoError
from grammar.schema import Collection
from midocli.context.context import Context
from midocli.store.rows import Row, Siblings

INTERFACE = "host.interface"
_POINTS = (INTERFACE, "router.port", "bridge.port")
#: Where points may stand, with what else may.
_WITH_POINTS = {"source": ("guest",), "point": (), "points": (), "watched": ()}
_LAST_WORD = re.compile(r"\S+\s*\Z")


class Place(NamedTuple):
    """The objects of a collection inside one object; `owner` stands before their names.

    Where `bare`, it need not, if no other object has the name.
    """

    collection: Collection
    siblings: Siblings
    owner: str
    bare: bool = False


class Places:
    """The places in a topology."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._context = context

    def of(self, target: str, before: str, typed: str) -> Iterator[Place]:
        """The places of what is expected (an Expectation's target), which may be many.

        `before` is the command up to the word, of which `typed` has been typed.
        """
        schema = self._store.schema
        path = target.partition(" ")[0]
        if target in _WITH_POINTS:
            for each in (*_WITH_POINTS[target], *_POINTS):
                for place in self._everywhere(each, typed):
                    yield place._replace(bare=each == INTERFACE)
        elif target == "destination":
            yield from self._everywhere("guest", typed)
        elif target == "machines":
            for each in KINDS:
                yield from self._everywhere(each, typed)
        elif target == "interface":
            for place in self._everywhere(INTERFACE, typed):
                yield place._replace(bare=bool(typed) and not place.owner.startswith(typed))
        elif target == "*":
            for root in schema.root:
                if schema[root].has_id and not schema[root].gathers:
                    yield from self._everywhere(root, typed)
            yield from self._inside_typed(typed)
        elif path in schema.collections:
            yield from self._of(schema[path], before, "" if " " in target else typed)

    def _of(self, collection: Collection, before: str, typed: str) -> Iterator[Place]:
        """The places of a collection: inside the object that was named, or everywhere."""
        holder = self._holder(before) if collection.parent else None
        if holder is not None and holder.collection.path == collection.parent:
            yield from self._place(collection, holder, "")
        else:
            for path in collection.gathers or (collection.path,):
                yield from self._everywhere(path, typed)

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
        owner, colon, _ = typed.rpartition(":")
        if colon:
            above = self._store.schema[collection.parent]
            holder = self._context.resolver.find(above, None, owner)
            if holder is not None:
                yield from self._place(collection, holder, f"{owner}:")
            return
        for holder in self._rows(collection.parent):
            if holder.siblings(path):
                owner = self._context.display.name(holder)
                yield from self._place(collection, holder, f"{owner}:")

    def _inside_typed(self, typed: str) -> Iterator[Place]:
        """The places inside the object whose full alias, and a colon, has been typed."""
        owner, colon, _ = typed.rpartition(":")
        above = self._store.schema.of_alias(owner) if colon else None
        holder = above and self._context.resolver.find(above, None, owner)
        if holder:
            for child in self._store.schema.children(holder.collection):
                if child.has_id and not child.gathers:
                    yield from self._place(child, holder, f"{owner}:")

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
                return self._context.resolver.path(getattr(command, "path", ()))
            except MidoError:
                continue
        return None
