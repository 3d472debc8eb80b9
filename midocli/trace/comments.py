"""What the datapath decided about a frame, in one line: the comment beside it in a file.

A comment tells of the whole walk of its frame, at whatever point of it the frame was
seen, so that a packet list reads as an explanation.
"""

from __future__ import annotations

from collections.abc import Iterable

from midocli.simulator import events
from midocli.simulator.recorder import Captured, Step
from midocli.trace.step_text import text_of

# Where a frame is, and what it passed without a mark, can be seen from the list itself.
_UNSAID = (
    events.Sent | events.Entered | events.Left | events.RulesPassed | events.ChainEnded
    | events.MacLearned | events.ArpLearned | events.Generated | events.Branched
)  # fmt: skip


class Comments:
    """The comments that a stream of steps gives."""

    def __init__(self, steps: Iterable[Step] = ()) -> None:
        self._walks: dict[int, list[str]] = {}
        self._refusals: dict[tuple[int, object], str] = {}
        for step in steps:
            self.add(step)

    def add(self, step: Step) -> None:
        """Take in the next step."""
        event, walks = step.event, self._walks
        if isinstance(event, events.Branched):  # a copy begins with what was done to the original
            walks[step.walk] = list(walks.get(step.parent, ()))
        if isinstance(event, _UNSAID):
            return
        said = f"{step.at}: {text_of(event)}"
        walks.setdefault(step.walk, []).append(said)
        if isinstance(event, events.Dropped):
            self._refusals[step.time_ns, step.origin] = said

    def of(self, captured: Captured) -> str | None:
        """The comment on a frame, None where there is nothing to say."""
        if captured.walk:
            said = self._walks.get(captured.walk)
            return None if said is None else "; ".join(dict.fromkeys(said))
        return self._refusals.get((captured.time_ns, captured.origin))
