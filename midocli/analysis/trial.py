"""One packet tried: whether it gets there, and its answer back.

For TCP that is a whole connection, as `connect` makes it, for ICMP an echo request; of other
protocols, which machines do not speak, a packet is sent back as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from midocli.advice.failure import Failure
from midocli.analysis.atoms import Packet
from midocli.simulator.events import Consumed
from midocli.simulator.guests.client import Client, TcpClient, UdpClient
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.latency import ANSWER_NS, SECOND_NS
from midocli.simulator.listeners import Arrival
from midocli.simulator.reason import Code, LocalError, Reason
from midocli.simulator.recorder import Recorder, Step
from midocli.simulator.wire.addresses import ip_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import inherit
from midocli.simulator.wire.protocol import (
    DF,
    ECHO_REPLY,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    FAILURES,
    ICMP,
    TCP,
    UDP,
    UNREACHABLE,
)
from midocli.trace.verdict import decisive

if TYPE_CHECKING:
    from midocli.analysis.laboratory import Laboratory
    from midocli.simulator.topology.keys import Key

#: As long as `connect` waits, and ping(8) for the answer to its only request.
_WAIT_NS = {TCP: 5 * SECOND_NS, UDP: 5 * SECOND_NS}
_LONG_NS = 10 * SECOND_NS
_DATA = b"hello"
_ID = 4242
_PORT_UNREACHABLE = 3
#: How addresses of groups begin, and 255.255.255.255.
_GROUPS = 0xE


class Outcome(NamedTuple):
    """What became of a packet: it was answered, or the failure that explains why not.

    `unknown`: it went where no machine is known. `heard`: something of it was answered.
    """

    reached: bool
    failure: Failure | None = None
    unknown: bool = False
    heard: bool = False


class Trial:
    """One packet from a machine's address to an address.

    If another than the machine that is `meant` has that, too, it has to come to that machine.
    """

    def __init__(
        self, lab: Laboratory, key: Key, source: int, target: int, meant: Key = None
    ) -> None:
        self._lab = lab
        self._network = lab.network
        self._stack: GuestStack = lab.network.guest(key)
        self._source = source
        self._target = target
        holders = lab.holders[target] if meant is not None else ()
        self._meant = meant if meant in holders and len(holders) > 1 else None

    def run(self, packet: Packet) -> Outcome:
        """Send it, and wait for its answer."""
        self._origin = object()
        self._drops: list[tuple[Reason, Frame]] = []
        self._arp_drops: list[tuple[Reason, Frame]] = []
        self._reached = self._heard = False
        self._error: Reason | None = None
        #: Who answered instead of who was asked.
        self._stranger: int | None = None
        self._packet = packet
        plan = self._network.topology.guest_plans[self._stack.key]
        to_all = self._target >> 28 >= _GROUPS or (plan and self._target in plan.broadcasts)
        self._lab.asker = None if to_all else self._stack.key
        #: Who took it for its own, where no event tells that.
        self._takers = list[str]()
        listeners, key = self._network.listeners, self._stack.key
        listeners.add(key, self._arrived)
        try:
            with self._network.telling_drops(self._dropped):
                return self._try(packet) if self._meant is None else self._try_for(self._meant)
        finally:
            listeners.remove(key, self._arrived)

    def _try_for(self, meant: Key) -> Outcome:
        """The same, where others have the address of the machine that is meant."""
        recorder = Recorder(wants_events=True)
        self._network.watch(recorder)
        try:
            outcome = self._try(self._packet)
        finally:
            self._network.unwatch(recorder)
        there = self._network.guest(meant).alias
        takers = [*self._takers, *(step.at for step in recorder.steps if self._is_taking(step))]
        taker = takers[0] if takers else self._stack.alias
        if not outcome.reached or taker == there:
            return outcome
        text = f"it comes to {taker} instead of {there}: both have the address"
        reason = Reason(Code.NO_ANSWER, taker, None, text, {"instead": True})
        return Outcome(False, self._failure(reason, None))

    def _is_taking(self, step: Step) -> bool:
        """Whether a machine takes a packet of the exchange."""
        event, proto = step.event, self._packet.proto
        is_taken = isinstance(event, Consumed) and event.frame.proto == proto
        return is_taken and step.origin is self._origin

    def _try(self, packet: Packet) -> Outcome:
        engine = self._network.engine
        with_client = packet.proto in _WAIT_NS
        failure = self._talk(packet) if with_client else self._send(packet)
        if failure is not None:
            text = f"{self._stack.alias}: {failure.text}"
            reason = Reason(Code.NO_ROUTE, self._stack.alias, None, text)
            return Outcome(False, self._failure(reason, None))
        limit_ns = engine.now_ns + _WAIT_NS.get(packet.proto, _LONG_NS)
        engine.run(self._is_over, limit_ns)
        if with_client:
            self._reached = self._client.outcome is not None
            del self._stack.sockets[self._socket]
        if self._reached:
            return Outcome(True, heard=True)
        return self._failed()

    def _is_over(self) -> bool:
        return self._reached or self._error is not None or self._has_client_ended()

    def _has_client_ended(self) -> bool:
        return self._packet.proto in _WAIT_NS and self._client.outcome is not None

    # -- sending -----------------------------------------------------------------------

    def _talk(self, packet: Packet) -> LocalError | None:
        kind: type[TcpClient] | type[UdpClient] = TcpClient if packet.proto == TCP else UdpClient
        local, remote = (self._source, packet.src_port), (self._target, packet.dst_port)
        client = kind(self._stack, local, remote, self._origin)
        self._client: Client = client
        self._socket = (packet.proto, local[1], *remote)
        self._stack.sockets[self._socket] = partial(self._receive, client.receive)
        failure = client.start(_DATA)
        if failure is not None:
            del self._stack.sockets[self._socket]
        return failure

    def _receive(self, receive: Callable[[Frame], None], frame: Frame) -> None:
        self._heard = True
        receive(frame)

    def _send(self, packet: Packet) -> LocalError | None:
        if packet.proto == ICMP:
            data = bytes(56)
            source = self._source
            return self._stack.send_echo(
                self._target, _ID, 1, data, src=source, origin=self._origin
            )
        frame = _plain(packet.proto, self._source, self._target)
        frame.origin = self._origin
        return self._stack.send(frame)

    # -- what comes of it ----------------------------------------------------------------

    def _arrived(self, arrival: Arrival) -> None:
        frame, packet = arrival.frame, self._packet
        if frame.proto != ICMP:
            return
        if frame.tp_src == ECHO_REPLY:
            ours = packet.proto == ICMP and frame.icmp_id == _ID
            self._reached = self._reached or (ours and frame.nw_src == self._target)
            self._stranger = frame.nw_src if ours else None
        elif frame.tp_src in FAILURES and arrival.quoted is not None:
            self._take_error(frame, arrival.quoted)

    def _take_error(self, frame: Frame, quoted: Frame) -> None:
        packet = self._packet
        ours = quoted.proto == packet.proto and quoted.nw_dst == self._target
        if packet.proto in _WAIT_NS:
            ours = ours and (quoted.tp_src, quoted.tp_dst) == packet[1:]
        is_answer = (frame.tp_src, frame.tp_dst) == (UNREACHABLE, _PORT_UNREACHABLE)
        if ours and is_answer and packet.proto in _WAIT_NS:
            self._reached = True
        elif ours and packet.proto in (ICMP, *_WAIT_NS):
            self._error = self._why()

    def _dropped(self, origin: object, reason: Reason, frame: Frame) -> None:
        if frame.ethertype == ETHERTYPE_ARP:
            self._arp_drops.append((reason, frame))
        if origin is not self._origin:
            return
        if self._packet.proto not in (ICMP, TCP, UDP) and self._is_taken(reason, frame):
            return
        self._drops.append((reason, frame))

    def _is_taken(self, reason: Reason, frame: Frame) -> bool:
        """Whether a packet that machines do not speak came to the machine it was for."""
        taken = frame.ethertype == ETHERTYPE_IPV4 and frame.proto == self._packet.proto
        if not taken or not reason.details.get("meant") or reason.code != Code.NO_ANSWER:
            return False
        if frame.nw_dst == self._source and reason.at == self._stack.alias:
            self._reached = frame.nw_src == self._target
            self._stranger = frame.nw_src
            return True
        guests = self._network.topology.guests
        for key in self._lab.holders[frame.nw_dst]:
            guest = guests[key]
            if guest is not None and guest.alias == reason.at:
                answer = _plain(frame.proto, frame.nw_dst, frame.nw_src)
                inherit(answer, frame)
                self._takers.append(guest.alias)
                self._network.guest(key).send(answer, ANSWER_NS)
        return True

    def _why(self) -> Reason | None:
        pending = self._network.pending(self._origin)
        return decisive(self._drops, pending, self._arp_drops, self._lab.home_of)

    def _failed(self) -> Outcome:
        reason = self._error or self._why()
        if self._stranger is not None:
            asked, answered = ip_text(self._target), ip_text(self._stranger)
            text = f"it is answered, but by {answered} instead of {asked}"
            reason = Reason(Code.NO_ANSWER, self._stack.alias, None, text)
        if reason is None:
            text = "no answer came back in time, and nothing was dropped"
            reason = Reason(Code.NO_ANSWER, self._stack.alias, None, text)
        ended = next((frame for each, frame in self._drops if each is reason), None)
        unknown = bool(reason.details.get("nobody")) or self._asks_nobody(reason)
        return Outcome(False, self._failure(reason, ended), unknown, self._heard)

    def _asks_nobody(self, reason: Reason) -> bool:
        """Whether an address was asked for where a machine may be that nobody knows."""
        address = reason.details.get("address")
        if reason.code != Code.ARP_TIMEOUT or not isinstance(address, int):
            return False
        if self._lab.holders[address]:
            return False
        return any(
            end.details.get("nobody") and frame.nw_dst == address for end, frame in self._arp_drops
        )

    def _failure(self, reason: Reason, frame: Frame | None) -> Failure:
        return Failure(reason, frame, self._stack.alias, self._target)


def _plain(proto: int, source: int, target: int) -> Frame:
    """A packet of a protocol of which nothing is known but its number."""
    frame = Frame(nw_src=source, nw_dst=target, proto=proto, tos=0, ttl=64, fragment=DF)
    frame.payload = _DATA
    return frame
