"""Copies of a frame on their ways: floods and mirrors make them, and none leaves alone.

What is to leave waits until all copies have ended. If one ended in an error, none gets out
(MidoNet: `SimDevice.merge` in `simulation/Simulator.scala`, where `ErrorDrop` wins).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator.devices.underlay import deliver
from midocli.simulator.events import Kind
from midocli.simulator.reason import Reason
from midocli.simulator.wire.headers import headers

if TYPE_CHECKING:
    from midocli.simulator.devices.decisions import Fork
    from midocli.simulator.devices.walk import Walk
    from midocli.simulator.topology.records import Port


def begin(walk: Walk) -> None:
    """Have what leaves wait from now on: the walk's frame gets copies."""
    walk.basis = None
    if walk.held is None:
        walk.held = []


def fork(walk: Walk, ways: Fork) -> None:
    """Send a copy out of every port of the fork."""
    begin(walk)
    frame, in_port, device = walk.frame, walk.in_port, walk.device
    for port in ways.ports:
        walk.frame, walk.in_port, walk.device = frame.copy(), in_port, device
        walk.nw_dst_rewritten = False
        if len(ways.ports) > 1:
            branch(walk, port, "flood")
        else:
            walk.run(port)


def branch(walk: Walk, port: Port, why: str) -> None:
    """Let the walk's frame, a copy, leave by a port in a walk with a number of its own."""
    this = walk.number, walk.parent, walk.depth
    network, frame = walk.network, walk.frame
    network.walks += 1
    walk.number, walk.parent, walk.depth = network.walks, walk.number, walk.depth + 1
    frame.walk, frame.depth = walk.number, frame.depth + 1
    if walk.recording:
        network.parents[walk.number] = walk.parent
        walk.tell(Kind.BRANCHED, port.alias, {"why": why, "frame": headers(frame)})
    walk.run(port)
    walk.number, walk.parent, walk.depth = this


def let_out(walk: Walk) -> None:
    """Let the copies out that have waited, or end them all."""
    held, failed = walk.held, walk.failed
    assert held
    if failed is None:
        parents = walk.network.parents
        for port, frame in held:
            # What happens to a copy from here on is told of its own walk.
            walk.frame, walk.number = frame, frame.walk
            walk.parent = parents.get(frame.walk, walk.parent)
            deliver(walk, port)
        return
    walk.frame = held[0][1]
    ports = ", ".join(dict.fromkeys(port.alias for port, _ in held))
    text = f"{ports} sends no copy, because another one ended in an error: {failed.text}"
    walk.drop(Reason(failed.code, failed.at, failed.rule, text, failed.details))
