"""The declarations of every collection, gathered into one schema.

Adding a collection is a declaration in one of these modules.
"""

from __future__ import annotations

import copyreg

from grammar.resources import (
    balancer,
    bgp,
    bridge,
    capture,
    chain,
    container,
    dhcp,
    group,
    guest,
    host,
    learnt,
    mirror,
    port,
    qos,
    router,
    system,
    underlay,
)
from grammar.schema import Collection, Schema

_FAMILIES = (
    system,
    router,
    bgp,
    mirror,
    bridge,
    dhcp,
    port,
    chain,
    host,
    group,
    underlay,
    balancer,
    container,
    qos,
    guest,
    learnt,
    capture,
)

# The order in which help and completion name them.
ROOT = (
    "system-state",
    "router",
    "mirror",
    "bridge",
    "port",
    "chain",
    "l2insertion",
    "host",
    "port-group",
    "ip-address-group",
    "tunnel-zone",
    "tenant",
    "load-balancer",
    "health-monitor",
    "pool-statistic",
    "vtep",
    "tracerequest",
    "container",
    "container-group",
    "qos-policy",
    "guest",
    "connection",
    "flow",
    "capture",
)

SCHEMA = Schema(tuple(each for family in _FAMILIES for each in family.COLLECTIONS), ROOT)


def _collection(path: str) -> Collection:
    """The collection that was pickled as its path."""
    return SCHEMA[path]


copyreg.pickle(Collection, lambda collection: (_collection, (collection.path,)))
