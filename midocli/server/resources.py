"""Lists and items of the API: each request is one reading, or one transaction of the store."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from grammar.errors import ConflictError, RefusedError, StoreError
from midocli.context.context import Context
from midocli.server.answers import Refusal, json_object
from midocli.store.api.documents import (
    OBJECTS,
    Documents,
    WrongBodyError,
    children,
    object_of,
    values,
)
from midocli.store.api.forms import Given, Json, Unsupported
from midocli.store.api.leaves import UnknownError, uuid_number
from midocli.store.api.objects import ApiObject, Change
from midocli.store.api.places import PLACES, Place, by_uuid, listed
from midocli.store.editor import Editor
from midocli.store.rows import Row, Value

Params = Mapping[str, str]
#: The values of objects that are to be inside another one.
Wanted = Sequence[Mapping[str, Value]]


class Resources:
    """The rows of a topology as MidoNet's API has them; every failure is a Refusal."""

    def __init__(self, context: Context, documents: Documents) -> None:
        self._context = context
        self._store = context.store
        self._documents = documents

    # -- reading ------------------------------------------------------------------------

    def documents(self, place: Place, params: Params, query: Params) -> list[Json]:
        """The documents of a list."""
        rows = self._listed(place, params, self._parent(place, params))
        wanted = [(test, query[name]) for name, test in place.queries.items() if name in query]
        shown = (row for row in rows if all(test(row, value) for test, value in wanted))
        return [self._documents.document(row) for row in shown]

    def _listed(self, place: Place, params: Params, parent: Row | None) -> Iterator[Row]:
        """The rows of a place that have what its path says of them."""
        for row in listed(self._store, place, parent):
            document = self._documents.document(row) if place.said else {}
            if all(str(document[name]) == params[word] for word, name in place.said):
                yield row

    def get(self, place: Place, params: Params) -> Json:
        """The document of an item."""
        return self._documents.document(self._item(place, params))

    def _parent(self, place: Place, params: Params) -> Row | None:
        return self._item(PLACES[place.parent], params) if place.parent else None

    def _item(self, place: Place, params: Params) -> Row:
        parent = self._parent(place, params)
        above = place.parent.count("{")
        words = list(params.values())[above : place.path.count("{")]
        row = self._found(place, params, parent, words)
        if row is None:
            raise unknown(place.objects[0].kind, "/".join(words))
        return row

    def _found(
        self, place: Place, params: Params, parent: Row | None, words: list[str]
    ) -> Row | None:
        kind = place.objects[0]
        if kind.key == "{id}":
            row = by_uuid(self._store, place, words[-1])
            inside = parent is None or any(
                each is row for each in listed(self._store, place, parent)
            )
            return row if inside else None
        key = "/".join(words[-kind.key.count("/") - 1 :]).lower()
        rows = self._listed(place, params, parent)
        return next((row for row in rows if self._documents.key(row).lower() == key), None)

    # -- changing -----------------------------------------------------------------------

    def post(self, place: Place, params: Params, body: Any) -> str:
        """Make an object; its address."""
        kind = place.objects[0]
        with self._changing(kind) as editor:
            given = self._given(
                {**json_object(body), **{n: params[w] for w, n in place.said}}, None
            )
            parent = self._holder(kind, self._parent(place, params), given)
            found: dict[str, Value] = values(kind, given)
            parts = list(children(kind, given))
            if parent is not None and isinstance(place.rows, str):
                parent, found = None, found | {str(self._store.schema[place.rows].through): parent}
            self._check(kind, Change(self._store, parent, None, found, given.body))
            row = editor.make(self._store.schema[kind.path], parent, found, self._id(given))
            for path, wanted in parts:
                self._fill(editor, row, path, wanted)
        return self._documents.uri(row)

    def put(self, place: Place, params: Params, body: Any) -> int:
        """Change an object into what the body says; the status."""
        with self._changing(place.objects[0]) as editor:
            row = self._item(place, params)
            kind = object_of(row)
            given = self._given(body, row)
            found = values(kind, given)
            parts = list(children(kind, given))
            self._check(kind, Change(self._store, row.parent, row, found, given.body))
            editor.replace(row, found)
            for path, wanted in parts:
                self._refill(editor, row, path, wanted)
        return kind.put

    def delete(self, place: Place, params: Params) -> int:
        """Delete an object; the status."""
        kind = place.objects[0]
        with self._changing(kind) as editor:
            try:
                row = self._item(place, params)
            except Refusal:
                if kind.gone == 404:
                    raise
                return kind.gone
            try:
                for source in self._taken(kind, row):
                    editor.delete(source)
                editor.delete(row)
            except RefusedError as error:
                raise Refusal(kind.refused, error.message) from None
        return kind.deleted

    def link(self, params: Params, body: Any) -> str:
        """Link a port with another; the link's address."""
        place = PLACES["/ports/{id}"]
        with self._changing(place.objects[0]) as editor:
            port = self._item(place, params)
            peer = self._named("port", "peerId", self._given(body, None))
            if port.get("peer") is not None or peer.get("peer") is not None:
                raise ConflictError("a port is linked once: the ports are not linkable")
            editor.replace(port, {"peer": peer})
        return f"{self._documents.uri(port)}/link"

    def unlink(self, params: Params) -> None:
        """Take a port's link away, if it has one."""
        place = PLACES["/ports/{id}"]
        with self._changing(place.objects[0]) as editor:
            editor.replace(self._item(place, params), {"peer": None})

    @contextmanager
    def _changing(self, kind: ApiObject) -> Iterator[Editor]:
        """One transaction, inside which what it is about is looked up: others may change it."""
        with _refusing(kind), self._context.changing() as editor:
            yield editor

    def _given(self, body: Any, row: Row | None) -> Given:
        return Given(json_object(body), self._store, row)

    def _id(self, given: Given) -> int | None:
        """The UUID that a client has chosen."""
        word = given.get("id")
        number = uuid_number(word)
        if word is not None and number is None:
            raise WrongBodyError([("id", "expected a UUID")])
        return number

    def _holder(self, kind: ApiObject, parent: Row | None, given: Given) -> Row | None:
        """The object that is to hold a new one, where its path does not say."""
        if parent is not None or not kind.holder:
            return parent
        return self._named(self._store.schema[kind.path].parent, kind.holder, given)

    def _named(self, path: str, name: str, given: Given) -> Row:
        """The object that a JSON field has to name."""
        number = uuid_number(given.get(name))
        row = self._store.by_id(number) if number is not None else None
        collection = self._store.schema[path]
        if row is None or row.collection.path not in (path, *collection.gathers):
            raise Refusal(400, f"{name} has to name {path.rpartition('.')[2]}", [(name, "unknown")])
        return row

    def _check(self, kind: ApiObject, change: Change) -> None:
        for check in kind.checks:
            check(change)

    def _taken(self, kind: ApiObject, row: Row) -> Iterator[Row]:
        """What goes along with an object in MidoNet, and stays in midocli without it."""
        for source, index in list(row.referrers or ()):
            field = source.collection.fields[index].name
            if f"{source.collection.path} {field}" in kind.takes:
                yield source

    def _fill(self, editor: Editor, row: Row, path: str, wanted: Wanted) -> None:
        for each in wanted:
            editor.make(self._store.schema[path], row, each)

    def _refill(self, editor: Editor, row: Row, path: str, wanted: Wanted) -> None:
        """Have a list of objects inside another one be as is wanted, where it is not."""
        old = list(row.siblings(path) or ())
        if len(old) == len(wanted) and all(map(_is_as, old, wanted)):
            return
        for child in old:
            editor.delete(child)
        self._fill(editor, row, path, wanted)


def _is_as(row: Row, wanted: Mapping[str, Value]) -> bool:
    return all(row.get(name) == value for name, value in wanted.items())


@contextmanager
def _refusing(kind: ApiObject) -> Iterator[None]:
    """Inside, what is wrong with a request becomes the Refusal that MidoNet answers with."""
    try:
        yield
    except WrongBodyError as error:
        fields = ", ".join(f"{name}: {what}" for name, what in error.violations)
        raise Refusal(400, f"the body is not valid: {fields}", error.violations) from None
    except UnknownError as error:
        raise unknown(_name(error.kind), error.word) from None
    except Unsupported as error:
        raise Refusal(501, str(error)) from None
    except StoreError as error:
        raise Refusal(503, error.message) from None
    except ConflictError as error:
        raise Refusal(409, error.message, silent=kind.silent) from None
    except RefusedError as error:
        raise Refusal(400, error.message) from None


def _name(path: str) -> str:
    """What MidoNet calls the objects of a collection."""
    return next((each.kind for each in OBJECTS if each.path == path), path.capitalize())


def unknown(kind: str, word: str) -> Refusal:
    """There is no such object."""
    return Refusal(404, f"there is no {kind} with that ID: {word[:80]}")
