"""Service containers and their groups."""

from __future__ import annotations

from grammar.resources import common
from grammar.schema import Collection, Field
from grammar.values import Choice, Reference, Text, Uuid

CONTAINER = Collection(
    "container",
    "container",
    "a service container",
    (
        common.ID,
        Field("container-group", Reference("container-group"), "its group"),
        Field("configuration", Uuid(), "what it is configured by"),
        Field("port", Reference("port"), "the port it is behind"),
        Field("type", Text("a type", "IPSEC"), "kind of service"),
        Field(
            "status",
            Choice(("error", "running", "starting", "stopped", "stopping")),
            "how it does",
            read_only=True,
        ),
        Field("host", Reference("host"), "the host that runs it", clearable=True),
        Field("namespace", Text(), "its network namespace", read_only=True),
        Field("interface", Text(), "its interface", read_only=True),
        Field("status-message", Text(), "what it reports", hidden=True, read_only=True),
    ),
    example="type IPSEC",
    group="services",
)

GROUP = Collection(
    "container-group",
    "cgroup",
    "containers that are placed by one policy",
    (
        common.ID,
        Field("policy", Choice(("least", "weighted")), "how hosts are chosen", default="weighted"),
        Field("port-group", Reference("port-group"), "the group of their ports"),
    ),
    children=("container",),
    group="services",
)

GROUP_CONTAINER = Collection(
    "container-group.container",
    "container",
    "a container of the group",
    CONTAINER.fields,
    gathers=(CONTAINER.path,),
    through="container-group",
    example="type IPSEC",
)

COLLECTIONS = (CONTAINER, GROUP, GROUP_CONTAINER)
