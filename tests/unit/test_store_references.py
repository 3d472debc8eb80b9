"""What becomes of others when an object changes or goes: references, links and plugs."""

from __future__ import annotations

import pytest
from worlds import World, check, snapshot


@pytest.fixture
def world() -> World:
    """Two routers and a bridge with ports, chains, groups, a host and a guest."""
    return World(
        "chain create name a",
        "chain create name b",
        "router create name r infilter chain0 outfilter chain1",
        "router create name s",
        "bridge create name w infilter chain0",
        "router router0 add port address 10.0.0.1 net 10.0.0.0/24",
        "router router0 add port address 10.0.1.1 net 10.0.1.0/24",
        "router router1 add port",
        "bridge bridge0 add port",
        "bridge bridge0 add port",
        "router router0 add route src 0.0.0.0/0 dst 10.0.0.0/24 port router0:port0",
        "port-group create name g",
        "port-group pgroup0 add member port router0:port0",
        "chain chain0 add rule type jump jump-to chain1",
        "chain chain0 add rule pos 2 in-ports !router0:port0,router0:port1 type drop",
        "host create name h",
        "host host0 add binding port bridge0:port1 interface veth0",
        "guest create name v interface host0:veth0",
    )


def test_deleting_a_chain_clears_the_fields_that_name_it(world: World) -> None:
    world.run("chain chain0 delete")
    assert world.run("router router0 show infilter") == ""
    assert world.run("router router0 show outfilter").startswith("chain chain1")
    assert world.run("bridge bridge0 show infilter") == ""
    check(world.store)


def test_deleting_a_chain_takes_its_rules_along(world: World) -> None:
    rules = [row.id for row in world.store.rows("chain.rule", next(world.store.rows("chain")))]
    world.run("chain chain0 delete")
    assert len(rules) == 2
    assert [world.store.by_id(rule) for rule in rules] == [None, None]


def test_deleting_a_port_takes_it_out_of_lists_and_groups(world: World) -> None:
    world.run("router0:port0 delete")
    assert world.run("chain0:rule1 show in-ports") == "!router0:port1"
    assert world.lines("port-group pgroup0 list member") == []
    check(world.store)


def test_a_list_of_ports_that_are_all_gone_is_empty_and_stays(world: World) -> None:
    world.run("router0:port0 delete")
    world.run("router0:port1 delete")
    assert world.run("chain0:rule1 show in-ports") == '!""'
    check(world.store)


def test_deleting_a_port_takes_its_routes_along(world: World) -> None:
    assert len(world.lines("router router0 list route")) == 3
    world.run("router0:port0 delete")
    assert world.lines("router router0 list route") == [
        "route route2 src 0.0.0.0/0 dst 10.0.1.1 port router0:port1 weight 0 learned false"
    ]


def test_deleting_a_router_takes_everything_below_along(world: World) -> None:
    world.run("router1:port0 set peer router0:port1")
    world.run("router router0 delete")
    assert world.run("router1:port0 show peer") == ""
    assert {line.split()[3] for line in world.lines("port list")} == {"router1", "bridge0"}
    check(world.store)


def test_deleting_a_bound_port_unplugs_it(world: World) -> None:
    world.run("bridge0:port1 delete")
    assert world.lines("host host0 list binding") == []
    assert len(world.lines("host host0 list interface")) == 1


def test_deleting_an_interface_unplugs_port_and_guest(world: World) -> None:
    world.run("host host0 delete interface iface veth0")
    assert world.lines("host host0 list binding") == []
    assert world.run("bridge0:port1 show plugged") == "no"
    assert world.run("guest v show interface") == ""
    check(world.store)


def test_deleting_a_host_leaves_port_and_guest(world: World) -> None:
    world.run("host h set alive false")
    world.error("host h delete")
    world.run("host h delete binding interface veth0")
    world.run("host h delete")
    assert world.run("bridge0:port1 show plugged") == "no"
    assert world.run("guest v show interface") == ""
    check(world.store)


# -- links --------------------------------------------------------------------------------


def test_linking_one_end_links_both(world: World) -> None:
    world.run("router0:port0 set peer bridge0:port0")
    assert " peer router0:port0" in world.run("bridge0:port0 show")
    world.run("bridge0:port0 clear peer")
    assert world.run("router0:port0 show peer") == ""


