"""The walk of one frame through the virtual network, to completion.

The stages, in order; the methods of `Walk` come in the same order:

1. enter a port: not too many yet; its DSCP mark and mirrors; it is up
2. trace requests, inserted services, the port's infilter; mirrors after it
3. the device: its infilter, its decision, its outfilter (`bridge.process`, `router.process`)
4. leave by a port: not the one it came in by; mirrors before the outfilter; it is up
5. the port's outfilter, inserted services
6. emit: its mirrors; out of an interface, here or on another host, or into the peer port (1.)

Every stage returns a result of the closed set in `results`; only `Walk.run` acts on it, and
only there a frame forks. What leaves of a frame with copies waits for all of them: where one ends
in an error, none gets out (MidoNet: `simulation/Port.scala`, `Simulator.scala`).
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from operator import attrgetter
from typing import TYPE_CHECKING

from midocli.simulator.devices import arrival, bridge, chain, conntrack, dhcp_server, mirror, router
from midocli.simulator.devices import icmp_errors as icmp
from midocli.simulator.devices.branches import fork, let_out
from midocli.simulator.devices.decisions import CONSUMED, Fork, Redirect, Result, Verdict
from midocli.simulator.devices.fast_path import basis_for
from midocli.simulator.devices.redirect import follow
from midocli.simulator.devices.refusals import port_down, service_refusal, too_many_ports
from midocli.simulator.devices.tracing import watch
from midocli.simulator.devices.underlay import deliver
from midocli.simulator.events import Event, Kind
from midocli.simulator.guests.stations import takes
from midocli.simulator.latency import HOP_NS
from midocli.simulator.learnt.basis import Basis
from midocli.simulator.learnt.flows import ORIGINAL, Flow, Original
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.dhcp_message import CLIENT_PORT
from midocli.simulator.wire.headers import headers

if TYPE_CHECKING:
    from midocli.simulator.learnt.entries import NatBinding
    from midocli.simulator.network import Network
    from midocli.simulator.topology.keys import Key
    from midocli.simulator.wire.frame import Frame

#: A frame that has entered this many ports is in a loop.
MAX_PORTS_ENTERED = 12
Changes = Mapping[str, tuple[object, object]]
_RECEIVED = attrgetter("hw_src", "hw_dst", "nw_src", "nw_dst", "ttl", "tp_src", "tp_dst")


class Walk:
    """One frame on its way: where it is, and what was noticed about it so far."""

    __slots__ = (
        "basis",
        "bound",
        "depth",
        "device",
        "entered",
        "entry",
        "failed",
        "flow",
        "forward",
        "frame",
        "generated",
        "held",
        "in_port",
        "network",
        "now_ns",
        "number",
        "nw_dst_rewritten",
        "original",
        "out_port",
        "parent",
        "received",
        "recording",
        "rng",
        "state",
        "stateless",
        "topology",
        "trail",
    )

    def __init__(self, network: Network, frame: Frame) -> None:
        self.network = network
        self.topology = network.topology
        self.state = network.state
        self.rng = network.rng
        self.now_ns = network.engine.now_ns
        self.recording = network.wants_events
        #: What happens, noted while trace requests are enabled.
        self.trail = Trail() if network.traced else None
        self.frame = frame
        #: The ports of the device now at work, and the one by which the frame came in at all.
        self.in_port = self.out_port = self.entry = NO_PORT
        #: Key of the device now at work.
        self.device: object = None
        self.entered = 0
        #: What leaves when all copies have ended (None: there are none), and the error of one.
        self.held: list[tuple[Port, Frame]] | None = None
        self.failed: Reason | None = None
        #: Whether the network made the frame itself, and whether rules may use NAT state.
        self.generated = self.stateless = False
        self.nw_dst_rewritten = False
        #: Its direction, once a rule has asked.
        self.forward: bool | None = None
        #: The flow it belongs to, if it came from outside, and the NAT bindings made for it.
        self.flow: Flow | None = None
        self.bound: tuple[NatBinding, ...] = ()
        self.original: Original = ORIGINAL(frame)
        #: What it rests on so far, if the next one of the flow may be spared a walk.
        self.basis: Basis | None = None
        #: (hw_src, hw_dst, nw_src, nw_dst, ttl, tp_src, tp_dst) on entering the last router.
        self.received = (0, 0, 0, 0, 0, 0, 0)
        network.walks += 1
        self.number = network.walks
        self.parent, self.depth = frame.walk, frame.depth
        frame.walk = self.number
        frame.depth = self.depth + 1
        if self.recording:
            network.parents[self.number] = self.parent

    def start(self, port: Port) -> None:
        """Walk the frame from where it enters the network."""
        self.entry = port
        if self.frame.tp_src == CLIENT_PORT and dhcp_server.answer(self, port):
            return
        self.flow = self.state.flows.begin(port, self.frame, self.original, self.now_ns)
        self.basis = basis_for(self.network, self.frame)
        self.go(self.enter(port))

    def go(self, result: Result) -> None:
        """Act on results until the frame and all its copies have ended."""
        self.run(result)
        if self.held:
            let_out(self)

    def run(self, result: Result) -> None:
        """Act on results until the frame has ended."""
        while True:
            if type(result) is Port:
                result = self._leave(result)
            elif result is CONSUMED:
                return
            elif isinstance(result, Reason):
                self.drop(result)
                return
            elif isinstance(result, Fork):
                fork(self, result)
                return
            elif isinstance(result, Redirect):
                result = follow(self, result)

    # 1. and 2.
    def enter(self, port: Port, bounced: bool = False) -> Result:
        """Take the frame in by a port and through the port's device.

        `bounced` says that a service which is down fails open, as if it had sent the frame.
        """
        frame = self.frame
        if self.entered >= MAX_PORTS_ENTERED:
            return too_many_ports(self, port)
        self.entered += 1
        self.in_port = port
        self.out_port = NO_PORT
        self.device = port.device
        self.nw_dst_rewritten = False
        if self.recording:
            self.tell_frame(Kind.ENTERED, port)
        if port.is_router:
            self.received = _RECEIVED(frame)
        if port.service and not bounced:
            refused = service_refusal(port, frame)
            if refused is not None:
                return refused
        extras = port.extras
        if extras is not None:
            arrival.prepare(self, port, extras)
        if not port.up and not bounced:
            return port_down(self, port)
        if extras is not None and extras.traces:
            watch(self, extras.traces, port.alias)
        if extras is not None and extras.redirect_in is not None:
            verdict = self._filter(port, extras.redirect_in, "l2insertion")
            if verdict is not None:
                return verdict
        if port.infilter is not None:
            verdict = self._filter(port, port.infilter, "infilter")
            if verdict is not None:
                return verdict
        if extras is not None and extras.post_in_mirrors:
            mirror.copy(self, extras.post_in_mirrors, port.alias)
        # 3.
        if port.is_router:
            return router.process(self, port)
        return bridge.process(self, port)

    # 4. and 5.
    def _leave(self, port: Port) -> Result:
        if self.entered >= MAX_PORTS_ENTERED:
            return too_many_ports(self, port)
        if port.is_router:
            if self.frame.hw_src == self.frame.hw_dst:
                # The next hop is the port itself (MidoNet: `RouterPort.egressCommon`).
                return self.enter(port)
        else:
            if port is self.in_port:
                text = f"it would leave by {port.alias}, where it came in"
                return Reason(Code.SAME_PORT, port.alias, None, text)
            if port.vlan and self.frame.vlans:
                bridge.pop_vlan(self, port)
        if port.service:
            text = f"only redirected frames may leave by the service port {port.alias}"
            return Reason(Code.REDIRECT_DOWN, port.alias, None, text)
        self.out_port = port
        extras = port.extras
        if extras is not None and extras.pre_out_mirrors:
            mirror.copy(self, extras.pre_out_mirrors, port.alias)
        if not port.up:
            return port_down(self, port)
        if port.outfilter is not None:
            verdict = self._filter(port, port.outfilter, "outfilter")
            if verdict is not None:
                return verdict
        if extras is not None and extras.redirect_out is not None:
            verdict = self._filter(port, extras.redirect_out, "l2insertion")
            if verdict is not None:
                return verdict
        return self.emit(port)

    # 6.
    def emit(self, port: Port) -> Result:
        """Send the frame out of a port's interface, or into its peer."""
        network = self.network
        if port.extras is not None and port.extras.out_mirrors:
            mirror.copy(self, port.extras.out_mirrors, port.alias)
        if port.interface is not None or (network.stations and takes(network, port, self.frame)):
            if not port.active and port.interface is not None:
                text = f"{port.alias} is bound to {port.interface}, which is not active"
                return Reason(Code.PORT_INACTIVE, port.alias, None, text)
            if self.forward:
                conntrack.remember(self, port)
            if self.recording:
                self.tell_frame(Kind.LEFT, port)
            if self.held is None:
                deliver(self, port)
            else:
                self.held.append((port, self.frame))
            return CONSUMED
        peer = self.topology.ports[port.peer] if port.peer is not None else None
        if peer is None:
            text = f"{port.alias} is neither bound to an interface nor linked to another port"
            return self.error(Reason(Code.UNPLUGGED, port.alias, None, text))
        if self.recording:
            self.tell_frame(Kind.LEFT, port)
        if self.basis is not None:
            self.basis.inside += (port.key, peer.key)
        if network.capturing:
            time_ns = self.now_ns + HOP_NS * self.entered
            network.capture(port.key, "out", time_ns, self.frame, self.number)
            network.capture(peer.key, "in", time_ns, self.frame, self.number)
        return self.enter(peer)

    def error(self, reason: Reason) -> Reason:
        """A reason after which no copy leaves, and no new binding stays (MidoNet: `ErrorDrop`)."""
        self.failed = self.failed or reason
        return reason

    def is_forward(self) -> bool:
        """Whether the frame goes in its connection's forward direction."""
        return conntrack.is_forward(self)

    def generate(self, frame: Frame, port: Port, what: str, at: str) -> None:
        """Have the network send a frame it made out of a port, once this walk is done."""
        self.basis = None
        if self.recording:
            details = {"what": what, "port": port.alias, "frame": headers(frame)}
            self.tell(Kind.GENERATED, at, details)
        self.network.send_generated(frame, port)

    def parked(self) -> Walk:
        """A copy that can go on later, whatever happens to this walk's other branches."""
        parked = copy(self)
        parked.held = parked.failed = parked.basis = None
        return parked

    def wake(self) -> None:
        """Notice, after waiting, what time it is and who watches."""
        self.now_ns = self.network.engine.now_ns
        self.recording = self.network.wants_events

    def drop(self, reason: Reason) -> None:
        """End the frame for a reason."""
        if self.flow is not None:
            self.flow.dropped = reason.code is not Code.ARP_IGNORED
        for binding in self.bound if self.failed is not None else ():
            self.state.unbind(binding)
        if self.recording:
            details = {"reason": reason, "frame": headers(self.frame)}
            self.tell(Kind.DROPPED, reason.at, details)
        self.network.on_drop(self.frame.origin, reason, self.frame)

    def tell(self, kind: Kind, at: str, details: Mapping[str, object]) -> None:
        """Record an event of this walk (only when recording)."""
        time_ns = self.now_ns + HOP_NS * max(self.entered - 1, 0)
        who = (self.number, self.parent, self.depth)
        event = Event(time_ns, *who, at, kind, details, self.frame.origin)
        self.network.record(event, self.trail)

    def tell_rewritten(self, at: str, why: str, changes: Changes) -> None:
        """Record that header fields changed."""
        if changes:
            self.tell(Kind.REWRITTEN, at, {"why": why, "changes": changes})

    def tell_frame(self, kind: Kind, port: Port) -> None:
        """Record that the frame entered or left by a port (only when recording)."""
        details = {"device": self.network.alias_of_device(port), "frame": headers(self.frame)}
        self.tell(kind, port.alias, details)

    def _filter(self, port: Port, key: Key, name: str) -> Verdict:
        """Run a chain of a port's; a reject at a router port is answered."""
        verdict = chain.run(self, key, port.alias, name)
        if port.is_router and type(verdict) is Reason and verdict.code == Code.RULE_REJECT:
            icmp.answer(self, icmp.PROHIBITED, port.alias)
        return verdict
