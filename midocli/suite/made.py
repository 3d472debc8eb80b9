"""What the lines of tests make: rules, routes, ports, ..., each by the place where it is written.

Several tests may run the same line, of what comes before them or of a script that they load. What
it makes is then one thing, whatever becomes of it in each.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal, NamedTuple

from midocli.store.display import is_local_route
from midocli.suite.world import Watch

if TYPE_CHECKING:
    from io import StringIO

    from grammar.script import Line
    from midocli.context.context import Context
    from midocli.store.rows import Row

Kind = Literal["rule", "route", "port", "vip", "member"]

_KINDS: dict[str, Kind] = {
    "chain.rule": "rule",
    "router.route": "route",
    "router.port": "port",
    "bridge.port": "port",
    "load-balancer.pool.vip": "vip",
    "load-balancer.pool.member": "member",
}


class Place(NamedTuple):
    """A line of a script, and the how many-th of all that it made (from 0)."""

    file: str
    line: int
    nth: int


class Made(NamedTuple):
    """One thing: `owner` is the chain, router or bridge it is part of, `text` the line itself."""

    place: Place
    kind: Kind
    alias: str
    owner: str
    text: str


class Mutant(NamedTuple):
    """A network in which one thing is otherwise, as `change` words it."""

    place: Place
    change: str


class Register(Watch):
    """Notes what is made, by place and as what is called so now; `line` counts what is run."""

    def __init__(self) -> None:
        self.line = 0
        self.made: dict[Place, Made] = {}
        self.rows: dict[Place, Row] = {}
        self.called: dict[str, Place] = {}
        self._known: set[Row] = set()
        self._counts: dict[tuple[str, int], int] = {}

    def begin(self, context: Context, screen: StringIO) -> None:
        self._store = context.store

    def ahead(self, file: str, line: Line) -> None:
        self.line += 1

    def behind(self, file: str, line: Line) -> None:
        for row in self._store.journal.touched:
            if row not in self._known and self._store.is_live(row):
                self._known.add(row)
                kind = _KINDS.get(row.collection.path)
                if kind is not None and not is_local_route(row):
                    self.note(row, kind, os.path.abspath(file), line)  # noqa: PTH100 (links stay)

    def note(self, row: Row, kind: Kind, file: str, line: Line) -> Place:
        """Note what a line made."""
        nth = self._counts.get((file, line.number), 0)
        self._counts[file, line.number] = nth + 1
        place = Place(file, line.number, nth)
        text = " ".join(line.text.split())
        self.made[place] = Made(place, kind, row.full_alias, _owner(row), text)
        self.rows[place] = row
        self.called[row.full_alias] = place
        return place


def _owner(row: Row) -> str:
    """What a thing is part of, by its name where it has one."""
    owner = row.parent
    assert owner is not None
    name = owner.get("name") if "name" in owner.collection.index else None
    return f"{owner.full_alias} ({name})" if name else owner.full_alias
