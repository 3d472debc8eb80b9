"""What commands result in: plain data, formatted only when it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from grammar.schema import Field
from midocli.store.rows import Row


class Result(Protocol):
    """The outcome of a command that was carried out.

    `succeeded` is what `expect` asks for; a probe without an answer is a result
    that did not succeed.
    """

    @property
    def succeeded(self) -> bool:
        """Whether the command did what it was for."""


@dataclass(frozen=True, slots=True)
class Done:
    """Nothing to say: set, clear, delete and the like."""

    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Created:
    """A new object."""

    row: Row
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Listing:
    """Objects of a collection, `shared` when they are shown under a gathering one."""

    rows: Sequence[Row]
    shared: bool = False
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Table:
    """Things the datapath has learnt: field names and values, with no store behind."""

    fields: tuple[Field, ...]
    rows: Sequence[tuple[Any, ...]]
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Shown:
    """One object."""

    row: Row
    shared: bool = False
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of an object."""

    row: Row
    field: Field
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Message:
    """Text that is the result itself."""

    text: str
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Report:
    """What a probe found: the text as its programs print it, and the same as data."""

    text: str
    data: dict[str, Any]
    succeeded: bool
