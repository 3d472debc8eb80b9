"""A frame inside the simulator: a small record of integers, bytes only at the edges.

Every frame, however broken, becomes a record and comes back byte for byte. What the walk may
change (addresses, TTL, ports, tags) are integers; the rest stays bytes. Formats: IEEE 802.3 and
802.1Q, RFC 826 (ARP), RFC 791 (IPv4), RFC 792 (ICMP), RFC 768 (UDP), RFC 9293 (TCP).
"""

from __future__ import annotations

import struct
from collections.abc import Hashable
from dataclasses import dataclass
from operator import attrgetter

from midocli.simulator.wire.addresses import NO_ADDRESS
from midocli.simulator.wire.checksum import checksum, pseudo_header_sum, updated
from midocli.simulator.wire.protocol import (
    ERROR_TYPES,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    ICMP,
    OFFSET,
    TCP,
    UDP,
    VLAN_TPIDS,
)

#: `Frame.tp_sum` of a packet without a checksum field we can see.
NO_CHECKSUM = -1
#: `Frame.ip_delta` of a right checksum written as the other zero of one's complement.
OTHER_ZERO = -1

_IPV4 = struct.Struct("!HHHHHHII")
_ICMP = struct.Struct("!BBHHH")
_PORTS = struct.Struct("!HH")
_ARP_FIXED = b"\x00\x01\x08\x00\x06\x04"
# Where the checksum sits in what follows the two ports (TCP, UDP) or type and code (ICMP).
_SUM_OFFSET = {TCP: 12, UDP: 2, ICMP: 0}


