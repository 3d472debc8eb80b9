"""The underlay: tunnel zones with their members, and hardware VTEPs."""

from __future__ import annotations

from grammar.addresses import IPv4
from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, Reference, Text

TUNNEL_ZONE = Collection(
    "tunnel-zone",
    "tzone",
    "hosts that reach each other through tunnels",
    (
        common.ID,
        common.NAME._replace(required=True),
        Field("type", Choice(("gre", "vtep", "vxlan")), "kind of tunnel", required=True),
    ),
    children=("member",),
    group="machines",
    example="name tz type vxlan",
)

MEMBER = Collection(
    "tunnel-zone.member",
    "memb",
    "a host of a tunnel zone",
    (
        Field("zone", Reference("tunnel-zone"), "its zone", read_only=True, parent=True),
        Field("host", Reference("host"), "the host", required=True, on_delete="cascade"),
        Field("address", IPv4(), "the host's address in the zone", required=True),
    ),
    has_id=False,
    key=("host",),
    example="host host0 address 172.19.0.2",
)

VTEP = Collection(
    "vtep",
    "vtep",
    "a hardware VXLAN gateway",
    (
        common.ID,
        Field("name", Text("a name"), "its name, as it tells", read_only=True),
        Field("description", Text(), "its description, as it tells", read_only=True),
        Field("management-ip", IPv4(), "where it is managed", required=True),
        Field("management-port", Integer(1, 65535), "port of the management", required=True),
        Field("tunnel-zone", Reference("tunnel-zone"), "its tunnel zone", required=True),
        Field("connection-state", Text(), "whether it is reached", read_only=True),
    ),
    children=("binding", "port"),
    group="devices",
    example="management-ip 10.0.0.9 management-port 6632 tunnel-zone tzone0",
)

VTEP_BINDING = Collection(
    "vtep.binding",
    "binding",
    "a physical port's VLAN, joined to a bridge",
    (
        Field("management-ip", IPv4(), "the VTEP", hidden=True, read_only=True),
        Field("physical-port", Text("a port name"), "the port", required=True),
        Field("vlan", Integer(0, 4095), "the VLAN", required=True),
        Field("network-id", Text("a bridge's UUID", names="bridge"), "the bridge", required=True),
    ),
    has_id=False,
    example="physical-port eth1 vlan 10 network-id bridge0",
)

VTEP_PORT = Collection(
    "vtep.port",
    "port",
    "a physical port, as the VTEP tells",
    (
        Field("name", Text("a name"), "its name", read_only=True),
        Field("description", Text(), "its description", read_only=True),
    ),
    has_id=False,
    creatable=False,
)

COLLECTIONS = (TUNNEL_ZONE, MEMBER, VTEP, VTEP_BINDING, VTEP_PORT)
