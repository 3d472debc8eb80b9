"""The walk in words: what every device did with every frame, and how it ended.

Reads like ovn-trace. First comes what became of it, and what was sent, in full; then a walk
a frame: its devices with what each did, chains indented under them, copies that a fork made
side by side. What others sent because of it follows as walks of their own, indented, except
that the answer of whoever a frame was for goes on at the same depth. The verdict comes last
again, with what would have to change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from grammar.times import Instant, format_instant
from midocli.clock import Clock
from midocli.simulator.events import Event, Kind
from midocli.trace.frame_text import in_full
from midocli.trace.labels import Labels
from midocli.trace.step_text import text_of, unrestored
from midocli.trace.walk_text import WalkText

# Walks of one origin that are told; more than any sane network makes of one request.
_MANY = 200


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
    verdicts: Sequence[str],
    changes: Sequence[str] = (),
    labels: Labels | None = None,
    failed: bool = False,
) -> str:
    """The walks as text.

    `verdicts`, a line per request, come first and last; `changes` are the lines that say what
    would have to be otherwise, the very last of a probe that `failed`; `labels` names what the
    topology knows of aliases.
    """
    labels = labels or Labels()
    lines = [*verdicts, *_inputs(events), ""]
    for origin in _origins(events):
        lines += _walks_of(origin, events, labels)
    verdict = [*verdicts, *notes_of(events)]
    end = [*verdict, *changes] if failed or not changes else [*changes, "", *verdict]
    return "".join(f"{line}\n" for line in [*lines, *end])


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


def _origins(events: Sequence[Event]) -> list[object]:
    """The origins of events, in the order they first appear."""
    return list({id(event.origin): event.origin for event in events}.values())


def _walks_of(origin: object, events: Sequence[Event], labels: Labels) -> list[str]:
    """The walks of an origin; of a storm only how it began."""
    ours = [event for event in events if event.origin is origin]
    numbers = sorted({event.walk for event in ours})
    told = set(numbers[:_MANY])
    lines = _Journey([event for event in ours if event.walk in told], labels).lines()
    if len(numbers) > _MANY:
        lines += [f"{len(numbers) - _MANY} more walks are left out here", ""]
    return lines


def _inputs(events: Sequence[Event]) -> list[str]:
    """What was sent, a line per origin: the first frame of each that is known in full."""
    lines = []
    for origin in _origins(events):
        ours = [each for each in events if each.origin is origin and "frame" in each.details]
        # What a machine asked before it could send is not what it was to send.
        sent = [each for each in ours if each.details.get("what") != "arp-request"] or ours
        if sent:
            lines.append(f"# {_place(sent[0])}{in_full(sent[0].details['frame'])}")
    return lines


def _place(event: Event) -> str:
    return f"{event.at}: " if event.at else ""


class _Journey:
    """The walks of one origin, as a tree."""

    def __init__(self, events: Sequence[Event], labels: Labels) -> None:
        self._labels = labels
        self._walks: dict[int, list[Event]] = {}
        self._parents: dict[int, int] = {}
        for event in events:
            self._walks.setdefault(event.walk, []).append(event)
            self._parents[event.walk] = event.parent if event.walk else -1
        self._children: dict[int, list[int]] = {}
        for walk in sorted(self._walks):
            if walk:
                parent = self._parents[walk]
                known = parent if parent in self._walks else 0
                self._children.setdefault(known, []).append(walk)

    def lines(self) -> list[str]:
        """All of it, from what came before the first walk."""
        lines = self._walk(0, 0) if self._begins_aside() else []
        for child in self._children.get(0, ()):
            lines += self._walk(child, 0)
        return lines

    def _begins_aside(self) -> bool:
        """Whether something happened outside all walks that the first line does not say."""
        aside = [event for event in self._walks.get(0, ()) if event.kind is not Kind.SENT]
        return [event.kind for event in aside] not in ([], [Kind.GENERATED])

    def _walk(self, number: int, depth: int) -> list[str]:
        """A walk with all that came of it; what goes on from it comes last."""
        indent = "  " * depth
        lines = [f"{indent}walk {number}: {_title(self._walks[number])}"] if number else []
        body = self._body(number)
        lines += [f"{indent}{'  ' if number else ''}{line}" for line in body]
        lines = [*lines, ""] if lines else []
        if not number:
            return lines
        caused = self._caused(number)
        following = [child for child in caused if self._goes_on(child)]
        for child in caused:
            if child not in following:
                lines += self._walk(child, depth + 1)
        for child in following:
            lines += self._walk(child, depth)
        return lines

    def _body(self, number: int) -> list[str]:
        events = self._walks[number]
        branches = [
            (self._walks[child][0], self._verdict(child), self._body(child))
            for child in self._children.get(number, ())
            if self._is_branch(child)
        ]
        inside = events[0].at.partition(":")[0] if self._is_branch(number) else ""
        return WalkText(events, branches, self._labels, inside).lines()

    def _caused(self, number: int) -> list[int]:
        """The walks caused by a walk or by its branches, in the order they began."""
        found = []
        for child in self._children.get(number, ()):
            found += self._caused(child) if self._is_branch(child) else [child]
        return sorted(found)

    def _is_branch(self, number: int) -> bool:
        return self._walks[number][0].kind is Kind.BRANCHED

    def _goes_on(self, number: int) -> bool:
        """Whether a walk carries what a machine sent because of the frame it got.

        Such a frame enters the network; one that the network made itself begins inside.
        """
        first = self._walks[number][0]
        cause = self._walks.get(self._parents[number], [])
        return first.kind is Kind.ENTERED and any(event.kind is Kind.SENT for event in cause)

    def _verdict(self, branch: int) -> str:
        """How a branch ended, its own branches included."""
        ends = [text for event in self._walks[branch] if (text := _end(event))]
        inner = [child for child in self._children.get(branch, ()) if self._is_branch(child)]
        if inner:
            ends.append(f"{len(inner)} branches")
        return ends[-1] if ends else "goes on"


def _end(event: Event) -> str | None:
    """How a walk ends with this event, in a few words; None: it does not."""
    details = event.details
    if event.kind is Kind.DROPPED:
        return f"dropped ({details['reason'].code})"  # type: ignore[attr-defined]
    if event.kind is Kind.CONSUMED:
        return f"{event.at} {text_of(event)}"
    if event.kind is Kind.DELIVERED:
        return text_of(event)
    return "waits for a MAC" if event.kind is Kind.ARP_WAITING else None


def _title(walk: Sequence[Event]) -> str:
    for event in walk:
        headers = event.details.get("frame")
        if headers and event.kind in (Kind.ENTERED, Kind.LEFT, Kind.DROPPED, Kind.GENERATED):
            return in_full(headers)
    return "a frame"


def notes_of(events: Sequence[Event]) -> list[str]:
    """What a reader would otherwise wonder about, once each."""
    found = [
        f"{event.at}: {unrestored(event.details)}"
        for event in events
        if event.kind is Kind.NAT_UNRESTORED
    ]
    return list(dict.fromkeys(found))
