"""Health monitors: the members of pools are checked, as haproxy checks and counts.

MidoNet runs a haproxy for each pool that has a monitor (`l4lb/HaproxyHealthMonitor.scala`). It
tries to connect to every member from the address of one of the pool's VIPs; when it is told UP or
DOWN it notes the member's status. Here its packets go the way of those that the balancer sends on
and gets back, seen by nobody: past the infilter, and back past the outfilter.

Counting is haproxy's (src/check.c): from DOWN a member comes up after `RISE` connections, fully UP
it goes down after `fall` failures, and at the start after the first one. The next check follows the
delay after the end of the one before; those of a pool's members are spread over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from midocli.simulator.devices import router
from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.entries import BINDING_LIFE_NS
from midocli.simulator.network import Network
from midocli.simulator.recorder import Unseen
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import HealthChecks, Member
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import TCP
from midocli.simulator.wire.segment import ACK, RST, SYN, Segment, read_segment, tcp_packet

RISE = 2
#: `timeout connect` of the configuration that MidoNet writes: a connection may take that long, or
#: the delay. `timeout check` counts from then on, and a check by TCP is over by then.
CONNECT_NS = 5 * SECOND_NS
#: What came of checks for so long, in a network that did not change, comes of them for ever: all
#: that is learnt from them was renewed or forgotten meanwhile.
STEADY_NS = 2 * BINDING_LIFE_NS
_FIRST_PORT, _PORTS = 32768, 28232
_WINDOW = 64240


class Monitors:
    """The checks of all pools. While time passes that nobody looks at, those whose outcome is
    known are left out until `horizon_ns` is near (None: somebody may look at any time).
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        self.horizon_ns: int | None = None
        self._pools: dict[Key, HealthChecks] = {}
        self._checks: dict[Key, list[Check]] = {}
        self._connections = 0

    def watch(self, pools: Mapping[Key, HealthChecks]) -> None:
        """Check these pools from now on, and no others; what is configured anew starts anew."""
        for key in [key for key, checks in self._pools.items() if pools.get(key) != checks]:
            self._stop(key)
        members = {member.key for checks in pools.values() for member in checks.members}
        found = self.network.state.found_alive
        for member in [member for member in found if member not in members]:
            del found[member]
        for key, checks in pools.items():
            if key not in self._pools:
                self._start(key, checks)

    def restart(self) -> None:
        """Begin anew, after all was forgotten."""
        pools = dict(self._pools)
        for key in pools:
            self._stop(key)
        self.watch(pools)

    def leave_out_until(self, horizon_ns: int) -> None:
        """Leave out what changes nothing until then: nobody looks before."""
        self.horizon_ns = horizon_ns

    def look(self) -> None:
        """Let nothing be left out any more: somebody may look from now on."""
        self.horizon_ns = None
        for checks in self._checks.values():
            for check in checks:
                check.be_due()

    def next_port(self) -> int:
        """The port that the next connection comes from."""
        self._connections += 1
        return _FIRST_PORT + self._connections % _PORTS

    def _start(self, key: Key, checks: HealthChecks) -> None:
        self._pools[key] = checks
        count = len(checks.members)
        self._checks[key] = [
            Check(self, checks, member, checks.delay_ns * number // count)
            for number, member in enumerate(checks.members)
        ]

    def _stop(self, key: Key) -> None:
        del self._pools[key]
        for check in self._checks.pop(key):
            check.stop()


class Check(Unseen):
    """The checks of one member, which are the origin of all they send."""

    __slots__ = (
        "_answer_to",
        "_due_ns",
        "_health",
        "_member",
        "_monitors",
        "_network",
        "_pool",
        "_steady_ns",
        "_version",
    )

    def __init__(
        self, monitors: Monitors, pool: HealthChecks, member: Member, after_ns: int
    ) -> None:
        self._monitors = monitors
        self._network = monitors.network
        self._pool = pool
        self._member = member
        #: 0 to RISE - 1: down; from RISE on up, and fully so with RISE + fall - 1.
        self._health = RISE
        #: Since when every check has come to the same, and with which topology.
        self._steady_ns = self._network.engine.now_ns
        self._version = self._network.topology.version
        #: Where the answer to the connection that is being tried is taken (None: none is).
        self._answer_to: tuple[Key, int, int] | None = None
        self._due_ns: int | None = None
        self._wait(self._network.engine.now_ns + after_ns)

    def stop(self) -> None:
        """Check no more."""
        self._due_ns = None
        self._hang_up()

    def be_due(self) -> None:
        """Let the next check be at its time, if it was left out until later."""
        latest_ns = self._network.engine.now_ns + self._pool.delay_ns
        if self._answer_to is None and self._due_ns is not None and self._due_ns > latest_ns:
            self._wait(latest_ns)

    # One connection

    def _wait(self, time_ns: int) -> None:
        """Have the next thing happen at a time, and nothing else."""
        self._due_ns = time_ns
        self._network.engine.in_background(time_ns, partial(self._wake, time_ns))

    def _wake(self, time_ns: int) -> None:
        if time_ns != self._due_ns:
            return
        if self._answer_to is not None:
            self._ended(alive=False)
            return
        port = self._monitors.next_port()
        self._answer_to = self._pool.router, self._pool.address, port
        self._network.checkers[self._answer_to] = self._answered
        self._wait(time_ns + min(self._pool.delay_ns, CONNECT_NS))
        self._send(port, Segment(port, 0, SYN, _WINDOW))

    def _answered(self, frame: Frame) -> None:
        """Take what came back: accepted is alive, a reset or an ICMP error is not."""
        segment = read_segment(frame) if frame.proto == TCP else None
        if segment is None or segment.flags & RST:
            self._ended(alive=False)
        elif segment.flags & (SYN | ACK) == SYN | ACK:
            self._send(frame.tp_dst, Segment(segment.ack, segment.seq + 1, RST | ACK, 0))
            self._ended(alive=True)

    def _send(self, port: int, segment: Segment) -> None:
        network, member, pool = self._network, self._member, self._pool
        frame = tcp_packet(pool.address, port, member.address, member.port, segment)
        frame.origin = self
        plan = network.topology.router_plans[pool.router]
        if plan is not None and plan.router.up:
            walk = Pipeline(network, frame, device=pool.router)
            walk.go(router.route(walk, plan.router, plan))

    def _hang_up(self) -> None:
        if self._answer_to is not None:
            del self._network.checkers[self._answer_to]
            self._answer_to = None

    # What came of it

    def _ended(self, alive: bool) -> None:
        self._hang_up()
        known = self._network.state.found_alive.get(self._member.key)
        self._count(alive)
        now_ns, version = self._network.engine.now_ns, self._network.topology.version
        if alive is not known or version != self._version:
            self._steady_ns, self._version = now_ns, version
        next_ns, horizon_ns = now_ns + self._pool.delay_ns, self._monitors.horizon_ns
        if horizon_ns is not None and now_ns - self._steady_ns >= STEADY_NS:
            next_ns = max(next_ns, horizon_ns - STEADY_NS)
        self._wait(next_ns)

    def _count(self, alive: bool) -> None:
        """Count as haproxy does, and note what it calls UP or DOWN without reserve."""
        whole = RISE + self._pool.fall - 1
        if alive:
            self._health = whole if self._health + 1 >= RISE else self._health + 1
        else:
            self._health = self._health - 1 if self._health > RISE else 0
        if self._health in (0, whole):
            self._network.state.found_alive[self._member.key] = self._health == whole
