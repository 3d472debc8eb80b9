"""Whole objects of the API: a row as a JSON document, and a document as the values of a row."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from urllib.parse import quote

from grammar.resources import SCHEMA
from midocli.store.api import devices, filters, machines, services
from midocli.store.api.forms import Form, Given, Json, WrongFieldError, object_schema
from midocli.store.api.leaves import Schema
from midocli.store.api.objects import ApiObject
from midocli.store.display import Display, is_vxlan
from midocli.store.rows import Row, Value

OBJECTS = (*devices.OBJECTS, *filters.OBJECTS, *machines.OBJECTS, *services.OBJECTS)
#: Those that some rows of a collection are, in the place of what the others are.
_SOME = (devices.VXLAN_PORT, devices.VLAN_MAC_PORT)
_BY_PATH = {each.path: each for each in OBJECTS if each not in _SOME}
_PLACE = re.compile(r"\{([^}]*)\}")
#: The text of a link's piece, given the document and its row; None where it is unset.
Piece = Callable[[Json, Row, Display], str | None]


def object_of(row: Row) -> ApiObject:
    """What a row is in the API; KeyError for what only midocli has."""
    if is_vxlan(row):
        return devices.VXLAN_PORT
    path = row.collection.path
    is_tagged = path == devices.VLAN_MAC_PORT.path and row.get("vlan")
    return devices.VLAN_MAC_PORT if is_tagged else _BY_PATH[path]


class Documents:
    """Documents of rows, with links that begin with `base`."""

    def __init__(self, display: Display, base: str) -> None:
        self._display = display
        self._base = base
        self._links = {each.name: _compiled(each) for each in OBJECTS}

    def document(self, row: Row) -> Json:
        """All fields and links of an object, null where they are unset."""
        kind = object_of(row)
        out = self._fields(kind, row)
        for name, pieces in self._links[kind.name]:
            parts = [piece(out, row, self._display) for piece in pieces]
            start = "" if pieces[0] is _own else self._base
            out[name] = None if None in parts else start + "".join(parts)  # type: ignore[arg-type]
        return out

    def uri(self, row: Row) -> str:
        """The address of an object."""
        uri: str = self.document(row)["uri"]
        return uri

    def key(self, row: Row) -> str:
        """The last part of an object's address, as it is before it is quoted."""
        return _key(row, self._display)

    def _fields(self, kind: ApiObject, row: Row) -> Json:
        return _fields(kind, row, self._display)


def _fields(kind: ApiObject, row: Row, display: Display) -> Json:
    out: Json = {}
    for form in kind.forms:
        if not form.only or row.get("type") in form.only:
            form.write(out, row, display)
    return out


def _key(row: Row, display: Display) -> str:
    kind = object_of(row)
    if kind.key == "{id}":
        return row.uuid
    fields = _fields(kind, row, display)
    return _PLACE.sub(lambda found: _text(fields, found[1]), kind.key)


def _text(fields: Json, name: str) -> str:
    value = str(fields[name.removesuffix("-")])
    return value.replace(":", "-") if name.endswith("-") else value


def _own(out: Json, row: Row, display: Display) -> str:
    own: str = out["uri"]
    return own


def _compiled(kind: ApiObject) -> list[tuple[str, list[Piece]]]:
    """The links of a kind of object, each as the pieces that make it."""
    names = {name for form in kind.forms for name in form.schema()}
    holders = SCHEMA[kind.path].path.split(".")[:-1]
    return [(name, list(_pieces(link, names, holders))) for name, link in kind.links]


def _pieces(template: str, names: set[str], holders: list[str]) -> Iterator[Piece]:
    for index, part in enumerate(_PLACE.split(template)):
        if index % 2 == 0:
            if part:
                yield _literal(part)
        elif part == "uri":
            yield _own
        elif part.removesuffix("-") in names:
            yield _field(part)
        elif part in holders:
            yield _holder(len(holders) - holders.index(part))
        else:
            yield _literal(f"{{{part}}}")


def _literal(text: str) -> Piece:
    return lambda out, row, display: text


def _field(name: str) -> Piece:
    plain = name.removesuffix("-")

    def piece(out: Json, row: Row, display: Display) -> str | None:
        return None if out[plain] is None else quote(_text(out, name), safe=":")

    return piece


def _holder(up: int) -> Piece:
    """The key of the object that is so many steps above."""

    def piece(out: Json, row: Row, display: Display) -> str | None:
        holder: Row | None = row
        for _ in range(up):
            holder = holder.parent if holder is not None else None
        if holder is None:
            return None
        return holder.uuid if holder.collection.has_id else _key(holder, display)

    return piece


class WrongBodyError(Exception):
    """A body whose fields have values that they cannot have: each field, and what is wrong."""

    def __init__(self, violations: list[tuple[str, str]]) -> None:
        super().__init__(violations)
        self.violations = violations


def values(kind: ApiObject, given: Given) -> dict[str, Value]:
    """The values that a body gives an object: all of it, for what is left out is reset.

    WrongBodyError, UnknownError for a UUID that names nothing, or Unsupported.
    """
    found: dict[str, Value] = {}
    wrong: list[tuple[str, str]] = []
    for form in kind.forms:
        if not (form.post if given.row is None else form.put):
            continue
        if form.only and found.get("type") not in form.only:
            continue
        try:
            fields = dict(form.read(given))
        except WrongFieldError as error:
            wrong.append((error.name, str(error)))
            continue
        found |= fields
        if _is_missing(kind, form, given, fields):
            wrong.append((form.names[0], "may not be null"))
    if wrong:
        raise WrongBodyError(wrong)
    return found


def _is_missing(kind: ApiObject, form: Form, given: Given, fields: Mapping[str, Value]) -> bool:
    """Whether the API or the language wants what a body does not give."""
    if form.required and given.get(form.names[0]) is None:
        return True
    declared = SCHEMA[kind.path].by_name
    return any(value is None and declared[name].required for name, value in fields.items())


def children(kind: ApiObject, given: Given) -> Iterator[tuple[str, Sequence[Mapping[str, Value]]]]:
    """The objects that a body lists inside another one, by their collections; WrongBodyError."""
    for part in kind.parts:
        try:
            yield from part.children(given)
        except WrongFieldError as error:
            raise WrongBodyError([(error.name, str(error))]) from None


def schema(kind: ApiObject) -> Schema:
    """The JSON schema of an object's document."""
    own = object_schema(tuple(form for form in kind.forms if not form.only))
    for form in kind.forms:
        if form.only:
            own["properties"] |= form.schema()
    for name, _ in kind.links:
        own["properties"][name] = {"type": ["string", "null"]}
        own["required"] = sorted({*own["required"], name})
    return own
