"""The walk in words: what every device did with every frame, and how it ended.

Reads like ovn-trace: a paragraph a walk, frames that others caused indented
under them, the verdict first and last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from grammar.times import Instant, format_instant
from midocli.clock import Clock
from midocli.simulator.events import Event, Kind
from midocli.trace.step_text import frame, text_of, unrestored

# What a walk says of itself by going on is left out of the text.
_TRIVIAL = {Kind.LEFT, Kind.SENT}


def numbered(events: Sequence[Event]) -> list[Event]:
    """The events with their walks counted from 1, in the order they began."""
    numbers = {0: 0}
    for event in events:
        numbers.setdefault(event.walk, len(numbers))
    return [
        replace(event, walk=numbers[event.walk], parent=numbers.get(event.parent, 0))
        for event in events
    ]


def explain(events: Sequence[Event], verdicts: Sequence[str]) -> str:
    """The walks as text; `verdicts`, a line per request, come first and last."""
    lines = [*verdicts, ""]
    for walk in _walks(events):
        lines += _paragraph(walk)
    notes = _notes(events)
    return "".join(f"{line}\n" for line in [*lines, *verdicts, *notes])


def steps_of(events: Sequence[Event], clock: Clock) -> list[dict[str, Any]]:
    """The events as data, in the order they happened."""
    return [
        {
            "at": event.at,
            "event": str(event.kind),
            "text": text_of(event),
            "time": format_instant(Instant(clock.shown(event.time_ns), clock.utc_offset)),
            "walk": event.walk,
            "parent": event.parent,
        }
        for event in events
    ]


def _walks(events: Sequence[Event]) -> list[list[Event]]:
    """The events of each walk, what came before the first walk ahead of them."""
    walks: dict[int, list[Event]] = {}
    for event in events:
        walks.setdefault(event.walk, []).append(event)
    return [walks[number] for number in sorted(walks)]


def _paragraph(walk: Sequence[Event]) -> list[str]:
    indent = "  " * walk[0].depth
    first = walk[0]
    lines = []
    if first.walk:
        lines.append(f"{indent}walk {first.walk}: {_title(walk)}")
    place = ""
    for event in walk:
        if event.kind in _TRIVIAL:
            continue
        at = f"{event.at}: " if event.at != place else " " * (len(event.at) + 2)
        place = event.at
        lines.append(f"{indent}  {at}{text_of(event)}")
    return [*lines, ""] if lines else []


def _title(walk: Sequence[Event]) -> str:
    for event in walk:
        headers = event.details.get("frame")
        if headers and event.kind in (Kind.ENTERED, Kind.LEFT, Kind.DROPPED):
            return frame(headers)  # type: ignore[arg-type]
    return "a frame"


def _notes(events: Sequence[Event]) -> list[str]:
    """What a reader would otherwise wonder about, once each."""
    found = [
        f"{event.at}: {unrestored(event.details)}"
        for event in events
        if event.kind is Kind.NAT_UNRESTORED
    ]
    return list(dict.fromkeys(found))
