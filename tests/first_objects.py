"""What the example of a collection needs, in the network that `demo` loads."""

from __future__ import annotations

from grammar.examples import example
from grammar.resources import SCHEMA

# What needs something done before, beside `demo`.
BEFORE = {
    "undo": ("bridge create name a", "bridge create name b"),
    "redo": ("bridge create name a", "bridge create name b", "bridge create name c", "undo 3"),
    "demo": ("undo",),
    "capture": ("tcpdump veth0 quiet",),
    "vtep": ("tunnel-zone create name racks type vtep",),
    "pool-statistic": ("load-balancer create", "load-balancer lb0 pool create"),
    "health-monitor.pool": ("load-balancer create",),
    "health-monitor.pool.member": ("health-monitor hm0 pool create load-balancer lb0",),
    "health-monitor.pool.vip": ("health-monitor hm0 pool create load-balancer lb0",),
}


def before(path: str) -> list[str]:
    """What makes the objects that hold those of a collection, and what it needs."""
    parent = SCHEMA[path].parent
    lines = before(parent) if parent else []
    if parent and SCHEMA[parent].creatable and not SCHEMA[parent].gathers:
        lines.append(example(SCHEMA, SCHEMA[parent]))
    return [*lines, *BEFORE.get(path, ())]
