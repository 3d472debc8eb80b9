"""Single values of the declarations as JSON, by the type that the declaration gives them.

JSON's numbers and truths may come as text, as midonet-cli sends what was typed; they go out as
what they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from grammar.schema import Field
from grammar.values import Choice, Integer, Limit, LinkStatus, ListOf, Reference, Truth, ValueType
from midocli.store.rows import Row
from midocli.store.store import Store

Schema = dict[str, Any]


class WrongJsonError(ValueError):
    """A JSON value that its field cannot have; says what was expected."""


class UnknownError(Exception):
    """A UUID that names no object of the `kind` (a collection's path) that is wanted."""

    def __init__(self, kind: str, word: str) -> None:
        super().__init__(kind, word)
        self.kind = kind
        self.word = word


class Leaf(Protocol):
    """One value as JSON."""

    def to_json(self, value: Any) -> Any:
        """A stored value, never None, as JSON."""

    def of_json(self, store: Store, given: Any) -> Any:
        """The value that JSON other than null means; WrongJsonError or UnknownError if none."""

    def schema(self) -> Schema:
        """The JSON schema of what goes out."""


class TextLeaf:
    """A value that is text in JSON: names, addresses, MACs."""

    def __init__(self, type: ValueType) -> None:
        self._type = type

    def to_json(self, value: Any) -> str:
        return self._type.format(value)

    def of_json(self, store: Store, given: Any) -> Any:
        if not isinstance(given, str):
            raise WrongJsonError(f"expected {self._type.expected}")
        try:
            return self._type.parse(given)
        except ValueError as error:
            raise WrongJsonError(f"expected {self._type.expected}: {error}") from None

    def schema(self) -> Schema:
        longest = getattr(self._type, "max_length", None)
        return {"type": "string"} | ({"maxLength": longest} if longest else {})


def whole(given: Any) -> int:
    """A whole number, as such or as text; WrongJsonError for anything else."""
    if isinstance(given, int) and not isinstance(given, bool):
        return given
    if isinstance(given, float) and given.is_integer():
        return int(given)
    if isinstance(given, str) and len(given) <= 20:
        digits = given[1:] if given.startswith("-") else given
        if digits.isascii() and digits.isdigit():
            return int(given)
    raise WrongJsonError("expected a whole number")


class IntegerLeaf:
    """A whole number within bounds."""

    def __init__(self, low: int, high: int, hexadecimal: bool = False) -> None:
        self._low = low
        self._high = high
        self._hexadecimal = hexadecimal

    def to_json(self, value: int) -> int:
        return value

    def of_json(self, store: Store, given: Any) -> int:
        number = self._number(given)
        if not self._low <= number <= self._high:
            raise WrongJsonError(f"expected a number from {self._low} to {self._high}")
        return number

    def _number(self, given: Any) -> int:
        """midonet-cli sends an ethertype as it was typed, 0x0800."""
        if self._hexadecimal and isinstance(given, str) and given[:2].lower() == "0x":
            try:
                return Integer(self._low, self._high, hexadecimal=True).parse(given)
            except ValueError as error:
                raise WrongJsonError(str(error)) from None
        return whole(given)

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": self._low, "maximum": self._high}


def truth(given: Any) -> bool:
    """A truth, as such or as text; WrongJsonError for anything else."""
    words = {"true": True, "false": False}
    if isinstance(given, bool):
        return given
    if isinstance(given, str) and given.lower() in words:
        return words[given.lower()]
    raise WrongJsonError("expected true or false")


class TruthLeaf:
    """A truth."""

    def to_json(self, value: bool) -> bool:
        return value

    def of_json(self, store: Store, given: Any) -> bool:
        return truth(given)

    def schema(self) -> Schema:
        return {"type": "boolean"}


class WordsLeaf:
    """One of a few words of the declarations, each by its word in the API.

    `also` are further words that the API takes; what has no word there goes out as it is.
    """

    def __init__(self, words: Mapping[str, str], also: Mapping[str, str] | None = None) -> None:
        self._words = dict(words)
        self._values = {json: word for word, json in words.items()} | dict(also or {})

    def to_json(self, value: str) -> str:
        return self._words.get(value, value)

    def of_json(self, store: Store, given: Any) -> str:
        if not isinstance(given, str) or given not in self._values:
            raise WrongJsonError(f"expected one of {', '.join(self._values)}")
        return self._values[given]

    def schema(self) -> Schema:
        return {"type": "string"}


class StateLeaf:
    """`up` and `down`, which the API calls adminStateUp true and false."""

    def to_json(self, value: str) -> bool:
        return value == "up"

    def of_json(self, store: Store, given: Any) -> str:
        return "up" if truth(given) else "down"

    def schema(self) -> Schema:
        return {"type": "boolean"}


class ReferenceLeaf:
    """Another object, by its UUID."""

    def __init__(self, target: str) -> None:
        self._target = target

    def to_json(self, value: Row) -> str:
        return value.uuid

    def of_json(self, store: Store, given: Any) -> Row:
        number = uuid_number(given)
        row = store.by_id(number) if number is not None else None
        target = store.schema[self._target]
        if number is None:
            raise WrongJsonError("expected a UUID")
        if row is None or row.collection.path not in (target.path, *target.gathers):
            raise UnknownError(self._target, given.lower())
        return row

    def schema(self) -> Schema:
        return {"type": "string", "format": "uuid"}


class ListLeaf:
    """A list of values; an empty one is no value."""

    def __init__(self, item: Leaf) -> None:
        self._item = item

    def to_json(self, value: tuple[Any, ...]) -> list[Any]:
        return [self._item.to_json(each) for each in value]

    def of_json(self, store: Store, given: Any) -> tuple[Any, ...] | None:
        if not isinstance(given, list):
            raise WrongJsonError("expected a list")
        values = (self._item.of_json(store, each) for each in given)
        return tuple(dict.fromkeys(values)) or None

    def schema(self) -> Schema:
        return {"type": "array", "items": self._item.schema()}


def uuid_number(given: Any) -> int | None:
    """The integer that a UUID in text is, None for other text."""
    if not isinstance(given, str) or len(given) != 36:
        return None
    groups = given.split("-")
    digits = "".join(groups)
    if [len(group) for group in groups] != [8, 4, 4, 4, 12] or not digits.isascii():
        return None
    return int(digits, 16) if digits.isalnum() and _is_hex(digits) else None


def _is_hex(digits: str) -> bool:
    return not digits.lower().strip("0123456789abcdef")


def leaf_of(field: Field) -> Leaf:
    """The leaf for values of a field's type."""
    return _leaf(field.type)


def _leaf(type: ValueType) -> Leaf:
    match type:
        case ListOf():
            return ListLeaf(_leaf(type.item))
        case Reference():
            return ReferenceLeaf(type.target)
        case Truth():
            return TruthLeaf()
        case Integer():
            return IntegerLeaf(type.low, type.high, type.hexadecimal)
        case Limit():
            return IntegerLeaf(-1, 0x7FFFFFFF)
        case LinkStatus():
            return IntegerLeaf(0, 3)
        case Choice(words=("up", "down")):
            return StateLeaf()
        case Choice():
            return WordsLeaf({word: word for word in type.words})
        case _:
            return TextLeaf(type)
