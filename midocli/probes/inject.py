"""inject: raw frames put into the network at a point, and where they came out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Hashable, Iterable, Iterator
from typing import Any, NamedTuple

from grammar.commands.inject import Inject
from grammar.errors import RefusedError
from midocli.advice.failure import NOTHING, Advice, Failure
from midocli.context.context import Context
from midocli.probes.capture_request import frame_data
from midocli.probes.drawing import Ending
from midocli.probes.observation import Observation, Upshot
from midocli.probes.points import find_point, point_of
from midocli.probes.replay import NewMacs, frames_of
from midocli.probes.telling import ended, reason_data
from midocli.results.values import Report
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.recorder import Captured, UnderlayPoint
from midocli.simulator.wire.addresses import ip_text
from midocli.simulator.wire.frame import Frame

#: What a frame sets off is over within this time.
_ASIDE_NS = 60 * SECOND_NS


class _Fate(NamedTuple):
    """Where a frame, or what it caused, came out, why it ended elsewhere, and why it waits."""

    out: list[Hashable]
    dropped: list[Reason]
    waiting: Reason | None


class InjectProbe:
    """One `inject` command."""

    def __init__(self, context: Context, command: Inject) -> None:
        self._context = context
        self._network = context.datapath.network
        given = {setting.field.name: setting for setting in command.options}
        self._point = find_point(context, command.point.text, command.point.column)
        if isinstance(self._point.key, UnderlayPoint):
            why = f"frames enter at ports and interfaces; {self._point.name} only shows them"
            raise RefusedError(why, None, command.point.column)
        replay = frames_of(context, given, command.point.column)
        self._frames, self._due = replay
        if "rewrite-mac" in given and given["rewrite-mac"].value:
            rewritten = NewMacs(context, self._point).rewritten
            self._frames = [rewritten(data) for data in self._frames]
        self._replays = "file" in given
        self._asap = "speed" in given and given["speed"].value == "asap"
        self._observation = Observation(context, command, given, default_filter="")
        self._origins = [object() for _ in self._frames]
        #: What frames still wait for when the network is quiet: a MAC.
        self._waiting: list[Reason | None] = []
        #: Why nothing came out.
        self.failures: list[Failure] = []

    def drive(self) -> None:
        """Put the frames in, each at its time or once the network is quiet again."""
        engine = self._network.engine
        gaps = 0 if self._asap else max(self._due, default=0)
        lasting = gaps + len(self._due) * _ASIDE_NS
        with self._observation.watching(self._point, everywhere=True, lasting_ns=lasting):
            start = engine.now_ns
            sent = zip(self._frames, self._due, self._origins, strict=True)
            for number, (data, due, origin) in enumerate(sent):
                self._context.progress("inject", number, len(self._frames))
                if self._asap:
                    engine.settle(SECOND_NS)
                else:
                    engine.run_until(start + due)
                self._network.inject(self._point.key, Frame.from_bytes(data), origin)
            engine.settle(SECOND_NS)
            self._waiting = [self._network.pending(origin) for origin in self._origins]
            if not self._delivered():
                reasons = filter(None, map(self._observation.reason, self._origins))
                self.failures = [self._failure(reason) for reason in reasons]

    def _failure(self, reason: Reason) -> Failure:
        return self._observation.failure(reason, None, None)

    @property
    def succeeded(self) -> bool:
        """Whether anything came out."""
        return bool(self._delivered())

    def sum_up(self, advice: Advice) -> Report:
        """Where the frames came out, and all that was seen."""
        delivered = self._delivered()
        fates = self._fates(delivered)
        reasons = [reason for fate in fates for reason in fate.dropped]
        verdict = f"{len(self._frames)} frame(s) in at {self._point.name}, " + (
            f"out at {', '.join(self._name(point) for point in delivered)}"
            if delivered
            else "none out"
        )
        ending = Ending(f"{verdict}\n", bool(delivered), reasons)
        ends = list(delivered)
        shown = self._observation.shown(
            Upshot(None, ends, self._origins, [verdict], ending, self.failures, advice)
        )
        if self._replays:
            lines = [
                f"frame {number}: {self._told(fate, advice)}\n"
                for number, fate in enumerate(fates, 1)
            ]
        else:
            told = Counter(zip(self._dropped(reasons), map(advice.tail, reasons), strict=True))
            lines = [
                f"{line} ({times} times){tail}\n" if times > 1 else f"{line}{tail}\n"
                for (line, tail), times in told.items()
            ]
            lines += [f"{_told_waiting(each)}\n" for each in self._waiting if each is not None]
        text = f"{verdict}\n{shown.captures}{''.join(lines)}{shown.explanation}"

        found = {
            "delivered": {self._name(point): frames for point, frames in delivered.items()},
            "dropped": self._dropped_data(reasons, advice),
            "frames": [
                {
                    "delivered": [self._name(point) for point in fate.out],
                    "dropped": self._dropped_data(fate.dropped, advice),
                    "waiting": fate.waiting and reason_data(self._context, fate.waiting),
                }
                for fate in fates
            ],
        }

        def data() -> dict[str, Any]:
            return {**found, "captures": shown.frames(), "steps": shown.steps, **shown.members}

        return Report(text, data, bool(delivered))

    def _fates(self, delivered: Container[Hashable]) -> list[_Fate]:
        """What became of each frame, and of what it caused."""
        out: dict[object, dict[Hashable, None]] = {}
        for captured in self._observation.captured():
            if _leaves(captured):
                out.setdefault(captured.origin, {})[captured.point] = None
        return [
            _Fate(
                list(out.get(origin, ())),
                [
                    reason
                    for reason, _ in self._observation.drops.get(origin, ())
                    if not _is_swallowed(reason, delivered)
                ],
                waiting,
            )
            for origin, waiting in zip(self._origins, self._waiting, strict=True)
        ]

    def _dropped(self, reasons: Iterable[Reason], advice: Advice = NOTHING) -> Iterator[str]:
        return (ended(self._context, reason, advice, "dropped") for reason in reasons)

    def _dropped_data(self, reasons: Iterable[Reason], advice: Advice) -> list[dict[str, Any]]:
        """The JSON form of drops, each with what would change it."""
        return [
            {**reason_data(self._context, reason), "advice": advice.of(reason).best()}
            for reason in reasons
        ]

    def _told(self, fate: _Fate, advice: Advice) -> str:
        """One frame's fate in a line."""
        parts = [f"out at {', '.join(map(self._name, fate.out))}"] if fate.out else []
        parts += self._dropped(fate.dropped, advice)
        parts += [_told_waiting(fate.waiting)] if fate.waiting is not None else []
        return "; ".join(parts) or "taken by the network"

    def _delivered(self) -> dict[Hashable, list[dict[str, str]]]:
        """The frames that left the network because of ours, by the interface they left at."""
        ours = set(self._origins)
        found: dict[Hashable, list[dict[str, str]]] = {}
        for captured in self._observation.captured():
            if _leaves(captured) and captured.origin in ours:
                frame = frame_data(captured, self._context.clock)
                found.setdefault(captured.point, []).append(frame)
        return found

    def _name(self, point: Hashable) -> str:
        assert isinstance(point, str)
        return point_of(point, self._context).name


def _is_swallowed(reason: Reason, delivered: Container[Hashable]) -> bool:
    """Whether a frame only ended behind an interface that has no guest: it was delivered."""
    return reason.code == Code.NO_ANSWER and reason.at in delivered


def _leaves(captured: Captured) -> bool:
    """Whether a frame was seen as it left the network."""
    return captured.direction == "out" and isinstance(captured.point, str)


def _told_waiting(reason: Reason) -> str:
    return f"waits at {reason.at} for the MAC of {ip_text(int(str(reason.details['address'])))}"
