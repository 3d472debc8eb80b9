"""Fields of an API object: which JSON fields hold which fields of a row.

A form knows one field of the declarations (now and then a few that belong together) and its JSON
fields, in both directions. Forms are data: `documents.py` puts whole objects together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

from grammar.addresses import Cidr, format_ipv4, parse_ipv4
from grammar.resources import SCHEMA
from grammar.schema import Collection
from midocli.store.api.leaves import (
    IntegerLeaf,
    Leaf,
    Schema,
    TruthLeaf,
    WrongJsonError,
    leaf_of,
)
from midocli.store.display import Display
from midocli.store.rows import Row
from midocli.store.store import Store

Json = dict[str, Any]
Pairs = Iterator[tuple[str, Any]]
LENGTH = {"type": "integer", "minimum": 0, "maximum": 32}


class Given(NamedTuple):
    """A body that came, for an object that is there already (`row`) or is to be made (None)."""

    body: Mapping[str, Any]
    store: Store
    row: Row | None

    def get(self, name: str, absent: Any = None) -> Any:
        """A JSON field; what stands for it where it is null or missing."""
        value = self.body.get(name)
        return absent if value is None else value


class WrongFieldError(WrongJsonError):
    """A JSON field with a value that it cannot have."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Unsupported(Exception):  # noqa: N818 (an answer, not an error of ours)
    """What MidoNet has and midocli has not, in a sentence."""


def optional(schema: Schema) -> Schema:
    """A schema that also takes null."""
    return schema | {"type": [schema["type"], "null"]}


class Form:
    """What forms have in common.

    `required`: the API wants it although the language does not. Without `post` it is not taken
    when an object is made, without `put` not when it is changed. Only rules of the types in `only`
    have it, where that is not empty.
    """

    def __init__(
        self,
        *names: str,
        required: bool = False,
        post: bool = True,
        put: bool = True,
        only: tuple[str, ...] = (),
    ) -> None:
        self.names = names
        self.required = required
        self.post = post
        self.put = put
        self.only = only

    def bind(self, collection: Collection) -> None:
        """Look up in a declaration what conversions need."""

    def write(self, out: Json, row: Row, display: Display) -> None:
        """Add the JSON fields of a row."""

    def read(self, given: Given) -> Pairs:
        """The fields of the declarations that a body gives, with their values."""
        return iter(())

    def schema(self) -> dict[str, Schema]:
        """The JSON schemas of the JSON fields, as they go out."""
        raise NotImplementedError

    @property
    def is_taken(self) -> bool:
        """Whether what comes in it is looked at."""
        return self.post or self.put


class One(Form):
    """One field in one JSON field.

    `absent` is the JSON that stands for no value; `keeps`: no value in a PUT leaves the old one.
    """

    def __init__(
        self,
        name: str,
        field: str,
        leaf: Leaf | None = None,
        absent: Any = None,
        keeps: bool = False,
        **flags: Any,
    ) -> None:
        super().__init__(name, **flags)
        self.field = field
        self._name = name
        self._leaf = leaf
        self._absent = absent
        self._keeps = keeps

    def bind(self, collection: Collection) -> None:
        self._field = collection.by_name[self.field]
        leaf = self._leaf = self._leaf or leaf_of(self._field)
        if self._absent is None and isinstance(leaf, TruthLeaf) and self._field.default is not None:
            self._absent = self._field.default
        if self._absent is None and self._field.default is not None:
            self._absent = leaf.to_json(self._field.default)

    def write(self, out: Json, row: Row, display: Display) -> None:
        self.fill(out, display.value(row, self._field))

    def fill(self, out: Json, value: Any) -> None:
        """Add the JSON field for a value."""
        assert self._leaf is not None
        out[self._name] = self._absent if value is None else self._leaf.to_json(value)

    def read(self, given: Given) -> Pairs:
        json = given.get(self._name, self._absent)
        if json is None and self._keeps and given.row is not None:
            return
        yield self.field, None if json == self._absent else self.of_json(given, json)

    def of_json(self, given: Given, json: Any) -> Any:
        """The value that JSON means, WrongFieldError if none."""
        assert self._leaf is not None
        try:
            return self._leaf.of_json(given.store, json)
        except WrongJsonError as error:
            raise WrongFieldError(self._name, str(error)) from None

    def schema(self) -> dict[str, Schema]:
        assert self._leaf is not None
        own = self._leaf.schema()
        always = self._absent is not None or self._field.required
        return {self._name: own if always else optional(own)}


class Net(Form):
    """An address with a prefix length, in two JSON fields."""

    def __init__(self, address: str, length: str, field: str, **flags: Any) -> None:
        super().__init__(address, length, **flags)
        self.field = field

    def write(self, out: Json, row: Row, display: Display) -> None:
        self.fill(out, row.get(self.field))

    def fill(self, out: Json, value: Cidr | None) -> None:
        """Add the JSON fields for a value."""
        address, length = self.names
        out[address] = None if value is None else format_ipv4(value.address)
        out[length] = 0 if value is None else value.length

    def read(self, given: Given) -> Pairs:
        yield self.field, self._value(given)

    def _value(self, given: Given) -> Cidr | None:
        name, length = self.names
        address = given.get(name)
        bits = number_of(given, length, 0, 32)
        return None if address in (None, "") else Cidr(address_of(name, address), bits)

    def schema(self) -> dict[str, Schema]:
        address, length = self.names
        return {address: optional({"type": "string"}), length: LENGTH}


