"""Tenants, trace requests and the state of the system as a whole."""

from __future__ import annotations

from grammar.resources import common
from grammar.resources.condition import CONDITION
from grammar.schema import Collection, Field
from grammar.values import Choice, Integer, Reference, Text

SYSTEM_STATE = Collection(
    "system-state",
    "system_state",
    "the state of the system as a whole",
    (
        Field("state", Choice(("ACTIVE", "UPGRADE")), "whether agents may start", default="ACTIVE"),
        Field(
            "availability",
            Choice(("READWRITE", "READONLY", "NONE")),
            "what the API takes",
            default="READWRITE",
        ),
    ),
    has_id=False,
    creatable=False,
    single=True,
    group="session",
    more=("system-state set availability READONLY", "system-state set availability READWRITE"),
)

TENANT = Collection(
    "tenant",
    "tenant",
    "who owns objects",
    (
        Field("tenant-id", Text("a tenant id"), "its id", required=True, fixed=True),
        common.NAME,
        Field("description", Text(), "what it is"),
        Field("enabled", common.YES_NO, "whether it may be used", default=True),
    ),
    has_id=False,
    key=("tenant-id",),
    group="session",
    example="tenant-id blue",
    more=("tenant list as table",),
    see=("sett", "cleart"),
)

TRACE_REQUEST = Collection(
    "tracerequest",
    "tr",
    "asks for the walks of packets that match",
    (
        *CONDITION,
        common.ID,
        common.NAME,
        Field("port", Reference("port"), "the port to watch", on_delete="cascade"),
        Field("router", Reference("router"), "the router to watch", on_delete="cascade"),
        Field("bridge", Reference("bridge"), "the bridge to watch", on_delete="cascade"),
        Field("limit", Integer(1, 0x7FFFFFFF), "how many packets; 10000 when not given"),
        Field("enabled", common.TRUE_FALSE, "whether it watches", default=False),
    ),
    children=("walk",),
    group="watching",
    example="name slow router router0 src 192.168.78.9 limit 10 enabled true",
    more=(
        "ping client vm capture none",
        "tracerequest tr0 walk list",
        "tracerequest tr0 walk walk walk0 show",
    ),
    see=("ping", "reasons"),
)

COLLECTIONS = (SYSTEM_STATE, TENANT, TRACE_REQUEST)
