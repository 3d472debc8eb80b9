"""What came of each thing that was sent: walks, those that others caused indented under them.

The answer of whoever a frame was for goes on at the same depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from midocli.simulator.events import Event, Kind
from midocli.trace.frame_text import in_full
from midocli.trace.labels import Labels
from midocli.trace.step_text import text_of
from midocli.trace.walk_text import Line, WalkText

# Walks of one origin that are told; more than any sane network makes of one request.
_MANY = 200


class Walk(NamedTuple):
    """One frame's walk. `title` is empty for what happened before the first one."""

    depth: int
    title: str
    lines: list[Line]


class Journey(NamedTuple):
    """What one origin sent, in full (empty where that is not known), and what came of it.

    `left_out` counts the walks of a storm that are not told.
    """

    sent: str
    walks: list[Walk]
    left_out: int


def by_origin(events: Sequence[Event]) -> list[list[Event]]:
    """The events of each origin, in the order they first appear."""
    found: dict[int, list[Event]] = {}
    for event in events:
        found.setdefault(id(event.origin), []).append(event)
    return list(found.values())


def journey_of(events: Sequence[Event], labels: Labels) -> Journey:
    """The journey that the events of one origin tell."""
    numbers = sorted({event.walk for event in events})
    told = set(numbers[:_MANY])
    tree = _Tree([event for event in events if event.walk in told], labels)
    return Journey(_sent(events), tree.walks(), len(numbers) - len(told))


def _sent(events: Sequence[Event]) -> str:
    """What was sent: the first frame that is known in full."""
    known = [event for event in events if "frame" in event.details]
    # What a machine asked before it could send is not what it was to send.
    sent = [event for event in known if event.details.get("what") != "arp-request"] or known
    if not sent:
        return ""
    place = f"{sent[0].at}: " if sent[0].at else ""
    return f"{place}{in_full(sent[0].details['frame'])}"


class _Tree:
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

    def walks(self) -> list[Walk]:
        """All of it, from what came before the first walk."""
        aside = self._body(0) if self._begins_aside() else []
        walks = [Walk(0, "", aside)] if aside else []
        for child in self._children.get(0, ()):
            walks += self._walk(child, 0)
        return walks

    def _begins_aside(self) -> bool:
        """Whether something happened outside all walks that the first line does not say."""
        aside = [event for event in self._walks.get(0, ()) if event.kind is not Kind.SENT]
        return [event.kind for event in aside] not in ([], [Kind.GENERATED])

    def _walk(self, number: int, depth: int) -> list[Walk]:
        """A walk with all that came of it; what goes on from it comes last."""
        title = f"walk {number}: {_title(self._walks[number])}"
        walks = [Walk(depth, title, self._body(number))]
        caused = self._caused(number)
        following = [child for child in caused if self._goes_on(child)]
        for child in caused:
            if child not in following:
                walks += self._walk(child, depth + 1)
        for child in following:
            walks += self._walk(child, depth)
        return walks

    def _body(self, number: int) -> list[Line]:
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
