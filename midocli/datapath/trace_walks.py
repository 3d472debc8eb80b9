"""The walks that trace requests have kept, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from grammar.times import Instant, date_of
from midocli.datapath.datapath import Datapath
from midocli.simulator import events
from midocli.simulator.learnt.trails import Trail
from midocli.simulator.recorder import Step
from midocli.simulator.wire.addresses import mac_text
from midocli.store.rows import Row


def rows(datapath: Datapath, request: Row | None) -> list[tuple[Any, ...]]:
    """A line for each walk: name, time, where it began, the frame there, how it ended."""
    assert request is not None
    return [
        (f"walk{number}", *_beginning(datapath, trail.steps), outcome(trail.steps))
        for number, trail in enumerate(trails(datapath, request))
    ]


def outcome(steps: Sequence[Step]) -> str:
    """Where the frame came out, was taken in or was dropped; several ends if it forked."""
    out, drops, taken, waits = [], [], [], []
    for step in steps:
        match step.event:
            case events.Delivered(point=point):
                out.append(f"out at {point}")
            case events.Dropped(reason=reason):
                drops.append(f"dropped at {step.at} ({reason.code})")
            case events.Consumed() | events.DhcpAnswered():
                taken.append(f"taken in by {step.at}")
            case events.ArpWaiting():
                waits.append(f"waiting at {step.at}")
    return ", ".join(dict.fromkeys(out or drops or taken or waits)) or "answered"


def trails(datapath: Datapath, request: Row) -> Sequence[Trail]:
    """What a request has kept, oldest first."""
    return datapath.network.state.trace_log.walks.get(request.id, ())


def _beginning(datapath: Datapath, steps: Sequence[Step]) -> tuple[Any, ...]:
    """Time and place of a walk's first step, and what its frame looked like."""
    for step in steps:
        if isinstance(step.event, events.Entered | events.Left | events.Dropped):
            clock, headers = datapath.clock, step.event.frame
            time = date_of(Instant(clock.shown(step.time_ns), clock.utc_offset))
            ends = headers.nw_src, headers.nw_dst, headers.proto
            ports = headers.tp_src, headers.tp_dst
            return (
                time,
                step.at,
                mac_text(headers.hw_src),
                mac_text(headers.hw_dst),
                headers.ethertype,
                *(ends if headers.is_ip or headers.is_arp else (None,) * 3),
                *(port if port >= 0 else None for port in ports),
            )
    return (None,) * 10
