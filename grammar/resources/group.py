"""Groups of ports and of addresses, which conditions refer to."""

from __future__ import annotations

from grammar.addresses import IPv4
from grammar.resources import common
from grammar.resources.common import TRUE_FALSE
from grammar.schema import Collection, Field
from grammar.values import Reference

PORT_GROUP = Collection(
    "port-group",
    "pgroup",
    "a group of ports",
    (
        common.ID,
        common.TENANT,
        common.NAME,
        Field("stateful", TRUE_FALSE, "whether its ports share connection state", default=False),
    ),
    children=("member",),
)

PORT_GROUP_MEMBER = Collection(
    "port-group.member",
    "pgport",
    "a port of a group",
    (
        Field("port-group", Reference("port-group"), "its group", read_only=True),
        Field("port", Reference("port"), "the port", required=True, on_delete="cascade"),
    ),
    has_id=False,
    key=("port",),
)

ADDRESS_GROUP = Collection(
    "ip-address-group",
    "ipg",
    "a group of addresses",
    (common.ID, common.NAME),
    children=("ip",),
)

ADDRESS_GROUP_IP = Collection(
    "ip-address-group.ip",
    "addr",
    "an address of a group",
    (Field("address", IPv4(), "the address", required=True),),
    has_id=False,
    key=("address",),
)
