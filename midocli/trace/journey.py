"""What came of each thing that was sent: walks, those that others caused indented under them.

The answer of whoever a frame was for goes on at the same depth.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from midocli.simulator import events
from midocli.simulator.recorder import Step
from midocli.simulator.wire.headers import Headers
from midocli.trace.frame_text import in_full
from midocli.trace.labels import Labels
from midocli.trace.step_text import text_of
from midocli.trace.walk_text import WalkLine, WalkText

# Walks of one origin that are told; more than any sane network makes of one request.
_MANY = 200


class Leg(NamedTuple):
    """One frame's walk. `title` is empty for what happened before the first one.

    `arp` is the frame, where that is a whole ARP packet.
    """

    depth: int
    title: str
    lines: list[WalkLine]
    arp: Headers | None = None


class Journey(NamedTuple):
    """What one origin sent, in full (empty where that is not known), and what came of it.

    `left_out` counts the walks of a storm that are not told.
    """

    sent: str
    walks: list[Leg]
    left_out: int


def by_origin(steps: Sequence[Step]) -> list[list[Step]]:
    """The steps of each origin, in the order they first appear."""
    found: dict[int, list[Step]] = {}
    for step in steps:
        found.setdefault(id(step.origin), []).append(step)
    return list(found.values())


def journey_of(steps: Sequence[Step], labels: Labels) -> Journey:
    """The journey that the steps of one origin tell."""
    numbers = sorted({step.walk for step in steps})
    told = set(numbers[:_MANY])
    tree = _Tree([step for step in steps if step.walk in told], labels)
    return Journey(_sent(steps), _named(tree.walks(), labels), len(numbers) - len(told))


def _named(walks: Sequence[Leg], labels: Labels) -> list[Leg]:
    """The walks with the name of each object where its alias is first met."""
    seen: set[str] = set()
    return [
        walk._replace(
            lines=[line._replace(text=labels.beside(line.text, seen)) for line in walk.lines]
        )
        for walk in walks
    ]


def _sent(steps: Sequence[Step]) -> str:
    """What was sent: the first frame that is known in full."""
    known = [(step.at, step.event) for step in steps if isinstance(step.event, events.FrameEvent)]
    for at, event in [each for each in known if not _asks(each[1])] or known:
        return f"{at}: {in_full(event.frame)}" if at else in_full(event.frame)
    return ""


def _asks(event: events.FrameEvent) -> bool:
    """Whether it is what a machine asked before it could send, not what it was to send."""
    return isinstance(event, events.Generated | events.Consumed) and event.what == "arp-request"


class _Tree:
    """The walks of one origin, as a tree."""

    def __init__(self, steps: Sequence[Step], labels: Labels) -> None:
        self._labels = labels
        self._walks: dict[int, list[Step]] = {}
        self._parents: dict[int, int] = {}
        for step in steps:
            self._walks.setdefault(step.walk, []).append(step)
            self._parents[step.walk] = step.parent if step.walk else -1
        self._children: dict[int, list[int]] = {}
        for walk in sorted(self._walks):
            if walk:
                parent = self._parents[walk]
                known = parent if parent in self._walks else 0
                self._children.setdefault(known, []).append(walk)

    def walks(self) -> list[Leg]:
        """All of it, from what came before the first walk."""
        aside = self._body(0) if self._begins_aside() else []
        walks = [Leg(0, "", aside)] if aside else []
        for child in self._children.get(0, ()):
            walks += self._walk(child, 0)
        return walks

    def _begins_aside(self) -> bool:
        """Whether something happened outside all walks that the first line does not say."""
        kinds = [type(step.event) for step in self._walks.get(0, ())]
        return [kind for kind in kinds if kind is not events.Sent] not in ([], [events.Generated])

    def _walk(self, number: int, depth: int) -> list[Leg]:
        """A walk with all that came of it; what goes on from it comes last."""
        frame = _first_frame(self._walks[number])
        title = f"walk {number}: {in_full(frame) if frame is not None else 'a frame'}"
        arp = frame if frame is not None and frame.is_arp else None
        walks = [Leg(depth, title, self._body(number), arp)]
        caused = self._caused(number)
        following = [child for child in caused if self._goes_on(child)]
        for child in caused:
            if child not in following:
                walks += self._walk(child, depth + 1)
        for child in following:
            walks += self._walk(child, depth)
        return walks

    def _body(self, number: int) -> list[WalkLine]:
        steps = self._walks[number]
        branches = [
            (self._walks[child][0], self._verdict(child), self._body(child))
            for child in self._children.get(number, ())
            if self._is_branch(child)
        ]
        inside = steps[0].at.partition(":")[0] if self._is_branch(number) else ""
        return WalkText(steps, branches, self._labels, inside).lines()

    def _caused(self, number: int) -> list[int]:
        """The walks caused by a walk or by its branches, in the order they began."""
        found = []
        for child in self._children.get(number, ()):
            found += self._caused(child) if self._is_branch(child) else [child]
        return sorted(found)

    def _is_branch(self, number: int) -> bool:
        return isinstance(self._walks[number][0].event, events.Branched)

    def _goes_on(self, number: int) -> bool:
        """Whether a walk carries what a machine sent because of the frame it got.

        Such a frame enters the network; one that the network made itself begins inside.
        """
        first = self._walks[number][0].event
        cause = self._walks.get(self._parents[number], [])
        return isinstance(first, events.Entered) and any(
            isinstance(step.event, events.Sent) for step in cause
        )

    def _verdict(self, branch: int) -> str:
        """How a branch ended, its own branches included."""
        ends = [text for step in self._walks[branch] if (text := _end(step))]
        inner = [child for child in self._children.get(branch, ()) if self._is_branch(child)]
        if inner:
            ends.append(f"{len(inner)} branches")
        return ends[-1] if ends else "goes on"


def _end(step: Step) -> str | None:
    """How a walk ends with this step, in a few words; None: it does not."""
    match step.event:
        case events.Dropped(reason=reason):
            return f"dropped ({reason.code})"
        case events.Consumed() as event:
            return f"{step.at} {text_of(event)}"
        case events.Delivered() as event:
            return text_of(event)
        case events.ArpWaiting():
            return "waits for a MAC"
    return None


def _first_frame(walk: Sequence[Step]) -> Headers | None:
    """What a walk begins with, where that is known."""
    for step in walk:
        if isinstance(step.event, events.Entered | events.Left | events.Dropped | events.Generated):
            return step.event.frame
    return None
