"""Traffic: frames go in at points or from guests, and come out there or end for a reason."""

from __future__ import annotations

from collections.abc import Hashable
from functools import partial
from random import Random

from midocli.simulator.devices import arp, bandwidth, fast_path, refusals, router_own
from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.engine import Engine
from midocli.simulator.events import Delivered
from midocli.simulator.guests.linux import LinuxStack
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import DATAPATH_NS
from midocli.simulator.learnt.state import State
from midocli.simulator.network import DropListener, Network
from midocli.simulator.reason import Code, Reason
from midocli.simulator.storms import SHALLOW
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Guest, Nic, Port
from midocli.simulator.topology.service_records import PortFeatures
from midocli.simulator.topology.topology import Topology
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers


class Simulator(Network):
    """The whole simulated network: walks through it, and the guests at its ends."""

    def __init__(
        self,
        topology: Topology,
        state: State,
        engine: Engine,
        rng: Random,
        drop_listener: DropListener | None = None,
    ) -> None:
        super().__init__(topology, state, engine, rng, drop_listener)
        #: The protocol stacks there are so far.
        self.guests: dict[Key, GuestStack] = {}

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
        port = self.topology.ports[nic.port] if nic.port is not None else None
        self._enter(port, nic.interface, frame)

    def _enter(self, port: Port | None, point: str, frame: Frame) -> None:
        if frame.depth > SHALLOW:
            refusal = self.storms.refusal(frame.origin, port.alias if port else point)
            if refusal is not None:
                self.drop(refusal, frame)
                return
        refusal = refusals.point_refusal(port, point, frame)
        if refusal is None and port is not None and port.features is not None:
            refusal = self._limited(port, port.features, frame)
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
                Pipeline(self, frame).start(port)

    def _limited(self, port: Port, features: PortFeatures, frame: Frame) -> Reason | None:
        """Why a frame is too much for the bandwidth limit of the port's interface, if it is."""
        if features.limit is None or port.interface is None:
            return None
        return bandwidth.refused(self.memory(), port, features.limit, frame)

    def send_generated(self, frame: Frame, port: Port) -> None:
        self.engine.at(self.engine.now_ns, partial(self._send_generated, frame, port))

    def _send_generated(self, frame: Frame, port: Port) -> None:
        Pipeline(self, frame, generated=True, device=port.device).go(port)

    def send_from_router(self, key: Key, frame: Frame, what: str) -> None:
        self.engine.at(self.engine.now_ns, partial(self._send_from_router, key, frame, what))

    def _send_from_router(self, key: Key, frame: Frame, what: str) -> None:
        plan = self.topology.router_plans[key]
        if plan is not None:
            walk = Pipeline(self, frame, generated=True)
            router_own.originate(walk, plan.router, plan, what)

    # Frames out

    def deliver(self, port: Port, frame: Frame) -> None:
        self.engine.at(self.engine.now_ns + DATAPATH_NS, partial(self._arrive, port, frame))

    def _arrive(self, port: Port, frame: Frame) -> None:
        if self.capturing:
            if port.interface is not None:
                self.capture(port.interface, "out", self.engine.now_ns, frame, frame.walk)
            self.capture(port.key, "out", self.engine.now_ns, frame, frame.walk)
        if self.wants_events:
            event = Delivered(point=port.interface, frame=headers(frame))
            self.tell(port.alias, event, frame)
        station = self.stations.get(port.key) if self.stations else None
        if station is not None:
            self.guest(station).receive(0, frame.copy() if port.guest is not None else frame)
        if port.guest is not None:
            key, nic = port.guest
            self.guest(key).receive(nic, frame)
        elif station is None:
            at = port.interface or port.alias
            text, details = f"no guest is behind {at}", {"nobody": True}
            self.drop(Reason(Code.NO_ANSWER, at, None, text, details), frame)

    # Guests

    def guest(self, key: Key) -> GuestStack:
        """The protocol stack of a guest."""
        stack = self.guests.get(key)
        if stack is None:
            stack = self.guests[key] = LinuxStack(self, key)
        return stack

    def forget_guest(self, key: Key) -> None:
        """Drop a guest's protocol stack, and all it has learnt."""
        self.guests.pop(key, None)
        self.state.forget_guest(key)

    def attach(self, port_key: Key, guest: Guest) -> GuestStack:
        """Put a machine that the topology does not have, a *station*, behind a port.

        It stays until `detach`. On a linked port it gets what is for its MAC; the rest goes to the
        peer as always. The guest's first NIC should name `port_key` as its port.
        """
        self.topology.guests[guest.key] = guest
        self.topology.guest_plans.pop(guest.key, None)
        self.stations[port_key] = guest.key
        return self.guest(guest.key)

    def detach(self, port_key: Key) -> None:
        """Take away what `attach` put there, and all it knew."""
        key = self.stations.pop(port_key, None)
        if key is not None:
            self.topology.forget("guest", key)
            self.forget_guest(key)

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
