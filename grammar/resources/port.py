"""The root `port` collection: every router's and bridge's port under one name."""

from __future__ import annotations

from grammar.resources.bridge import BRIDGE_PORT
from grammar.resources.router import ROUTER_PORT
from grammar.schema import Collection

_DEVICE = "the router or bridge it belongs to"

PORT = Collection(
    "port",
    "port",
    "any port, of a router or a bridge",
    (
        *(f._replace(help=_DEVICE) if f.name == "device" else f for f in ROUTER_PORT.fields),
        *(f for f in BRIDGE_PORT.fields if f.name not in ROUTER_PORT.by_name),
    ),
    creatable=False,
    gathers=(ROUTER_PORT.path, BRIDGE_PORT.path),
    group="devices",
    more=(
        "port list plugged yes as table",
        "port list device router0 as table",
        "router0:port0 show address  # an alias in full, from anywhere",
    ),
    see=("points", "aliases"),
)

COLLECTIONS = (PORT,)
