"""`diff`: the topology beside that which was saved last, or that of a file."""

from __future__ import annotations

from contextlib import suppress
from difflib import unified_diff
from random import Random
from typing import TYPE_CHECKING

import grammar
from grammar import tree
from grammar.commands.begin import Change
from grammar.commands.demo import Demo
from grammar.commands.diff import Diff
from grammar.commands.expect import Expect
from grammar.commands.source import Source
from grammar.commands.undo import Undo
from grammar.errors import MidoError, RefusedError
from grammar.script import Line, read_lines
from midocli.commands.dispatch import carries_out, carry_out
from midocli.results.difference import Compared
from midocli.results.objects import Created
from midocli.store.difference import State, as_data, as_mido, difference, state

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.store.rows import Row

#: What creation makes up where it is not told.
_MADE_UP = ("mac", "ip-id")
_BUILDING = (tree.Create, tree.Set, tree.Clear, tree.Delete, Undo, Change, Demo)
_DEEPEST_SOURCE = 16


@carries_out(Diff)
def diff(context: Context, command: Diff) -> Compared:
    """What has changed; a MidoError where it is not known what there was."""
    if command.file is not None:
        name, old = command.file.text, _of_file(context, command.file)
    else:
        name, number = context.last_save()
        with context.store.journal.at(number):
            old = state(context.store)
    new = state(context.store)
    found = difference(old, new)
    lines = unified_diff(old.lines, new.lines, name, "now", lineterm="")
    return Compared(
        "".join(f"{line}\n" for line in lines), as_data(found), as_mido(found, context.store)
    )


def _of_file(context: Context, file: tree.Argument) -> State:
    """The topology that a script makes, of which nothing is carried out but what builds it."""
    built = _Built(context)
    built.read(file)
    built.complete()
    return state(built.context.store)


class _Built:
    """A network beside that of the session, built by the commands of a script."""

    def __init__(self, context: Context) -> None:
        self._here = context
        self.context = context.beside(Random(0))
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

    def complete(self) -> None:
        """Give fields that were made up the values they have here: nobody has changed these."""
        store = self.context.store
        for row in store.all_rows():
            names = [name for name in _MADE_UP if name in row.collection.index]
            twin = None
            if names and row.collection.has_id:
                with suppress(MidoError):
                    twin = self._here.resolver.find(row.collection, None, row.full_alias)
            for name in names if twin is not None else ():
                if name not in self._told.get(row.id, ()) and twin is not None:
                    store.put(row, row.collection.index[name], twin.get(name))
