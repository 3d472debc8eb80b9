"""The way that traffic took through a picture, and where it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from midocli.pictures.model import Link, Picture
from midocli.results.printable import printable
from midocli.simulator.events import Consumed, Delivered, Entered, Left, Sent
from midocli.simulator.reason import Reason
from midocli.simulator.recorder import Step
from midocli.trace.step_text import text_of

ARRIVED, ENDED = "✓", "✗"


class Mark(NamedTuple):
    """What became of traffic at a place: a symbol, and words."""

    symbol: str
    text: str


class Way(NamedTuple):
    """Where traffic passed, and the marks at places in the order they came.

    `places` has boxes that dealt with a frame, and the ports and interfaces at which one came
    in or, behind the last port, went out; `starts` are the machines that sent something.
    """

    places: frozenset[str] = frozenset()
    marks: tuple[tuple[str, Mark], ...] = ()
    starts: frozenset[str] = frozenset()

    @property
    def ends(self) -> frozenset[str]:
        """Where it started, arrived, or ended."""
        return self.starts.union(place for place, _ in self.marks)

    def took(self, link: Link) -> bool:
        """Whether traffic passed a link: it came in by one of its ends, or went out of one."""
        return any(end.port in self.places for end in link if end) and link.far is not None

    def boxes(self, picture: Picture) -> set[str]:
        """The boxes that traffic got to: those that dealt with it, and the ends of its links."""
        ends = {end.node for link in picture.links if self.took(link) for end in link if end}
        return ends | {key for key in picture.nodes if key in self.places}

    def at(self, picture: Picture) -> dict[str, list[Mark]]:
        """The marks of each box, its ports' among them; under "" those of no box shown."""
        owner = {end.port: end.node for link in picture.links for end in link if end}
        found: dict[str, list[Mark]] = {}
        for place, mark in self.marks:
            key = place if place in picture.nodes else owner.get(place, "")
            found.setdefault(key, []).append(mark)
        return found


NO_WAY = Way()


def way_of(steps: Sequence[Step], reasons: Iterable[Reason]) -> Way:
    """The way of some steps; that of ARP only where there is nothing else."""
    moves = [
        (step.at, step.event)
        for step in steps
        if isinstance(step.event, Sent | Entered | Left | Delivered | Consumed)
    ]
    packets = [move for move in moves if not move[1].frame.is_arp]
    places: set[str | None] = set()
    marks: dict[tuple[str, Mark], None] = {}
    starts: set[str] = set()
    for at, event in packets or moves:
        match event:
            case Left(device=device):
                places.add(device)
            case Entered(device=place) | Delivered(point=place):
                places.update((at, place))
            case Consumed():
                places.add(at)
                marks[at, Mark(ARRIVED, text_of(event))] = None
            case Sent():
                places.add(at)
                starts.add(at)
    for reason in reasons:
        marks[reason.at, Mark(ENDED, printable(f"{reason.code}: {reason.text}"))] = None
    passed = frozenset(place for place in places if place)
    return Way(passed, tuple(marks), frozenset(starts))


def data(way: Way) -> dict[str, Any]:
    """The way as data."""
    return {
        "passed": sorted(way.places),
        "marks": [
            {"at": place, "ended": mark.symbol == ENDED, "text": mark.text}
            for place, mark in way.marks
        ],
    }
