"""inject: raw frames put into the network at a point, and where they came out."""

from __future__ import annotations

from collections.abc import Container, Hashable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from grammar import tree
from grammar.errors import FileError, InvalidValueError, RefusedError
from midocli.probes.observation import Observation
from midocli.probes.ping_report import reason_data
from midocli.probes.points import find_point, point_of
from midocli.results import Report
from midocli.simulator.events import UnderlayPoint
from midocli.simulator.frame import Frame
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, Reason

if TYPE_CHECKING:
    from midocli.interpreter import Interpreter

_SHORTEST = 14


class Inject:
    """One `inject` command."""

    def __init__(self, interpreter: Interpreter, command: tree.Inject) -> None:
        self._interpreter = interpreter
        self._network = interpreter.datapath.network
        given = {setting.field.name: setting for setting in command.options}
        self._point = find_point(interpreter, command.point.text, command.point.column)
        if isinstance(self._point.key, UnderlayPoint):
            why = f"frames enter at ports and interfaces; {self._point.name} only shows them"
            raise RefusedError(why, None, command.point.column)
        self._frames = _frames(interpreter, given, command.point.column)
        self._observation = Observation(interpreter, given, default_filter="")
        self._origins = [object() for _ in self._frames]

    def run(self) -> Report:
        """Put the frames in one by one, each once the network is quiet again."""
        with self._observation.watching(self._point, everywhere=True):
            for data, origin in zip(self._frames, self._origins, strict=True):
                self._network.inject(self._point.key, Frame.from_bytes(data), origin)
                self._network.engine.settle(SECOND_NS)
        return self._sum_up()

    def _sum_up(self) -> Report:
        delivered = self._delivered()
        reasons = [
            reason
            for origin in self._origins
            for reason, _ in self._observation.drops.get(origin, ())
            if not _is_swallowed(reason, delivered)
        ]
        verdict = f"{len(self._frames)} frame(s) in at {self._point.name}, " + (
            f"out at {', '.join(self._name(point) for point in delivered)}"
            if delivered
            else "none out"
        )
        shown = self._observation.shown(None, list(delivered), self._origins, [verdict])
        lines = [_line(reason) for reason in reasons]
        text = f"{verdict}\n{shown.captures}{''.join(lines)}{shown.explanation}"
        data: dict[str, Any] = {
            "delivered": {self._name(point): frames for point, frames in delivered.items()},
            "dropped": [reason_data(reason) for reason in reasons],
            "captures": shown.frames(),
            "steps": shown.steps,
        }
        return Report(text, lambda: data, bool(delivered))

    def _delivered(self) -> dict[Hashable, list[dict[str, str]]]:
        """The frames that left the network because of ours, by the interface they left at."""
        ours = set(self._origins)
        found: dict[Hashable, list[dict[str, str]]] = {}
        for captured in self._observation.captured():
            leaves = captured.direction == "out" and isinstance(captured.point, str)
            if leaves and captured.origin in ours:
                frame = self._observation.request.frame_data(captured)
                found.setdefault(captured.point, []).append(frame)
        return found

    def _name(self, point: Hashable) -> str:
        assert isinstance(point, str)
        return point_of(point, self._interpreter).name


def _is_swallowed(reason: Reason, delivered: Container[Hashable]) -> bool:
    """Whether a frame only ended behind an interface that has no guest: it was delivered."""
    return reason.code == Code.NO_ANSWER and reason.at in delivered


def _line(reason: Reason) -> str:
    return f"dropped at {reason.at} ({reason.code}): {reason.text}\n"


def _frames(interpreter: Interpreter, given: dict[str, tree.Setting], column: int) -> list[bytes]:
    """The frames to inject, each of at least 14 bytes."""
    frame, file = given.get("frame"), given.get("file")
    if (frame is None) == (file is None):
        raise RefusedError("inject takes frame HEX or file FILE, one of them", None, column)
    if frame is not None:
        frames, at = [frame.value], frame.column
    else:
        assert file is not None
        frames, at = _read(interpreter, tree.Argument(file.text, file.column)), file.column
    for number, data in enumerate(frames, 1):
        if len(data) < _SHORTEST:
            raise InvalidValueError(
                f"frame {number} has {len(data)} bytes; an Ethernet frame has {_SHORTEST} at least",
                at,
            )
    return frames


def _read(interpreter: Interpreter, file: tree.Argument) -> list[bytes]:
    """The frames of a pcap or pcapng file, read by scapy."""
    from scapy.config import conf

    conf.route_autoload = conf.route6_autoload = conf.ipv6_enabled = False
    from scapy.error import Scapy_Exception
    from scapy.utils import RawPcapReader

    data = interpreter.files.read(file)
    try:
        return [bytes(frame) for frame, _ in RawPcapReader(BytesIO(data))]
    except (Scapy_Exception, EOFError, ValueError) as error:
        message = f"{file.text[:200]} is no capture file: {error}"
        raise FileError(message, file.column) from None
