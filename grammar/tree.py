"""The syntax tree: what was said, as frozen values, before anything is looked up.

Columns count characters of the line from 1. They say where something stood, not
what was said: trees that differ only in columns are equal. The nodes a line has many
of are named tuples, commands are `Node`s.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from grammar.node import PLACES, Node
from grammar.schema import Collection, Field


def _equal(one: object, other: object) -> bool:
    """Equality of nodes, wherever they stood and however their values were spelled."""
    if type(one) is not type(other):
        return False
    names: tuple[str, ...] = getattr(one, "_fields", ())
    return all(getattr(one, n) == getattr(other, n) for n in names if n not in PLACES)


class Setting(NamedTuple):
    """A field and the value given to it; `column` is the value's."""

    field: Field
    value: Any
    column: int
    text: str

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


class FieldName(NamedTuple):
    """A field that is named without a value, as show and clear do."""

    field: Field
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


class Selector(NamedTuple):
    """One step of a path: an object by alias, UUID or name, or by its fields."""

    collection: Collection
    name: str | None
    filters: tuple[Setting, ...]
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


class Target(NamedTuple):
    """The collection that list and create work on."""

    collection: Collection
    column: int

    def __eq__(self, other: object) -> bool:
        return _equal(self, other)


Path = tuple[Selector, ...]


class Create(Node):
    """Make a new object of `target` inside the object at `path`."""

    path: Path
    target: Target
    settings: tuple[Setting, ...]


class List(Node):
    """Show the objects of `target` inside `path` that pass the filters."""

    path: Path
    target: Target
    filters: tuple[Setting, ...]


class Show(Node):
    """Show one object, or one of its fields."""

    path: Path
    field: FieldName | None


class Set(Node):
    """Give fields of an object new values."""

    path: Path
    settings: tuple[Setting, ...]


class Clear(Node):
    """Take the values of an object's fields away."""

    path: Path
    fields: tuple[FieldName, ...]


class Delete(Node):
    """Delete an object and all it holds."""

    path: Path


class Argument(NamedTuple):
    """A word given to a command, with where it stood."""

    text: str
    column: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Argument) and self.text == other.text


class Program(Node):
    """A guest's own program (`ip addr`), as if typed on that machine."""

    path: Path
    words: tuple[str, ...]


class Ping(Node):
    """Echo requests from a source, which is a path (a guest) or a point."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]


class Traceroute(Node):
    """The routers on the way from a source to a destination."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]


class Arping(Node):
    """An ARP request for an address."""

    source: Argument | Path
    destination: Argument
    options: tuple[Setting, ...]


class Connect(Node):
    """A TCP connection or UDP exchange with a port of a destination."""

    source: Argument | Path
    proto: str
    destination: Argument
    port: int
    options: tuple[Setting, ...]


class Inject(Node):
    """Raw frames put into the network at a point."""

    point: Argument
    options: tuple[Setting, ...]


class Dhcp(Node):
    """A guest's search for a lease."""

    source: Argument | Path
    options: tuple[Setting, ...]


class Tcpdump(Node):
    """A capture that runs from here on at points, a comma list."""

    points: Argument
    options: tuple[Setting, ...]


class ReadCapture(Node):
    """The frames of a capture file, printed."""

    file: Argument
    options: tuple[Setting, ...]


Probe = Ping | Traceroute | Arping | Connect | Dhcp | Inject | Tcpdump | ReadCapture


class Clock(Node):
    """Show the simulated time, set it, or let it pass."""

    action: str | None = None
    value: Any = None
    column: int = 1


class Format(Node):
    """How results are printed from here on."""

    name: str


class Echo(Node):
    """Print words."""

    words: tuple[str, ...]


class Source(Node):
    """Run the commands of a file."""

    file: Argument


class Expect(Node):
    """Check that a command succeeds or, with `negated`, that it fails."""

    command: Command
    negated: bool
    column: int


class Help(Node):
    """Explain the language, or one word of it."""

    topic: Argument | None


class Reset(Node):
    """Forget what the datapath has learnt."""


class Describe(Node):
    """Show what an object, a collection's objects or the root consist of."""

    path: Path
    target: Target | None


class Tenant(Node):
    """Choose the session's tenant, or (None) none."""

    name: str | None


class Debug(Node):
    """Turn debug mode on or off."""

    on: bool


class Undo(Node):
    """Take the last changes back or, with `again`, do what was undone once more."""

    steps: int
    again: bool


class Save(Node):
    """Write the topology as a script that rebuilds it."""

    file: Argument


class Demo(Node):
    """Load the network to try things on."""


class Prefs(Node):
    """Show the preferences of the prompt, change some, or go back to the defaults."""

    settings: tuple[Setting, ...]
    reset: bool


class Quit(Node):
    """End the session."""


class Topology(Node):
    """Draw the virtual network, on the terminal or into a file."""

    file: Argument | None


class As(Node):
    """Show what comes of a command in a form of its own."""

    command: Command
    form: str


Command = (
    Create
    | List
    | Show
    | Set
    | Clear
    | Delete
    | Program
    | Probe
    | Clock
    | Format
    | Echo
    | Source
    | Expect
    | Help
    | Reset
    | Quit
    | Describe
    | Tenant
    | Debug
    | Undo
    | Save
    | Prefs
    | Demo
    | Topology
    | As
)
