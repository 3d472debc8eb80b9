"""What tells two topologies apart, as a result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from midocli.results.values import Record, Result


class Compared(Result):
    """The difference as `diff -u` prints it, as data, and as the commands that make it."""

    words: str
    data: dict[str, Any]
    script: str

    def text(self) -> str:
        """The lines that differ, with some around them."""
        return self.words

    def document(self) -> dict[str, Any]:
        """What was created, changed and deleted, by the names of objects."""
        return self.data

    def records(self) -> Sequence[Record]:
        """A row for each object."""
        return [
            {"object": name, "became": what} for what, found in self.data.items() for name in found
        ]
