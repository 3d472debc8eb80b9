"""What tells two topologies apart, as a result."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import unified_diff
from typing import Any

from midocli.results.values import Record, Result
from midocli.store.difference import as_data, difference, things, written
from midocli.store.store import Store


class Compared(Result):
    """Two topologies, which nobody changes any more, and what they are called.

    `unknown` are the ids of old objects whose UUIDs are made up. The difference is shown as
    `diff -u` prints it, as data, or as the commands that make it.
    """

    old: Store
    old_name: str
    new: Store
    new_name: str
    unknown: frozenset[int]

    def text(self) -> str:
        """The lines that differ, with some around them."""
        old, new = written(self.old), written(self.new)
        names = self.old_name, self.new_name
        lines = unified_diff(old.lines, new.lines, *names, lineterm="")
        shown = {**old.hidden, **new.hidden}
        return "".join(f"{line[:1]}{shown.get(line[1:], line[1:])}\n" for line in lines)

    def document(self) -> dict[str, Any]:
        """What was created, changed and deleted, by the names of objects."""
        return as_data(difference(things(self.old), things(self.new)))

    def records(self) -> Sequence[Record]:
        """A row for each object."""
        data = self.document()
        return [{"object": name, "became": what} for what, found in data.items() for name in found]

    def commands(self, form: str) -> tuple[str, tuple[str, ...]]:
        """The commands that lead from one to the other, and the names of what they leave out."""
        from midocli.store.leading import Leading
        from midocli.store.midonet_cli import MidonetCli

        client = MidonetCli(self.old, self.unknown)
        led = Leading(self.old, self.new, client if form == "commands" else None)
        lines = client.lines if form == "commands" else led.lines
        return "".join(f"{line}\n" for line in lines), tuple(led.left_out)
