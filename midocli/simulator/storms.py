"""Storms: frames that cause each other without end, and how they are ended.

Two machines whose services answer each other never stop, and a mirror doubles what they send.
So of what has one origin only so many frames may come from machines; the next is dropped, with
a reason. What the virtual network makes itself answers nothing that answers it.
"""

from __future__ import annotations

from midocli.simulator.reason import Code, Reason

#: Frames with no more causes than this before them are not counted: ordinary traffic costs
#: nothing but the comparison.
SHALLOW = 4
#: So many frames that are deeper may come of one origin.
MAX_CAUSED = 10_000


class Storms:
    """How many frames have come of each origin, since somebody last began to watch.

    `most` may.
    """

    __slots__ = ("_most", "caused")

    def __init__(self, most: int = MAX_CAUSED) -> None:
        self._most = most
        self.caused: dict[object, int] = {}

    def refusal(self, origin: object, at: str) -> Reason | None:
        """Count a frame of an origin; a reason if it is one too many."""
        count = self.caused[origin] = self.caused.get(origin, 0) + 1
        if count <= self._most:
            return None
        text = f"more than {self._most} frames came of one: those that answer them never stop"
        return Reason(Code.LOOP, at, None, text, {"caused": count})
