"""Trace requests: the walks of frames that meet a condition are kept, to be looked at later.

A request is put to a port, a bridge or a router, and looks at what enters there, just before
the infilter; its limit says how many walks it takes (MidoNet: `rules/TraceRule.java`,
`topology/TraceRequestChainMapper.scala`). The whole walk is kept, from its beginning: while
somebody traces, every walk notes what happens to it.
"""

from __future__ import annotations

from midocli.simulator.devices.walk import Walk
from midocli.simulator.events import Traced
from midocli.simulator.recorder import Unseen
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.records import Rule
from midocli.simulator.topology.service_records import TraceRequest

#: How many walks a request takes that has no limit of its own.
MOST_WALKS = 10_000


def watch(walk: Walk, requests: tuple[TraceRequest, ...], at: str) -> None:
    """Keep the walk for those of some requests whose condition its frame meets."""
    for request in requests:
        if request.matches(walk, walk.frame):
            _keep(walk, request.key, request.alias, request.key, request.limit, at)


def mark(walk: Walk, rule: Rule, at: str) -> None:
    """Keep the walk for the request that a trace rule names, if that is enabled."""
    found = walk.network.traced.get(rule.trace_request or "")
    if found is not None:
        key, alias = found
        _keep(walk, key, alias, rule.key, rule.trace_limit, at)


def _keep(walk: Walk, request: Key, alias: str, counter: Key, limit: int | None, at: str) -> None:
    most = MOST_WALKS if limit is None else limit
    trail = None if isinstance(walk.frame.origin, Unseen) else walk.trail
    if trail and walk.memory.keep_trail(walk.number, trail, request, counter, most):
        walk.tell(at, Traced(trace_request=alias))
