"""Answers that are held back until what they tell of is on disk."""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from midocli.store.storage.kept import Kept

#: How long answers are held, in seconds: a commit costs as much for one change as for hundreds.
LONGEST = 0.05


class Held:
    """The answers to the commands of a file, of which many are committed at once."""

    def __init__(self, kept: Kept) -> None:
        self._kept = kept
        self._pieces: list[str] = []
        self._since: float | None = None

    def add(self, pieces: Iterable[str]) -> None:
        """Hold an answer."""
        self._pieces.extend(pieces)

    @property
    def is_due(self) -> bool:
        """Whether something has been held for long enough, after a command."""
        if not self._pieces and not self._kept.waits:
            return False
        now = monotonic()
        if self._since is None:
            self._since = now
        return now - self._since >= LONGEST

    def released(self) -> list[str]:
        """Commit what is to be committed; the answers, or a StoreError in their place."""
        pieces, self._pieces, self._since = self._pieces, [], None
        self._kept.commit()
        return pieces
