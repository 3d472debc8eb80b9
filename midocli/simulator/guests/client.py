"""The client's end of a TCP connection or UDP exchange, for probes (RFC 9293, RFC 768).

A connection goes through handshake, data and its echo, and close. What is not acknowledged is
sent again as Linux does: a SYN after 1 and 3 seconds, data after 0.2, 0.6, 1.4 …
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.guests.tcp import link_mtu, stamp_of
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import LocalError
from midocli.simulator.wire.datagram import udp_data, udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import TCP, UDP
from midocli.simulator.wire.segment import (
    ACK,
    FIN,
    HEADERS_LENGTH,
    MSS,
    PSH,
    RST,
    SYN,
    TIMESTAMPS,
    WINDOW_SCALE,
    Segment,
    read_options,
    read_segment,
    scaled,
    stamp_offset,
    syn_options,
    tcp_packet,
)

SYN_WINDOW = 64240
#: After what time a SYN is sent again (TCP_TIMEOUT_INIT); each time it doubles.
SYN_TIMEOUT_NS = SECOND_NS
#: The shortest time after which data are sent again (TCP_RTO_MIN).
DATA_TIMEOUT_NS = SECOND_NS // 5
#: What a segment is taken to hold at most, where the other end does not say (RFC 9293, 3.7.1).
DEFAULT_MSS = 536
_STAMPS_LENGTH = 12
_WORD = 0xFFFFFFFF


class Client:
    """Talks to one port from one port of a guest; `outcome` is set when it is over.

    Outcomes: `open` (data came back, and a connection closed) and `refused` (a
    reset). What else can happen (ICMP errors, silence) is the probe's to notice.
    """

    def __init__(
        self, stack: GuestStack, local: tuple[int, int], remote: tuple[int, int], origin: object
    ) -> None:
        self.stack = stack
        self.local = local
        self.remote = remote
        self.origin = origin
        self.outcome: str | None = None

    def close(self) -> None:
        """Send nothing any more."""

    def send(self, frame: Frame) -> LocalError | None:
        """Send a packet of this exchange."""
        frame.origin = self.origin
        return self.stack.send(frame)


class UdpClient(Client):
    """A datagram, and whether its data come back."""

    protocol = UDP

    def start(self, data: bytes) -> LocalError | None:
        """Send the data."""
        frame = udp_packet(*self.local, *self.remote, data)
        frame.ip_id = self.stack.next_ip_id()
        return self.send(frame)

    def receive(self, frame: Frame) -> None:
        """Any answer will do."""
        if udp_data(frame) is not None:
            self.outcome = "open"


class TcpClient(Client):
    """A connection: SYN, data, FIN, each when the one before was acknowledged."""

    protocol = TCP
    _timer: Callable[[], None] | None = None

    def start(self, data: bytes) -> LocalError | None:
        """Send the SYN, with the options and window Linux gives it."""
        self._data = data
        self._echoed = 0
        self._next: Callable[[Segment], None] = self._on_syn_ack
        self._seq = self.stack.network.rng.getrandbits(32)
        self._ack = 0
        self._stamp_offset = stamp_offset(self._seq)
        self._stamp = b""
        self._mss = self._own_mss()
        #: What was sent and not acknowledged yet: (sequence number, flags, data).
        self._unacked: list[tuple[int, int, bytes]] = []
        self._timeout_ns = SYN_TIMEOUT_NS
        return self._send(SYN)

    def close(self) -> None:
        self._unacked = []
        self._start_timer()

    def receive(self, frame: Frame) -> None:
        """Take a segment of the other end in its turn."""
        segment = read_segment(frame)
        if segment is None or self.outcome is not None:
            return
        if segment.flags & RST:
            self.close()
            self.outcome = "refused"
            return
        self._stamp = read_options(segment.options).get(TIMESTAMPS, b"")[:4]
        if segment.flags & ACK:
            self._acknowledged(segment.ack)
        self._next(segment)

    # -- the turns -------------------------------------------------------------------

    def _on_syn_ack(self, segment: Segment) -> None:
        if segment.flags & (SYN | ACK) != SYN | ACK:
            return
        theirs = read_options(segment.options).get(MSS, b"")
        mss = int.from_bytes(theirs, "big") if len(theirs) == 2 else DEFAULT_MSS
        self._mss = max(min(self._mss, mss), _STAMPS_LENGTH + 1)
        self._ack = segment.seq + 1 & _WORD
        self._timeout_ns = DATA_TIMEOUT_NS
        self._send(ACK)
        self._next = self._on_echo
        size = self._mss - (_STAMPS_LENGTH if self._stamp else 0)
        for at in range(0, len(self._data), size):
            chunk = self._data[at : at + size]
            self._send(ACK | PSH if at + size >= len(self._data) else ACK, chunk)

    def _on_echo(self, segment: Segment) -> None:
        if not segment.data or segment.seq != self._ack:
            if segment.length:
                self._send(ACK)
            return
        self._ack = segment.seq + len(segment.data) & _WORD
        self._echoed += len(segment.data)
        self._send(ACK)
        if self._echoed >= len(self._data):
            self._next = self._on_fin
            self._send(ACK | FIN)

    def _on_fin(self, segment: Segment) -> None:
        if segment.flags & FIN:
            self._ack = segment.seq + 1 & _WORD
            self._send(ACK)
            self.close()
            self.outcome = "open"

    # -- sending, and sending again --------------------------------------------------

    def _send(self, flags: int, data: bytes = b"") -> LocalError | None:
        """Send what comes next; what takes sequence space is kept until it is acknowledged."""
        seq = self._seq
        length = len(data) + bool(flags & (SYN | FIN))
        if length:
            self._seq = seq + length & _WORD
            self._unacked.append((seq, flags, data))
            if len(self._unacked) == 1:
                self._start_timer()
        return self._put(seq, flags, data)

    def _put(self, seq: int, flags: int, data: bytes) -> LocalError | None:
        options, window = b"", scaled(SYN_WINDOW)
        if flags & SYN:
            options = syn_options(self._own_mss(), self._stamps(b""), WINDOW_SCALE)
            window = SYN_WINDOW
        elif self._stamp:
            options = bytes((1, 1, TIMESTAMPS, 10)) + self._stamps(self._stamp)
        segment = Segment(seq, self._ack, flags, window, options, data)
        ip_id = self.stack.next_ip_id()
        return self.send(tcp_packet(*self.local, *self.remote, segment, ip_id=ip_id))

    def _acknowledged(self, ack: int) -> None:
        """Forget what the other end has got."""
        before = len(self._unacked)
        while self._unacked:
            seq, flags, data = self._unacked[0]
            end = seq + len(data) + bool(flags & (SYN | FIN)) & _WORD
            if (ack - end & _WORD) >= 0x80000000:
                break
            del self._unacked[0]
        if len(self._unacked) != before:
            self._timeout_ns = DATA_TIMEOUT_NS
            self._start_timer()

    def _start_timer(self) -> None:
        """Look again after the timeout, from now, if anything is to be acknowledged."""
        engine = self.stack.network.engine
        if self._timer is not None:
            engine.cancel(self._timer)
        if self._unacked:
            self._timer = partial(self._expired)
            engine.at(engine.now_ns + self._timeout_ns, self._timer)

    def _expired(self) -> None:
        """Send the oldest again, and wait twice as long."""
        if self.stack.plan is not None:
            self._timeout_ns *= 2
            self._start_timer()
            self._put(*self._unacked[0])

    def _own_mss(self) -> int:
        plan = self.stack.plan
        return link_mtu(plan, self.remote[0]) - HEADERS_LENGTH if plan is not None else DEFAULT_MSS

    def _stamps(self, echo: bytes) -> bytes:
        """Our time and their value back (RFC 7323)."""
        return stamp_of(self.stack, self._stamp_offset) + echo.ljust(4, b"\0")
