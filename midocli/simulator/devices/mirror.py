"""Mirrors: copies of the frames that meet a condition (MidoNet: `simulation/Mirror.scala`).

A device or port names its mirrors for each place; the copy is made as the frame is there, and
leaves by the mirror's port as any frame would, filters and mirrors of that port included.
Every mirror asked counts as a port entered, so that mirrors of mirrors come to an end.
"""

from __future__ import annotations

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Mirrored
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.service_records import Mirror


def copy(walk: Walk, mirrors: tuple[Key, ...], at: str) -> None:
    """Send copies of the walk's frame, as it is now, to the mirrors that want it."""
    frame = walk.frame
    wanting = []
    for key in mirrors:
        plan = walk.topology.mirror_plans[key]
        if plan is not None:
            walk.entered += 1
            if any(matches(walk, frame) for matches in plan.conditions):
                wanting.append(plan.mirror)
    for mirror in wanting:
        _send(walk, mirror, at)


def _send(walk: Walk, mirror: Mirror, at: str) -> None:
    port = walk.topology.ports[mirror.to_port]
    if port is None:
        return
    if walk.recording:
        walk.tell(at, Mirrored(mirror=mirror.alias, port=port.alias))
    walk.branch(port, "mirror")
    # The frame's own way is a branch of the fork as well (MidoNet: `branch` in `Simulator.scala`).
    walk.nw_dst_rewritten = False
