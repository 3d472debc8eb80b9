"""The network: what all that is simulated shares, and who watches.

Topology, state, time and chance are one each, and everything that happens is told here. Watching
costs nothing when nobody does: no event is made and no byte is built. What moves frames about is
`traffic.Simulator`, whose methods those below know by name alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from random import Random

from midocli.simulator.engine import Engine
from midocli.simulator.events import Dropped, Event
from midocli.simulator.learnt.memory import Memory
from midocli.simulator.learnt.state import State
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.listeners import Listeners
from midocli.simulator.reason import Reason
from midocli.simulator.recorder import Captured, Direction, Recorder, Step, Unseen
from midocli.simulator.storms import Storms
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Nic, Port
from midocli.simulator.topology.topology import Lazy, Topology
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers

#: Is called with (origin, reason, frame) whenever a frame ends badly.
DropListener = Callable[[object, Reason, Frame], None]


def _unnoticed(origin: object, reason: Reason, frame: Frame) -> None:
    """Let drops go unnoticed."""


class Network(ABC):
    """Topology, state, time and chance, and who watches; `drop_listener` is told of drops."""

    def __init__(
        self,
        topology: Topology,
        state: State,
        engine: Engine,
        rng: Random,
        drop_listener: DropListener | None = None,
    ) -> None:
        self.topology = topology
        self.state = state
        self.engine = engine
        self.rng = rng
        self.drop_listener = drop_listener or _unnoticed
        #: How many walks there were; it numbers them.
        self.walks = 0
        #: Walk -> the walk that caused it, of walks that are recorded.
        self.parents: dict[int, int] = {}
        #: Whether anybody wants events, or at least decisions, and whether anybody captures frames.
        self.wants_events = False
        self.wants_decisions = False
        self.capturing = False
        #: Every word for an enabled trace request -> its key and alias.
        self.traced: Mapping[str, tuple[Key, str]] = {}
        #: The keys of guests attached to ports for a while, by port key.
        self.stations: dict[Key, Key] = {}
        self.storms = Storms()
        self._recorders: tuple[Recorder, ...] = ()
        #: The rules, routes and ports that who wants no more than decisions was told of.
        self._decided: set[Key] = set()
        #: Point -> who captures there.
        self.capturers = Lazy(self._capturers_at)
        #: Who is told of ICMP replies and errors that arrive.
        self.listeners = Listeners()
        #: (router, address, port) -> who takes what comes there, in the router's place.
        self.checkers: dict[tuple[Key, int, int], Callable[[Frame], None]] = {}

    def memory(self) -> Memory:
        """The state as what happens now may read and change it."""
        return Memory(self.state, self.engine.now_ns)

    def number_walk(self, parent: int) -> int:
        """The number of a walk that begins, and which was caused by another (0: by none)."""
        self.walks += 1
        if self.wants_events:
            self.parents[self.walks] = parent
        return self.walks

    # Traffic

    @abstractmethod
    def transmit(self, nic: Nic, frame: Frame) -> None:
        """Take in, now, a frame a guest sends by one of its interfaces."""

    @abstractmethod
    def deliver(self, port: Port, frame: Frame) -> None:
        """Let a frame that left by a port arrive at what is behind it."""

    @abstractmethod
    def send_generated(self, frame: Frame, port: Port) -> None:
        """Send a frame the network made out of a port, after what is going on now."""

    @abstractmethod
    def send_from_router(self, key: Key, frame: Frame, what: str) -> None:
        """Send an IP packet of a router's own, after what is going on now."""

    def drop(self, reason: Reason, frame: Frame) -> None:
        """End a frame that is not in the virtual network."""
        if self.wants_decisions:
            self.tell(reason.at, Dropped(reason=reason, frame=headers(frame)), frame)
        self.drop_listener(frame.origin, reason, frame)

    # Watching

    @contextmanager
    def telling_drops(self, listener: DropListener) -> Iterator[None]:
        """Tell a listener, and nobody else, of drops meanwhile."""
        before, self.drop_listener = self.drop_listener, listener
        try:
            yield
        finally:
            self.drop_listener = before

    def watch(self, recorder: Recorder) -> None:
        """Begin to fill a recorder."""
        self._set_recorders((*self._recorders, recorder))

    def unwatch(self, recorder: Recorder) -> None:
        """Stop filling a recorder."""
        self._set_recorders(tuple(each for each in self._recorders if each is not recorder))

    def _set_recorders(self, recorders: tuple[Recorder, ...]) -> None:
        self._recorders = recorders
        self.capturers = Lazy(self._capturers_at)
        listening = any(recorder.wants_events for recorder in recorders)
        self.wants_events = listening or bool(self.traced)
        deciding = any(recorder.wants_decisions for recorder in recorders)
        self.wants_decisions = deciding or self.wants_events
        if not deciding:
            self._decided.clear()
        self.capturing = any(bool(recorder.points) for recorder in recorders)
        if not listening:
            self.parents.clear()

    def trace(self, requests: Mapping[str, tuple[Key, str]]) -> None:
        """Note what happens to frames, for the trace requests that are enabled."""
        self.traced = requests
        self._set_recorders(self._recorders)

    def record(self, step: Step, trail: Trail | None) -> None:
        """Give a step to who wants events, and note it on the trail of its walk."""
        is_seen = not isinstance(step.origin, Unseen)
        for recorder in self._recorders:
            if recorder.wants_decisions or (recorder.wants_events and is_seen):
                recorder.steps.append(step)
        if trail is not None and is_seen:
            trail.steps.append(step)

    def is_news(self, key: Key) -> bool:
        """Whether nobody was told yet that a rule, route or port decides; from now on it is not."""
        if key in self._decided:
            return False
        self._decided.add(key)
        return True

    def tell(self, at: str, event: Event, frame: Frame) -> None:
        """Record an event outside any walk; it belongs to the walk that last had the frame."""
        time_ns, depth = self.engine.now_ns, max(frame.depth - 1, 0)
        walk, parent = frame.walk, self.parents.get(frame.walk, 0)
        step = Step(time_ns, walk, parent, depth, at, event, frame.origin)
        self.record(step, self.state.trace_log.trails.get(walk) if self.traced else None)

    def capture(
        self, point: Key, direction: Direction, time_ns: int, frame: Frame, walk: int
    ) -> None:
        """Show a frame, on a walk (0: refused before any), at a point to who captures there."""
        capturers = self.capturers[point]
        if capturers and not isinstance(frame.origin, Unseen):
            captured = Captured(point, direction, time_ns, frame.to_bytes(), walk, frame.origin)
            for recorder in capturers:
                recorder.captures.append(captured)

    def capture_bytes(self, captured: Captured) -> None:
        """Show bytes at a point to who captures there."""
        if isinstance(captured.origin, Unseen):
            return
        for recorder in self.capturers[captured.point]:
            recorder.captures.append(captured)

    def _capturers_at(self, point: Key) -> tuple[Recorder, ...]:
        return tuple(each for each in self._recorders if point in each.points)

    def alias_of_device(self, port: Port) -> str:
        """The alias of a port's device ('' when it is gone)."""
        devices = self.topology.routers if port.is_router else self.topology.bridges
        device = devices[port.device]
        return device.alias if device is not None else ""

    def reset(self) -> None:
        """Forget everything learned and bound; the topology stays."""
        self.state = State()
