"""The OpenAPI document of the server, made from the tables that it serves by."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from grammar.resources import SCHEMA
from grammar.schema import PLACES as GUEST_PLACES
from grammar.schema import Field
from grammar.times import Seconds
from grammar.values import Flag, Integer, ListOf, Truth
from midocli.help.version import VERSION
from midocli.server.answers import VENDOR
from midocli.server.commands import MACHINES, SENT
from midocli.store.api.documents import OBJECTS, schema
from midocli.store.api.objects import ApiObject
from midocli.store.api.places import PLACES, Place
from midocli.store.api.root import application, neutron

Json = dict[str, Any]
_TEXT: Json = {"type": "string"}
_TOKEN: Json = {"type": "apiKey", "in": "header", "name": "X-Auth-Token"}
_ERROR: Json = {
    "type": "object",
    "properties": {
        "message": _TEXT,
        "code": {"type": "integer"},
        "violations": {
            "type": "array",
            "items": {"type": "object", "properties": {"property": _TEXT, "message": _TEXT}},
        },
    },
    "required": ["message", "code"],
}
_ERRORS = {
    "400": "the request is not understood, or what it asks is not sound",
    "401": "log in first",
    "403": "not now: a host that is alive, or a page of another origin",
    "404": "there is no such object",
    "409": "something that is there stands against it",
    "413": "the body is too large",
    "415": "the body is packed in a way that is not understood",
    "501": "what MidoNet has and midocli has not",
    "503": "the store cannot be written to, or the network took too long",
}


@cache
def document(root: str, own: str) -> Json:
    """The document, for paths below `root` (MidoNet's) and `own` (midocli's)."""
    paths: Json = {}
    for place in PLACES.values():
        if place.methods:
            paths[root + place.path] = _place(place)
    for path, operations in _once(root).items():
        paths[root + path] = operations
    paths |= {f"{own}/{name}": _sent(name) for name in SENT}
    for path in MACHINES:
        paths[f"{own}/{path}"] = _machines(path)
        paths[f"{own}/{path}/{{name}}"] = _machine(path)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "MidoNet's API, and midocli's own",
            "version": VERSION,
            "description": "A simulated MidoNet cluster: its REST API, version 5, and under "
            f"{own} the machines and the traffic of the simulation.",
        },
        "paths": paths,
        "components": {
            "schemas": {"Error": _ERROR, **{kind.name: schema(kind) for kind in OBJECTS}},
            "responses": _described_errors(),
            "securitySchemes": {"token": _TOKEN},
        },
        "security": [{}, {"token": []}],
    }


def _place(place: Place) -> Json:
    found: Json = {"parameters": _parameters(place.path)}
    for method in place.methods:
        found[method.lower()] = getattr(_Of, method)(place)
    return found


class _Of:
    """What each method of a place takes and answers."""

    @staticmethod
    def GET(place: Place) -> Json:  # noqa: N802 (as HTTP calls it)
        one = _any_of(place.objects)
        shown = one if place.is_item else {"type": "array", "items": one}
        queries = [
            {"name": name, "in": "query", "schema": _TEXT, "required": False}
            for name in place.queries
        ]
        answer = {"200": _content("it", shown, _media(place.objects, not place.is_item))}
        return {"parameters": queries, "responses": answer | _errors()}

    @staticmethod
    def POST(place: Place) -> Json:  # noqa: N802
        made = {"description": "made", "headers": {"Location": {"schema": _TEXT}}}
        return {"requestBody": _body(place.objects[:1]), "responses": {"201": made} | _errors()}

    @staticmethod
    def PUT(place: Place) -> Json:  # noqa: N802
        status = str(place.objects[0].put)
        answer = {status: {"description": "changed into what the body says"}}
        return {"requestBody": _body(place.objects), "responses": answer | _errors()}

    @staticmethod
    def DELETE(place: Place) -> Json:  # noqa: N802
        status = str(place.objects[0].deleted)
        return {"responses": {status: {"description": "gone"}} | _errors()}


def _any_of(objects: Sequence[ApiObject]) -> Json:
    names = [{"$ref": f"#/components/schemas/{kind.name}"} for kind in objects]
    return names[0] if len(names) == 1 else {"anyOf": names}


def _media(objects: Iterable[ApiObject], is_list: bool) -> list[str]:
    start = f"{VENDOR}collection." if is_list else VENDOR
    names = dict.fromkeys(name for kind in objects for name in kind.media)
    return ["application/json", *(f"{start}{name}+json" for name in names)]


def _content(description: str, shown: Json, media: Iterable[str]) -> Json:
    return {"description": description, "content": {name: {"schema": shown} for name in media}}


def _body(objects: Sequence[ApiObject]) -> Json:
    """A body: the fields of the document that are looked at, each of which may be left out."""
    kinds = [_taken(kind) for kind in objects]
    shown = kinds[0] if len(kinds) == 1 else {"anyOf": kinds}
    content = {name: {"schema": shown} for name in _media(objects, False)}
    return {"required": True, "content": content}


def _taken(kind: ApiObject) -> Json:
    properties: Json = {"id": {"type": "string", "format": "uuid"}}
    for form in kind.forms:
        if form.post or form.put:
            properties |= form.schema()
    return {"type": "object", "properties": properties}


def _errors() -> Json:
    """Every error, as it is described once."""
    return {
        "406": {"$ref": "#/components/responses/NotHere"},
        "default": {"$ref": "#/components/responses/Error"},
    }


def _described_errors() -> Json:
    """Errors have MidoNet's body, but for 405 and 406."""
    shown = {"schema": {"$ref": "#/components/schemas/Error"}}
    why = "".join(f"- {status}: {why}\n" for status, why in _ERRORS.items())
    return {
        "Error": {"description": why, "content": {f"{VENDOR}Error-v1+json": shown}},
        "NotHere": {"description": "nothing of that media type is here"},
    }


