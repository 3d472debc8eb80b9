"""Bandwidth limits: frames that guests send too fast are dropped at their interface.

MidoNet has the kernel police the interface (`host/services/QosService.scala`,
`TcRequestHandler.scala`, `netlink/rtnetlink/Tcmsg.scala`): tc's `police` with the rate and the
burst, `drop`. That is a bucket of time: it holds what the burst takes at the rate, fills as
time goes by, and a frame that does not fit costs nothing (Linux, `net/sched/act_police.c`).
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.protocol import ETHERTYPE_ARP, ETHERTYPE_IPV4

if TYPE_CHECKING:
    from midocli.simulator.learnt.state import State
    from midocli.simulator.topology.records import Port
    from midocli.simulator.wire.frame import Frame

Key = Hashable

#: tc counts time in ticks of this many nanoseconds.
_TICK_NS = 64


@dataclass(frozen=True, slots=True)
class BandwidthLimit:
    """A rate in kbit/s (of 1000 bits) and a burst in kbit (of 1024); a rate of 0 limits nothing."""

    rule: str
    kbps: int
    burst_kb: int

    @property
    def bytes_per_second(self) -> int:
        """The rate as tc takes it."""
        return self.kbps * 1000 // 8

    @property
    def burst_ns(self) -> int:
        """How long the burst takes at the rate: what the bucket holds."""
        burst_bytes = self.burst_kb * 1024 // 8
        return burst_bytes * SECOND_NS // self.bytes_per_second // _TICK_NS * _TICK_NS


@dataclass(slots=True, eq=False)
class Bucket:
    """How much of a port's limit is unused, and when that was counted."""

    limit: BandwidthLimit
    left_ns: int
    counted_ns: int


def refused(
    state: State, port: Port, limit: BandwidthLimit, frame: Frame, now_ns: int
) -> Reason | None:
    """Count a frame that a port's interface takes in; a reason if it is more than its limit.

    A limit that was changed begins with a full bucket: the kernel is configured anew.
    """
    if not limit.kbps:
        return None
    bucket = state.buckets.get(port.key)
    if bucket is None or bucket.limit != limit:
        bucket = state.buckets[port.key] = Bucket(limit, limit.burst_ns, now_ns)
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
