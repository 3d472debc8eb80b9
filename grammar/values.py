"""Value types: how the word after a field is read, shown and described.

A type is a small object that never changes, with five faces: `parse` turns a word into a
plain value (raising ValueError with the reason), `format` turns the value back
into the word that is displayed, `to_json` into what the JSON form holds,
`expected` says in words what may stand there, and `example` is a word that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple, Protocol


class ValueType(Protocol):
    """What every value type can do."""

    @property
    def expected(self) -> str:
        """What may stand here, in words."""

    @property
    def example(self) -> str:
        """One word that this type accepts."""

    def parse(self, word: str) -> Any:
        """The value of `word`; ValueError where it has none."""

    def format(self, value: Any) -> str:
        """The word that stands for `value`."""

    def to_json(self, value: Any) -> Any:
        """The JSON form of `value`."""


class Negated(NamedTuple):
    """A condition's value behind a `!`."""

    value: Any


def a(noun: str) -> str:
    """A noun with its indefinite article."""
    return f"{'an' if noun[0] in 'aeiou' or noun.startswith('l2') else 'a'} {noun}"


class AsTyped:
    """Values that are the word itself, as it was typed."""

    def format(self, value: str) -> str:
        """The word."""
        return value

    def to_json(self, value: str) -> str:
        """The word."""
        return value


class AsShown:
    """Values whose JSON form is the word that is displayed."""

    def to_json(self: ValueType, value: Any) -> Any:
        """The word."""
        return self.format(value)


class Counted:
    """Numbers that are displayed, and in JSON, as they are."""

    def format(self, value: int) -> str:
        """Its decimal digits."""
        return str(value)

    def to_json(self, value: int) -> int:
        """The number."""
        return value


class Text(AsTyped):
    """Any word, as it was typed; `names` tells what it names, such as points or a file."""

    def __init__(
        self,
        expected: str = "a word",
        example: str = "blue",
        max_length: int = 255,
        names: str = "",
    ) -> None:
        self.expected = expected
        self.example = example
        self.max_length = max_length
        self.names = names

    def parse(self, word: str) -> str:
        if len(word) > self.max_length:
            raise ValueError(f"it is longer than {self.max_length} characters")
        return word


class Integer(Counted):
    """A whole number within bounds, decimal or (where `hexadecimal`) 0x…

    `called` tells what number goes by a name elsewhere; a name is no value here.
    """

    def __init__(
        self,
        low: int,
        high: int,
        unit: str = "",
        hexadecimal: bool = False,
        called: Callable[[str], str | None] | None = None,
    ) -> None:
        self.low = low
        self.high = high
        self.unit = unit
        self.hexadecimal = hexadecimal
        self.called = called

    @property
    def expected(self) -> str:
        of = f" of {self.unit}" if self.unit else ""
        form = ", decimal or 0x…" if self.hexadecimal else ""
        return f"a number{of} from {self.low} to {self.high}{form}"

    @property
    def example(self) -> str:
        return str(max(self.low, min(self.high, 10)))

    def parse(self, word: str) -> int:
        digits = word[1:] if word.startswith("-") else word
        if digits.isascii() and digits.isdigit() and len(digits) <= 20:
            value = int(word)
        elif self.hexadecimal and re.fullmatch("0[xX][0-9a-fA-F]{1,8}", word):
            value = int(word, 16)
        else:
            raise ValueError("it is not a number")
        if not self.low <= value <= self.high:
            raise ValueError(f"it is not from {self.low} to {self.high}")
        return value


class Limit:
    """A count, or `no-limit` (kept as -1)."""

    expected = "a number or no-limit"
    example = "no-limit"

    def parse(self, word: str) -> int:
        return -1 if word == "no-limit" else Integer(-1, 0x7FFFFFFF).parse(word)

    def format(self, value: int) -> str:
        return "no-limit" if value == -1 else str(value)

    def to_json(self, value: int) -> int | str:
        return "no-limit" if value == -1 else value


class LinkStatus(Counted):
    """Bits of an interface's state as the agent reports them: 1 up, 2 carrier."""

    expected = "up, down or a number from 0 to 3"
    example = "down"

    def parse(self, word: str) -> int:
        if word in ("up", "down"):
            return 3 if word == "up" else 0
        return Integer(0, 3).parse(word)


