"""One walk as lines: a heading for each device, what it did below, chains deeper still."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from midocli.simulator.events import Event, Kind
from midocli.trace.labels import Labels
from midocli.trace.step_text import matched_rule, passed_rules, text_of


class Line(NamedTuple):
    """A line, and how deep it stands under its walk's own.

    `event` is what it tells, if that is one; below a heading stand deeper lines.
    """

    depth: int
    text: str
    event: Event | None = None
    is_heading: bool = False


#: How a branch began, how it ended, and its lines.
Branch = tuple[Event, str, Sequence[Line]]

# What a walk says of itself by going on is left out of the text.
_TRIVIAL = {Kind.LEFT, Kind.SENT, Kind.BRANCHED}


class WalkText:
    """Writes the events of one walk down.

    `inside` is the device at which a branch begins, whose heading is there already.
    """

    def __init__(
        self,
        events: Sequence[Event],
        branches: Sequence[Branch],
        labels: Labels,
        inside: str = "",
    ) -> None:
        self._events = events
        self._branches = list(branches)
        self._labels = labels
        self._lines: list[Line] = []
        #: The device now at work, and how deep under its heading lines begin.
        self._device = inside
        self._depth = 0
        #: The chains now at work, each in the one that jumped to it.
        self._chains: list[str] = []

    def lines(self) -> list[Line]:
        """The lines, device headings at depth 0; the branches of a flood come last."""
        for index, event in enumerate(self._events):
            self._tell(event, self._events[index + 1 : index + 2])
        for branch in self._branches:
            self._branch(branch)
        return self._lines

    def _tell(self, event: Event, following: Sequence[Event]) -> None:
        match event.kind:
            case Kind.RULES_PASSED | Kind.RULE_MATCHED:
                self._rules(event, following)
            case Kind.CHAIN_ENDED:
                self._end_chain(event)
            case Kind.ENTERED:
                self._chains = []
                self._enter(str(event.details["device"]), f", in by {event.at}")
            case Kind.DELIVERED:
                self._line(f"-> {event.details.get('point') or event.at}", event)
            case Kind.DROPPED:
                self._chains = []
                self._line(text_of(event), event)
            case Kind.MIRRORED:
                self._line(text_of(event), event)
                self._mirror()
            case kind if kind not in _TRIVIAL:
                self._go_to(event)
                self._line(text_of(event), event)

    # -- where it is ------------------------------------------------------------------

    def _enter(self, device: str, how: str = "") -> None:
        self._device, self._depth = device, 1
        self._lines.append(Line(0, f"{self._named(device)}{how}", is_heading=True))

    def _go_to(self, event: Event) -> None:
        """Begin a heading where the event is not at the device now at work."""
        device = event.at.partition(":")[0]
        if device and device != self._device and not self._chains:
            self._enter(device)

    def _line(self, text: str, event: Event | None = None, is_heading: bool = False) -> None:
        self._lines.append(Line(self._depth + len(self._chains), text, event, is_heading))

    def _named(self, alias: str) -> str:
        name = self._labels.name(alias)
        return f"{alias} ({name})" if name else alias or "nowhere"

    # -- chains -----------------------------------------------------------------------

    def _rules(self, event: Event, following: Sequence[Event]) -> None:
        """Rules passed over, or one that matched; a chain in which none did is one line."""
        details, chain = event.details, str(event.details["chain"])
        passed = event.kind is Kind.RULES_PASSED
        if chain not in self._chains[-1:]:
            self._go_to(event)
            opening = self._opening(event, chain)
            if passed and following and following[0].kind is Kind.CHAIN_ENDED:
                self._line(f"{opening}: no rule matches: {passed_rules(details)}", event)
                return
            self._line(opening, is_heading=True)
            self._chains.append(chain)
        if passed:
            self._line(f"passed over: {passed_rules(details)}", event)
        else:
            rule = str(details["rule"])
            condition = self._labels.condition(rule)
            where = f"{rule} [{condition}]" if condition else rule
            self._line(f"{where}: {matched_rule(details)}", event)

    def _end_chain(self, event: Event) -> None:
        if self._chains[-1:] == [event.details["chain"]]:
            if event.details["outcome"] == "continue":
                self._line("no more rules: goes on", event)
            self._chains.pop()

    def _opening(self, event: Event, chain: str) -> str:
        if self._chains:
            return f"chain {self._named(chain)}"
        of = f" of {event.at}" if ":" in event.at else ""
        return f"{event.details['filter']}{of}: chain {self._named(chain)}"

    # -- forks ------------------------------------------------------------------------

    def _mirror(self) -> None:
        """The copy a mirror has just made, beside what goes on."""
        for index, (event, _, _) in enumerate(self._branches):
            if event.details["why"] == "mirror":
                self._branch(self._branches.pop(index))
                return

    def _branch(self, branch: Branch) -> None:
        event, verdict, lines = branch
        self._line(f"walk {event.walk}, out by {event.at}: {verdict}", is_heading=True)
        below = self._depth + len(self._chains) + 1
        self._lines += [line._replace(depth=line.depth + below) for line in lines]
