"""Bridges and their ports."""

from __future__ import annotations

from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Integer, Reference

BRIDGE = Collection(
    "bridge",
    "bridge",
    "a virtual switch",
    (
        common.ID,
        common.TENANT,
        common.NAME,
        common.STATE,
        common.INFILTER,
        common.OUTFILTER,
        common.QOS_POLICY,
        common.IN_MIRRORS,
        common.OUT_MIRRORS,
    ),
    children=("port", "dhcp", "mac", "arp"),
    of_tenant=True,
    group="devices",
    example="name lan",
    more=(
        "bridge bridge0 port list as table",
        "bridge test set state down  # test is the name of bridge1",
    ),
    see=("guest",),
)

BRIDGE_PORT = Collection(
    "bridge.port",
    "port",
    "a bridge's port",
    (
        common.ID,
        Field(
            "device", Reference("bridge"), "the bridge it belongs to", read_only=True, parent=True
        ),
        common.STATE,
        common.PLUGGED,
        common.INFILTER,
        common.OUTFILTER,
        Field("vlan", Integer(0, 4094), "VLAN of the peer; 0 is untagged", default=0),
        common.PEER,
        Field("vtep", Reference("vtep"), "the VTEP behind it", read_only=True),
        Field("vni", Integer(0, 0xFFFFFF), "VXLAN network identifier", read_only=True),
        common.QOS_POLICY,
        common.IN_MIRRORS,
        common.OUT_MIRRORS,
        common.POST_IN_MIRRORS,
        common.PRE_OUT_MIRRORS,
    ),
    more=(
        "bridge bridge0 port list as table",
        "bridge0:port10 show outfilter",
        "bridge0:port10 clear outfilter",
    ),
    see=("binding", "points"),
)

COLLECTIONS = (BRIDGE, BRIDGE_PORT)