class Choice(AsTyped):
    """One of a fixed set of words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words

    @property
    def expected(self) -> str:
        return ("one of " if len(self.words) > 1 else "") + ", ".join(self.words)

    @property
    def example(self) -> str:
        return self.words[0]

    def parse(self, word: str) -> str:
        if word not in self.words:
            raise ValueError("it is not " + " or ".join(self.words))
        return word


class Truth:
    """A yes or no in the two words its field uses."""

    def __init__(self, yes: str, no: str) -> None:
        self.yes = yes
        self.no = no

    @property
    def expected(self) -> str:
        return f"{self.yes} or {self.no}"

    @property
    def example(self) -> str:
        return self.yes

    @property
    def words(self) -> tuple[str, ...]:
        return (self.yes, self.no)

    def parse(self, word: str) -> bool:
        if word == self.yes:
            return True
        if word == self.no:
            return False
        raise ValueError(f"it is neither {self.yes} nor {self.no}")

    def format(self, value: bool) -> str:
        return self.yes if value else self.no

    def to_json(self, value: bool) -> bool:
        return value


_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Uuid(AsTyped):
    """A UUID, 36 characters, kept in lower case."""

    expected = "a UUID"
    example = "6a3d54e1-8c2f-4be1-9d5c-0e6a7d1f2b3c"

    def parse(self, word: str) -> str:
        if not _UUID.fullmatch(word):
            raise ValueError("it is not a UUID of 36 characters")
        return word.lower()


class Reference(AsShown):
    """The name of an object of collection `target`; the store finds the object.

    `target` is a root collection, or `port` for a router's or bridge's port. Where an `own` one
    is meant, a word is looked for inside the same parent first.
    Parsing only keeps the word: the grammar knows no store.
    """

    def __init__(self, target: str, own: bool = False) -> None:
        self.target = target
        self.own = own

    @property
    def expected(self) -> str:
        if self.target == "interface":
            return "an interface (HOST:NAME)"
        return f"{a(self.target.rpartition('.')[2])} (alias, UUID or name)"

    @property
    def example(self) -> str:
        return "router0:port0" if self.target == "port" else f"{self.target}0"

    def parse(self, word: str) -> str:
        if not word:
            raise ValueError("it is empty")
        return word

    def format(self, value: Any) -> str:
        return str(value)


class ListOf:
    """Comma list of another type, one word; order is kept.

    The empty list is written `""`, as a shell would.
    """

    def __init__(self, item: ValueType) -> None:
        self.item = item

    @property
    def expected(self) -> str:
        return f"a comma list, each {self.item.expected}"

    @property
    def example(self) -> str:
        return self.item.example

    def parse(self, word: str) -> tuple[Any, ...]:
        if not word:
            return ()
        parts = [part.strip() for part in word.split(",")]
        if not all(parts):
            raise ValueError("an element of the list is empty")
        return tuple(self.item.parse(part) for part in parts)

    def format(self, value: tuple[Any, ...]) -> str:
        return ",".join(map(self.item.format, value)) if value else '""'

    def to_json(self, value: tuple[Any, ...]) -> list[Any]:
        return [self.item.to_json(item) for item in value]


class Hex(AsShown):
    """Bytes in hexadecimal; colons and blanks between them do not count."""

    expected = "bytes in hex"
    example = "ffffffffffff02000000000108060001"

    def parse(self, word: str) -> bytes:
        try:
            return bytes.fromhex(word.replace(":", ""))
        except ValueError:
            raise ValueError("it is not an even number of hex digits") from None

    def format(self, value: bytes) -> str:
        return value.hex()


class Flag:
    """An option that stands alone, without a value."""

    expected = "nothing"
    example = ""

    def takes(self, word: str) -> bool:
        """Whether a word behind the option belongs to it all the same."""
        return False

    def parse(self, word: str) -> Any:
        return word or True

    def format(self, value: Any) -> str:
        return ""

    def to_json(self, value: Any) -> Any:
        return value
