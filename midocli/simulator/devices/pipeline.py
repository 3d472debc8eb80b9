"""The pipeline: a frame is taken through ports and devices until it and its copies have ended.

The stages, in order; the methods of `Pipeline` come in the same order:

1. enter a port: not too many yet; its DSCP mark and mirrors; it is up
2. trace requests, inserted services, the port's infilter; mirrors after it
3. the device: its infilter, its decision, its outfilter (`bridge.process`, `router.process`)
4. leave by a port: not the one it came in by; mirrors before the outfilter; it is up
5. the port's outfilter, inserted services
6. emit: its mirrors; out of an interface, here or on another host, or into the peer port (1.)

Every stage returns a decision of the closed set in `decisions`; only `Pipeline._run` acts on it,
and only there a frame forks. What leaves of a frame with copies waits for all of them: where one
ends in an error, none gets out (MidoNet: `simulation/Port.scala`, `Simulator.scala`).
"""

from __future__ import annotations

from operator import attrgetter

from midocli.simulator.devices import (
    bridge,
    chain,
    conntrack,
    dhcp_server,
    icmp_errors,
    mirror,
    router,
    underlay,
)
from midocli.simulator.devices.decisions import CONSUMED, Decision, Fork, Redirect, Verdict
from midocli.simulator.devices.fast_path import is_repeatable
from midocli.simulator.devices.refusals import (
    MAX_DEVICES,
    port_down,
    service_refusal,
    too_many_ports,
)
from midocli.simulator.devices.stations import takes
from midocli.simulator.devices.tracing import watch
from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Branched, Entered, Left, Redirected
from midocli.simulator.latency import HOP_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.dhcp_message import CLIENT_PORT
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4

_RECEIVED = attrgetter("hw_src", "hw_dst", "nw_src", "nw_dst", "ttl", "tp_src", "tp_dst")


