"""ICMP errors of the virtual router (MidoNet: `simulation/Icmp.scala`).

They come from the in-port's address, go straight back out of the in-port to the frame's source
MAC, and quote the packet as it came in. RFC 1812, 4.3.2.7 says which packets get none.
"""

from __future__ import annotations

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import NotGenerated
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.addresses import BROADCAST, is_group_mac, is_multicast, subnet_broadcast
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import icmp_error, inherit
from midocli.simulator.wire.protocol import (
    ECHO_REPLY,
    ECHO_REQUEST,
    ETHERTYPE_IPV4,
    ICMP,
    OFFSET,
    TIME_EXCEEDED,
    UNREACHABLE,
)

NET_UNREACHABLE = (UNREACHABLE, 0)
HOST_UNREACHABLE = (UNREACHABLE, 1)
FRAGMENTATION_NEEDED = (UNREACHABLE, 4)
PROHIBITED = (UNREACHABLE, 13)
TTL_EXCEEDED = (TIME_EXCEEDED, 0)

#: How much of the IP payload the virtual router quotes.
QUOTED_PAYLOAD = 8


def answer(walk: Walk, kind: tuple[int, int], at: str) -> None:
    """Send the error (type, code) back out of the walk's in-port, if the packet may get one."""
    port = walk.in_port
    if port.key is None:
        return
    why = _forbidden(walk, port)
    if why is not None:
        if walk.recording:
            walk.tell(at, NotGenerated(what="icmp-error", why=why, type=kind[0], code=kind[1]))
        return
    offending = as_received(walk)
    quote = offending.ip_header() + offending.transport_bytes()[:QUOTED_PAYLOAD]
    assert port.address is not None
    error = icmp_error(port.address, offending.nw_src, *kind, quote)
    error.hw_src, error.hw_dst = port.mac, offending.hw_src
    inherit(error, walk.frame)
    walk.generate(error, port, "icmp-error", at)


def as_received(walk: Walk) -> Frame:
    """The walk's frame with the headers it had when it entered the router."""
    frame = walk.frame.copy()
    frame.hw_src, frame.hw_dst, src, dst, frame.ttl, tp_src, tp_dst = walk.received
    if frame.nw_src != src:
        frame.set_nw_src(src)
    if frame.nw_dst != dst:
        frame.set_nw_dst(dst)
    if frame.tp_src != tp_src:
        frame.set_tp_src(tp_src)
    if frame.tp_dst != tp_dst:
        frame.set_tp_dst(tp_dst)
    return frame


def _forbidden(walk: Walk, port: Port) -> str | None:
    """Why a packet gets no ICMP error; None: it may have one."""
    frame = walk.frame
    _, hw_dst, src, dst, _, tp_src, _ = walk.received
    if frame.ethertype != ETHERTYPE_IPV4 or frame.fault is not None:
        return "it is not IPv4"
    if port.address is None:
        return "the port it came in by has no address"
    if frame.proto == ICMP and tp_src not in (ECHO_REQUEST, ECHO_REPLY):
        return "it is an ICMP message itself"
    if is_group_mac(hw_dst):
        return "it was sent to a group of MACs"
    if is_multicast(dst) or (port.net is not None and dst == subnet_broadcast(port.net)):
        return "it was sent to a group of addresses"
    if BROADCAST in (src, dst):
        return "it is from or to the broadcast address"
    if frame.fragment & OFFSET:
        return "it is not the first fragment"
    return None
