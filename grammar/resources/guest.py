"""Guests: the machines behind interfaces, with their routes and services."""

from __future__ import annotations

from grammar import numbers
from grammar.addresses import IPv4, Mac, Network
from grammar.resources import common
from grammar.resources.common import UP_DOWN, YES_NO
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, ListOf, Reference, Text

_ADDRESSES = ListOf(Network("an address with prefix length", "192.168.78.9/24", True))
_INTERFACE = Field(
    "interface", Reference("interface"), "the interface it is behind", clearable=True
)
_MAC = Field("mac", Mac(), "its MAC address; made up when left out")
_MTU = Field("mtu", Integer(68, 65535, "bytes"), "largest IP packet it sends", default=1500)
_VLAN = Field("vlan", Integer(0, 4094), "VLAN its frames are tagged with", clearable=True)

GUEST = Collection(
    "guest",
    "guest",
    "a machine (VM, container, server) behind an interface",
    (
        common.ID,
        common.NAME,
        _INTERFACE,
        _MAC,
        Field("address", _ADDRESSES, "its addresses", clearable=True),
        Field("gw", IPv4(), "its default gateway", clearable=True),
        _MTU,
        _VLAN,
        Field("state", UP_DOWN, "whether it is on; down, it is silent", default="up"),
        Field("forwarding", YES_NO, "whether it routes between its interfaces", default=False),
        Field("reply-df", YES_NO, "whether its echo replies have DF set", default=False),
        Field("ip-id", Integer(0, 65535), "IP identification of its next packet", live=True),
        Field("dev", Text("a device name", "eth0", 15), "name of its device", default="eth0"),
        Field(
            "bridge-ports",
            ListOf(Text("a device name", "veth1", 15)),
            "ports of dev, when that is a Linux bridge",
            clearable=True,
        ),
    ),
    children=("nic", "route", "service", "neighbour"),
    usage=(
        "guest create bridge BRIDGE [host HOST] [FIELD VALUE]...",
        "guest GUEST ping|traceroute|arping|connect|dhcp ...",
        "guest GUEST ip addr|route|neigh",
        "guest GUEST brctl show",
    ),
    group="machines",
    example="name web interface host0:tap1 address 192.168.77.9/24",
    more=(
        "guest create name bob bridge test address 192.168.77.10/24  # plugged in, too",
        "guest list as table",
        "guest web set gw 192.168.77.1",
        "guest vm ping client capture none",
        "guest client ip route  # as on Linux",
    ),
    see=("ping", "connect", "dhcp", "binding"),
)

NIC = Collection(
    "guest.nic",
    "nic",
    "a further interface of a guest",
    (
        common.ID,
        _INTERFACE,
        _MAC,
        Field("address", _ADDRESSES, "its addresses", clearable=True),
        _MTU,
        _VLAN,
        Field("dev", Text("a device name", "eth1", 15), "name of its device"),
    ),
    example="interface host0:tap2 address 10.0.1.1/24",
)

GUEST_ROUTE = Collection(
    "guest.route",
    "route",
    "a route of a guest's table",
    (
        common.ID,
        Field("dst", Network(), "destinations it applies to", required=True),
        Field("gw", IPv4(), "next hop; without it the destination is on the link", clearable=True),
        Field("proto", Choice(("dhcp",)), "who gave it: dhcp, if a lease did", clearable=True),
    ),
    example="dst 10.9.0.0/16 gw 192.168.77.1",
    more=("guest client route list as table", "guest client ip route  # as Linux prints them"),
)

SERVICE = Collection(
    "guest.service",
    "service",
    "a port a guest listens on",
    (
        common.ID,
        Field("proto", Choice(("tcp", "udp")), "protocol", required=True),
        Field("port", Integer(1, 65535, called=numbers.port), "port number", required=True),
    ),
    example="proto tcp port 22",
    more=("guest vm service list", "connect client tcp 192.168.77.119 22 capture none"),
    see=("connect",),
)

NEIGHBOUR = Collection(
    "guest.neighbour",
    "neighbour",
    "an entry of a guest's ARP cache",
    (
        Field("address", IPv4(), "the neighbour's address", read_only=True),
        Field("dev", Text(), "the device it is behind", read_only=True),
        Field("mac", Mac(), "its MAC address", read_only=True),
        Field(
            "state",
            Choice(("REACHABLE", "STALE", "DELAY", "PROBE", "INCOMPLETE", "FAILED")),
            "what is known of it",
            read_only=True,
        ),
    ),
    has_id=False,
    creatable=False,
    live=True,
    more=("guest client neighbour list", "guest client ip neigh  # as Linux prints them"),
    see=("arping", "reset"),
)

COLLECTIONS = (GUEST, NIC, GUEST_ROUTE, SERVICE, NEIGHBOUR)