class Pipeline(Walk):
    """A walk that goes on by itself."""

    __slots__ = ()

    def start(self, port: Port) -> None:
        """Walk the frame from where it enters the network."""
        self.entry = port
        if self.frame.tp_src == CLIENT_PORT and dhcp_server.answer(self, port):
            return
        self.flow = self.memory.begin_flow(port, self.frame, self.original)
        if is_repeatable(self.network, self.frame):
            self.memory.note_from_here(self.frame)
        self.go(self._enter(port))

    def go(self, decision: Decision) -> None:
        self._run(decision)
        if self.held:
            self._let_out(self.held)

    def _run(self, decision: Decision) -> None:
        """Act on decisions until the frame has ended."""
        while True:
            if type(decision) is Port:
                decision = self._leave(decision)
            elif decision is CONSUMED:
                return
            elif isinstance(decision, Reason):
                self.drop(decision)
                return
            elif isinstance(decision, Fork):
                self._fork(decision)
                return
            elif isinstance(decision, Redirect):
                decision = self._redirect(decision)

    # 1. and 2.
    def _enter(self, port: Port, bounced: bool = False) -> Decision:
        """Take the frame in by a port and through the port's device.

        `bounced` says that a service which is down fails open, as if it had sent the frame.
        """
        frame = self.frame
        if self.entered >= MAX_DEVICES:
            return too_many_ports(self, port)
        self.entered += 1
        self.in_port = port
        self.out_port = NO_PORT
        self.device = port.device
        self.nw_dst_rewritten = False
        if self.deciding:
            self.tell_frame(Entered, port)
        if port.is_router:
            self.received = _RECEIVED(frame)
        if port.service and not bounced:
            refused = service_refusal(port, frame)
            if refused is not None:
                return refused
        features = port.features
        if features is not None:
            if features.dscp is not None and not port.service:
                self._mark(port, features.dscp)
            if features.in_mirrors:
                mirror.copy(self, features.in_mirrors, port.alias)
        if not port.up and not bounced:
            return port_down(self, port)
        if features is not None and features.traces:
            watch(self, features.traces, port.alias)
        if features is not None and features.redirect_in is not None:
            verdict = self._filter(port, features.redirect_in, "l2insertion")
            if verdict is not None:
                return verdict
        if port.infilter is not None:
            verdict = self._filter(port, port.infilter, "infilter")
            if verdict is not None:
                return verdict
        if features is not None and features.post_in_mirrors:
            mirror.copy(self, features.post_in_mirrors, port.alias)
        # 3.
        if port.is_router:
            return router.process(self, port)
        return bridge.process(self, port)

    def _mark(self, port: Port, dscp: int) -> None:
        """Mark the frame; the two ECN bits stay (MidoNet: `BridgePort.ingressCommon`)."""
        frame = self.frame
        if frame.ethertype == ETHERTYPE_IPV4 and frame.fault is None:
            before, frame.tos = frame.tos, dscp << 2 | frame.tos & 3
            if self.recording and frame.tos != before:
                self.tell_rewritten(port.alias, "dscp", {"tos": (before, frame.tos)})

    # 4. and 5.
    def _leave(self, port: Port) -> Decision:
        if self.entered >= MAX_DEVICES:
            return too_many_ports(self, port)
        if port.is_router:
            if self.frame.hw_src == self.frame.hw_dst:
                # The next hop is the port itself (MidoNet: `RouterPort.egressCommon`).
                return self._enter(port)
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
        features = port.features
        if features is not None and features.pre_out_mirrors:
            mirror.copy(self, features.pre_out_mirrors, port.alias)
        if not port.up:
            return port_down(self, port)
        if port.outfilter is not None:
            verdict = self._filter(port, port.outfilter, "outfilter")
            if verdict is not None:
                return verdict
        if features is not None and features.redirect_out is not None:
            verdict = self._filter(port, features.redirect_out, "l2insertion")
            if verdict is not None:
                return verdict
        return self._emit(port)

    # 6.
    def _emit(self, port: Port) -> Decision:
        """Send the frame out of a port's interface, or into its peer."""
        network = self.network
        if port.features is not None and port.features.out_mirrors:
            mirror.copy(self, port.features.out_mirrors, port.alias)
        if port.interface is not None or (network.stations and takes(network, port, self.frame)):
            if not port.active and port.interface is not None:
                text = f"{port.alias} is bound to {port.interface}, which is not active"
                return Reason(Code.PORT_INACTIVE, port.alias, None, text)
            if self.forward:
                conntrack.remember(self, port)
            if self.deciding:
                self.tell_frame(Left, port)
            if self.held is None:
                self._deliver(port)
            else:
                self.held.append((port, self.frame))
            return CONSUMED
        peer = self.topology.ports[port.peer] if port.peer is not None else None
        if peer is None:
            text = f"{port.alias} is neither bound to an interface nor linked to another port"
            return self.error(Reason(Code.UNPLUGGED, port.alias, None, text))
        if self.deciding:
            self.tell_frame(Left, port)
        self.memory.pass_within(port.key, peer.key)
        if network.capturing:
            time_ns = self.now_ns + HOP_NS * self.entered
            network.capture(port.key, "out", time_ns, self.frame, self.number)
            network.capture(peer.key, "in", time_ns, self.frame, self.number)
        return self._enter(peer)

    def _filter(self, port: Port, key: Key, name: str) -> Verdict:
        """Run a chain of a port's; a reject at a router port is answered."""
        verdict = chain.run(self, key, port.alias, name)
        if port.is_router and type(verdict) is Reason and verdict.code == Code.RULE_REJECT:
            icmp_errors.answer(self, icmp_errors.PROHIBITED, port.alias)
        return verdict

    # A redirect rule took the frame.
    def _redirect(self, redirect: Redirect) -> Decision:
        """Go on at the target port of the rule: into it, or out of it past the port's filters.

        A service port that is down drops the frame or, failing open, acts as if the service had
        sent it back (MidoNet: `ServicePort` in `simulation/Port.scala`).
        """
        self.memory.give_up()
        rule = redirect.rule
        port = self.topology.ports[rule.target_port] if rule.target_port is not None else None
        if port is None:
            text = f"{rule.alias} redirects to a port that does not exist"
            return Reason(Code.REDIRECT_DOWN, redirect.at, rule.alias, text)
        if self.recording:
            event = Redirected(rule=rule.alias, port=port.alias, ingress=rule.ingress)
            self.tell(redirect.at, event)
        if rule.ingress:
            if port.interface is not None:
                self.entry = port
            return self._enter(port)
        if port.service and not (port.up and port.active):
            if rule.fail_open:
                return self._enter(port, bounced=True)
            text = f"{rule.alias} redirects to {port.alias}, which is down"
            return Reason(Code.REDIRECT_DOWN, port.alias, rule.alias, text)
        if port is self.in_port and not port.is_router:
            text = f"{rule.alias} sends it back to {port.alias}, where it came in"
            return Reason(Code.SAME_PORT, port.alias, rule.alias, text)
        self.out_port = port
        if port.vlan and self.frame.vlans and not port.is_router:
            bridge.pop_vlan(self, port)
        decision = self._emit(port)
        if isinstance(decision, Reason) and decision.rule is None and decision.at == port.alias:
            return Reason(decision.code, decision.at, rule.alias, decision.text, decision.details)
        return decision

    # Copies
    def _fork(self, ways: Fork) -> None:
        """Send a copy out of every port of the fork."""
        for port in ways.ports:
            self.branch(port, "flood" if len(ways.ports) > 1 else None)

    def branch(self, port: Port, why: str | None) -> None:
        place = self.in_port, self.out_port, self.device
        about = self.frame, self.received, self.nw_dst_rewritten
        who = self.number, self.parent, self.depth
        self.memory.give_up()
        if self.held is None:
            self.held = []
        self.frame, self.nw_dst_rewritten = self.frame.copy(), False
        if why is not None:
            self.parent, self.depth = self.number, self.depth + 1
            self.number = self.frame.walk = self.network.number_walk(self.parent)
            self.frame.depth += 1
            if self.recording:
                self.tell(port.alias, Branched(why=why, frame=headers(self.frame)))
        self._run(port)
        self.in_port, self.out_port, self.device = place
        self.frame, self.received, self.nw_dst_rewritten = about
        self.number, self.parent, self.depth = who

    def _let_out(self, held: list[tuple[Port, Frame]]) -> None:
        """Let the copies out that have waited, or end them all where one ended in an error.

        MidoNet: `SimDevice.merge` in `simulation/Simulator.scala`, where `ErrorDrop` wins.
        """
        failed = self.failed
        if failed is None:
            parents = self.network.parents
            for port, frame in held:
                # What happens to a copy from here on is told of its own walk.
                self.frame, self.number = frame, frame.walk
                self.parent = parents.get(frame.walk, self.parent)
                self._deliver(port)
            return
        self.frame = held[0][1]
        ports = ", ".join(dict.fromkeys(port.alias for port, _ in held))
        text = f"{ports} sends no copy, because another one ended in an error: {failed.text}"
        self.drop(Reason(failed.code, failed.at, failed.rule, text, failed.details))

    # Out
    def _deliver(self, port: Port) -> None:
        """Let the frame out of a port's interface, on whatever host that is."""
        refused = underlay.cross(self, port) if port.host != self.frame.host else None
        if refused is not None:
            self.drop(refused)
            return
        if self.flow is not None:
            self.flow.left(port, self.frame, self.now_ns)
            self.memory.keep_way(self.flow, self.topology.version)
        self.network.deliver(port, self.frame)

    def is_forward(self) -> bool:
        return conntrack.is_forward(self)
