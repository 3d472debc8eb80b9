"""The walk in words: what every device did with every frame, and how it ended.

Reads like ovn-trace. First comes what became of it, and what was sent, in full; then a walk
a frame: its devices with what each did, chains indented under them, copies that a fork made
side by side. What others sent because of it follows as walks of their own, indented, except
that the answer of whoever a frame was for goes on at the same depth. The verdict comes last
again, with what would have to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from grammar.times import Instant, format_instant
from midocli.simulator.clock import Clock
from midocli.simulator.events import Event, Kind
from midocli.trace.journey import Journey, Walk
from midocli.trace.step_text import text_of, unrestored

# What differs between attempts that go the same way.
_OWN_NUMBERS = re.compile(r"^walk \d+|, ip-id \d+")


def numbered(events: Sequence[Event]) -> list[Event]:
    """The events with their walks counted from 1, in the order they began."""
    numbers = {0: 0}
    for event in events:
        numbers.setdefault(event.walk, len(numbers))
    return [
        replace(event, walk=numbers[event.walk], parent=numbers.get(event.parent, 0))
        for event in events
    ]


def explain(
    events: Sequence[Event],
    journeys: Sequence[Journey],
    verdicts: Sequence[str],
    changes: Sequence[str] = (),
    failed: bool = False,
) -> str:
    """The events, and the journeys they tell, as text.

    `verdicts`, a line per request, come first and last; `changes` are the lines that say what
    would have to be otherwise, the very last of a probe that `failed`.
    """
    lines = [*verdicts, *(f"# {each.sent}" for each in journeys if each.sent), ""]
    for journey in journeys:
        lines += _told(journey)
    verdict = [*verdicts, *notes_of(events)]
    end = [*verdict, *changes] if failed or not changes else [*changes, "", *verdict]
    return "".join(f"{line}\n" for line in [*lines, *end])


def steps_of(events: Iterable[Event], clock: Clock) -> list[dict[str, Any]]:
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


def _told(journey: Journey) -> Iterator[str]:
    """The walks that came of what was sent; of a storm only how it began."""
    for alike in _attempts(journey.walks):
        for walk in alike[0]:
            indent = "  " * walk.depth
            if walk.title:
                yield f"{indent}{walk.title}"
                indent += "  "
            yield from (f"{indent}{'  ' * line.depth}{line.text}" for line in walk.lines)
            yield ""
        if len(alike) > 1:
            yield f"the next {len(alike) - 1} went the same way"
            yield ""
    if journey.left_out:
        yield left_out(journey)
        yield ""


def _attempts(walks: Sequence[Walk]) -> list[list[list[Walk]]]:
    """Walks with what they caused, those side by side that failed alike, as retries do."""
    found: list[list[Walk]] = []
    for walk in walks:
        if walk.depth and found:
            found[-1].append(walk)
        else:
            found.append([walk])
    merged: list[list[list[Walk]]] = []
    for attempt in found:
        before = _likeness(merged[-1][-1]) if merged else None
        if before is not None and before == _likeness(attempt):
            merged[-1].append(attempt)
        else:
            merged.append([attempt])
    return merged


def _likeness(attempt: Sequence[Walk]) -> list[str] | None:
    """What an attempt that failed has in common with others; None: it did not fail."""
    lines = [walk.title for walk in attempt]
    lines += [line.text for walk in attempt for line in walk.lines]
    if not any(line.startswith("dropped (") for line in lines):
        return None
    told = (line for line in lines if not line.startswith("learns that "))
    return [_OWN_NUMBERS.sub("", line) for line in told]


def left_out(journey: Journey) -> str:
    """How many walks of a storm are not told."""
    return f"{journey.left_out} more walks are left out here"


def notes_of(events: Sequence[Event]) -> list[str]:
    """What a reader would otherwise wonder about, once each."""
    found = [
        f"{event.at}: {unrestored(event.details)}"
        for event in events
        if event.kind is Kind.NAT_UNRESTORED
    ]
    return list(dict.fromkeys(found))
