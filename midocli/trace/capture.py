"""A frame as it was seen at a point of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CapturedFrame:
    """One frame: `time_ns` nanoseconds since the Unix epoch, its bytes from the destination MAC on.

    `direction` is the virtual network's: `in` enters it at the point, `out` leaves it.
    `comment` is for the reader of a capture file.
    """

    time_ns: int
    direction: Literal["in", "out"]
    data: bytes
    comment: str | None = None
