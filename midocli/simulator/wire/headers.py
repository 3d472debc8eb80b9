"""The headers of a frame as they were at one moment, for events."""

from __future__ import annotations

from operator import attrgetter
from typing import NamedTuple

from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ETHERTYPE_IPV4, TCP


class Headers(NamedTuple):
    """The header fields a reader of events needs, as `Frame` has them; `vlans` are the ids."""

    vlans: tuple[int, ...]
    hw_src: int
    hw_dst: int
    ethertype: int
    fault: str | None
    nw_src: int
    nw_dst: int
    proto: int
    ttl: int
    tos: int
    ip_id: int
    fragment: int
    tp_src: int
    tp_dst: int
    icmp_id: int
    icmp_seq: int
    #: None where there is no TCP header that long.
    tcp_flags: int | None = None

    @property
    def is_arp(self) -> bool:
        """Whether the addresses and `proto` are those of a whole ARP packet."""
        return self.ethertype == ETHERTYPE_ARP and self.fault is None

    @property
    def is_ip(self) -> bool:
        """Whether there is a whole IPv4 header."""
        return self.ethertype == ETHERTYPE_IPV4 and self.fault is None


_FIELDS = attrgetter(*Headers._fields[1:-1])
#: Where the flags stand in what a frame of TCP carries behind its ports: see `segment`.
_TCP_FLAGS_AT = 9


def headers(frame: Frame) -> Headers:
    """The headers of a frame as they are now."""
    is_tcp = frame.proto == TCP and frame.tp_src >= 0 and frame.ethertype == ETHERTYPE_IPV4
    flags = frame.payload[_TCP_FLAGS_AT] if is_tcp and len(frame.payload) > _TCP_FLAGS_AT else None
    return Headers(frame.vlan_ids(), *(*_FIELDS(frame), flags))
