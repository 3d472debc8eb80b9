"""The walk of one frame through the virtual network: where it is, and what is known of it.

Devices look at it, change its frame, tell of it and decide (`decisions`); what they decide is acted
on by `pipeline.Pipeline`, whose methods they know by name alone.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from copy import copy
from typing import Self

from midocli.simulator.devices.decisions import Decision
from midocli.simulator.events import Changes, Dropped, Entered, Event, Generated, Left, Rewritten
from midocli.simulator.latency import HOP_NS
from midocli.simulator.learnt.flows import ORIGINAL, Flow, Original
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.network import Network
from midocli.simulator.reason import Code, Reason
from midocli.simulator.recorder import Step
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers


class Walk(ABC):
    """One frame on its way: where it is, and what was noticed about it so far."""

    __slots__ = (
        "deciding",
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
        "memory",
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
        "stateless",
        "topology",
        "trail",
    )

    def __init__(
        self, network: Network, frame: Frame, *, generated: bool = False, device: Key = None
    ) -> None:
        self.network = network
        self.topology = network.topology
        #: What the network has learnt; it notes what is looked up and changed.
        self.memory = network.memory()
        self.rng = network.rng
        self.now_ns = network.engine.now_ns
        #: Whether somebody wants all that happens, and whether at least decisions.
        self.recording = network.wants_events
        self.deciding = network.wants_decisions
        #: What happens, noted while trace requests are enabled.
        self.trail = Trail() if network.traced else None
        self.frame = frame
        #: The ports of the device now at work, and the one by which the frame came in at all.
        self.in_port = self.out_port = self.entry = NO_PORT
        #: Key of the device now at work.
        self.device = device
        self.entered = 0
        #: What leaves when all copies have ended (None: there are none), and the error of one.
        self.held: list[tuple[Port, Frame]] | None = None
        self.failed: Reason | None = None
        #: Whether the network made the frame itself, and whether rules may use NAT state.
        self.generated = generated
        self.stateless = False
        self.nw_dst_rewritten = False
        #: Its direction, once a rule has asked.
        self.forward: bool | None = None
        #: The flow it belongs to, if it came from outside.
        self.flow: Flow | None = None
        self.original: Original = ORIGINAL(frame)
        #: (hw_src, hw_dst, nw_src, nw_dst, ttl, tp_src, tp_dst) on entering the last router.
        self.received = (0, 0, 0, 0, 0, 0, 0)
        self.parent, self.depth = frame.walk, frame.depth
        self.number = frame.walk = network.number_walk(frame.walk)
        frame.depth += 1

    # What the pipeline does

    @abstractmethod
    def go(self, decision: Decision) -> None:
        """Act on decisions until the frame and all its copies have ended."""

    @abstractmethod
    def branch(self, port: Port, why: str | None) -> None:
        """Let a copy of the frame, as it is now, leave by a port; the walk is then as it was.

        With `why` the copy goes on in a walk with a number of its own. What leaves waits from now
        on until all copies have ended.
        """

    @abstractmethod
    def is_forward(self) -> bool:
        """Whether the frame goes in its connection's forward direction."""

    # What devices do

    def error(self, reason: Reason) -> Reason:
        """A reason after which no copy leaves, and no new binding stays (MidoNet: `ErrorDrop`)."""
        self.failed = self.failed or reason
        return reason

    def generate(self, frame: Frame, port: Port, what: str, at: str) -> None:
        """Have the network send a frame it made out of a port, once this walk is done."""
        self.memory.give_up()
        if self.recording:
            self.tell(at, Generated(what=what, port=port.alias, frame=headers(frame)))
        self.network.send_generated(frame, port)

    def parked(self) -> Self:
        """A copy that can go on later, whatever happens to this walk's other branches."""
        parked = copy(self)
        parked.held = parked.failed = None
        parked.memory = copy(self.memory)
        parked.memory.give_up()
        return parked

    def wake(self) -> None:
        """Notice, after waiting, what time it is and who watches."""
        self.now_ns = self.memory.now_ns = self.network.engine.now_ns
        self.recording = self.network.wants_events
        self.deciding = self.network.wants_decisions

    def drop(self, reason: Reason) -> None:
        """End the frame for a reason."""
        if self.flow is not None:
            self.flow.dropped = reason.code is not Code.ARP_IGNORED
        if self.failed is not None:
            self.memory.unbind_made()
        if self.deciding:
            self.tell(reason.at, Dropped(reason=reason, frame=headers(self.frame)))
        self.network.drop_listener(self.frame.origin, reason, self.frame)

    def tell(self, at: str, event: Event) -> None:
        """Record an event of this walk (only when recording or, a decision, when deciding)."""
        time_ns = self.now_ns + HOP_NS * max(self.entered - 1, 0)
        who = (self.number, self.parent, self.depth)
        self.network.record(Step(time_ns, *who, at, event, self.frame.origin), self.trail)

    def tell_rewritten(self, at: str, why: str, changes: Changes) -> None:
        """Record that header fields changed."""
        if changes:
            self.tell(at, Rewritten(why=why, changes=changes))

    def tell_frame(self, kind: type[Entered | Left], port: Port) -> None:
        """Record that the frame entered or left by a port (only when deciding)."""
        if self.recording or self.network.is_news(port.key):
            device = self.network.alias_of_device(port)
            self.tell(port.alias, kind(device=device, frame=headers(self.frame)))
