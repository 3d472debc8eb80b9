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
from midocli.trace.tcpdump.naming import NAMES, NUMBERS

# (dissection, offset, length): what an Ethertype stands for.
EthertypeShow = Callable[["Dissection", int, int], None]
# (dissection, offset, length, offset of the IP header, more fragments follow).
IpShow = Callable[["Dissection", int, int, int, bool], None]
# (dissection, offset, length): the data of a UDP datagram or TCP segment.
PayloadShow = Callable[["Dissection", int, int], None]


class Protocols:
    """Which function shows which protocol: the tables a new protocol is entered in.

    `ip` and `ip6` are the payloads of IPv4 and IPv6, `saps` the access points of LLC
    frames, where both are the same, and `snap` the protocols of SNAP headers by vendor and
    number. The orders of `udp_ports` and `tcp_ports` matter: the first entry that is the
    source or the destination port wins, as in tcpdump. `packet_types` are what -T makes of
    all `udp` and `tcp`.
    """

    __slots__ = (
        "ethertypes",
        "ip",
        "ip6",
        "packet_types",
        "saps",
        "snap",
        "tcp_ports",
        "udp_ports",
    )

    def __init__(
        self,
        ethertypes: Mapping[int, EthertypeShow],
        saps: Mapping[int, EthertypeShow],
        snap: Mapping[tuple[int, int], EthertypeShow],
        ip: Mapping[int, IpShow],
        ip6: Mapping[int, IpShow],
        udp_ports: Mapping[int, PayloadShow],
        tcp_ports: Mapping[int, PayloadShow],
        packet_types: Mapping[str, Mapping[str, PayloadShow]],
    ) -> None:
        self.ethertypes = ethertypes
        self.saps = saps
        self.snap = snap
        self.ip = ip
        self.ip6 = ip6
        self.udp_ports = udp_ports
        self.tcp_ports = tcp_ports
        self.packet_types = packet_types


class CutOffError(Exception):
    """Bytes are needed that the frame, or what was captured of it, does not have."""


class Dissection:
    """The state of printing one frame.

    `end` is the offset after the last readable byte: the captured length, or less
    while a packet is shown that ends before it (Ethernet padding). `protocol` names
    whoever is at work, for the marker of a cut-off. `names` writes addresses and
    ports. `add` appends text. `depth`
    counts the IP headers that the one being shown is in.
    """

    __slots__ = (
        "add",
        "conversations",
        "data",
        "depth",
        "end",
        "flags",
        "names",
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

    def show_ip_payload(
        self, protocol: int, at: int, length: int, ip_at: int, fragmented: bool
    ) -> None:
        """Show what an IP header at `ip_at`, or one behind it, says is at `at`."""
        version = self.data[ip_at] >> 4
        known = (self.protocols.ip6 if version == 6 else self.protocols.ip).get(protocol)
        if known is not None:
            known(self, at, length, ip_at, fragmented)
        else:
            self.add(f" {self.names.ip_protocol(protocol)} {length}")

    def cut(self) -> None:
        """Add the marker for a header that was not captured whole."""
        self.add(f" [|{self.protocol}]")