def address_of(name: str, text: Any) -> int:
    """The IPv4 address in a JSON field; WrongFieldError."""
    try:
        return parse_ipv4(text if isinstance(text, str) else "")
    except ValueError:
        raise WrongFieldError(name, "expected an IPv4 address") from None


def number_of(given: Given, name: str, low: int, high: int) -> int:
    """The number in a JSON field, the lowest where there is none; WrongFieldError."""
    try:
        return IntegerLeaf(low, high).of_json(given.store, given.get(name, low))
    except WrongJsonError as error:
        raise WrongFieldError(name, str(error)) from None


class Shown(Form):
    """What goes out and is not looked at when it comes in: worked out, or always the same."""

    def __init__(
        self,
        name: str,
        schema: Schema,
        value: Callable[[Row, Display], Any] | None = None,
        constant: Any = None,
        **flags: Any,
    ) -> None:
        super().__init__(name, post=False, put=False, **flags)
        self._schema = schema
        self._value = value
        self._constant = constant

    def write(self, out: Json, row: Row, display: Display) -> None:
        out[self.names[0]] = self._value(row, display) if self._value else self._constant

    def schema(self) -> dict[str, Schema]:
        return {self.names[0]: self._schema}


class Unkept(Form):
    """What midocli does not keep, and cannot do without: whoever gives it is told."""

    def __init__(self, name: str, schema: Schema, value: Any, sentence: str) -> None:
        super().__init__(name)
        self._schema = schema
        self._value = value
        self._sentence = sentence

    def write(self, out: Json, row: Row, display: Display) -> None:
        out[self.names[0]] = self._value

    def read(self, given: Given) -> Pairs:
        if given.get(self.names[0], self._value) != self._value:
            raise Unsupported(self._sentence)
        return iter(())

    def schema(self) -> dict[str, Schema]:
        return {self.names[0]: self._schema}


class Word(Form):
    """A word that has to be the one that belongs to the kind of object, as a port's type."""

    def __init__(self, name: str, word: str, *also: str) -> None:
        super().__init__(name, put=False, required=True)
        self._word = word
        self._also = also

    def write(self, out: Json, row: Row, display: Display) -> None:
        out[self.names[0]] = self._word

    def read(self, given: Given) -> Pairs:
        if given.get(self.names[0]) not in (self._word, *self._also):
            raise WrongFieldError(self.names[0], f"expected {self._word}")
        return iter(())

    def schema(self) -> dict[str, Schema]:
        return {self.names[0]: {"type": "string"}}


class Nested(Form):
    """Fields of the row that stand in a JSON object of their own."""

    def __init__(self, name: str, forms: tuple[Form, ...], **flags: Any) -> None:
        super().__init__(name, **flags)
        self._forms = forms

    def bind(self, collection: Collection) -> None:
        for form in self._forms:
            form.bind(collection)

    def write(self, out: Json, row: Row, display: Display) -> None:
        inner = out[self.names[0]] = {}
        for form in self._forms:
            form.write(inner, row, display)

    def read(self, given: Given) -> Pairs:
        inner = given.get(self.names[0], {})
        if not isinstance(inner, dict):
            raise WrongFieldError(self.names[0], "expected an object")
        for form in self._forms:
            yield from form.read(Given(inner, given.store, given.row))

    def schema(self) -> dict[str, Schema]:
        return {self.names[0]: object_schema(self._forms)}


class Children(Form):
    """Objects that MidoNet keeps as a list inside this one, and midocli as its children."""

    def __init__(self, name: str, path: str, forms: tuple[Form, ...]) -> None:
        super().__init__(name)
        self.path = path
        self._forms = forms
        for form in forms:
            form.bind(SCHEMA[path])

    def write(self, out: Json, row: Row, display: Display) -> None:
        found = out[self.names[0]] = []
        for child in row.siblings(self.path) or ():
            inner: Json = {}
            for form in self._forms:
                form.write(inner, child, display)
            found.append(inner)

    def children(self, given: Given) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The values of each object in the list, by the path of their collection."""
        yield (
            self.path,
            [self._values(Given(each, given.store, None)) for each in self._items(given)],
        )

    def _items(self, given: Given) -> list[Json]:
        items = given.get(self.names[0], [])
        if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
            raise WrongFieldError(self.names[0], "expected a list of objects")
        return items

    def _values(self, given: Given) -> dict[str, Any]:
        return {field: value for form in self._forms for field, value in form.read(given)}

    def schema(self) -> dict[str, Schema]:
        return {self.names[0]: {"type": "array", "items": object_schema(self._forms)}}


def object_schema(forms: tuple[Form, ...]) -> Schema:
    """The JSON schema of an object with these fields, all of which it has."""
    properties = {name: schema for form in forms for name, schema in form.schema().items()}
    return {"type": "object", "properties": properties, "required": sorted(properties)}
