"""The captures that run while other commands make traffic, and what they saw of it."""

from __future__ import annotations

from typing import Any, Protocol

from midocli.results.values import Result, Watched
from midocli.store.rows import Row
from midocli.store.store import Store

Frames = dict[str, list[dict[str, str]]]


class RunningCapture(Protocol):
    """One capture; `count` is the number of frames it has taken so far."""

    count: int

    def watch(self, wanted: bool) -> None:
        """Watch, or watch no more."""

    def take(self, name: str) -> tuple[str, Frames] | None:
        """What has passed since the last time, as text and by point; None: nothing.

        The text says the capture's name.
        """


class Captures:
    """The captures of a session: what they see is taken after each command.

    A capture is a row of the store, made by `tcpdump`; what it sees is kept here. It
    ends with its row, and comes back with it when its end is undone.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._running: dict[int, RunningCapture] = {}

    def add(self, row: Row, capture: RunningCapture) -> None:
        """From now on a row's capture runs."""
        self._running[row.id] = capture

    def taken(self, row: Row) -> int:
        """How many frames a capture has taken."""
        running = self._running.get(row.id)
        return running.count if running else 0

    def beside(self, result: Result) -> Result:
        """A result with what the captures have seen since the one before, if anything."""
        texts: list[str] = []
        frames: dict[str, Any] = {}
        for number, running in self._running.items():
            row = self._store.by_id(number)
            running.watch(row is not None)
            seen = running.take(row.alias) if row is not None else None
            if row is not None and seen is not None:
                texts.append(seen[0])
                frames[row.alias] = seen[1]
        return Watched(result, "".join(texts), frames) if frames else result
