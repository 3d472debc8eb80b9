"""The root `port` collection: every router's and bridge's port under one name."""

from __future__ import annotations

from grammar.resources.bridge import BRIDGE_PORT
from grammar.resources.router import ROUTER_PORT
from grammar.schema import Collection

PORT = Collection(
    "port",
    "port",
    "any port, of a router or a bridge",
    ROUTER_PORT.fields + tuple(f for f in BRIDGE_PORT.fields if f.name not in ROUTER_PORT.by_name),
    creatable=False,
    gathers=(ROUTER_PORT.path, BRIDGE_PORT.path),
)

COLLECTIONS = (PORT,)
