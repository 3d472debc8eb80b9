"""One frame being printed: its bytes, how far they go, and the text so far.

Every protocol's file has a `show` function that takes the dissection and an
offset into the frame, and adds text. Reading past the end of what was captured
(or of the packet the protocol is in) raises CutOffError, which ends the frame's text
with a marker such as ` [|icmp]`, as tcpdump does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from midocli.trace.tcpdump.conversations import Conversations
from midocli.trace.tcpdump.flags import Flags

# (dissection, offset, length): what an Ethertype stands for.
EthertypeShow = Callable[["Dissection", int, int], None]
# (dissection, offset, length, offset of the IP header, more fragments follow).
IpShow = Callable[["Dissection", int, int, int, bool], None]
# (dissection, offset, length): the data of a UDP datagram or TCP segment.
PayloadShow = Callable[["Dissection", int, int], None]


class Protocols:
    """Which function shows which protocol: the tables a new protocol is entered in.

    `saps` are the access points of LLC frames, where both are the same.
    The orders of `udp_ports` and `tcp_ports` matter: the first entry that is the
    source or the destination port wins, as in tcpdump.
    """

    __slots__ = ("ethertypes", "ip", "saps", "tcp_ports", "udp_ports")

    def __init__(
        self,
        ethertypes: Mapping[int, EthertypeShow],
        saps: Mapping[int, EthertypeShow],
        ip: Mapping[int, IpShow],
        udp_ports: Mapping[int, PayloadShow],
        tcp_ports: Mapping[int, PayloadShow],
    ) -> None:
        self.ethertypes = ethertypes
        self.saps = saps
        self.ip = ip
        self.udp_ports = udp_ports
        self.tcp_ports = tcp_ports


class CutOffError(Exception):
    """Bytes are needed that the frame, or what was captured of it, does not have."""


class Dissection:
    """The state of printing one frame.

    `end` is the offset after the last readable byte: the captured length, or less
    while a packet is shown that ends before it (Ethernet padding). `protocol` names
    whoever is at work, for the marker of a cut-off. `add` appends text. `depth`
    counts the IP headers that the one being shown is in.
    """

    __slots__ = (
        "add",
        "conversations",
        "data",
        "depth",
        "end",
        "flags",
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
        self.protocols = protocols
        self.conversations = conversations
        self.protocol = ""
        self.depth = 0
        self.text: list[str] = []
        self.add = self.text.append

    def has(self, at: int, count: int) -> bool:
        """Whether `count` bytes from offset `at` can be read."""
        return at + count <= self.end

    def need(self, at: int, count: int) -> None:
        """Raise CutOffError unless `count` bytes from offset `at` can be read."""
        if at + count > self.end:
            raise CutOffError

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

    def cut(self) -> None:
        """Add the marker for a header that was not captured whole."""
        self.add(f" [|{self.protocol}]")
