"""Copies of a frame on their ways: floods and mirrors make them, and none leaves alone.

What is to leave waits until all copies have ended. If one ended in an error, none gets out
(MidoNet: `SimDevice.merge` in `simulation/Simulator.scala`, where `ErrorDrop` wins).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from midocli.simulator.reason import Reason
from midocli.simulator.underlay import deliver

if TYPE_CHECKING:
    from midocli.simulator.results import Fork
    from midocli.simulator.walk import Walk


def begin(walk: Walk) -> None:
    """Have what leaves wait from now on: the walk's frame gets copies."""
    if walk.held is None:
        walk.held = []


def fork(walk: Walk, ways: Fork) -> None:
    """Send a copy out of every port of the fork."""
    begin(walk)
    frame, in_port, device = walk.frame, walk.in_port, walk.device
    for port in ways.ports:
        walk.frame, walk.in_port, walk.device = frame.copy(), in_port, device
        walk.nw_dst_rewritten = False
        walk.run(port)


def let_out(walk: Walk) -> None:
    """Let the copies out that have waited, or end them all."""
    held, failed = walk.held, walk.failed
    assert held
    if failed is None:
        for port, walk.frame in held:
            deliver(walk, port)
        return
    walk.frame = held[0][1]
    ports = ", ".join(dict.fromkeys(port.alias for port, _ in held))
    text = f"{ports} sends no copy, because another one ended in an error: {failed.text}"
    walk.drop(Reason(failed.code, failed.at, failed.rule, text, failed.details))
