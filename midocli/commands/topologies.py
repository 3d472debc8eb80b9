"""Two topologies that are compared: that of the session, and another one.

Which that is: what there was when nothing had been changed yet, what a file builds, what another
store holds, or what there was before a change of the log, whose outcome then is the first one.
"""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import grammar
from grammar import tree
from grammar.commands.begin import Change
from grammar.commands.demo import Demo
from grammar.commands.expect import Expect
from grammar.commands.source import Source
from grammar.commands.undo import Undo
from grammar.errors import MidoError, RefusedError, StoreError, UnknownObjectError
from grammar.resources import SCHEMA
from grammar.script import Line, read_lines
from midocli.commands.dispatch import carry_out
from midocli.results.objects import Created
from midocli.store.copying import copied
from midocli.store.store import Store

if TYPE_CHECKING:
    from grammar.other import Other
    from midocli.context.context import Context
    from midocli.store.rows import Row
    from midocli.store.storage.kept import Kept

#: What a topology is saved as that never was.
_NOTHING = "nothing"
#: What creation makes up where it is not told.
_MADE_UP = ("mac", "ip-id")
_BUILDING = (tree.Create, tree.Set, tree.Clear, tree.Delete, Undo, Change, Demo)
_DEEPEST_SOURCE = 16


class Pair(NamedTuple):
    """Two topologies, which nobody else works on, and what they are called.

    `unknown` are the ids of old objects whose UUIDs are made up.
    """

    old: Store
    old_name: str
    new: Store
    new_name: str = "now"
    unknown: frozenset[int] = frozenset()


def pair(context: Context, other: Other | None) -> Pair:
    """The topologies to compare; a MidoError where there is no other one."""
    if other is not None and other.change is not None:
        return _around(context, other.change, other.column)
    new = copied(context.store)
    if other is not None and other.place is not None:
        old, unknown = _in_place(context, other.place)
        return Pair(old, other.place.text, new, unknown=unknown)
    name, number = context.last_save()
    if context.kept is None:
        with context.store.journal.at(number):
            return Pair(copied(context.store), name, new)
    if name == _NOTHING and context.change.is_open:
        return Pair(committed(context), "committed", new)
    if name == _NOTHING:
        name, number = f"{context.kept.name} as this session found it", context.kept.began
    with context.manner.undisturbed(), context.change.set_aside():
        return Pair(context.kept.past(number), name, new)


def committed(context: Context) -> Store:
    """The topology before the change that has begun, if one has."""
    with context.manner.undisturbed(), context.change.set_aside():
        return copied(context.store)


def kept(context: Context) -> Kept:
    """Where the topology stays; RefusedError where that is nowhere."""
    if context.kept is None:
        raise RefusedError("this session has no store, and so no log: --store WHERE gives it one")
    return context.kept


def check_change(context: Context, number: int, column: int | None) -> Kept:
    """The store whose log has a change; UnknownObjectError, or RefusedError where there is none."""
    found = kept(context)
    if found.log.change(number) is None:
        raise UnknownObjectError(f"the log has no change {number}", column)
    return found


def _around(context: Context, number: int, column: int | None) -> Pair:
    """What was before and behind a change of the log."""
    found = check_change(context, number, column)
    with context.manner.undisturbed(), context.change.set_aside():
        before, after = found.around(number)
    return Pair(before, f"before change {number}", after, f"change {number}")


def _in_place(context: Context, place: tree.Argument) -> tuple[Store, frozenset[int]]:
    """What another store holds, or what a file builds, and what has made up UUIDs there."""
    try:
        found = context.stored(place)
    except StoreError as error:
        raise StoreError(error.message, place.column) from None
    if found is not None:
        return found, frozenset()
    built = _Built(context)
    built.read(place)
    return built.completed()


class _Built:
    """A network beside that of the session, built by the commands of a script."""

    def __init__(self, context: Context) -> None:
        self._here = context
        self.context = context.beside(Store(SCHEMA, Random(0)))
        self._told: dict[int, set[str]] = {}
        self._depth = 0

    def read(self, file: tree.Argument) -> None:
        """Carry out what builds the network; RefusedError, with the line, where that fails."""
        if self._depth >= _DEEPEST_SOURCE:
            raise RefusedError(f"source is nested more than {_DEEPEST_SOURCE} deep")
        self._depth += 1
        with self._here.files.open(file) as stream:
            for line in read_lines(stream):
                try:
                    self._carry_out(line)
                except MidoError as error:
                    raise RefusedError(
                        f"{file.text}:{line.number}: {error.message}", None, file.column
                    ) from None
        self._depth -= 1

    def _carry_out(self, line: Line) -> None:
        if line.error is not None:
            raise line.error
        command = grammar.parse(line.text)
        while isinstance(command, Expect):
            if command.negated:
                return
            command = command.command
        if isinstance(command, Source):
            self.read(command.file)
        elif isinstance(command, _BUILDING):
            self._note(command, carry_out(self.context, command))

    def _note(self, command: tree.Command, result: object) -> None:
        """Note which fields of which object were told."""
        row: Row | None = None
        if isinstance(command, tree.Create) and isinstance(result, Created):
            row = self.context.store.by_id(result.entry.id)
        elif isinstance(command, tree.Set):
            row = self.context.resolver.object(command.path)
        if row is not None and isinstance(command, (tree.Create, tree.Set)):
            told = self._told.setdefault(row.id, set())
            told.update(setting.field.name for setting in command.settings)

    def completed(self) -> tuple[Store, frozenset[int]]:
        """The topology with values and UUIDs that were made up as they are here, where they are.

        Nobody has changed these. With it come the ids of what is not here.
        """
        store = self.context.store
        twins = {row: twin for row in store.all_rows() if (twin := self._twin(row)) is not None}
        for row, twin in twins.items():
            for name in _MADE_UP:
                if name in row.collection.index and name not in self._told.get(row.id, ()):
                    store.put(row, row.collection.index[name], twin.get(name))
        unknown = frozenset(row.id for row in store.all_rows() if row not in twins)
        return copied(store, {row: twin.id for row, twin in twins.items()}), unknown

    def _twin(self, row: Row) -> Row | None:
        """The object that is called the same here."""
        twin = None
        if row.collection.has_id:
            with suppress(MidoError):
                twin = self._here.resolver.find(row.collection, None, row.full_alias)
        return twin if twin is not None and twin.full_alias == row.full_alias else None
