"""The walks that trace requests keep: what happened on each, and how many each has taken."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from midocli.simulator.recorder import Step
from midocli.simulator.topology.keys import Key


@dataclass(slots=True, eq=False)
class Trail:
    """What happened on one walk so far, and the requests that keep it."""

    steps: list[Step] = field(default_factory=list)
    requests: set[Key] = field(default_factory=set)


@dataclass(slots=True, eq=False)
class TraceLog:
    """What trace requests have kept.

    `taken` counts the walks since a request was last changed, or that a trace rule took;
    `trails` are those that are kept, by the number of the walk.
    """

    walks: defaultdict[Key, list[Trail]] = field(default_factory=lambda: defaultdict(list))
    taken: dict[Key, int] = field(default_factory=dict)
    trails: dict[int, Trail] = field(default_factory=dict)

    def keep(self, walk: int, trail: Trail, request: Key, counter: Key, limit: int) -> bool:
        """Keep a walk for a request, unless it is kept or `counter` has taken `limit` walks."""
        taken = self.taken.get(counter, 0)
        if request in trail.requests or taken >= limit:
            return False
        self.taken[counter] = taken + 1
        self.walks[request].append(trail)
        self.trails[walk] = trail
        trail.requests.add(request)
        return True

    def forget(self, request: Key) -> None:
        """Drop the walks of a request that is gone."""
        self.walks.pop(request, None)
        self.taken.pop(request, None)
