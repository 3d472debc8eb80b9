"""What objects are called: aliases, UUIDs, names and composed aliases."""

from __future__ import annotations

import pytest
from worlds import World

from grammar.errors import MidoError


def test_aliases_count_up_in_their_scope() -> None:
    world = World()
    assert [world.run("router create") for _ in range(3)] == ["router0", "router1", "router2"]
    assert world.run("bridge create") == "bridge0"
    assert world.run("router router0 add port") == "router0:port0"
    assert world.run("router router0 add port") == "router0:port1"
    assert world.run("router router1 add port") == "router1:port0"
    assert world.run("bridge bridge0 add port") == "bridge0:port0"


def test_an_alias_is_never_used_again() -> None:
    world = World("router create", "router create", "router router1 delete")
    assert world.run("router create") == "router2"
    world.run("router router2 delete")
    world.run("router router0 delete")
    assert world.run("router create") == "router3"
    assert world.lines("router list") == ["router router3 state up asn 0"]
    assert world.error("router router1 show").code == "not-found"


def test_aliases_of_children_are_never_used_again() -> None:
    world = World("chain create", "chain chain0 add rule type accept", "chain0:rule0 delete")
    assert world.run("chain chain0 add rule type drop") == "chain0:rule1"


def test_a_failed_create_takes_no_alias() -> None:
    world = World("chain create", "chain chain0 add rule type accept")
    world.error("chain chain0 add rule type dnat")
    world.error("chain chain0 add rule type drop pos 9")
    assert world.run("chain chain0 add rule type drop") == "chain0:rule1"


def test_an_alias_may_be_given() -> None:
    world = World()
    assert world.run("router create alias router5 name five") == "router5"
    assert world.run("router create") == "router0"
    assert world.run("router create alias router2") == "router2"
    assert [world.run("router create") for _ in range(4)] == [
        "router1",
        "router3",
        "router4",
        "router6",
    ]


@pytest.mark.parametrize(
    ("alias", "code"),
    [
        ("router0", "refused"),
        ("router1", "refused"),
        ("bridge3", "invalid-value"),
        ("router", "invalid-value"),
        ("router-1", "invalid-value"),
        ("router01", "invalid-value"),
        ("router1:port0", "invalid-value"),
        ("Router7", "invalid-value"),
        ("router9999999999", "invalid-value"),
    ],
)
def test_an_alias_that_cannot_be_given(alias: str, code: str) -> None:
    world = World("router create", "router create", "router router1 delete")
    error = world.error(f"router create alias {alias}")
    assert (error.code, error.column) == (code, 21)


def test_the_root_ports_have_aliases_of_their_own() -> None:
    world = World("router create", "router router0 add port", "bridge create")
    world.run("bridge bridge0 add port")
    world.run("router router0 add port")
    names = [line.split()[:4] for line in world.lines("port list")]
    assert names == [
        ["port", "port0", "device", "router0"],
        ["port", "port1", "device", "bridge0"],
        ["port", "port2", "device", "router0"],
    ]
    world.run("port port1 delete")
    assert world.lines("bridge bridge0 list port") == []
    assert world.error("port port1 show").code == "not-found"


@pytest.fixture
def named() -> World:
    """A router called edge with a port, two bridges called twin, and a chain called chain0."""
    world = World("router create name edge", "router edge add port address 10.0.0.1")
    for line in ("bridge create name twin", "bridge create name twin", "chain create name chain1"):
        world.run(line)
    world.run("chain create name second")
    return world


@pytest.mark.parametrize(
    "path",
    [
        "router router0 port port0",
        "router edge port port0",
        "router name edge port port0",
        "router name edge port address 10.0.0.1",
        "router0 port port0",
        "router0:port0",
        "port router0:port0",
        "port edge:port0",
        "port port0",
        "router router0 port router0:port0",
    ],
)
def test_ways_to_name_a_port(named: World, path: str) -> None:
    assert named.run(f"{path} show id") == named.run("router0:port0 show id")


def test_a_uuid_is_accepted_wherever_an_alias_is(named: World) -> None:
    router, port = named.run("router edge show id"), named.run("router0:port0 show id")
    assert named.run(f"router {router} show name") == "edge"
    assert named.run(f"router {router.upper()} show name") == "edge"
    assert named.run(f"router router0 port {port} show address") == "10.0.0.1"
    assert named.run(f"port {port} show address") == "10.0.0.1"
    assert named.error(f"bridge {router} show").code == "not-found"
    assert named.error(f"router {port} show").code == "not-found"


def test_an_alias_goes_before_a_name(named: World) -> None:
    assert named.run("chain chain1 show name") == "second"
    assert named.run("chain name chain1 show") == "chain chain0 name chain1"


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("bridge twin show", 8),
        ("bridge name twin show", 8),
        ("bridge nobody show", 8),
        ("bridge name nobody show", 8),
        ("bridge bridge2 show", 8),
        ("router router0 port port1 show", 21),
        ("router router1 port port0 show", 8),
        ("router0:port1 show", 1),
        ("port router1:port0 show", 6),
        ("router router0 port twin:port0 show", 21),
        ("delete chain chain9", 14),
    ],
)
def test_what_names_nothing_or_too_much(named: World, line: str, column: int) -> None:
    error = named.error(line)
    assert (error.code, error.column) == ("not-found", column)


def test_references_print_as_aliases_and_are_read_as_anything(named: World) -> None:
    chain = named.run("chain chain0 show id")
    for word in ("chain0", chain, "chain name", "second"):
        try:
            named.run(f"router edge set infilter {word}")
        except MidoError:
            assert word == "chain name"
            continue
        assert named.run("router edge show infilter").split()[:2] == [
            "chain",
            "chain1" if word == "second" else "chain0",
        ]


def test_renaming_moves_the_name(named: World) -> None:
    named.run("router edge set name core")
    assert named.error("router edge show").code == "not-found"
    assert named.run("router core show name") == "core"
    named.run("bridge bridge0 set name other")
    assert named.run("bridge twin show").startswith("bridge bridge1 ")
