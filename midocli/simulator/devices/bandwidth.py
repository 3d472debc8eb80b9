"""Bandwidth limits: frames that guests send too fast are dropped at their interface.

MidoNet has the kernel police the interface (`host/services/QosService.scala`,
`TcRequestHandler.scala`, `netlink/rtnetlink/Tcmsg.scala`): tc's `police` with the rate and the
burst, `drop`. That is a bucket of time: it holds what the burst takes at the rate, fills as
time goes by, and a frame that does not fit costs nothing (Linux, `net/sched/act_police.c`).
"""

from __future__ import annotations

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.learnt.memory import Memory
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.service_records import BandwidthLimit
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ETHERTYPE_IPV4


def refused(memory: Memory, port: Port, limit: BandwidthLimit, frame: Frame) -> Reason | None:
    """Count a frame that a port's interface takes in; a reason if it is more than its limit."""
    if not limit.kbps:
        return None
    # The kernel is configured anew when the limit changes.
    bucket, now_ns = memory.bucket(port.key, limit), memory.now_ns
    left_ns = min(bucket.left_ns + now_ns - bucket.counted_ns, limit.burst_ns)
    length = policed_length(frame)
    left_ns -= length * SECOND_NS // limit.bytes_per_second
    if left_ns < 0:
        text = (
            f"{limit.rule} limits {port.interface} to {limit.kbps} kbit/s with bursts of"
            f" {limit.burst_kb} kbit, and these {length} bytes are too many now"
        )
        return Reason(Code.RATE_LIMITED, port.alias, None, text, {"limit": limit.rule})
    bucket.left_ns, bucket.counted_ns = left_ns, now_ns
    return None


def policed_length(frame: Frame) -> int:
    """The bytes of a frame that count: what follows its MACs, outer tag and ethertype."""
    tags = 4 * max(len(frame.vlans) - 1, 0)
    if frame.fault is None and frame.ethertype == ETHERTYPE_IPV4:
        return tags + frame.ip_length() + len(frame.trailer)
    if frame.fault is None and frame.ethertype == ETHERTYPE_ARP:
        return tags + 28 + len(frame.trailer)
    return tags + len(frame.payload)