@dataclass(slots=True, eq=False)
class Frame:
    """An Ethernet frame.

    * `vlans`: the tags, outermost first, each `TPID << 16 | TCI`; `ethertype` follows them.
    * `fault`: what is wrong with an IPv4 or ARP header, which then stays in `payload`.
    * `nw_src`, `nw_dst`, `proto`: IPv4 addresses and protocol; for ARP the sender's and
      target's protocol addresses and the opcode (as rules see them). Without IP the addresses
      are `NO_ADDRESS` and `proto`, `tos` are -1.
    * `fragment`: IPv4's 16 bits of flags and fragment offset.
    * `ip_delta`: the header checksum's XOR with the right one (0 or less: it is right).
    * `tp_src`, `tp_dst`: TCP/UDP ports or ICMP type and code; -1 when there are none.
    * `tp_sum`: the transport checksum; None: right, made when needed; `NO_CHECKSUM`: no field;
      0 of UDP: there is none (RFC 768).
    * `icmp_id`, `icmp_seq`: the second word of the ICMP header (of errors too).
    * `payload`: what follows these fields, the transport checksum left out.
    * `trailer`: padding after the packet.
    * `origin`: given at injection and inherited by everything the frame causes; `walk` is the
      walk that last carried it and `depth` how many causes it is from the injected frame.
    * `host`: key of the host where it entered, whose agent decides about it; what the network
      makes because of it begins there too. None: no host's interface.
    """

    hw_src: int = 0
    hw_dst: int = 0
    vlans: tuple[int, ...] = ()
    ethertype: int = ETHERTYPE_IPV4
    fault: str | None = None
    nw_src: int = NO_ADDRESS
    nw_dst: int = NO_ADDRESS
    proto: int = -1
    tos: int = -1
    ttl: int = 0
    ip_id: int = 0
    fragment: int = 0
    options: bytes = b""
    ip_delta: int = 0
    tp_src: int = -1
    tp_dst: int = -1
    tp_sum: int | None = NO_CHECKSUM
    icmp_id: int = 0
    icmp_seq: int = 0
    arp_sha: int = 0
    arp_tha: int = 0
    payload: bytes = b""
    trailer: bytes = b""
    origin: object = None
    walk: int = 0
    depth: int = 0
    host: Hashable = None

    @staticmethod
    def from_bytes(data: bytes, origin: object = None) -> Frame:
        """Read any bytes; nothing is refused, `fault` tells what could not be read."""
        frame = Frame(origin=origin)
        if len(data) < 14:
            frame.ethertype, frame.fault, frame.payload = -1, "it is shorter than 14 bytes", data
            return frame
        frame.hw_dst = int.from_bytes(data[:6], "big")
        frame.hw_src = int.from_bytes(data[6:12], "big")
        ethertype, offset = data[12] << 8 | data[13], 14
        while ethertype in VLAN_TPIDS and len(data) >= offset + 4:
            tci, inner = struct.unpack_from("!HH", data, offset)
            frame.vlans += (ethertype << 16 | tci,)
            ethertype, offset = inner, offset + 4
        frame.ethertype = ethertype
        body = data[offset:]
        if ethertype == ETHERTYPE_IPV4:
            frame.read_ipv4(body)
        elif ethertype == ETHERTYPE_ARP:
            frame._read_arp(body)
        else:
            frame.payload = body
        return frame

    def read_ipv4(self, body: bytes, *, quoted: bool = False) -> None:
        """Read an IPv4 packet; a `quoted` one may be cut short anywhere after its header."""
        self.fault = _ipv4_fault(body, quoted=quoted)
        if self.fault is not None:
            self.payload = body
            return
        head = (body[0] & 0xF) * 4
        _, self.tos, length, self.ip_id, self.fragment, self.ttl, self.proto, ip_sum = (
            struct.unpack_from("!BBHHHBBH", body)
        )
        self.nw_src, self.nw_dst = struct.unpack_from("!II", body, 12)
        self.options = body[20:head]
        right = checksum(body[:10] + b"\0\0" + body[12:head])
        self.ip_delta = OTHER_ZERO if {ip_sum, right} == {0, 0xFFFF} else ip_sum ^ right
        self.trailer = body[length:]
        self.read_transport(body[head:length])

    def read_transport(self, body: bytes) -> None:
        """Split off ports and checksum (or the ICMP header) where the packet has them."""
        self.payload = body
        proto = self.proto
        if self.fragment & OFFSET or proto not in _SUM_OFFSET:
            return
        if len(body) < (8 if proto == ICMP else 4):
            return
        if proto == ICMP:
            self.tp_src, self.tp_dst, tp_sum, self.icmp_id, self.icmp_seq = _ICMP.unpack_from(body)
            self.payload = body[8:]
        else:
            self.tp_src, self.tp_dst = _PORTS.unpack_from(body)
            self.payload = body[4:]
            at = _SUM_OFFSET[proto]
            if len(self.payload) < at + 2:
                return
            tp_sum = int.from_bytes(self.payload[at : at + 2], "big")
            self.payload = self.payload[:at] + self.payload[at + 2 :]
        whole = not self.fragment & 0x3FFF and (proto != UDP or self._udp_length_fits())
        self.tp_sum = None if whole and tp_sum == self._right_sum() else tp_sum

    def _read_arp(self, body: bytes) -> None:
        """Read an Ethernet/IPv4 ARP packet (RFC 826); others count as malformed."""
        if len(body) < 28 or body[:6] != _ARP_FIXED:
            self.fault, self.payload = "it is not an ARP packet for IPv4 over Ethernet", body
            return
        self.proto = body[6] << 8 | body[7]
        self.arp_sha = int.from_bytes(body[8:14], "big")
        self.nw_src = int.from_bytes(body[14:18], "big")
        self.arp_tha = int.from_bytes(body[18:24], "big")
        self.nw_dst = int.from_bytes(body[24:28], "big")
        self.trailer = body[28:]

    def to_bytes(self) -> bytes:
        """The frame as it is on the wire (without the frame check sequence)."""
        if self.ethertype < 0:
            return self.payload
        if self.vlans:
            head = (self.hw_dst << 48 | self.hw_src).to_bytes(12, "big")
            head += b"".join([tag.to_bytes(4, "big") for tag in self.vlans])
            head += self.ethertype.to_bytes(2, "big")
        else:
            head = (self.hw_dst << 64 | self.hw_src << 16 | self.ethertype).to_bytes(14, "big")
        if self.fault is not None:
            return head + self.payload
        if self.ethertype == ETHERTYPE_IPV4:
            return head + self.ip_bytes() + self.trailer
        if self.ethertype == ETHERTYPE_ARP:
            return head + self._arp_bytes() + self.trailer
        return head + self.payload

    def ip_bytes(self) -> bytes:
        """The IPv4 packet: header with its checksum, and transport."""
        body = self.transport_bytes()
        return self._header_for(len(body)) + body

    def ip_header(self) -> bytes:
        """The IPv4 header with options and checksum."""
        return self._header_for(self.transport_length())

    def _header_for(self, payload_length: int) -> bytes:
        options = self.options
        start = 0x4500 + (len(options) << 6) | self.tos
        length = 20 + len(options) + payload_length
        protocol = self.ttl << 8 | self.proto
        words = start + length + self.ip_id + self.fragment + protocol + self.nw_src + self.nw_dst
        right = checksum(options, words)
        delta = self.ip_delta
        if delta == OTHER_ZERO:
            delta = 0xFFFF if right in (0, 0xFFFF) else 0
        sums = right ^ delta
        ends = self.nw_src, self.nw_dst
        return _IPV4.pack(start, length, self.ip_id, self.fragment, protocol, sums, *ends) + options

    def ip_length(self) -> int:
        """Total length of the IPv4 packet."""
        return 20 + len(self.options) + self.transport_length()

    def transport_length(self) -> int:
        """Bytes of IPv4 payload."""
        length = len(self.payload)
        if self.tp_src >= 0:
            length += 8 if self.proto == ICMP else 4 if self.tp_sum == NO_CHECKSUM else 6
        return length

    def transport_bytes(self) -> bytes:
        """The IPv4 payload with its checksum."""
        if self.tp_src < 0:
            return self.payload
        if self.tp_sum == NO_CHECKSUM:
            return _PORTS.pack(self.tp_src, self.tp_dst) + self.payload
        return self._with_sum(self._right_sum() if self.tp_sum is None else self.tp_sum)

    def _with_sum(self, tp_sum: int) -> bytes:
        """The IPv4 payload with a given transport checksum."""
        if self.proto == ICMP:
            ends = self.tp_src, self.tp_dst
            return _ICMP.pack(*ends, tp_sum, self.icmp_id, self.icmp_seq) + self.payload
        at = _SUM_OFFSET[self.proto]
        ports = _PORTS.pack(self.tp_src, self.tp_dst)
        return ports + self.payload[:at] + tp_sum.to_bytes(2, "big") + self.payload[at:]

    def _right_sum(self) -> int:
        """What the transport checksum should be, the packet being whole."""
        if self.proto == ICMP:
            words = (self.tp_src << 8 | self.tp_dst) + self.icmp_id + self.icmp_seq
            return checksum(self.payload, words)
        body = self._with_sum(0)
        result = checksum(body, pseudo_header_sum(self.nw_src, self.nw_dst, self.proto, len(body)))
        return 0xFFFF if self.proto == UDP and result == 0 else result

    def sum_is_right(self) -> bool:
        """Whether a receiver would accept the transport checksum of this whole packet."""
        given = self.tp_sum
        if given is None or given == NO_CHECKSUM or (self.proto == UDP and given == 0):
            return True
        right = self._right_sum()
        return given == right or {given, right} == {0, 0xFFFF}

    def _udp_length_fits(self) -> bool:
        """Whether a datagram's own length is that of its packet."""
        return int.from_bytes(self.payload[:2], "big") == len(self.payload) + 6

    def _arp_bytes(self) -> bytes:
        return (
            _ARP_FIXED
            + self.proto.to_bytes(2, "big")
            + self.arp_sha.to_bytes(6, "big")
            + self.nw_src.to_bytes(4, "big")
            + self.arp_tha.to_bytes(6, "big")
            + self.nw_dst.to_bytes(4, "big")
        )

    def copy(self) -> Frame:
        """An independent copy (all fields are immutable values)."""
        return Frame(*_FIELDS(self))

    def __deepcopy__(self, memo: object) -> Frame:
        """A copy, whose origin is the very same: who asks for it goes by its identity."""
        return self.copy()

    def vlan_ids(self) -> tuple[int, ...]:
        """The VLAN ids, outermost first."""
        return tuple(tag & 0xFFF for tag in self.vlans)

    def set_nw_src(self, address: int) -> None:
        """Change the source address, and with it a checksum that covers it."""
        self._update_sum(self.nw_src, address)
        self.nw_src = address

    def set_nw_dst(self, address: int) -> None:
        """Change the destination address, and with it a checksum that covers it."""
        self._update_sum(self.nw_dst, address)
        self.nw_dst = address

    def set_tp_src(self, port: int) -> None:
        """Change the TCP or UDP source port, and the checksum."""
        self._update_sum(self.tp_src, port)
        self.tp_src = port

    def set_tp_dst(self, port: int) -> None:
        """Change the TCP or UDP destination port, and the checksum."""
        self._update_sum(self.tp_dst, port)
        self.tp_dst = port

    def _update_sum(self, old: int, new: int) -> None:
        """Bring the checksum along with an address or port; ICMP's covers neither."""
        tp_sum = self.tp_sum
        if tp_sum is None or tp_sum == NO_CHECKSUM or self.proto == ICMP:
            return
        if self.proto == UDP and tp_sum == 0:
            return
        tp_sum = updated(tp_sum, old, new)
        self.tp_sum = 0xFFFF if self.proto == UDP and tp_sum == 0 else tp_sum

    def quoted_address(self, which: str) -> int:
        """Source (`src`) or destination (`dst`) of the packet an ICMP error quotes."""
        at = 12 if which == "src" else 16
        if self.proto != ICMP or self.tp_src not in ERROR_TYPES or len(self.payload) < at + 4:
            return NO_ADDRESS
        return int.from_bytes(self.payload[at : at + 4], "big")


_FIELDS = attrgetter(*(name for name in Frame.__slots__))


def _ipv4_fault(body: bytes, *, quoted: bool) -> str | None:
    """What keeps these bytes from being an IPv4 packet."""
    if len(body) < 20:
        return "its IPv4 header is cut short"
    if body[0] >> 4 != 4:
        return f"its IP version is {body[0] >> 4}, not 4"
    head, length = (body[0] & 0xF) * 4, body[2] << 8 | body[3]
    if head < 20 or head > len(body):
        return "its IPv4 header length is wrong"
    if length < head or (length > len(body) and not quoted):
        return "its IPv4 total length is wrong"
    return None
