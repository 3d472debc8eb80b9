"""What a recorder is filled with: the steps of walks, and the frames seen at points."""

from __future__ import annotations

from collections.abc import Container, Hashable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from midocli.simulator.events import Event

Direction = Literal["in", "out"]


class Step(NamedTuple):
    """One event with its time and place, and the walk it is a step of.

    `walk` numbers the journey of one frame through the virtual topology; `parent` is the walk
    of the frame that caused this one (0: none), `depth` how many causes deep it is. `origin` is
    the object given when the first frame was injected. Where a frame is copied, to several ports
    or for a mirror, each copy goes on in a walk of its own, which begins with `Branched`.
    """

    time_ns: int
    walk: int
    parent: int
    depth: int
    at: str
    event: Event
    origin: object


class Unseen:
    """An origin of frames that nobody is shown: neither captured nor told of."""

    __slots__ = ()


class Captured(NamedTuple):
    """One frame seen at a point: `in` enters the virtual network there, `out` leaves it.

    `walk` is its journey's number, 0 where it was refused before it began any. Of a tunnel
    packet, `inner` is where the frame it carries begins.
    """

    point: Hashable
    direction: Direction
    time_ns: int
    data: bytes
    walk: int
    origin: object
    inner: int = 0


class UnderlayPoint(NamedTuple):
    """The point where a host, by its alias, is connected to the underlay."""

    host: str


@dataclass(slots=True)
class Recorder:
    """Collects frames at chosen points and, when `wants_events`, what happened.

    `points` holds point names (`host0:veth0`), port keys and `UnderlayPoint`s. When
    `wants_decisions`, it is told of every drop, and once of each rule, route and port that decides:
    `RuleMatched` (and applied), `RouteChosen`, `Entered` and `Left`, whatever their origin. More
    may be told of if others want more.
    """

    points: Container[Hashable] = frozenset()
    wants_events: bool = False
    wants_decisions: bool = False
    captures: list[Captured] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
