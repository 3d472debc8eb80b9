"""The example of every verb, command and collection runs."""

from __future__ import annotations

import pytest
from worlds import World

import grammar
from grammar.examples import example
from grammar.language import TOPICS
from grammar.resources import SCHEMA
from grammar.verbs import VERBS

# What the examples of the collections are about.
SETTING = (
    "tenant create tenant-id blue",
    "chain create name c",
    "router create name r",
    "router router0 port create address 10.0.0.1 net 10.0.0.0/24",
    "bridge create name b",
    "bridge bridge0 port create",
    "bridge bridge0 port create",
    "bridge bridge0 dhcp create subnet 192.168.77.0/24",
    "host create name h",
    "host host0 interface create iface tap7",
    "port-group create name p",
    "ip-address-group create name i",
    "tunnel-zone create name z type vtep",
    "load-balancer create",
    "health-monitor create type TCP",
    "load-balancer lb0 pool create health-monitor hm0",
    "mirror create to-port router0:port0",
    "vtep create management-ip 10.0.0.9 management-port 6632 tunnel-zone tzone0",
    "container-group create",
    "qos-policy create name q",
    "guest create name g",
    "tracerequest create router router0",
)


@pytest.mark.parametrize("path", SCHEMA.collections)
def test_the_example_of_a_collection_runs(path: str) -> None:
    collection = SCHEMA[path]
    line = example(SCHEMA, collection)
    # The collection's own objects of the setting would be in the example's way.
    own = f"{line.split(' create')[0]} create" if " create" in line else None
    world = World(
        *(each for each in SETTING if own is None or collection.has_id or not each.startswith(own))
    )
    world.run(line)


@pytest.mark.parametrize("entry", [*VERBS.values(), *TOPICS.values()], ids=[*VERBS, *TOPICS])
def test_the_example_of_a_verb_or_command_is_understood(entry: object) -> None:
    assert grammar.parse(entry.example) is not None  # type: ignore[attr-defined]
