"""The syntax tree: what was said, as frozen values, before anything is looked up.

Columns count characters of the line from 1.
"""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Create:
    """Make a new object of `target` inside the object at `path`."""

    path: Path
    target: Target
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class List:
    """Show the objects of `target` inside `path` that pass the filters."""

    path: Path
    target: Target
    filters: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Show:
    """Show one object, or one of its fields."""

    path: Path
    field: FieldName | None


@dataclass(frozen=True, slots=True)
class Set:
    """Give fields of an object new values."""

    path: Path
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Clear:
    """Take the values of an object's fields away."""

    path: Path
    fields: tuple[FieldName, ...]


@dataclass(frozen=True, slots=True)
class Delete:
    """Delete an object and all it holds."""

    path: Path


class Argument(NamedTuple):
    """A word given to a command, with where it stood."""

    text: str
    column: int


@dataclass(frozen=True, slots=True)
class Program:
    """A guest's own program (`ip addr`), as if typed on that machine."""

    path: Path
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ping:
    """Echo requests from a source, which is a path (a guest) or a point."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Clock:
    """Show the simulated time, set it, or let it pass."""

    action: str | None = None
    value: Any = None
    column: int = 1


@dataclass(frozen=True, slots=True)
class Format:
    """How results are printed from here on."""

    name: str


@dataclass(frozen=True, slots=True)
class Echo:
    """Print words."""

    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """Run the commands of a file."""

    file: Argument


@dataclass(frozen=True, slots=True)
class Expect:
    """Check that a command succeeds or, with `negated`, that it fails."""

    command: Command
    negated: bool
    column: int


@dataclass(frozen=True, slots=True)
class Help:
    """Explain the language, or one word of it."""

    topic: Argument | None


@dataclass(frozen=True, slots=True)
class Reset:
    """Forget what the datapath has learnt."""


@dataclass(frozen=True, slots=True)
class Quit:
    """End the session."""


Command = (
    Create | List | Show | Set | Clear | Delete | Program | Ping | Clock | Format | Echo
    | Source | Expect | Help | Reset | Quit
)
