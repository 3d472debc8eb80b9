"""What commands result in: plain data, formatted only when it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from grammar.errors import MidoError
from grammar.node import Node
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


class Done(Node):
    """Nothing to say: set, clear, delete and the like."""

    succeeded: bool = True


class Created(Node):
    """A new object."""

    row: Row
    succeeded: bool = True


class Listing(Node):
    """Objects, shown as those of a collection (which may gather them from others)."""

    rows: Sequence[Row]
    collection: Collection
    succeeded: bool = True


class Table(Node):
    """Things the datapath has learnt: field names and values, with no store behind."""

    fields: tuple[Field, ...]
    rows: Sequence[tuple[Any, ...]]
    succeeded: bool = True


class Shown(Node):
    """One object, shown as one of a collection (which may gather it from another)."""

    row: Row
    collection: Collection
    succeeded: bool = True


class ShownField(Node):
    """One field of an object."""

    row: Row
    field: Field
    succeeded: bool = True


class Message(Node):
    """Text that is the result itself."""

    text: str
    succeeded: bool = True


class Formatted(Node):
    """A result that is to be shown in a form of its own: table, json, yaml, csv or commands."""

    result: Result
    form: str

    @property
    def succeeded(self) -> bool:
        """Whether the command did what it was for."""
        return self.result.succeeded


class Report(Node):
    """What a probe found: the text as its programs print it, and what makes the same as data.

    `script` makes the commands that recreate what it shows, where that is objects.
    """

    text: str
    data: Callable[[], dict[str, Any]]
    succeeded: bool
    script: Callable[[], str] | None = None


class Stream(Node):
    """Things that are shown one by one, as they are read, however many there are.

    `header` is told apart from them, on the standard error; `head` is its data. Reading
    them may raise a MidoError, behind those that were shown.
    """

    header: str
    head: dict[str, Any]
    items: Iterable[Any]
    text_of: Callable[[Any], str]
    data_of: Callable[[Any], dict[str, Any]]
    succeeded: bool = True


class Watched(Node):
    """A result, and what running captures saw of the traffic behind it."""

    result: Result
    text: str
    captures: dict[str, Any]

    @property
    def succeeded(self) -> bool:
        """Whether the command itself succeeded."""
        return self.result.succeeded


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, behind what the command had found by then: `result` is to be shown, as ping does."""

    def __init__(self, result: Result) -> None:
        super().__init__()
        self.result = result


class ExpectationError(MidoError):
    """A command that `expect` holds did not end as expected; `result` is what it gave, if any."""

    code = "expect"

    def __init__(self, message: str, column: int | None, result: Result | None) -> None:
        super().__init__(message, column)
        self.result = result

    def showing(self, change: Callable[[Result], Result]) -> ExpectationError:
        """The same error with its result changed, where it has one."""
        if self.result is None:
            return self
        return ExpectationError(self.message, self.column, change(self.result))


class Spoilt(Node):
    """A result, and what went wrong beside it when it was there already, as a full disk."""

    result: Result
    error: MidoError

    @property
    def succeeded(self) -> bool:
        """Whether the command itself succeeded."""
        return self.result.succeeded
