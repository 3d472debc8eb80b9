"""Forgetting, in simulated time, what nobody has used for its life.

Whoever looks an entry up decides whether it has expired: that makes no difference to a packet.
Here the entries that have are taken out, whenever a new one is made, so that what is remembered
stays in proportion to what is alive.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

#: Gives when an entry will have expired; None: it is gone, or was just taken out.
Check = Callable[[Any, int], int | None]


class Expiry:
    """Entries by the time, in nanoseconds, at which to see whether they are still in use."""

    __slots__ = ("_added", "_due")

    def __init__(self) -> None:
        self._due: list[tuple[int, int, Check, Any]] = []
        self._added = 0

    def __len__(self) -> int:
        return len(self._due)

    def add(self, due_ns: int, check: Check, entry: Any) -> None:
        """Have `check(entry, now_ns)` called by the first sweep after `due_ns`."""
        self._added += 1
        heappush(self._due, (due_ns, self._added, check, entry))

    def sweep(self, now_ns: int) -> None:
        """Take out what has expired; what was used since is looked at again when it is due."""
        due = self._due
        while due and due[0][0] <= now_ns:
            _, _, check, entry = heappop(due)
            again_ns = check(entry, now_ns)
            if again_ns is not None:
                self.add(again_ns, check, entry)
