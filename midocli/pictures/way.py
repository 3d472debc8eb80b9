"""The way that traffic took through a picture, and where it ended."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from midocli.pictures.model import Link, Picture
from midocli.render import printable
from midocli.simulator.events import Event, Kind
from midocli.simulator.reason import Reason
from midocli.trace.step_text import text_of

ARRIVED, ENDED = "✓", "✗"

_MOVES = (Kind.SENT, Kind.ENTERED, Kind.LEFT, Kind.DELIVERED, Kind.CONSUMED)
#: Details of these events that name further places.
_PLACES = ("device", "point")


class Mark(NamedTuple):
    """What became of traffic at a place: a symbol, and words."""

    symbol: str
    text: str


class Way(NamedTuple):
    """Ports, interfaces and devices passed, and the marks at places in the order they came."""

    places: frozenset[str] = frozenset()
    marks: tuple[tuple[str, Mark], ...] = ()

    def took(self, link: Link) -> bool:
        """Whether traffic passed a link."""
        if link.far is None:
            return False
        near, far = (self._saw(end.port) or self._is_end(end.node) for end in (link.near, link.far))
        seen = self._saw(link.near.port) or self._saw(link.far.port)
        return near and far and seen

    def _saw(self, port: str) -> bool:
        return port in self.places

    def _is_end(self, node: str) -> bool:
        """Whether a box was reached whose interfaces say nothing of themselves."""
        return node in self.places and node.startswith("guest")

    def at(self, picture: Picture) -> dict[str, list[Mark]]:
        """The marks of each box, its ports' among them; under "" those of no box shown."""
        owner = {end.port: end.node for link in picture.links for end in link if end}
        found: dict[str, list[Mark]] = {}
        for place, mark in self.marks:
            key = place if place in picture.nodes else owner.get(place, "")
            found.setdefault(key, []).append(mark)
        return found


NO_WAY = Way()


def way_of(events: Sequence[Event], reasons: Iterable[Reason]) -> Way:
    """The way of some events; that of ARP only where there is nothing else."""
    moves = [event for event in events if event.kind in _MOVES]
    packets = [event for event in moves if not _is_arp(event)]
    places: dict[str, None] = {}
    marks: dict[tuple[str, Mark], None] = {}
    for event in packets or moves:
        places[event.at] = None
        for name in _PLACES:
            if event.details.get(name):
                places[str(event.details[name])] = None
        if event.kind is Kind.CONSUMED:
            marks[event.at, Mark(ARRIVED, text_of(event))] = None
    for reason in reasons:
        marks[reason.at, Mark(ENDED, printable(f"{reason.code}: {reason.text}"))] = None
    return Way(frozenset(places), tuple(marks))


def _is_arp(event: Event) -> bool:
    frame: Any = event.details.get("frame")
    return bool(frame) and "op" in frame


def data(way: Way) -> dict[str, Any]:
    """The way as data."""
    return {
        "passed": sorted(way.places),
        "marks": [
            {"at": place, "ended": mark.symbol == ENDED, "text": mark.text}
            for place, mark in way.marks
        ],
    }
