"""The syntax tree: what was said, as frozen values, before anything is looked up.

Columns count characters of the line from 1. The nodes are named tuples: a frozen
dataclass costs seven times as much to define, at every start of the program.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from grammar.schema import Collection, Field


class Setting(NamedTuple):
    """A field and the value given to it; `column` is the value's."""

    field: Field
    value: Any
    column: int
    text: str


class FieldName(NamedTuple):
    """A field that is named without a value, as show and clear do."""

    field: Field
    column: int


class Selector(NamedTuple):
    """One step of a path: an object by alias, UUID or name, or by its fields."""

    collection: Collection
    name: str | None
    filters: tuple[Setting, ...]
    column: int


class Target(NamedTuple):
    """The collection that list and create work on."""

    collection: Collection
    column: int


Path = tuple[Selector, ...]


class Create(NamedTuple):
    """Make a new object of `target` inside the object at `path`."""

    path: Path
    target: Target
    settings: tuple[Setting, ...]


class List(NamedTuple):
    """Show the objects of `target` inside `path` that pass the filters."""

    path: Path
    target: Target
    filters: tuple[Setting, ...]


class Show(NamedTuple):
    """Show one object, or one of its fields."""

    path: Path
    field: FieldName | None


class Set(NamedTuple):
    """Give fields of an object new values."""

    path: Path
    settings: tuple[Setting, ...]


class Clear(NamedTuple):
    """Take the values of an object's fields away."""

    path: Path
    fields: tuple[FieldName, ...]


class Delete(NamedTuple):
    """Delete an object and all it holds."""

    path: Path


class Argument(NamedTuple):
    """A word given to a command, with where it stood."""

    text: str
    column: int


class Program(NamedTuple):
    """A guest's own program (`ip addr`), as if typed on that machine."""

    path: Path
    words: tuple[str, ...]


class Ping(NamedTuple):
    """Echo requests from a source, which is a path (a guest) or a point."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]


class Clock(NamedTuple):
    """Show the simulated time, set it, or let it pass."""

    action: str | None = None
    value: Any = None
    column: int = 1


class Format(NamedTuple):
    """How results are printed from here on."""

    name: str


class Echo(NamedTuple):
    """Print words."""

    words: tuple[str, ...]


class Source(NamedTuple):
    """Run the commands of a file."""

    file: Argument


class Expect(NamedTuple):
    """Check that a command succeeds or, with `negated`, that it fails."""

    command: Command
    negated: bool
    column: int


class Help(NamedTuple):
    """Explain the language, or one word of it."""

    topic: Argument | None


class Reset(NamedTuple):
    """Forget what the datapath has learnt."""


class Quit(NamedTuple):
    """End the session."""


Command = (
    Create
    | List
    | Show
    | Set
    | Clear
    | Delete
    | Program
    | Ping
    | Clock
    | Format
    | Echo
    | Source
    | Expect
    | Help
    | Reset
    | Quit
)
