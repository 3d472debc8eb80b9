"""The probes that this session just showed working."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from grammar import canonical
from grammar.tree import Command

#: So many are remembered, the last ones.
_MOST = 8


class Working:
    """Commands of probes that succeeded, each with the kind of probe it is."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Command, Any]] = {}

    def note(self, command: Command, kind: Any, succeeded: bool) -> None:
        """A probe was made; only what it came to last counts."""
        said = canonical(command)
        self._found.pop(said, None)
        if succeeded:
            self._found[said] = command, kind
        if len(self._found) > _MOST:
            del self._found[next(iter(self._found))]

    def __iter__(self) -> Iterator[tuple[Command, Any]]:
        """The last ones first."""
        return reversed(self._found.values())
