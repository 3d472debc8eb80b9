"""Building the packets the network and its guests make: ARP, ICMP echo, ICMP errors."""

from __future__ import annotations

from midocli.simulator.wire.addresses import BROADCAST_MAC
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ETHERTYPE_ARP,
    ETHERTYPE_IPV4,
    ICMP,
)

ARP_REQUEST, ARP_REPLY = 1, 2


def arp_request(mac: int, address: int, target: int, to_mac: int = BROADCAST_MAC) -> Frame:
    """Who has `target`? Tell `address` at `mac` (RFC 826)."""
    return Frame(
        hw_src=mac,
        hw_dst=to_mac,
        ethertype=ETHERTYPE_ARP,
        proto=ARP_REQUEST,
        nw_src=address,
        nw_dst=target,
        arp_sha=mac,
    )


def arp_reply(request: Frame, mac: int) -> Frame:
    """The answer to a request: its target is at `mac`."""
    reply = Frame(
        hw_src=mac,
        hw_dst=request.arp_sha,
        ethertype=ETHERTYPE_ARP,
        proto=ARP_REPLY,
        nw_src=request.nw_dst,
        nw_dst=request.nw_src,
        arp_sha=mac,
        arp_tha=request.arp_sha,
    )
    inherit(reply, request)
    return reply


def echo_request(
    src: int, dst: int, icmp_id: int, seq: int, data: bytes, ttl: int = 64, tos: int = 0
) -> Frame:
    """An ICMP echo request (RFC 792) with IP id 0 and DF clear."""
    return Frame(
        nw_src=src,
        nw_dst=dst,
        proto=ICMP,
        tos=tos,
        ttl=ttl,
        tp_src=ECHO_REQUEST,
        tp_dst=0,
        tp_sum=None,
        icmp_id=icmp_id,
        icmp_seq=seq,
        payload=data,
    )


def echo_reply(request: Frame) -> Frame:
    """The reply to an echo request: same identifier, number and data; TTL 64, IP id 0, tos 0."""
    reply = echo_request(
        request.nw_dst, request.nw_src, request.icmp_id, request.icmp_seq, request.payload
    )
    reply.tp_src = ECHO_REPLY
    inherit(reply, request)
    return reply


def icmp_error(
    src: int, dst: int, type_: int, code: int, quote: bytes, *, tos: int = 0, info: int = 0
) -> Frame:
    """An ICMP error quoting `quote`; `info` is its second word (MTU of 3/4, gateway of 5)."""
    return Frame(
        ethertype=ETHERTYPE_IPV4,
        nw_src=src,
        nw_dst=dst,
        proto=ICMP,
        tos=tos,
        ttl=64,
        tp_src=type_,
        tp_dst=code,
        tp_sum=None,
        icmp_id=info >> 16,
        icmp_seq=info & 0xFFFF,
        payload=quote,
    )


def inherit(frame: Frame, cause: Frame) -> None:
    """Make `frame` a consequence of `cause`."""
    frame.origin, frame.walk, frame.depth = cause.origin, cause.walk, cause.depth
    frame.host = cause.host
