"""Watching the network while a probe makes traffic: captures, events and drops."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar import canonical
from grammar.errors import FileError
from grammar.tree import Command, Setting
from midocli.advice.address import asked_in_vain
from midocli.advice.failure import Advice, Failure
from midocli.advice.whereabouts import home_of
from midocli.probes.capture_request import (
    CaptureRequest,
    Everywhere,
    Interfaces,
    Seen,
    Union,
    frames_data,
)
from midocli.probes.drawing import Drawing, Ending, Told
from midocli.probes.kept_steps import KeptFrames, KeptSteps
from midocli.probes.points import Point, places
from midocli.probes.telling import named, verdict
from midocli.results.values import Report
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.recorder import Captured, Recorder, Step
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ICMP
from midocli.trace.verdict import answered_in_vain, decisive

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.results.traffic import Reason as Kept
    from midocli.simulator.network import Network
    from midocli.trace.labels import Labels


class Upshot(NamedTuple):
    """What came of a probe's traffic: that of some `origins`, from a source to some ends.

    An explanation begins and ends with `verdicts`, and then gives the `advice`; a picture marks
    where `failures` are, and the `ending`'s own reasons.
    """

    source: Point | None
    ends: Sequence[Hashable]
    origins: Sequence[object]
    verdicts: Sequence[str]
    ending: Ending
    failures: Sequence[Failure]
    advice: Advice


class Observed(NamedTuple):
    """What an observation has to show, as text and as data.

    `pieces` prints the captures, a frame at a time, and `frames` makes data of them, with the
    times that the clock showed. `explanation` is all that comes last: the walk, and the picture.
    `members` are further ones of the data: the picture, for who asked for it, and of how many
    things that were sent there are no steps.
    """

    pieces: Callable[[], Iterator[str]]
    frames: Callable[[], dict[str, list[dict[str, str]]]]
    explanation: str
    steps: list[dict[str, Any]]
    members: dict[str, Any]

    @property
    def captures(self) -> str:
        """All that `pieces` prints."""
        return "".join(self.pieces())


class Observation:
    """What is seen of a probe's traffic, for its options `capture`, `filter`, `explain` and kin.

    Drops are kept by the origin they belong to.
    """

    def __init__(
        self,
        context: Context,
        command: Command,
        options: dict[str, Setting],
        default_filter: str = "icmp",
    ) -> None:
        self._context = context
        self._network = context.datapath.network
        self._explains = "explain" in options
        self._depth = options["explain"].text if self._explains else ""
        self._drawing = Drawing(context, command, options)
        self.request = CaptureRequest(context, options, default_filter, context.default_flags)
        self._command = command
        self._steps = KeptSteps()
        self.recorder = Recorder(steps=self._steps)
        #: All frames, where they are kept for who asks later.
        self._whole: Recorder | None = None
        if context.keeps_traffic:
            self._whole = Recorder(Everywhere(), captures=KeptFrames())
        self.drops: dict[object, list[tuple[Reason, Frame]]] = {}
        self._arp_drops: list[tuple[Reason, Frame]] = []
        #: The frame that a reason ended, by the reason's identity; `drops` keeps it alive, and
        #: `_joined` those that name a second one.
        self._ended: dict[int, Frame] = {}
        self._joined: list[Reason] = []

    @contextmanager
    def watching(
        self, source: Point | None, everywhere: bool = False, lasting_ns: int = 0
    ) -> Iterator[None]:
        """Watch what happens inside, from a source; time goes on as the simulation does.

        With `everywhere` frames are captured at all interfaces, shown or not. MidoError where that
        time, an hour beside what the options make it last, goes beyond what the clock or a file
        can hold.
        """
        lasting_ns += 3600 * SECOND_NS
        self._context.have_time(lasting_ns)
        self.request.check_time(lasting_ns)
        points = self.request.watched(source)
        if everywhere:
            points = Union(points, Interfaces(source))
        wants_events = self._tells
        self._steps = KeptSteps(self.request.comments)
        self.recorder = Recorder(points, wants_events or self.request.comments, steps=self._steps)
        watching = wants_events or everywhere or not self.request.none
        network = self._network
        network.storms.caused.clear()
        recorders = [self.recorder] if watching else []
        recorders += [self._whole] if self._whole is not None else []
        for recorder in recorders:
            network.watch(recorder)
        try:
            with network.telling_drops(self._dropped):
                yield
        finally:
            for recorder in recorders:
                network.unwatch(recorder)
            self._context.datapath.sync()

    @property
    def _tells(self) -> bool:
        """Whether anybody may want to be told the walk."""
        return self._explains or self._drawing.is_wanted or self._whole is not None

    def until_quiet(self) -> None:
        """Let happen what is still going on; timers beyond a second are not waited for."""
        self._network.engine.run_dry()

    def _dropped(self, origin: object, reason: Reason, frame: Frame) -> None:
        self.drops.setdefault(origin, []).append((reason, frame))
        self._ended.setdefault(id(reason), frame)
        if frame.ethertype == ETHERTYPE_ARP:
            self._arp_drops.append((reason, frame))

    def reason(self, origin: object, for_errors: bool = False) -> Reason | None:
        """Why what was sent with an origin came to nothing, while the network still knows.

        With `for_errors` it was sent to get an ICMP error, as traceroute does.
        """
        pending = self._network.pending(origin)
        home = partial(home_of, self._context.store)
        drops = self.drops.get(origin, ())
        reason = decisive(drops, pending, self._arp_drops, home, for_errors)
        return reason and self.told(self._with_answer(reason, drops))

    def _with_answer(self, reason: Reason, drops: Sequence[tuple[Reason, Frame]]) -> Reason:
        """A reason that names beside itself where the answer to what it ended was dropped."""
        answer = answered_in_vain(reason, drops)
        if answer is None:
            return reason
        what, end = answer
        where = f"ended at {end.at} ({end.code}): {end.text}"
        if (end.at, end.text) == (reason.at, reason.text):
            where = "ended there, too"
        text = f"{reason.text}; {what} {where}"
        both = replace(reason, text=text)
        self._ended[id(both)] = self._ended[id(reason)]
        self._joined.append(both)
        return both

    def told(self, reason: Reason) -> Reason:
        """A reason; where ARP was not answered, with the router port that has no address for it."""
        port = asked_in_vain(self._context, reason) if reason.code == Code.ARP_TIMEOUT else None
        if port is None:
            return reason
        text = f"{reason.text}: {port.full_alias} has no address"
        details = {**reason.details, "addressless": port.full_alias}
        return replace(reason, text=text, details=details)

    def failure(
        self, reason: Reason, source: str | None, destination: int | None, port: int | None = None
    ) -> Failure:
        """A reason with the frame it ended, and who sent it to whom."""
        frame = self._ended.get(id(reason))
        known = frame is not None and reason.rule is not None
        remembered = frame is not None and known and _is_remembered(self._network, frame)
        return Failure(reason, frame, source, destination, remembered, port)

    def captured(self) -> Sequence[Captured]:
        """The frames captured so far."""
        return self.recorder.captures

    def shown(self, upshot: Upshot) -> Observed:
        """What there is to show of what came of the traffic; files are written now."""
        seen: list[Seen] = []
        explanation = ""
        steps: list[dict[str, Any]] = []
        members: dict[str, Any] = {}
        clock = self._context.clock.stopped()
        if not self.request.none:
            seen = self.request.seen(self.recorder.captures, upshot.source, upshot.ends)
            self._write_file(seen)
        if self._tells:
            told = self._told(upshot)
        if self._whole is not None:
            self._keep(self._whole, upshot, told)
        if self._explains:
            from midocli.trace.explain import steps_of

            explanation = _explanation(told, bool(upshot.failures), self._depth)
            members = {"steps_left_out": told.left_out} if told.left_out else {}
            following = self._context.following("telling the steps", told.steps)
            steps = steps_of(following, self._context.clock)
        if self._drawing.is_wanted:
            frames = [self.request.printed_first(each, clock) for each in seen]
            drawn, picture = self._drawing.drawn(told, frames)
            explanation += drawn
            members |= picture
        return Observed(
            partial(self.request.pieces, seen, clock),
            partial(frames_data, seen, clock),
            explanation,
            steps,
            members,
        )

    def report(
        self, upshot: Upshot, why: str, reason: Reason | None, data: dict[str, Any]
    ) -> Report:
        """The report of a probe for one answer: what it printed, all that was seen, why it failed.

        `data` is what it found beside its `reason`.
        """
        shown = self.shown(upshot)
        document = {
            **data,
            **verdict(self._context, reason, upshot.advice),
            "captures": shown.frames(),
            "steps": shown.steps,
            **shown.members,
        }
        text = upshot.ending.printed + shown.captures + why + shown.explanation
        return Report(text, document, upshot.ending.succeeded)

    def _keep(self, recorder: Recorder, upshot: Upshot, told: Told) -> None:
        """Keep all that was seen for who asks of it later."""
        from midocli.results.traffic import Traffic

        captured: dict[Hashable, list[Captured]] = {}
        for frame in recorder.captures:
            captured.setdefault(frame.point, []).append(frame)
        failures = upshot.failures
        if not failures and not upshot.ending.succeeded:
            failures = [Failure(reason) for reason in upshot.ending.reasons]
        traffic = Traffic(
            self._command.word,
            canonical(self._command),
            self._context.clock.stopped(),
            captured,
            places(self._context),
            self.request.points(upshot.source, upshot.ends),
            self.request.expression,
            partial(_explanation, told, bool(failures), self._depth),
            [_kept_reason(self._context, failure.reason) for failure in failures],
            upshot.advice.best(),
        )
        self._context.keep(traffic)

    def _told(self, upshot: Upshot) -> Told:
        """All there is to tell of the traffic."""
        from midocli.context.labels import TopologyLabels, introduced
        from midocli.trace.explain import numbered
        from midocli.trace.journey import by_origin, journey_of

        steps = numbered(self._steps_of(upshot.origins))
        if self._explains:
            steps = [introduced(self._context, step) for step in steps]
        labels = TopologyLabels(self._context)
        following = self._context.following("telling the walk", by_origin(steps))
        journeys = [journey_of(ours, labels) for ours in following]
        ending = upshot.ending
        reasons = [*(failure.reason for failure in upshot.failures), *ending.reasons]
        left_out = len(self._steps.left_out.intersection(upshot.origins))
        changes = [_with_names(line, labels) for line in upshot.advice.lines()]
        return Told(steps, journeys, reasons, upshot.verdicts, changes, ending, left_out)

    def _write_file(self, seen: Sequence[Seen]) -> None:
        """Write what `write` asks for; what has been seen is shown even where that fails."""
        try:
            self.request.write_file(seen, self._steps.comments)
        except FileError as error:
            self._context.complain(error)

    def _steps_of(self, origins: Sequence[object]) -> list[Step]:
        ours = set(origins)
        return [step for step in self.recorder.steps if step.origin in ours]


def _with_names(line: str, labels: Labels) -> str:
    """A line of advice, with names if it is no command."""
    return labels.beside(line) if line.startswith(("Remark: ", "  # ")) else line


def _explanation(told: Told, failed: bool, depth: str) -> str:
    """The walk in words."""
    from midocli.trace.explain import explain

    left_out = told.left_out
    return explain(told.steps, told.journeys, told.verdicts, told.changes, failed, left_out, depth)


def _kept_reason(context: Context, reason: Reason) -> Kept:
    from midocli.results.traffic import Reason as Kept

    return Kept(str(reason.code), reason.at, reason.rule, named(context, reason.text))


def _is_remembered(network: Network, frame: Frame) -> bool:
    """Whether the connection of a frame is tracked, by either of its ends."""
    ports = (frame.icmp_id,) * 2 if frame.proto == ICMP else (frame.tp_src, frame.tp_dst)
    source, destination = (frame.nw_src, ports[0]), (frame.nw_dst, ports[1])
    return any(
        proto == frame.proto and ((src, src_port) == source or (dst, dst_port) == destination)
        for src, src_port, dst, dst_port, proto, _ in network.state.live_connections(
            network.engine.now_ns
        )
    )
