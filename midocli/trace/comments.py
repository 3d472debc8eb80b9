"""What the datapath decided about a frame, in one line: the comment beside it in a file.

A comment tells of the whole walk of its frame, at whatever point of it the frame was
seen, so that a packet list reads as an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable

from midocli.simulator.events import Captured, Event, Kind
from midocli.trace.step_text import text_of

# Where a frame is, and what it passed without a mark, can be seen from the list itself.
_UNSAID = frozenset(
    (
        Kind.SENT,
        Kind.ENTERED,
        Kind.LEFT,
        Kind.RULES_PASSED,
        Kind.CHAIN_ENDED,
        Kind.MAC_LEARNED,
        Kind.ARP_LEARNED,
        Kind.GENERATED,
        Kind.BRANCHED,
    )
)


class Comments:
    """The comments that a stream of events gives."""

    def __init__(self, events: Iterable[Event]) -> None:
        walks: dict[int, list[str]] = {}
        self._refusals: dict[tuple[int, object], str] = {}
        for event in events:
            if event.kind is Kind.BRANCHED:  # a copy begins with what was done to the original
                walks[event.walk] = list(walks.get(event.parent, ()))
            if event.kind in _UNSAID:
                continue
            said = f"{event.at}: {text_of(event)}"
            walks.setdefault(event.walk, []).append(said)
            if event.kind is Kind.DROPPED:
                self._refusals[event.time_ns, event.origin] = said
        self._walks = {walk: "; ".join(dict.fromkeys(parts)) for walk, parts in walks.items()}

    def of(self, captured: Captured) -> str | None:
        """The comment on a frame, None where there is nothing to say."""
        if captured.walk:
            return self._walks.get(captured.walk)
        return self._refusals.get((captured.time_ns, captured.origin))
