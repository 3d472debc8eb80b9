"""What a probe's traffic looked like, kept whole: who asked by the Python API asks of it later.

All that needs the topology is taken when the probe ends, so that nothing here changes with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grammar.errors import UnknownObjectError
from grammar.node import Node

if TYPE_CHECKING:
    from collections.abc import Hashable

    from midocli.simulator.clock import Clock
    from midocli.simulator.recorder import Captured

#: tcpdump's flags where none are given.
FLAGS = "-nnn -vvv -X -e"


class Frame(Node):
    """A frame that was seen at a point.

    `bytes` is the whole frame from its destination MAC on, without preamble and checksum; `time`
    what the lab's clock showed, in seconds since 1970 (UTC); `direction` is `in` where it entered
    the virtual network at the point, `out` where it left it. `bytes(frame)` are its bytes, too.
    """

    bytes: bytes
    time: float
    direction: str

    def __bytes__(self) -> Any:
        return self.bytes


class Reason(Node):
    """Why something came to nothing: the members of the JSON's `reason`.

    `code` is one of the codes of the language reference (Reasons), `at` the alias of the device,
    port or guest where it ended, `rule` the alias of the rule that decided it (None: no rule did),
    `text` one sentence.
    """

    code: str
    at: str
    rule: str | None
    text: str

    def __str__(self) -> str:
        by = f" by {self.rule}" if self.rule else ""
        return f"{self.code} at {self.at}{by}: {self.text}"


class Places(Node):
    """The points there are: all that one may be called, and what tcpdump's banner calls it.

    `names` has several keys for a name that alone does not say which is meant.
    """

    names: Mapping[str, Sequence[Hashable]]
    labels: Mapping[Hashable, str]

    def key(self, word: str) -> Hashable:
        """What the simulator calls a point; UnknownObjectError where a word means none."""
        found = self.names.get(word, ())
        if len(found) == 1:
            return found[0]
        why = "more than one host has it: write HOST:NAME" if found else "no port or interface"
        raise UnknownObjectError(f"unknown point {word[:40]!r}: {why}")


class Traffic(Node):
    """What was seen of the traffic that a command made, of a word, `line` as midocli writes it.

    `captured` are the frames of each point, by its key in the simulator, `places` how points are
    called. `ends` are the points that the command shows if it is not told which, `filter` what it
    shows of them. `explanation` is the walk in words, or makes them. `reasons` say why things that
    were sent came to nothing, in their order, and `advice` are the commands that would change it,
    as far as any are known.
    """

    word: str
    line: str
    clock: Clock
    captured: Mapping[Hashable, Sequence[Captured]]
    places: Places
    ends: Sequence[Hashable]
    filter: str
    explanation: str | Callable[[], str]
    reasons: Sequence[Reason]
    advice: Sequence[str]

    def __getstate__(self) -> dict[str, Any]:
        captured = {
            point: [each._replace(origin=None) for each in frames]
            for point, frames in self.captured.items()
        }
        return {**vars(self), "captured": captured, "explanation": self.explained()}

    def explained(self) -> str:
        """The walk in words."""
        return self.explanation if isinstance(self.explanation, str) else self.explanation()

    def frames(self, at: str, filter: str | None = None) -> list[Frame]:
        """The frames seen at a point; MidoError for an unknown point or a wrong filter."""
        return [
            Frame(each.data, self.clock.shown(each.time_ns) / 1e9, each.direction)
            for each in self._passing(self.places.key(at), filter)
        ]

    def tcpdump(self, flags: str, at: str | None, filter: str | None) -> str:
        """Frames as tcpdump prints them; MidoError for an unknown point, flag or filter."""
        keys = self.ends if at is None else [self.places.key(at)]
        return "".join(line for key in keys for line in self._printed(key, flags, filter))

    def _printed(self, key: Hashable, flags: str, filter: str | None) -> Iterator[str]:
        from midocli.trace.tcpdump.flags import parse_flags
        from midocli.trace.tcpdump.printer import Printer, banner

        parsed = parse_flags(flags)
        printer = Printer(parsed, self.clock.utc_offset)
        yield f"{banner(self.places.labels[key])}\n"
        for each in self._passing(key, filter)[: parsed.count]:
            yield printer.frame(self.clock.shown(each.time_ns), each.data)

    def _passing(self, key: Hashable, filter: str | None) -> list[Captured]:
        """The frames of a point that a filter lets through.

        The command's own looks at what tunnel packets carry, as it does there.
        """
        from midocli.trace.filter import compile_live_filter

        passes = compile_live_filter(self.filter if filter is None else filter)
        return [
            each
            for each in self.captured.get(key, ())
            if passes(each.data[each.inner if filter is None else 0 :], None, each.direction)
        ]
