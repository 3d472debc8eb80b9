"""The flows of the datapath: what became of the last packet like this one.

MidoNet's agent simulates the first packet of a flow and lets Open vSwitch do the same with the
others until nobody sends any for a minute. A flow is a note here of what it matched, how many
there were, and where the last one went; those that can go the same way do (`fast_path.py`).
"""

from __future__ import annotations

from operator import attrgetter

from midocli.simulator.learnt.basis import Basis
from midocli.simulator.learnt.entries import FLOW_IDLE_NS
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.frame import Frame

#: How many are kept; the one used longest ago gives way (MidoNet: `max_flow_count`).
MAX_FLOWS = 20_000

#: (nw_src, nw_dst, proto, tp_src, tp_dst, icmp_id) of a frame as it entered.
Original = tuple[int, int, int, int, int, int]
#: (in-port, hw_src, hw_dst, vlans, ethertype, the rest).
Match = tuple[Key, int, int, tuple[int, ...], int, Original]
#: (hw_src, hw_dst, vlans, nw_src, nw_dst, tos, ttl, tp_src, tp_dst): what a walk may change.
Header = tuple[int, int, tuple[int, ...], int, int, int, int, int, int]
#: A port that a packet left by, with its header then.
Output = tuple[Port, Header]
ORIGINAL = attrgetter("nw_src", "nw_dst", "proto", "tp_src", "tp_dst", "icmp_id")
_HEADER = attrgetter(
    "hw_src", "hw_dst", "vlans", "nw_src", "nw_dst", "tos", "ttl", "tp_src", "tp_dst"
)


class FlowPath:
    """The way of a flow's packets: the basis of the walk, and the one port at its end."""

    __slots__ = ("basis", "found", "outputs", "unseen_by", "until_ns", "version")

    def __init__(self, basis: Basis, version: int, outputs: tuple[Output, ...]) -> None:
        self.basis = basis
        self.found = tuple(basis.found)
        self.until_ns = basis.until_ns
        self.version = version
        self.outputs = outputs
        #: Those who capture, if none of them does at a port within.
        self.unseen_by: object = None


class Flow:
    """The packets that entered by one port with the same addresses and ports.

    `outputs` are the exterior ports the last one left by, each with its header then; none, and
    not `dropped`: it was taken in, or still waits, and there is no flow yet. `path` is the way
    that the next one can go without a walk, if it can.
    """

    __slots__ = ("dropped", "match", "outputs", "packets", "path", "tos", "ttl", "used_ns")

    def __init__(self, match: Match) -> None:
        self.match = match
        self.packets = self.used_ns = self.tos = self.ttl = 0
        self.outputs: tuple[Output, ...] = ()
        self.dropped = False
        self.path: FlowPath | None = None

    def before(self) -> Header:
        """The header that the last packet had on entering."""
        _, hw_src, hw_dst, vlans, _, (nw_src, nw_dst, _, tp_src, tp_dst, _) = self.match
        return hw_src, hw_dst, vlans, nw_src, nw_dst, self.tos, self.ttl, tp_src, tp_dst

    def left(self, port: Port, frame: Frame, now_ns: int) -> None:
        """Note that its packet left by a port."""
        self.used_ns = now_ns
        self.outputs += ((port, _HEADER(frame)),)


class Flows:
    """All of them, the one used last at the end."""

    __slots__ = ("_flows",)

    def __init__(self) -> None:
        self._flows: dict[Match, Flow] = {}

    def begin(self, port: Port, frame: Frame, original: Original, now_ns: int) -> Flow:
        """The flow of a frame that enters by a port."""
        match = (port.key, frame.hw_src, frame.hw_dst, frame.vlans, frame.ethertype, original)
        flows = self._flows
        flow = flows.get(match)
        if flow is None:
            flow = flows[match] = Flow(match)
            if len(flows) > MAX_FLOWS:
                del flows[next(iter(flows))]
        self.use(flow, frame, now_ns)
        flow.outputs = ()
        flow.dropped = False
        flow.path = None
        return flow

    def of(self, port: Port, frame: Frame) -> Flow | None:
        """The flow of a frame that is about to enter by a port, if there was one like it."""
        return self._flows.get(
            (port.key, frame.hw_src, frame.hw_dst, frame.vlans, frame.ethertype, ORIGINAL(frame))
        )

    def use(self, flow: Flow, frame: Frame, now_ns: int) -> None:
        """Count one more packet of a flow."""
        self._flows[flow.match] = self._flows.pop(flow.match)
        flow.packets += 1
        flow.used_ns = now_ns
        flow.tos, flow.ttl = frame.tos, frame.ttl

    def live(self, now_ns: int) -> list[Flow]:
        """The flows in use, the one used last at the end."""
        return [
            flow
            for flow in self._flows.values()
            if now_ns - flow.used_ns < FLOW_IDLE_NS and (flow.outputs or flow.dropped)
        ]

    def clear(self) -> None:
        """Forget them: what they rest on has changed."""
        self._flows.clear()
