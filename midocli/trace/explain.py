"""The walk in words: what every device did with every frame, and how it ended.

Reads like ovn-trace. First comes what became of it (of a failure the probe has said it before),
and what was sent, in full; then a walk a frame: its devices with what each did, chains indented
under them, copies that a fork made side by side. What others sent because of it follows as walks
of their own, indented, except that the answer of whoever a frame was for goes on at the same
depth. The verdict comes last again, with what would have to change.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from grammar.times import Instant, date_of
from midocli.simulator.clock import Clock
from midocli.simulator.events import NatUnrestored
from midocli.simulator.recorder import Step
from midocli.trace.depths import in_brief, without_answered_arp
from midocli.trace.journey import Journey, Leg
from midocli.trace.step_text import text_of

# What differs between attempts that go the same way: numbers, and the names that the first has.
_OWN = re.compile(r"^walk \d+|(?<=walk )\d+|, ip-id \d+|(?<= seq )\d+|(?<=\d) \([^()]*\)")


def numbered(steps: Sequence[Step]) -> list[Step]:
    """The steps with their walks counted from 1, in the order they began."""
    numbers = {0: 0}
    for step in steps:
        numbers.setdefault(step.walk, len(numbers))
    return [
        step._replace(walk=numbers[step.walk], parent=numbers.get(step.parent, 0)) for step in steps
    ]


def explain(
    steps: Sequence[Step],
    journeys: Sequence[Journey],
    verdicts: Sequence[str],
    changes: Sequence[str] = (),
    failed: bool = False,
    left_out: int = 0,
    depth: str = "",
) -> str:
    """The steps, and the journeys they tell, as text.

    `verdicts`, a line per request, come last, and first if it has not `failed`; `changes` are the
    lines that say what would have to be otherwise, the very last of a probe that `failed`. What
    became of so many more things that were sent is `left_out`. The `depth` is `brief`, `full` or
    as usual.
    """
    lines = [] if failed or changes else [*verdicts]
    if depth != "brief":
        lines += [*(f"# {each.sent}" for each in journeys if each.sent), ""]
    lines += _all_told(journeys, depth)
    lines += [not_told(left_out), ""] if left_out else []
    verdict = [*verdicts, *(notes_of(steps) if depth != "brief" else [])]
    end = [*verdict, *changes] if failed or not changes else [*changes, "", *verdict]
    return "".join(f"{line}\n" for line in [*lines, *end])


def steps_of(steps: Iterable[Step], clock: Clock) -> list[dict[str, Any]]:
    """The steps as data, in the order they happened."""
    return [
        {
            "at": step.at,
            "event": step.event.kind,
            "text": text_of(step.event),
            "time": date_of(Instant(clock.shown(step.time_ns), clock.utc_offset)),
            "walk": step.walk,
            "parent": step.parent,
        }
        for step in steps
    ]


def _all_told(journeys: Sequence[Journey], depth: str) -> Iterator[str]:
    """What came of each thing that was sent; of those that went the same way how many there are."""
    before: list[str] | None = None
    alike = 0
    for journey in journeys:
        lines = list(_told(journey, depth))
        way = _without_own(lines)
        if way == before and depth != "full":
            alike += 1
            continue
        yield from _more(alike)
        yield from lines
        before, alike = way, 0
    yield from _more(alike)


def _more(alike: int) -> Iterator[str]:
    if alike:
        yield f"the next {alike} went the same way"
        yield ""


def _told(journey: Journey, depth: str) -> Iterator[str]:
    """The walks that came of what was sent; of a storm only how it began."""
    walks = journey.walks if depth == "full" else without_answered_arp(journey.walks)
    for alike in _attempts(walks):
        yield from in_brief(alike[0]) if depth == "brief" else _as_usual(alike[0])
        yield from _more(len(alike) - 1)
    if journey.left_out:
        yield walks_left_out(journey)
        yield ""


def _as_usual(walks: Sequence[Leg]) -> Iterator[str]:
    for walk in walks:
        indent = "  " * walk.depth
        if walk.title:
            yield f"{indent}{walk.title}"
            indent += "  "
        yield from (f"{indent}{'  ' * line.depth}{line.text}" for line in walk.lines)
        yield ""


def _attempts(walks: Sequence[Leg]) -> list[list[list[Leg]]]:
    """Walks with what they caused, those side by side that failed alike, as retries do."""
    found: list[list[Leg]] = []
    for walk in walks:
        if walk.depth and found:
            found[-1].append(walk)
        else:
            found.append([walk])
    merged: list[list[list[Leg]]] = []
    for attempt in found:
        before = _likeness(merged[-1][-1]) if merged else None
        if before is not None and before == _likeness(attempt):
            merged[-1].append(attempt)
        else:
            merged.append([attempt])
    return merged


def _likeness(attempt: Sequence[Leg]) -> list[str] | None:
    """What an attempt that failed has in common with others; None: it did not fail."""
    lines = [walk.title for walk in attempt]
    lines += [line.text for walk in attempt for line in walk.lines]
    if not any(line.startswith("dropped (") for line in lines):
        return None
    return _without_own(lines)


def _without_own(lines: Iterable[str]) -> list[str]:
    """What lines have in common with those of others that went the same way."""
    told = (line for line in lines if not line.lstrip().startswith("learns that "))
    return [_OWN.sub("", line) for line in told]


def not_told(count: int) -> str:
    """Of how many things that were sent the walks are not told."""
    return f"the walks of the next {count} are left out here"


def walks_left_out(journey: Journey) -> str:
    """How many walks of a storm are not told."""
    return f"{journey.left_out} more walks are left out here"


def notes_of(steps: Sequence[Step]) -> list[str]:
    """What a reader would otherwise wonder about, once each."""
    found = [
        f"{step.at}: {text_of(step.event)}"
        for step in steps
        if isinstance(step.event, NatUnrestored)
    ]
    return list(dict.fromkeys(found))
