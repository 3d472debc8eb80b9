"""The client's end of a TCP connection or UDP exchange, for probes (RFC 9293, RFC 768).

A connection goes through handshake, data and its echo, and close. Nothing is
retransmitted: what does not come back in time is a verdict of its own.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import TYPE_CHECKING

from midocli.simulator.protocol import TCP, UDP
from midocli.simulator.tcp import (
    ACK,
    FIN,
    PSH,
    RST,
    SYN,
    WINDOW_SCALE,
    Segment,
    read_options,
    read_segment,
    tcp_packet,
)
from midocli.simulator.udp import udp_data, udp_packet

if TYPE_CHECKING:
    from midocli.simulator.frame import Frame
    from midocli.simulator.stack import GuestStack, LocalError

SYN_WINDOW = 64240
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

    def start(self, data: bytes) -> LocalError | None:
        """Send the SYN, with the options and window Linux gives it."""
        self._data = data
        self._echoed = 0
        self._next: Callable[[Segment], None] = self._on_syn_ack
        self._seq = self.stack.network.rng.getrandbits(32)
        self._ack = 0
        self._stamp = b""
        plan = self.stack.plan
        mtu = plan.guest.nics[0].mtu if plan is not None else 1500
        options = struct.pack("!BBHBBBB", 2, 4, mtu - 40, 4, 2, 8, 10) + self._stamps(b"")
        options += bytes((1, 3, 3, WINDOW_SCALE))
        return self._send(SYN, SYN_WINDOW, options)

    def receive(self, frame: Frame) -> None:
        """Take a segment of the other end in its turn."""
        segment = read_segment(frame)
        if segment is None or self.outcome is not None:
            return
        if segment.flags & RST:
            self.outcome = "refused"
            return
        self._stamp = read_options(segment.options).get(8, b"")[:4]
        self._next(segment)

    def _on_syn_ack(self, segment: Segment) -> None:
        if segment.flags & (SYN | ACK) == SYN | ACK:
            self._ack = segment.seq + 1 & _WORD
            self._answer(ACK)
            self._next = self._on_echo
            self._answer(ACK | PSH, self._data)

    def _on_echo(self, segment: Segment) -> None:
        if not segment.data:
            return
        self._ack = segment.seq + len(segment.data) & _WORD
        self._echoed += len(segment.data)
        self._answer(ACK)
        if self._echoed >= len(self._data):
            self._next = self._on_fin
            self._answer(ACK | FIN)

    def _on_fin(self, segment: Segment) -> None:
        if segment.flags & FIN:
            self._ack = segment.seq + 1 & _WORD
            self._answer(ACK)
            self.outcome = "open"

    def _answer(self, flags: int, data: bytes = b"") -> None:
        options = bytes((1, 1, 8, 10)) + self._stamps(self._stamp) if self._stamp else b""
        self._send(flags, SYN_WINDOW >> WINDOW_SCALE, options, data)

    def _send(
        self, flags: int, window: int, options: bytes, data: bytes = b""
    ) -> LocalError | None:
        segment = Segment(self._seq, self._ack, flags, window, options, data)
        self._seq = self._seq + segment.length & _WORD
        ip_id = self.stack.next_ip_id()
        return self.send(tcp_packet(*self.local, *self.remote, segment, ip_id=ip_id))

    def _stamps(self, echo: bytes) -> bytes:
        """Our milliseconds and their value back (RFC 7323)."""
        now_ms = self.stack.network.engine.now_ns // 1_000_000 & _WORD
        return now_ms.to_bytes(4, "big") + echo.ljust(4, b"\0")
