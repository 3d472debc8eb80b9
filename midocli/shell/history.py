"""Where the lines typed so far are kept: a file for each topology, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from platformdirs import user_state_path
from prompt_toolkit.history import FileHistory, History, InMemoryHistory

from midocli.context.files import path_of

_SECRET = re.compile(r"(?<!\S)password(?!\S)")


def history_file(topology: str | None) -> Path:
    """`history` in the user's state directory, or a file named after the topology's file."""
    folder = user_state_path("midocli")
    if topology is None:
        return folder / "history"
    path = str(path_of(topology).resolve())
    digest = sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:12]
    return folder / f"history-{Path(topology).stem[:40]}-{digest}"


def open_history(topology: str | None) -> History:
    """The persistent history, or one for this session where none can be written."""
    try:
        file = history_file(topology)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()
    except (OSError, RuntimeError):
        return InMemoryHistory()
    return _Discreet(str(file))


class Histories:
    """The history of the topology that is worked on, whichever that is by now.

    What was typed in this session is offered with every topology, as the latest lines.
    """

    def __init__(self) -> None:
        self._opened: dict[str | None, _Earlier] = {}
        self._current: tuple[str | None, History] | None = None
        self._typed: list[str] = []

    def of(self, topology: str | None) -> History:
        """The history for a topology's file."""
        if self._current is None or self._current[0] != topology:
            if topology not in self._opened:
                kept = open_history(topology)
                self._opened[topology] = _Earlier(kept, list(kept.load_history_strings()))
            self._current = topology, _Continued(self._opened[topology], self._typed)
        return self._current[1]


class _Earlier(NamedTuple):
    """Where lines are kept, and what was there when the session began with it, latest first."""

    kept: History
    lines: list[str]


class _Continued(History):
    """Lines of earlier sessions and, behind them, those `typed` in this one."""

    def __init__(self, earlier: _Earlier, typed: list[str]) -> None:
        super().__init__()
        self._earlier = earlier
        self._typed = typed

    def load_history_strings(self) -> Iterable[str]:
        """All lines, the latest first."""
        return [*reversed(self._typed), *self._earlier.lines]

    def store_string(self, string: str) -> None:
        """Keep a line, for this session at least."""
        self._typed.append(string)
        with suppress(OSError):
            self._earlier.kept.store_string(string)


class _Discreet(FileHistory):
    """Keeps no line that holds a password, nor one that begins with a blank."""

    def store_string(self, string: str) -> None:
        """Write a line down, unless it is not to be kept."""
        if not string.startswith((" ", "\t")) and not _SECRET.search(string):
            super().store_string(string)