def _parameters(path: str) -> list[Json]:
    names = re.findall(r"\{(\w+)[^}]*\}", path)
    return [{"name": name, "in": "path", "required": True, "schema": _TEXT} for name in names]


# -- what is there once ------------------------------------------------------------------


def _once(root: str) -> Json:
    links = dict.fromkeys(application(""), _TEXT)
    shown = {"type": "object", "properties": links, "required": sorted(links)}
    neutrons = {name: {} if name == "load_balancer" else _TEXT for name in neutron("")}
    token = {
        "type": "object",
        "properties": {"key": _TEXT, "expires": {"type": ["string", "null"]}},
    }
    by_name = {kind.name: {"$ref": f"#/components/schemas/{kind.name}"} for kind in OBJECTS}
    tenants = {"type": "array", "items": by_name["Tenant"]}
    ports = _parameters("{id}")
    link = {"type": "object", "properties": {"peerId": {"type": "string", "format": "uuid"}}}
    return {
        "/": _read("where everything is", shown, "Application-v5"),
        "/system_state": _read("the state", by_name["SystemState"], "SystemState-v2"),
        "/tenants": _read("the tenants", tenants, "collection.Tenant-v2"),
        "/tenants/{id}": _read("a tenant", by_name["Tenant"], "Tenant-v2", ports),
        "/neutron": _read(
            "where Neutron's resources would be",
            {"type": "object", "properties": neutrons},
            "neutron.Neutron-v3",
        ),
        "/login": {
            "post": {
                "summary": "A token for a name and a password (HTTP's basic authentication)",
                "responses": {"200": _content("a token", token, [f"{VENDOR}Token-v1+json"])}
                | _errors(),
            }
        },
        "/ports/{id}/link": {
            "parameters": ports,
            "post": {
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": link}},
                },
                "responses": {"201": {"description": "linked"}} | _errors(),
            },
            "delete": {"responses": {"204": {"description": "not linked"}} | _errors()},
        },
        "/openapi.json": {
            "get": {
                "responses": {"200": _content("this", {"type": "object"}, ["application/json"])}
            }
        },
    }


def _read(what: str, shown: Json, media: str, parameters: Sequence[Json] = ()) -> Json:
    answer = _content(what, shown, ["application/json", f"{VENDOR}{media}+json"])
    operation = {"summary": what, "responses": {"200": answer} | _errors()}
    return {"parameters": list(parameters), "get": operation}


# -- what only midocli has ---------------------------------------------------------------


def _sent(name: str) -> Json:
    sent = SENT[name]
    fields = (*sent.first, *sent.options)
    answer = _content("the command's own JSON", {"type": "object"}, ["application/json"])
    return {
        "post": {
            "summary": f"The command `{sent.word}`{', step by step' if sent.ending else ''}",
            "requestBody": _words(fields),
            "responses": {"200": answer} | _errors(),
        }
    }


def _machines(path: str) -> Json:
    collection = SCHEMA[MACHINES[path][-1]]
    given = tuple(field for field in collection.fields if not field.read_only)
    places = GUEST_PLACES if collection.path in ("guest", "guest.nic") else ()
    shown = {"type": "array", "items": {"type": "object"}}
    made = _content("made", {"type": "object"}, ["application/json"])
    return {
        "parameters": _parameters(path),
        "get": {
            "summary": f"Each: {collection.help}",
            "responses": {"200": _content("them", shown, ["application/json"])} | _errors(),
        },
        "post": {"requestBody": _words((*given, *places)), "responses": {"201": made} | _errors()},
    }


def _machine(path: str) -> Json:
    collection = SCHEMA[MACHINES[path][-1]]
    open_fields = tuple(each for each in collection.fields if not (each.read_only or each.fixed))
    return {
        "parameters": _parameters(path + "/{name}"),
        "get": {
            "summary": f"{collection.help[0].upper()}{collection.help[1:]}",
            "responses": {"200": _content("it", {"type": "object"}, ["application/json"])}
            | _errors(),
        },
        "put": {
            "summary": "Gives fields other values; null takes a value away",
            "requestBody": _words(open_fields, changed=True),
            "responses": {"204": {"description": "changed"}} | _errors(),
        },
        "delete": {"responses": {"204": {"description": "gone"}} | _errors()},
    }


def _words(fields: Sequence[Field], changed: bool = False) -> Json:
    """A body of the words of the language, each with its help."""
    properties = {field.name: _word(field) | {"description": field.help} for field in fields}
    required = [field.name for field in fields if field.required and not changed]
    shown = {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }
    return {"required": True, "content": {"application/json": {"schema": shown}}}


def _word(field: Field) -> Json:
    match field.type:
        case Flag() | Truth():
            return {"type": ["boolean", "null"]}
        case Integer():
            return {
                "type": ["integer", "null"],
                "minimum": field.type.low,
                "maximum": field.type.high,
            }
        case Seconds():
            return {"type": ["number", "null"]}
        case ListOf():
            return {"type": ["array", "string", "null"], "items": _TEXT}
    return {"type": ["string", "null"]}
