"""What a router speaks BGP about, and the peers of a VXLAN port."""

from __future__ import annotations

from grammar.addresses import IPv4, Mac, Network
from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Integer, Text

NETWORK = Collection(
    "router.bgp-network",
    "net",
    "a network the router advertises",
    (common.ID, Field("net", Network(), "the network", required=True)),
    example="net 10.0.0.0/8",
)

PEER = Collection(
    "router.bgp-peer",
    "peer",
    "a neighbour the router speaks BGP with",
    (
        common.ID,
        Field("asn", Integer(1, 0xFFFFFFFF), "its autonomous system", required=True),
        Field("address", IPv4(), "its address", required=True),
        Field("keep-alive", Integer(5, 3600, "seconds"), "time between keep-alives"),
        Field("hold-time", Integer(5, 7200, "seconds"), "time until it counts as gone"),
        Field("connect-retry", Integer(5, 3600, "seconds"), "time between attempts"),
        Field("password", Text("a password"), "the session's MD5 password", secret=True),
    ),
    example="asn 64512 address 192.168.77.2",
)

REMOTE_PEER = Collection(
    "router.port.remote-peers",
    "macip",
    "a MAC reached through a remote VTEP",
    (
        Field("mac", Mac(), "the MAC", required=True),
        Field("ip", IPv4(), "the VTEP's address", required=True),
    ),
    has_id=False,
    key=("mac",),
    example="mac 02:00:00:00:00:01 ip 172.19.0.3",
)

COLLECTIONS = (NETWORK, PEER, REMOTE_PEER)
