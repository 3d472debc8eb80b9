"""One frame being printed: its bytes, how far they go, and the text so far.

Every protocol's file has a `show` function that takes the dissection and an
offset into the frame, and adds text. Reading past the end of what was captured
(or of the packet the protocol is in) raises CutOffError, which ends the frame's text
with a marker such as ` [|icmp]`, as tcpdump does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from midocli.trace.tcpdump.conversations import Conversations
from midocli.trace.tcpdump.flags import Flags
from midocli.trace.tcpdump.naming import NAMES, NUMBERS
from midocli.trace.tcpdump.shows import Ports, Shows

# (dissection, offset, length): what an Ethertype stands for.
EthertypeShow = Callable[["Dissection", int, int], None]
# (dissection, offset, length, offset of the IP header, more fragments follow).
IpShow = Callable[["Dissection", int, int, int, bool], None]
# (dissection, offset, length): the data of a UDP datagram or TCP segment.
PayloadShow = Callable[["Dissection", int, int], None]


class Protocols(NamedTuple):
    """Which function shows which protocol: the tables a new protocol is entered in.

    `ip` and `ip6` are the payloads of IPv4 and IPv6, `saps` the access points of LLC
    frames, where both are the same, and `snap` the protocols of SNAP headers by vendor and
    number. `udp_types` and `tcp_types` are what -T makes of all UDP and TCP.
    """

    ethertypes: Shows[int, EthertypeShow]
    saps: Shows[int, EthertypeShow]
    snap: Shows[tuple[int, int], EthertypeShow]
    ip: Shows[int, IpShow]
    ip6: Shows[int, IpShow]
    udp_ports: Ports[PayloadShow]
    tcp_ports: Ports[PayloadShow]
    udp_types: Shows[str, PayloadShow]
    tcp_types: Shows[str, PayloadShow]


class CutOffError(Exception):
    """Bytes are needed that the frame, or what was captured of it, does not have."""


class ShortError(Exception):
    """A message ends too early, by its own lengths or as captured: it ends with the marker.

    Unlike with CutOffError, what is around it goes on.
    """


class InvalidError(Exception):
    """What is left of a message is malformed: ` (invalid)` is shown for it."""


def check_left(left: int, wanted: int) -> None:
    """Raise ShortError unless as many bytes are left of a message as are wanted of it."""
    if left < wanted:
        raise ShortError


class Dissection:
    """The state of printing one frame.

    `end` is the offset after the last readable byte: the captured length, or less
    while a packet is shown that ends before it (Ethernet padding). `protocol` names
    whoever is at work, for the marker of a cut-off. `names` writes addresses and
    ports. `add` appends text. `depth`
    counts the IP headers that the one being shown is in, `ip_at` is where the last of them
    is for which TCP or UDP was shown, and `ports` are the two of that.
    """

    __slots__ = (
        "add",
        "conversations",
        "data",
        "depth",
        "end",
        "flags",
        "ip_at",
        "names",
        "ports",
        "protocol",
        "protocols",
        "text",
    )

    def __init__(
        self, data: bytes, flags: Flags, protocols: Protocols, conversations: Conversations
    ) -> None:
        self.data = data
        self.end = len(data)
        self.flags = flags
        self.names = NAMES if flags.names else NUMBERS
        self.protocols = protocols
        self.conversations = conversations
        self.protocol = ""
        self.depth = 0
        self.ip_at = 0
        self.ports = (0, 0)
        self.text: list[str] = []
        self.add = self.text.append

    def has(self, at: int, count: int) -> bool:
        """Whether `count` bytes from offset `at` can be read."""
        return at + count <= self.end

    def need(self, at: int, count: int) -> None:
        """Raise CutOffError unless `count` bytes from offset `at` can be read."""
        if at + count > self.end:
            raise CutOffError

    def check(self, at: int, count: int, end: int | None = None) -> None:
        """Raise ShortError unless `count` bytes from offset `at` can be read.

        With `end`, where by its own lengths the message is over, they must stand before that, too.
        """
        if at + count > self.end or (end is not None and at + count > end):
            raise ShortError

    def u8(self, at: int) -> int:
        """The byte at offset `at`; CutOffError when it is not there."""
        if at >= self.end:
            raise CutOffError
        return self.data[at]

    def u16(self, at: int) -> int:
        """The 16-bit big-endian number at offset `at`; CutOffError when it is not there."""
        if at + 2 > self.end:
            raise CutOffError
        return self.data[at] << 8 | self.data[at + 1]

    def u24(self, at: int) -> int:
        """The 24-bit big-endian number at offset `at`; CutOffError when it is not there."""
        return int.from_bytes(self.taken(at, 3), "big")

    def u32(self, at: int) -> int:
        """The 32-bit big-endian number at offset `at`; CutOffError when it is not there."""
        if at + 4 > self.end:
            raise CutOffError
        return int.from_bytes(self.data[at : at + 4], "big")

    def taken(self, at: int, count: int) -> bytes:
        """`count` bytes from offset `at`; CutOffError when they are not all there."""
        if at + count > self.end:
            raise CutOffError
        return self.data[at : at + count]

    def show_ip_payload(
        self, protocol: int, at: int, length: int, ip_at: int, fragmented: bool
    ) -> None:
        """Show what an IP header at `ip_at`, or one behind it, says is at `at`."""
        version = self.data[ip_at] >> 4
        known = (self.protocols.ip6 if version == 6 else self.protocols.ip).get(protocol)
        if known is not None:
            try:
                known(self, at, length, ip_at, fragmented)
            except ShortError:
                self.cut()
            except InvalidError:
                self.invalid()
        else:
            self.add(f" {self.names.ip_protocol(protocol)} {length}")

    def invalid(self) -> None:
        """Add the marker for what is malformed."""
        self.add(" (invalid)")

    def cut(self) -> None:
        """Add the marker for a header that was not captured whole."""
        self.add(f" [|{self.protocol}]")
