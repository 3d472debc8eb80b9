"""The network: topology, state, clock and chance together, and who watches.

Frames go in by `inject` or from guests, and come out at points. Watching costs nothing when
nobody does: no event is made and no byte is built.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import partial
from random import Random

from midocli.simulator.devices import arp, bandwidth, fast_path, refusals, router_own
from midocli.simulator.devices.walk import Walk
from midocli.simulator.engine import Engine
from midocli.simulator.events import Captured, Direction, Event, Kind, Recorder
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import DATAPATH_NS
from midocli.simulator.learnt.state import State
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.listeners import Listeners
from midocli.simulator.reason import Code, Reason
from midocli.simulator.storms import SHALLOW, Storms
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Nic, Port
from midocli.simulator.topology.service_records import PortExtras
from midocli.simulator.topology.topology import Lazy, Topology
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers

DropListener = Callable[[object, Reason, Frame], None]


def _nothing(origin: object, reason: Reason, frame: Frame) -> None:
    """Let drops go unnoticed."""


class Network:
    """The whole simulated network.

    `on_drop` is called with (origin, reason, frame) whenever a frame ends badly.
    """

    def __init__(self, topology: Topology, state: State, engine: Engine, rng: Random) -> None:
        self.topology = topology
        self.state = state
        self.engine = engine
        self.rng = rng
        self.on_drop: DropListener = _nothing
        #: How many walks there were; it numbers them.
        self.walks = 0
        #: Walk -> the walk that caused it, of walks that are recorded.
        self.parents: dict[int, int] = {}
        #: Whether anybody wants events, and whether anybody captures frames.
        self.wants_events = False
        self.capturing = False
        #: Every word for an enabled trace request -> its key and alias.
        self.traced: Mapping[str, tuple[Key, str]] = {}
        #: Guests attached to ports for a while, by port key.
        self.stations: dict[Key, GuestStack] = {}
        self.storms = Storms()
        self._recorders: tuple[Recorder, ...] = ()
        #: Point -> who captures there.
        self.capturers = Lazy(self._capturers_at)
        #: Who is told of ICMP replies and errors that arrive.
        self.listeners = Listeners()
        self._stacks: dict[Key, GuestStack] = {}

    # Frames in

    def inject(self, place: Hashable, frame: Frame, origin: object = None) -> None:
        """Put a copy of a frame into the network now, as if it had arrived at a place.

        `place` is a port's key or the name of a point. Whatever the frame, the outcome is
        a delivery or a reason.
        """
        frame = frame.copy()
        frame.origin, frame.walk, frame.depth = origin, 0, 0
        port = self.topology.ports[place]
        if port is None and isinstance(place, str):
            key = self.topology.source.port_at(place)
            port = self.topology.ports[key] if key is not None else None
        point = port.interface if port is not None and port.interface else place
        self._enter(port, str(point), frame)

    def transmit(self, nic: Nic, frame: Frame) -> None:
        """Take in, now, a frame a guest sends by one of its interfaces."""
        port = self.topology.ports[nic.port] if nic.port is not None else None
        self._enter(port, nic.interface, frame)

    def _enter(self, port: Port | None, point: str, frame: Frame) -> None:
        if frame.depth > SHALLOW and self.storms.stop(self, frame, port.alias if port else point):
            return
        refusal = refusals.point_refusal(port, point, frame)
        if refusal is None and port is not None and port.extras is not None:
            refusal = self._limited(port, port.extras, frame)
        if self.capturing:
            now_ns = self.engine.now_ns
            walk = self.walks + 1 if refusal is None else 0
            self.capture(point, "in", now_ns, frame, walk)
            if port is not None:
                self.capture(port.key, "in", now_ns, frame, walk)
        if refusal is not None:
            self.drop(refusal, frame)
        else:
            assert port is not None
            frame.host = port.host
            if not fast_path.carry(self, port, frame):
                Walk(self, frame).start(port)

    def _limited(self, port: Port, extras: PortExtras, frame: Frame) -> Reason | None:
        """Why a frame is too much for the bandwidth limit of the port's interface, if it is."""
        if extras.limit is None or port.interface is None:
            return None
        return bandwidth.refused(self.state, port, extras.limit, frame, self.engine.now_ns)

    def send_generated(self, frame: Frame, port: Port) -> None:
        """Send a frame the network made out of a port, after what is going on now."""
        self.engine.at(self.engine.now_ns, partial(self._send_generated, frame, port))

    def _send_generated(self, frame: Frame, port: Port) -> None:
        walk = Walk(self, frame)
        walk.generated = True
        walk.device = port.device
        walk.go(port)

    def send_from_router(self, key: Key, frame: Frame, what: str) -> None:
        """Send an IP packet of a router's own, after what is going on now."""
        self.engine.at(self.engine.now_ns, partial(self._send_from_router, key, frame, what))

    def _send_from_router(self, key: Key, frame: Frame, what: str) -> None:
        plan = self.topology.router_plans[key]
        if plan is not None:
            walk = Walk(self, frame)
            walk.generated = True
            router_own.originate(walk, plan.router, plan, what)

    # Frames out

    def deliver(self, port: Port, frame: Frame) -> None:
        """Let a frame that left by a port arrive at what is behind it."""
        self.engine.at(self.engine.now_ns + DATAPATH_NS, partial(self._arrive, port, frame))

    def _arrive(self, port: Port, frame: Frame) -> None:
        if self.capturing:
            if port.interface is not None:
                self.capture(port.interface, "out", self.engine.now_ns, frame, frame.walk)
            self.capture(port.key, "out", self.engine.now_ns, frame, frame.walk)
        if self.wants_events:
            details = {"point": port.interface, "frame": headers(frame)}
            self.tell(Kind.DELIVERED, port.alias, details, frame)
        station = self.stations.get(port.key) if self.stations else None
        if station is not None:
            station.receive(0, frame.copy() if port.guest is not None else frame)
        if port.guest is not None:
            key, nic = port.guest
            self.guest(key).receive(nic, frame)
        elif station is None:
            at = port.interface or port.alias
            self.drop(Reason(Code.NO_ANSWER, at, None, f"no guest is behind {at}"), frame)

    def drop(self, reason: Reason, frame: Frame) -> None:
        """End a frame that is not in the virtual network."""
        if self.wants_events:
            details = {"reason": reason, "frame": headers(frame)}
            self.tell(Kind.DROPPED, reason.at, details, frame)
        self.on_drop(frame.origin, reason, frame)

    # Guests

    def guest(self, key: Key) -> GuestStack:
        """The protocol stack of a guest."""
        stack = self._stacks.get(key)
        if stack is None:
            stack = self._stacks[key] = GuestStack(self, key)
        return stack

    def forget_guest(self, key: Key) -> None:
        """Drop a guest's protocol stack, and all it has learnt."""
        self._stacks.pop(key, None)
        self.state.neighbours.pop(key, None)
        self.state.ip_ids.pop(key, None)

    # Watching

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
        self.capturing = any(bool(recorder.points) for recorder in recorders)
        if not listening:
            self.parents.clear()

    def trace(self, requests: Mapping[str, tuple[Key, str]]) -> None:
        """Note what happens to frames, for the trace requests that are enabled."""
        self.traced = requests
        self._set_recorders(self._recorders)

    def record(self, event: Event, trail: Trail | None) -> None:
        """Give an event to who wants it, and note it on the trail of its walk."""
        for recorder in self._recorders:
            if recorder.wants_events:
                recorder.events.append(event)
        if trail is not None:
            trail.events.append(event)

    def tell(self, kind: Kind, at: str, details: Mapping[str, object], frame: Frame) -> None:
        """Record an event outside any walk; it belongs to the walk that last had the frame."""
        time_ns, depth = self.engine.now_ns, max(frame.depth - 1, 0)
        walk, parent = frame.walk, self.parents.get(frame.walk, 0)
        event = Event(time_ns, walk, parent, depth, at, kind, details, frame.origin)
        self.record(event, self.state.trace_log.trails.get(walk) if self.traced else None)

    def capture(
        self, point: Key, direction: Direction, time_ns: int, frame: Frame, walk: int
    ) -> None:
        """Show a frame, on a walk (0: refused before any), at a point to who captures there."""
        capturers = self.capturers[point]
        if capturers:
            captured = Captured(point, direction, time_ns, frame.to_bytes(), walk, frame.origin)
            for recorder in capturers:
                recorder.captures.append(captured)

    def capture_bytes(self, captured: Captured) -> None:
        """Show bytes at a point to who captures there."""
        for recorder in self.capturers[captured.point]:
            recorder.captures.append(captured)

    def _capturers_at(self, point: Key) -> tuple[Recorder, ...]:
        return tuple(each for each in self._recorders if point in each.points)

    def alias_of_device(self, port: Port) -> str:
        """The alias of a port's device ('' when it is gone)."""
        devices = self.topology.routers if port.is_router else self.topology.bridges
        device = devices[port.device]
        return device.alias if device is not None else ""

    def pending(self, origin: object) -> Reason | None:
        """Why a frame of this origin is still waiting (for a MAC), if one is."""
        for loop in self.state.arp_loops.values():
            if any(waiting.frame.origin is origin for waiting in loop.waiting):
                return arp.timeout_reason(loop.alias, loop.port, loop.address)
        for key, table in self.state.neighbours.items():
            for neighbour in table.values():
                if any(frame.origin is origin for frame in neighbour.waiting):
                    return self.guest(key).waiting_reason(neighbour)
        return None

    def reset(self) -> None:
        """Forget everything learned and bound; the topology stays."""
        self.state = State()