def test_deleting_one_end_unlinks_the_other(world: World) -> None:
    world.run("router0:port0 set peer bridge0:port0")
    world.run("router0:port0 delete")
    assert world.run("bridge0:port0 show peer") == ""
    check(world.store)


def test_a_port_can_be_created_linked(world: World) -> None:
    assert world.run("router router1 add port peer bridge0:port0") == "router1:port1"
    assert " peer router1:port1" in world.run("bridge0:port0 show")
    error = world.error("router router1 add port peer bridge0:port0")
    assert (error.code, error.column) == ("refused", 30)


def test_showing_a_link_changes_no_alias(world: World) -> None:
    world.run("router0:port0 set peer bridge0:port0")
    before = snapshot(world.store)
    assert world.run("router router0 port port0 show peer").startswith("port port0 device bridge0")
    assert snapshot(world.store) == before


@pytest.mark.parametrize(
    ("line", "code", "column"),
    [
        ("router0:port0 set peer router0:port0", "refused", 24),
        ("router0:port0 set peer bridge0:port1", "refused", 24),  # it is bound
        ("router0:port0 set peer router1", "invalid-value", 24),
        ("router0:port0 set peer chain0", "invalid-value", 24),
        ("router0:port0 set peer router0:port7", "invalid-value", 24),
        ("host host0 add binding port bridge0:port1 interface veth1", "refused", 29),
        ("host host0 add binding port bridge0:port0 interface veth0", "refused", 53),
        ("guest create interface host0:veth0", "refused", 24),
        ("router router0 set infilter router1", "invalid-value", 29),
        ("router router0 add route dst 1.2.3.0/24 port router1:port0", "refused", 46),
        ("port-group pgroup0 add member port router0:port0", "refused", 36),
    ],
)
def test_what_is_refused(world: World, line: str, code: str, column: int) -> None:
    error = world.error(line)
    assert (error.code, error.column) == (code, column)


def test_a_linked_port_must_be_unlinked_before_it_is_linked_anew(world: World) -> None:
    world.run("router0:port0 set peer bridge0:port0")
    assert world.error("router0:port0 set peer router1:port0").code == "refused"
    assert world.error("router1:port0 set peer bridge0:port0").code == "refused"
    world.run("router0:port0 clear peer")
    world.run("router1:port0 set peer bridge0:port0")
    check(world.store)


# -- all or nothing -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "router0:port0 set peer bridge0:port0 mac 02:00:00:00:00:01 infilter chain9",
        "router0:port0 set mac 02:00:00:00:00:01 peer bridge0:port1",
        "router0:port0 set peer bridge0:port0 mac zz",
        "router router0 set name other infilter nobody",
        "chain0:rule1 set pos 1 in-ports router0:port1,router0:port9",
        "chain0:rule0 set src 10.0.0.1 type dnat",
        "chain0:rule0 set pos 2 jump-to chain9",
        "router0:port0 set address 10.0.0.7 peer router0:port0",
        "router router0 add port address 10.0.2.1 peer bridge0:port1",
        "router router0 add port peer bridge0:port0 infilter chain9",
        "guest create name x interface host0:veth7 gw 10.0.0.1 address nowhere",
        "guest guest0 set interface host0:new state sideways",
        "guest create interface host0:new alias guest0",
        "host host0 add binding interface veth7 port bridge0:port1",
        "chain chain0 add rule type dnat pos 1",
        "port port0 set address 10.0.0.9 vlan 5",
        "port port0 clear peer vlan",
    ],
)
def test_a_command_with_one_wrong_value_changes_nothing(world: World, line: str) -> None:
    world.error(line)
    check(world.store)


def test_the_last_value_of_a_field_counts(world: World) -> None:
    world.run("router router0 set name x state down name y")
    assert world.run("router router0 show") == (
        "router router0 name y state down infilter chain0 outfilter chain1 asn 0"
    )
    assert world.run("router create name x name z") == "router2"
    assert world.run("router router2 show name") == "z"


def test_setting_several_fields_at_once_is_judged_by_the_outcome(world: World) -> None:
    world.run("chain0:rule0 set type dnat target 10.0.0.1 jump-to chain1")
    assert world.run("chain0:rule0 show type") == "dnat"
