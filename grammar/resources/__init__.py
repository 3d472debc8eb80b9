"""The declarations of every collection, gathered into one schema.

Adding a collection is a declaration in one of these modules and a name here.
"""

from __future__ import annotations

from grammar.resources import bridge, chain, group, guest, host, port, router
from grammar.schema import Schema

ROOT = ("router", "bridge", "port", "chain", "host", "port-group", "ip-address-group", "guest")

SCHEMA = Schema(
    (
        router.ROUTER,
        router.ROUTER_PORT,
        router.ROUTE,
        bridge.BRIDGE,
        bridge.BRIDGE_PORT,
        port.PORT,
        chain.CHAIN,
        chain.RULE,
        host.HOST,
        host.INTERFACE,
        host.BINDING,
        group.PORT_GROUP,
        group.PORT_GROUP_MEMBER,
        group.ADDRESS_GROUP,
        group.ADDRESS_GROUP_IP,
        guest.GUEST,
        guest.NIC,
        guest.GUEST_ROUTE,
        guest.SERVICE,
        guest.NEIGHBOUR,
    ),
    ROOT,
)
