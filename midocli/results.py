"""What commands result in: plain data, formatted only when it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

from grammar.schema import Collection, Field
from midocli.store.rows import Row


class Result(Protocol):
    """The outcome of a command that was carried out.

    `succeeded` is what `expect` asks for; a probe without an answer is a result
    that did not succeed.
    """

    @property
    def succeeded(self) -> bool:
        """Whether the command did what it was for."""


class Done(NamedTuple):
    """Nothing to say: set, clear, delete and the like."""

    succeeded: bool = True


class Created(NamedTuple):
    """A new object."""

    row: Row
    succeeded: bool = True


class Listing(NamedTuple):
    """Objects, shown as those of a collection (which may gather them from others)."""

    rows: Sequence[Row]
    collection: Collection
    succeeded: bool = True


class Table(NamedTuple):
    """Things the datapath has learnt: field names and values, with no store behind."""

    fields: tuple[Field, ...]
    rows: Sequence[tuple[Any, ...]]
    succeeded: bool = True


class Shown(NamedTuple):
    """One object, shown as one of a collection (which may gather it from another)."""

    row: Row
    collection: Collection
    succeeded: bool = True


class ShownField(NamedTuple):
    """One field of an object."""

    row: Row
    field: Field
    succeeded: bool = True


class Message(NamedTuple):
    """Text that is the result itself."""

    text: str
    succeeded: bool = True


class Report(NamedTuple):
    """What a probe found: the text as its programs print it, and the same as data."""

    text: str
    data: dict[str, Any]
    succeeded: bool
