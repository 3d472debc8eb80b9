"""Mirrors and inserted services: what copies frames, and what they are sent through."""

from __future__ import annotations

from grammar.resources import common
from grammar.resources.condition import CONDITION
from grammar.schema import Collection, Field
from grammar.values import Integer, Reference

MIRROR = Collection(
    "mirror",
    "mirror",
    "copies frames that match its conditions to a port",
    (
        common.ID,
        Field(
            "to-port", Reference("port"), "where the copies go", required=True, on_delete="cascade"
        ),
    ),
    children=("matches",),
    group="filters",
    example="to-port bridge0:port1",
    more=("mirror list as table", "bridge bridge1 set in-mirrors mirror0"),
    see=("capture",),
)

MATCHES = Collection(
    "mirror.matches",
    "object",
    "a condition; frames that meet any of them are copied",
    CONDITION,
    has_id=False,
    embedded=True,
    example="proto 6 dst-port 80",
)

INSERTION = Collection(
    "l2insertion",
    "l2insertion",
    "sends the frames of a MAC through a service",
    (
        common.ID,
        Field(
            "port",
            Reference("port"),
            "the port the MAC is behind",
            required=True,
            on_delete="cascade",
        ),
        Field(
            "srv-port",
            Reference("port"),
            "the port the service is behind",
            required=True,
            on_delete="cascade",
        ),
        Field("vlan", Integer(0, 4095), "tag towards the service; 0 is untagged", default=0),
        Field("pos", Integer(0, 0x7FFFFFFF), "its turn among the port's services", default=0),
        Field(
            "fail-open",
            common.TRUE_FALSE,
            "whether a service that is down is skipped",
            default=False,
        ),
        Field("mac", common.MAC, "the MAC whose frames are redirected", required=True),
    ),
    example="port bridge0:port0 srv-port bridge0:port1 vlan 10 mac 02:00:00:00:00:01",
    group="filters",
)

COLLECTIONS = (MIRROR, MATCHES, INSERTION)
