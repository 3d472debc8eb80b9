"""One walk as lines: a heading for each device, what it did below, chains deeper still."""

from __future__ import annotations

from collections.abc import Sequence

from midocli.simulator.events import Event, Kind
from midocli.trace.labels import Labels
from midocli.trace.step_text import matched_rule, passed_rules, text_of

#: How a branch began, how it ended, and its lines.
Branch = tuple[Event, str, Sequence[str]]

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
        self._lines: list[str] = []
        #: The device now at work, and how deep under its heading lines begin.
        self._device = inside
        self._depth = 0
        #: The chains now at work, each in the one that jumped to it.
        self._chains: list[str] = []

    def lines(self) -> list[str]:
        """The lines, indented from the device headings on; the branches of a flood come last."""
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
                self._line(f"-> {event.details.get('point') or event.at}")
            case Kind.DROPPED:
                self._chains = []
                self._line(text_of(event))
            case Kind.MIRRORED:
                self._line(text_of(event))
                self._mirror()
            case kind if kind not in _TRIVIAL:
                self._go_to(event)
                self._line(text_of(event))

    # -- where it is ------------------------------------------------------------------

    def _enter(self, device: str, how: str = "") -> None:
        self._device, self._depth = device, 1
        self._lines.append(f"{self._named(device)}{how}")

    def _go_to(self, event: Event) -> None:
        """Begin a heading where the event is not at the device now at work."""
        device = event.at.partition(":")[0]
        if device and device != self._device and not self._chains:
            self._enter(device)

    def _line(self, text: str) -> None:
        self._lines.append("  " * (self._depth + len(self._chains)) + text)

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
                self._line(f"{opening}: no rule matches: {passed_rules(details)}")
                return
            self._line(opening)
            self._chains.append(chain)
        if passed:
            self._line(f"passed over: {passed_rules(details)}")
        else:
            rule = str(details["rule"])
            condition = self._labels.condition(rule)
            self._line(f"{rule}{f' [{condition}]' if condition else ''}: {matched_rule(details)}")

    def _end_chain(self, event: Event) -> None:
        if self._chains[-1:] == [event.details["chain"]]:
            if event.details["outcome"] == "continue":
                self._line("no more rules: goes on")
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
        self._line(f"walk {event.walk}, out by {event.at}: {verdict}")
        indent = "  " * (self._depth + len(self._chains) + 1)
        self._lines += [indent + line for line in lines]
