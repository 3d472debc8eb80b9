"""The objects of the API: their media types, fields and links (MidoNet: `rest_api/models`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from grammar.resources import SCHEMA
from midocli.store.api.forms import Children, Form, Shown
from midocli.store.api.leaves import Schema
from midocli.store.rows import Row, Value
from midocli.store.store import Store

TEXT: Schema = {"type": "string"}
UUID: Schema = {"type": "string", "format": "uuid"}
NUMBER: Schema = {"type": "integer"}
TRUTH: Schema = {"type": "boolean"}
UUIDS: Schema = {"type": "array", "items": UUID}
TEXTS: Schema = {"type": "array", "items": TEXT}
ID = Shown("id", UUID, lambda row, display: row.uuid)


class Change(NamedTuple):
    """What is about to be made in `parent` or, where `row` is there, changed.

    `values` are those of the declarations that a `body` gives.
    """

    store: Store
    parent: Row | None
    row: Row | None
    values: Mapping[str, Value]
    body: Mapping[str, Any]


#: Refuses a change as only the API does; RefusedError or ConflictError.
Check = Callable[[Change], None]


class ApiObject(NamedTuple):
    """A kind of object: what midocli calls it, and what the API does.

    `media` are its media types without what all have in common, the first being the one that is
    answered where nobody asks for another. `path` is its collection in the declarations. `links`
    are addresses as templates over its JSON fields, the first being its own; `{uri}` is that, and
    the objects that hold it are called as their collections; `{mac-}` is a field with `-` for `:`.
    `key` is the last part of its own address, and tells it from its siblings. `holder` is the JSON
    field that names the object that holds it, where its path does not.

    What is the API's alone: `checks` of what is about to be made or changed; `takes` names the
    fields (`chain.rule jump-to`) whose objects go when this one does; `refused` is the status when
    it may not be deleted, `gone` that of deleting what is gone, `put` and `deleted` those of a
    change and of an end; a `silent` one is refused without a body where it is there already.
    """

    name: str
    kind: str
    media: tuple[str, ...]
    path: str
    forms: tuple[Form, ...]
    links: tuple[tuple[str, str], ...]
    key: str = "{id}"
    holder: str = ""
    checks: tuple[Check, ...] = ()
    takes: tuple[str, ...] = ()
    refused: int = 409
    gone: int = 404
    put: int = 204
    deleted: int = 204
    silent: bool = False

    @property
    def parts(self) -> tuple[Children, ...]:
        """Those of its fields that are its children in the declarations."""
        return tuple(form for form in self.forms if isinstance(form, Children))


def declared(
    name: str, media: str, path: str, *forms: Form, links: str = "", kind: str = "", **more: Any
) -> ApiObject:
    """An object; `links` has a name and a template in each line, `kind` is what errors call it."""
    for form in forms:
        form.bind(SCHEMA[path])
    pairs = tuple((line.split()[0], line.split()[1]) for line in links.splitlines() if line.strip())
    return ApiObject(name, kind or name, tuple(media.split()), path, forms, pairs, **more)
