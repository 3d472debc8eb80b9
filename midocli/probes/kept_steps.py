"""The steps that are kept of a probe's traffic: of the first things that were sent.

A walk is told step by step to be read. Of what nobody would read to its end only the comments
beside the frames of a file are kept, which are asked for by number.
"""

from __future__ import annotations

from midocli.simulator.recorder import Captured, Step
from midocli.trace.comments import Comments

#: What begins when there are so many steps is told no more.
MOST_STEPS = 50_000
#: Frames beyond so many are not kept.
MOST_FRAMES = 100_000


class KeptFrames(list[Captured]):
    """The first frames that were seen."""

    def append(self, frame: Captured) -> None:
        """Take a frame, as a recorder does."""
        if len(self) < MOST_FRAMES:
            super().append(frame)


class KeptSteps(list[Step]):
    """Steps in the order they happened, all those of an origin or none; `comments` of them all.

    `left_out` has the origins of which none are kept.
    """

    def __init__(self, wants_comments: bool = False) -> None:
        super().__init__()
        self.comments = Comments()
        self.left_out: set[object] = set()
        self._told: set[object] = set()
        self._wants_comments = wants_comments

    def append(self, step: Step) -> None:
        """Take a step, as a recorder does."""
        if self._wants_comments:
            self.comments.add(step)
        if step.origin in self._told:
            super().append(step)
        elif len(self) < MOST_STEPS:
            self._told.add(step.origin)
            super().append(step)
        else:
            self.left_out.add(step.origin)
