"""DHCP: the subnets of a bridge, with their hosts and extra routes."""

from __future__ import annotations

from grammar.addresses import IPv4, Mac, Network
from grammar.resources.common import YES_NO
from grammar.schema import Collection, Field
from grammar.values import Integer, ListOf, Text

DHCP = Collection(
    "bridge.dhcp",
    "dhcp",
    "a subnet the bridge gives addresses of",
    (
        Field("gw", IPv4(), "the default gateway given out"),
        Field("server", IPv4(), "the server's address; the gateway if not given"),
        Field("dns-servers", ListOf(IPv4()), "the name servers given out"),
        Field("subnet", Network(), "the subnet", required=True),
        Field("interface-mtu", Integer(0, 65535, "bytes"), "the MTU given out"),
        Field("enabled", YES_NO, "whether addresses are given out; yes is not shown"),
    ),
    children=("opt121-routes", "host"),
    has_id=False,
    key=("subnet",),
    example="subnet 192.168.77.0/24 gw 192.168.77.1",
    more=(
        "bridge bridge0 dhcp list",
        "bridge bridge0 dhcp subnet 192.168.77.0/24 set dns-servers 8.8.8.8",
    ),
    see=("dhcp",),
)

ROUTES = Collection(
    "bridge.dhcp.opt121-routes",
    "object",
    "a classless static route given out (option 121)",
    (
        Field("destination", Network(), "destinations of the route", required=True),
        Field("gateway", IPv4(), "its next hop", required=True),
    ),
    has_id=False,
    embedded=True,
    key=("destination",),
    example="destination 10.0.0.0/8 gateway 192.168.77.254",
)

HOST = Collection(
    "bridge.dhcp.host",
    "dhcp-host",
    "a machine that gets an address",
    (
        Field("name", Text("a host name"), "its name"),
        Field("address", IPv4(), "the address it gets"),
        Field("mac", Mac(), "its MAC address", required=True),
    ),
    has_id=False,
    key=("mac",),
    example="name vm1 address 192.168.77.119 mac fa:16:3e:39:9e:e9",
)

COLLECTIONS = (DHCP, ROUTES, HOST)
