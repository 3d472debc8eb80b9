"""The probes that this session just showed working."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

from grammar import canonical
from grammar.tree import Command

#: How many of the last probes are remembered, and how many of those that succeeded matter.
_REMEMBERED, _MOST = 64, 8


class Working:
    """The last probes, each with the kind of probe it is."""

    def __init__(self) -> None:
        self._noted: deque[tuple[Command, Any, bool]] = deque(maxlen=_REMEMBERED)

    def note(self, command: Command, kind: Any, succeeded: bool) -> None:
        """A probe was made."""
        self._noted.append((command, kind, succeeded))

    def probes(self, plain: Callable[[Command], Command]) -> Iterator[tuple[Command, Any]]:
        """Those that succeeded when they were last made, the last ones first, each made `plain`."""
        return islice(self._succeeded(plain), _MOST)

    def _succeeded(self, plain: Callable[[Command], Command]) -> Iterator[tuple[Command, Any]]:
        known: set[str] = set()
        for command, kind, succeeded in reversed(self._noted):
            sent = plain(command)
            said = canonical(sent)
            if said not in known and succeeded:
                yield sent, kind
            known.add(said)
