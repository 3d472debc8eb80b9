"""Frames as they were seen at points of the network, and what is said of the points."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, Protocol


class CapturedFrame(NamedTuple):
    """One frame: `time_ns` nanoseconds since the Unix epoch, its bytes from the destination MAC on.

    `direction` is the virtual network's: `in` enters it at the point, `out` leaves it.
    `comment` is for the reader of a capture file.
    """

    time_ns: int
    direction: Literal["in", "out"]
    data: bytes
    comment: str | None = None


class Capture(NamedTuple):
    """The frames seen at one point, and what may be said of the point."""

    point: str
    description: str | None
    frames: Sequence[CapturedFrame]


class CaptureWriter(Protocol):
    """Writes a capture file to a stream, whose end is always that of a whole record."""

    def interface(self, point: str, description: str | None) -> None:
        """Name the next point, of which frames may follow; points are numbered from 0."""

    def frame(self, interface: int, frame: CapturedFrame) -> None:
        """Write a frame seen at a point; ValueError where the format has no such time."""


def write_all(writer: CaptureWriter, captures: Sequence[Capture]) -> None:
    """Write the frames of several points, ordered by time.

    Frames of the same time keep the order they are given in. The bytes depend on the
    captures alone.
    """
    numbered = [
        (frame, number) for number, capture in enumerate(captures) for frame in capture.frames
    ]
    numbered.sort(key=lambda each: each[0].time_ns)
    for capture in captures:
        writer.interface(capture.point, capture.description)
    for frame, number in numbered:
        writer.frame(number, frame)
