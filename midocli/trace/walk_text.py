"""One walk as lines: a heading for each device, what it did below, chains deeper still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from midocli.simulator import events
from midocli.simulator.recorder import Step
from midocli.trace.labels import Labels
from midocli.trace.step_text import passed_rules, rule_effect, text_of


class WalkLine(NamedTuple):
    """A line, and how deep it stands under its walk's own.

    `step` is what it tells, if that is one; below a heading stand deeper lines.
    """

    depth: int
    text: str
    step: Step | None = None
    is_heading: bool = False


#: How a branch began, how it ended, and its lines.
Branch = tuple[Step, str, Sequence[WalkLine]]


class WalkText:
    """Writes the steps of one walk down.

    `inside` is the device at which a branch begins, whose heading is there already.
    """

    def __init__(
        self, steps: Sequence[Step], branches: Sequence[Branch], labels: Labels, inside: str = ""
    ) -> None:
        self._steps = steps
        self._branches = list(branches)
        self._labels = labels
        self._lines: list[WalkLine] = []
        #: The device now at work, and how deep under its heading lines begin.
        self._device = inside
        self._depth = 0
        #: The chains now at work, each in the one that jumped to it.
        self._chains: list[str] = []

    def lines(self) -> list[WalkLine]:
        """The lines, device headings at depth 0; the branches of a flood come last."""
        for index, step in enumerate(self._steps):
            self._tell(step, self._steps[index + 1 : index + 2])
        for branch in self._branches:
            self._branch(branch)
        return self._lines

    def _tell(self, step: Step, following: Sequence[Step]) -> None:
        match step.event:
            case events.RulesPassed() as passed:
                self._passed(step, passed, following)
            case events.RuleMatched() as matched:
                self._matched(step, matched)
            case events.ChainEnded() as ended:
                self._end_chain(step, ended)
            case events.Entered(device=device):
                self._chains = []
                self._enter(device, f", ingress {step.at}")
            case events.Delivered(point=point):
                self._line(f"-> {point or step.at}", step)
            case events.Dropped() as dropped:
                self._chains = []
                self._line(text_of(dropped), step)
            case events.Mirrored() as mirrored:
                self._line(text_of(mirrored), step)
                self._mirror()
            case events.Left() | events.Sent() | events.Branched():
                pass  # what a walk says of itself by going on
            case event:
                self._go_to(step)
                self._line(text_of(event), step)

    # -- where it is ------------------------------------------------------------------

    def _enter(self, device: str, how: str = "") -> None:
        self._device, self._depth = device, 1
        self._lines.append(WalkLine(0, f"{self._named(device)}{how}", is_heading=True))

    def _go_to(self, step: Step) -> None:
        """Begin a heading where the step is not at the device now at work."""
        device = step.at.partition(":")[0]
        if device and device != self._device and not self._chains:
            self._enter(device)

    def _line(self, text: str, step: Step | None = None, is_heading: bool = False) -> None:
        self._lines.append(WalkLine(self._depth + len(self._chains), text, step, is_heading))

    def _named(self, alias: str) -> str:
        name = self._labels.name(alias)
        return f"{alias} ({name})" if name else alias or "nowhere"

    # -- chains -----------------------------------------------------------------------

    def _passed(self, step: Step, event: events.RulesPassed, following: Sequence[Step]) -> None:
        """Rules passed over; a chain in which none matched is one line."""
        passed = passed_rules(event)
        is_all = bool(following) and isinstance(following[0].event, events.ChainEnded)
        if is_all and event.chain not in self._chains[-1:]:
            self._go_to(step)
            self._line(f"{self._opening(step, event)}: no rule matches: {passed}", step)
        else:
            self._enter_chain(step, event)
            self._line(f"passed over: {passed}", step)

    def _matched(self, step: Step, event: events.RuleMatched) -> None:
        self._enter_chain(step, event)
        condition = self._labels.condition(event.rule)
        where = f"{event.rule} [{condition}]" if condition else event.rule
        self._line(f"{where}: {rule_effect(event)}", step)

    def _enter_chain(self, step: Step, event: events.RulesPassed | events.RuleMatched) -> None:
        """Begin a heading for the chain, unless it is the one now at work."""
        if event.chain not in self._chains[-1:]:
            self._go_to(step)
            self._line(self._opening(step, event), is_heading=True)
            self._chains.append(event.chain)

    def _end_chain(self, step: Step, event: events.ChainEnded) -> None:
        if self._chains[-1:] == [event.chain]:
            if event.outcome == "continue":
                self._line("no more rules: goes on", step)
            self._chains.pop()

    def _opening(self, step: Step, event: events.RulesPassed | events.RuleMatched) -> str:
        chain = f"chain {self._named(event.chain)}"
        if self._chains:
            return chain
        of = f" of {step.at}" if ":" in step.at else ""
        return f"{event.filter}{of}: {chain}"

    # -- forks ------------------------------------------------------------------------

    def _mirror(self) -> None:
        """The copy a mirror has just made, beside what goes on."""
        for index, (first, _, _) in enumerate(self._branches):
            if isinstance(first.event, events.Branched) and first.event.why == "mirror":
                self._branch(self._branches.pop(index))
                return

    def _branch(self, branch: Branch) -> None:
        first, verdict, lines = branch
        self._line(f"walk {first.walk}, egress {first.at}: {verdict}", first, is_heading=True)
        below = self._depth + len(self._chains) + 1
        self._lines += [line._replace(depth=line.depth + below) for line in lines]
