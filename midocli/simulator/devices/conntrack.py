"""Connection tracking: which direction of its connection a packet goes in.

Looked at only when a rule asks. A packet is a *return* packet if a forward packet of the same
connection left the virtual network from the device this one entered by; what is neither TCP,
UDP nor ICMP is forward, what the network generated itself is return traffic (MidoNet:
`state/ConnTrackState.scala`).
"""

from __future__ import annotations

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Tracked
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.protocol import ECHO_REPLY, ECHO_REQUEST, ETHERTYPE_IPV4, ICMP, TCP, UDP


def is_forward(walk: Walk) -> bool:
    """Whether the walk's frame goes in its connection's forward direction."""
    if walk.forward is not None:
        return walk.forward
    frame = walk.frame
    if frame.ethertype != ETHERTYPE_IPV4 or frame.proto not in (TCP, UDP, ICMP):
        return True
    if walk.generated:
        return False
    src, dst, proto, tp_src, tp_dst, icmp_id = walk.original
    if proto == ICMP:
        tp_src = tp_dst = icmp_id if tp_src in (ECHO_REQUEST, ECHO_REPLY) else 0
    key = (src, tp_src, dst, tp_dst, proto, walk.entry.device)
    walk.forward = not walk.memory.is_tracked(key)
    if walk.recording:
        direction = "forward" if walk.forward else "return"
        walk.tell(walk.in_port.alias, Tracked(direction=direction))
    return walk.forward


def remember(walk: Walk, egress: Port) -> None:
    """Note the return direction of a forward packet that leaves by an exterior port."""
    frame = walk.frame
    src, dst = frame.tp_src, frame.tp_dst
    if frame.proto == ICMP:
        src = dst = frame.icmp_id if frame.tp_src in (ECHO_REQUEST, ECHO_REPLY) else 0
    walk.memory.track((frame.nw_dst, dst, frame.nw_src, src, frame.proto, egress.device))
