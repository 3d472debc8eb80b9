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
    example="name slow router router0 src 10.0.0.1 limit 10",
)

COLLECTIONS = (SYSTEM_STATE, TENANT, TRACE_REQUEST)
