"""The protocol stack of a guest: what its protocols use of it, and of the network.

What a guest does with what it gets, and how it sends, is put together in `linux`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Literal

from midocli.simulator.events import Consumed, Event, Generated, Sent
from midocli.simulator.latency import SECOND_NS, STACK_NS
from midocli.simulator.learnt.entries import Neighbour
from midocli.simulator.network import Network
from midocli.simulator.reason import Code, LocalError, Reason
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import GuestPlan
from midocli.simulator.topology.records import Nic
from midocli.simulator.wire.addresses import NO_ADDRESS, ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.headers import headers
from midocli.simulator.wire.packets import echo_request
from midocli.simulator.wire.protocol import DF

DfPolicy = Literal["want", "do", "dont"]

PATH_MTU_LIFE_NS = 600 * SECOND_NS


class GuestStack(ABC):
    """The stack of one guest. What it remembers is in the network's `State`."""

    __slots__ = ("arp_listener", "key", "network", "sockets")

    def __init__(self, network: Network, key: Key) -> None:
        self.network = network
        self.key = key
        #: (protocol, port) of a probe, with (address, port) of the other end if the socket is
        #: connected -> who takes the packets.
        self.sockets: dict[tuple[int, ...], Callable[[Frame], None]] = {}
        #: Who wants to know of ARP replies to the guest (None: nobody).
        self.arp_listener: Callable[[Frame], None] | None = None

    @property
    def plan(self) -> GuestPlan | None:
        """The guest with its addresses and routes (None: it is gone)."""
        return self.network.topology.guest_plans[self.key]

    @property
    def ip_id(self) -> int:
        """The IP identification of the guest's next packet; it can be set."""
        ids = self.network.state.ip_ids
        if self.key not in ids:
            plan = self.plan
            first = plan.guest.ip_id if plan is not None else None
            ids[self.key] = self.network.rng.randint(1, 0xFFFF) if first is None else first
        return ids[self.key]

    @ip_id.setter
    def ip_id(self, value: int) -> None:
        self.network.state.ip_ids[self.key] = value & 0xFFFF

    def next_ip_id(self) -> int:
        """The identification for a packet; the next one gets one more, never 0."""
        ids = self.network.state.ip_ids
        value = ids.get(self.key)
        if value is None:
            value = self.ip_id
        ids[self.key] = value + 1 if value < 0xFFFF else 1
        return value

    @abstractmethod
    def receive(self, nic_index: int, frame: Frame) -> None:
        """Take in a frame that arrived at an interface."""

    @abstractmethod
    def send(self, frame: Frame, delay_ns: int = STACK_NS) -> LocalError | None:
        """Send a packet of the guest's own: only its IP fields need be set.

        The source address is filled in when it has none. A packet too long for the link is
        fragmented, or refused if it must not be.
        """

    def send_echo(
        self,
        dst: int,
        icmp_id: int,
        seq: int,
        data: bytes,
        *,
        ttl: int = 64,
        tos: int = 0,
        df: DfPolicy = "want",
        ip_id: int | None = None,
        src: int = NO_ADDRESS,
        origin: object = None,
    ) -> LocalError | None:
        """Send an ICMP echo request now, as ping does; the error, if it could not be sent.

        `df`: `want` sets DF and fragments what is too long; `do` sets DF with IP id 0 and
        refuses what is too long; `dont` leaves DF clear. It is at the interface `STACK_NS`
        later.
        """
        frame = echo_request(src, dst, icmp_id, seq, data, ttl, tos)
        frame.origin = origin
        length, mtu = frame.ip_length(), self.path_mtu(dst)
        if df == "do":
            frame.fragment = DF
            if mtu is not None and length > mtu:
                return LocalError("message-too-long", f"message too long, mtu={mtu}", mtu)
        elif df == "want" and (mtu is None or length <= mtu):
            frame.fragment = DF
        if ip_id is not None:
            frame.ip_id = ip_id
        elif df != "do":
            frame.ip_id = self.next_ip_id()
        return self.send(frame)

    def path_mtu(self, dst: int) -> int | None:
        """The largest packet that gets to a destination, as far as is known (None: no route)."""
        plan = self.plan
        entry = plan.route(dst) if plan is not None else None
        if plan is None or entry is None:
            return None
        mtu = plan.guest.nics[entry[3]].mtu
        known = self.network.state.path_mtus.get((self.key, dst))
        if known is not None and self.network.engine.now_ns - known[1] < PATH_MTU_LIFE_NS:
            mtu = min(mtu, known[0])
        return mtu

    def out(self, nic: Nic, mac: int, frame: Frame, delay_ns: int) -> None:
        """Put a frame on an interface's wire after a delay."""
        frame.hw_src = nic.mac
        frame.hw_dst = mac
        if nic.vlan:
            frame.vlans = (0x8100 << 16 | nic.vlan,)
        network = self.network
        if not nic.interface and nic.port is None:
            text = f"{self.alias} is behind no interface"
            self.drop(frame, Code.UNPLUGGED, text)
            return
        if network.wants_events:
            self.tell(Sent(nic=nic.name, frame=headers(frame)), frame)
        network.engine.at(network.engine.now_ns + delay_ns, partial(network.transmit, nic, frame))

    @property
    def alias(self) -> str:
        """The guest's alias."""
        plan = self.plan
        return plan.guest.alias if plan is not None else ""

    @contextmanager
    def telling_arp_replies(self, listener: Callable[[Frame], None]) -> Iterator[None]:
        """Tell a listener, and nobody else, of ARP replies to the guest meanwhile."""
        before, self.arp_listener = self.arp_listener, listener
        try:
            yield
        finally:
            self.arp_listener = before

    def socket_for(self, frame: Frame) -> Callable[[Frame], None] | None:
        """Who waits for a TCP or UDP packet: from its sender, or from anybody."""
        here = frame.proto, frame.tp_dst
        connected = self.sockets.get((*here, frame.nw_src, frame.tp_src))
        return connected or self.sockets.get(here)

    def why_unheard(self, frame: Frame, protocol: str) -> str:
        """Why nobody takes a TCP or UDP packet."""
        for proto, port, *other in self.sockets:
            if (proto, port) == (frame.proto, frame.tp_dst) and other:
                address, other_port = other
                return (
                    f"its {protocol} port {port} talks to {ip_text(address)}:{other_port},"
                    f" not to {ip_text(frame.nw_src)}:{frame.tp_src}"
                )
        return f"nothing listens on {protocol} port {frame.tp_dst} of {self.alias}"

    def drop(
        self, frame: Frame, code: Code, text: str, details: dict[str, object] | None = None
    ) -> None:
        """End a frame here, for a reason, whose details say if the guest is who it was for."""
        plan = self.plan
        meant = plan is not None and frame.nw_dst in plan.local
        details = {**(details or {}), **({"meant": True} if meant else {})}
        self.network.drop(Reason(code, self.alias, None, text, details), frame)

    def tell(self, event: Event, frame: Frame) -> None:
        """Record an event at this guest."""
        self.network.tell(self.alias, event, frame)

    def tell_consumed(self, frame: Frame, what: str) -> None:
        """Record, if anybody wants to know, that the guest took a packet."""
        if self.network.wants_events:
            self.tell(Consumed(what=what, frame=headers(frame)), frame)

    def tell_generated(self, frame: Frame, what: str, cause: Frame) -> None:
        """Record, if anybody wants to know, that the guest made a frame because of another."""
        if self.network.wants_events:
            self.tell(Generated(what=what, port=None, frame=headers(frame)), cause)

    def waiting_reason(self, entry: Neighbour) -> Reason:
        """Why a packet waits for a neighbour."""
        text = f"{self.alias} has no answer to its ARP requests for {ip_text(entry.address)}"
        return Reason(Code.ARP_TIMEOUT, self.alias, None, text, {"address": entry.address})
