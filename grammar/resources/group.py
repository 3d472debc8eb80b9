"""Groups of ports and of addresses, which conditions refer to."""

from __future__ import annotations

from grammar.addresses import IpAddress
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
    of_tenant=True,
    group="filters",
    example="name uplinks",
    more=("port-group list as table",),
    see=("rule",),
)

PORT_GROUP_MEMBER = Collection(
    "port-group.member",
    "pgport",
    "a port of a group",
    (
        Field("port-group", Reference("port-group"), "its group", read_only=True, parent=True),
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
    children=("ip", "ipv4", "ipv6"),
    group="filters",
    example="name blocked",
    more=("ip-address-group list as table",),
    see=("rule",),
)

_ADDRESS = Field("address", IpAddress(), "the address", required=True)

ADDRESS_GROUP_IP = Collection(
    "ip-address-group.ip",
    "addr",
    "an address of a group",
    (_ADDRESS,),
    has_id=False,
    key=("address",),
    example="address 10.0.0.7",
    see=("rule",),
)

ADDRESS_GROUP_IPV4 = Collection(
    "ip-address-group.ipv4",
    "addr",
    "an IPv4 address of a group",
    (_ADDRESS._replace(type=IpAddress(4)),),
    has_id=False,
    gathers=(ADDRESS_GROUP_IP.path,),
    example="address 10.0.0.8",
)

ADDRESS_GROUP_IPV6 = Collection(
    "ip-address-group.ipv6",
    "addr",
    "an IPv6 address of a group",
    (_ADDRESS._replace(type=IpAddress(6)),),
    has_id=False,
    gathers=(ADDRESS_GROUP_IP.path,),
)

COLLECTIONS = (
    PORT_GROUP,
    PORT_GROUP_MEMBER,
    ADDRESS_GROUP,
    ADDRESS_GROUP_IP,
    ADDRESS_GROUP_IPV4,
    ADDRESS_GROUP_IPV6,
)
