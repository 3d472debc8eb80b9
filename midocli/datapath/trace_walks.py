"""The walks that trace requests have kept, a line each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from grammar.times import Instant, format_instant
from midocli.simulator.events import Event, Kind

if TYPE_CHECKING:
    from midocli.datapath.datapath import Datapath
    from midocli.simulator.learnt.trails import Trail
    from midocli.store.rows import Row


def rows(datapath: Datapath, request: Row | None) -> list[tuple[Any, ...]]:
    """A line for each walk: name, time, where it began, the frame there, how it ended."""
    assert request is not None
    return [
        (f"walk{number}", *_beginning(datapath, trail.events), outcome(trail.events))
        for number, trail in enumerate(trails(datapath, request))
    ]


def outcome(events: Sequence[Event]) -> str:
    """Where the frame came out, was taken in or was dropped; several ends if it forked."""
    out = [f"out at {event.details['point']}" for event in events if event.kind is Kind.DELIVERED]
    inside = [event for event in events if event.kind is Kind.DROPPED and not out]
    drops = [f"dropped at {event.at} ({_code(event.details)})" for event in inside]
    taken = [f"taken in by {event.at}" for event in events if event.kind in _TAKEN]
    waits = [f"waiting at {event.at}" for event in events if event.kind is Kind.ARP_WAITING]
    return ", ".join(dict.fromkeys(out or drops or taken or waits)) or "answered"


# Events that tell what the walk's own frame looks like.
_OWN_FRAME = (Kind.ENTERED, Kind.LEFT, Kind.DROPPED)
_TAKEN = (Kind.CONSUMED, Kind.DHCP_ANSWERED)


def _code(details: Mapping[str, Any]) -> str:
    return str(details["reason"].code)


def trails(datapath: Datapath, request: Row) -> Sequence[Trail]:
    """What a request has kept, oldest first."""
    return datapath.network.state.trace_log.walks.get(request.id, ())


def _beginning(datapath: Datapath, events: Sequence[Event]) -> tuple[Any, ...]:
    """Time and place of a walk's first step, and what its frame looked like."""
    first = next((event for event in events if event.kind in _OWN_FRAME), None)
    if first is None:
        return (None,) * 10
    clock = datapath.clock
    time = format_instant(Instant(clock.shown(first.time_ns), clock.utc_offset))
    headers: Any = first.details["frame"]
    ports = [headers.get(name, -1) for name in ("tp_src", "tp_dst")]
    return (
        time,
        first.at,
        *(headers[name].to_bytes(6, "big").hex(":") for name in ("hw_src", "hw_dst")),
        headers["ethertype"],
        headers.get("nw_src", headers.get("sender")),
        headers.get("nw_dst", headers.get("target")),
        headers.get("proto", headers.get("op")),
        *(port if port >= 0 else None for port in ports),
    )
