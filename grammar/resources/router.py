"""Routers, their ports and their routes."""

from __future__ import annotations

from grammar.addresses import Cidr, IPv4, Mac, Network
from grammar.resources import common
from grammar.resources.common import TRUE_FALSE, chain_field
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, ListOf, Reference, Text

ROUTER = Collection(
    "router",
    "router",
    "a virtual router",
    (
        common.ID,
        common.TENANT,
        common.NAME,
        common.STATE,
        common.INFILTER,
        common.OUTFILTER,
        Field("load-balancer", Reference("load-balancer"), "its load balancer", clearable=True),
        Field("asn", Integer(-1, 0xFFFFFFFF), "its BGP autonomous system", default=0),
        common.IN_MIRRORS,
        common.OUT_MIRRORS,
        chain_field("local-redirect-chain", "the chain that runs before the infilter"),
        chain_field("forward-chain", "the chain that runs before the outfilter"),
    ),
    children=("port", "route", "bgp-network", "bgp-peer", "arp", "nat"),
    of_tenant=True,
    group="devices",
    example="name edge",
    more=(
        "router router0 port list as table",
        "router router0 set infilter chain0",
        "router router0 show",
    ),
    see=("route", "points"),
)

ROUTER_PORT = Collection(
    "router.port",
    "port",
    "a router's port",
    (
        common.ID,
        Field(
            "device", Reference("router"), "the router it belongs to", read_only=True, parent=True
        ),
        common.STATE,
        common.PLUGGED,
        common.INFILTER,
        common.OUTFILTER,
        Field("mac", Mac(), "its MAC address; made up when left out"),
        Field("address", IPv4(), "its IPv4 address"),
        Field("net", Network(), "the network it is on, kept as given"),
        common.PEER,
        Field("bgp-status", Text(), "state of its BGP sessions", hidden=True, read_only=True),
        common.IN_MIRRORS,
        common.OUT_MIRRORS,
        common.POST_IN_MIRRORS,
        common.PRE_OUT_MIRRORS,
        Field("vni", Integer(0, 0xFFFFFF), "VXLAN network identifier"),
        Field("vxlan-off-ramp", TRUE_FALSE, "whether VXLAN traffic leaves here"),
        Field(
            "addresses",
            ListOf(Network()),
            "its addresses, the first of which is also address and net",
            hidden=True,
            clearable=True,
        ),
    ),
    children=("remote-peers",),
    example="address 192.168.80.1 net 192.168.80.0/24",
    more=(
        "router router0 port list as table",
        "router0:port2 set peer bridge0:port1  # a virtual link to a bridge",
        "router0:port1 set infilter chain3",
    ),
    see=("points",),
)

ROUTE = Collection(
    "router.route",
    "route",
    "a route of a router's table",
    (
        common.ID,
        Field(
            "type",
            Choice(("normal", "blackhole", "reject")),
            "forward, drop silently, or drop with an ICMP error",
            default="normal",
        ),
        Field("src", Network(), "sources it applies to", default=Cidr(0, 0)),
        Field("dst", Network(), "destinations it applies to", required=True),
        Field("gw", IPv4(), "next hop; without it the destination itself is the next hop"),
        Field(
            "port",
            Reference("port", own=True),
            "the router's port it leads to",
            on_delete="cascade",
        ),
        Field("weight", Integer(0, 0x7FFFFFFF), "the lowest weight wins", default=0),
        Field("learned", TRUE_FALSE, "whether BGP taught it", default=False),
    ),
    example="dst 10.9.0.0/16 type normal port router0:port0 gw 192.168.77.254",
    more=(
        "router router0 route list as table",
        "router router0 add route dst 10.8.0.0/16 type blackhole  # dropped silently",
        "router router0 add route dst 10.7.0.0/16 type reject  # with an ICMP error",
    ),
    see=("traceroute",),
)

COLLECTIONS = (ROUTER, ROUTER_PORT, ROUTE)
