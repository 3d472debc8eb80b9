"""Hosts, their interfaces, and the bindings that plug ports into them."""

from __future__ import annotations

from grammar.addresses import Mac
from grammar.resources import common
from grammar.resources.common import TRUE_FALSE
from grammar.schema import Collection, Field
from grammar.values import Integer, Limit, LinkStatus, ListOf, Reference, Text

HOST = Collection(
    "host",
    "host",
    "a hypervisor that runs an agent",
    (
        common.ID,
        Field("name", Text("a name"), "its name", required=True, fixed=True),
        Field("alive", TRUE_FALSE, "whether its agent runs", default=True),
        Field("addresses", ListOf(Text("an IP address", "10.1.0.1")), "its addresses"),
        Field("flooding-proxy-weight", Integer(0, 65535), "VTEP flooding share", default=1),
        Field("container-weight", Integer(0, 0x7FFFFFFF), "container share", default=1),
        Field("container-limit", Limit(), "the most containers it takes", default=-1),
        Field("enforce-container-limit", TRUE_FALSE, "whether the limit binds", default=False),
    ),
    children=("interface", "binding"),
    group="machines",
    example="name rack1",
    more=("host list as table", "host nikita set alive false  # its ports go down"),
    see=("guest",),
)

INTERFACE = Collection(
    "host.interface",
    "interface",
    "a network interface of a host",
    (
        Field(
            "iface", Text("an interface name", "veth0", 15), "its name", required=True, fixed=True
        ),
        Field("host_id", Reference("host"), "its host", read_only=True, parent=True),
        Field("status", LinkStatus(), "3 is up, 0 down; 1 up without a carrier", default=3),
        Field("addresses", ListOf(Text("an IP address", "10.1.0.1")), "its addresses"),
        Field("mac", Mac(), "its MAC address"),
        Field("mtu", Integer(68, 65536, "bytes"), "largest IP packet it carries", default=1500),
        Field("type", Text(), "kind of interface", default="Virtual"),
        Field("endpoint", Text(), "what is behind it", default="DATAPATH"),
    ),
    has_id=False,
    key=("iface",),
    example="iface tap1",
    more=("host host0 interface list as table", "host host0 interface veth0 set status down"),
    see=("binding", "guest"),
)

BINDING = Collection(
    "host.binding",
    "binding",
    "a port plugged into a host's interface",
    (
        Field("host", Reference("host"), "its host", read_only=True, parent=True),
        Field(
            "interface",
            Text("an interface name", "veth0", 15, "host.interface"),
            "the interface",
            required=True,
        ),
        Field("port", Reference("port"), "the port", required=True, on_delete="cascade"),
    ),
    has_id=False,
    settled=True,
    key=("interface",),
    example="port bridge0:port1 interface tap1",
    more=("host host0 binding list", "host host0 binding interface tap1 delete"),
    see=("guest",),
)

COLLECTIONS = (HOST, INTERFACE, BINDING)
