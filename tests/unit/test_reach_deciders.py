"""`reach diff` names the rule that does it, and the one that did otherwise before."""

from __future__ import annotations

from worlds import World

NETWORK = (
    "router create name r",
    "router r add port address 10.0.1.1 net 10.0.1.0/24",
    "router r add port address 10.0.2.1 net 10.0.2.0/24",
    "router r add route dst 10.0.1.0/24 type normal port router0:port0",
    "router r add route dst 10.0.2.0/24 type normal port router0:port1",
    "bridge create name one",
    "bridge create name two",
    "bridge one add port peer router0:port0",
    "bridge two add port peer router0:port1",
    "guest create name a bridge one address 10.0.1.10/24",
    "guest create name b bridge two address 10.0.2.10/24",
    "chain create name c",
)


def planned(*lines: str, rules: tuple[str, ...], filter_: str) -> list[str]:
    """What `reach diff` says of some changes to the rules of a filter."""
    world = World(*NETWORK)
    for place, rule in enumerate(rules, 1):
        world.run(f"chain c add rule {rule} pos {place}")
    world.run(filter_)
    world.run("begin")
    for line in lines:
        world.run(line)
    return world.lines("reach diff")


def test_each_new_rule_opens_its_own() -> None:
    found = planned(
        "chain c add rule proto 6 dst-port 80 type accept pos 1",
        "chain c add rule proto 6 dst-port 80-90 type accept pos 2",
        rules=("ethertype 2054 type accept", "flow return-flow type accept", "type drop"),
        filter_="bridge1:port1 set outfilter c",
    )
    where = "it in the outfilter of bridge1:port1, where chain0:rule2 dropped it)"
    assert [line for line in found if "<- a " in line] == [
        f"opens: b <- a   tcp 80   (chain0:rule3 accepts {where}",
        f"opens: b <- a   tcp 81-90   (chain0:rule4 accepts {where}",
    ]


def test_what_opens_by_no_rule_names_the_one_that_dropped_it() -> None:
    found = planned(
        "delete chain0:rule0",
        rules=("proto 17 type reject",),
        filter_="router r set forward-chain c",
    )
    does = "chain0:rule0 rejected it in the forward-chain of router0"
    assert found == [f"opens: b <- a; a <- b   udp   ({does})"]


def test_a_rule_gone_is_named_beside_the_one_that_drops_now() -> None:
    found = planned(
        "delete chain0:rule0",
        rules=("proto 6 dst-port 22 type return", "proto 6 type drop"),
        filter_="bridge1:port1 set outfilter c",
    )
    does = "chain0:rule1 drops it in the outfilter of bridge1:port1, where chain0:rule0 returned it"
    assert found[0] == f"closes: b <- a   tcp 22   ({does})"


def test_the_rule_for_the_answer_is_not_that_for_the_request() -> None:
    found = planned(
        "chain c add rule src 10.0.2.0/24 proto 6 type accept pos 2",
        rules=("src 10.0.1.0/24 type accept", "type drop"),
        filter_="router r set forward-chain c",
    )
    does = "chain0:rule2 accepts it in the forward-chain of router0, where chain0:rule1 dropped it"
    assert found == [f"opens: b <- a; a <- b   tcp   ({does})"]


def test_machines_that_share_a_name_are_told_apart() -> None:
    world = World(*NETWORK)
    world.run("begin")
    world.run("guest create name n bridge one address 10.0.1.11/24")
    world.run("guest create name n bridge two address 10.0.2.11/24")
    said = world.run("reach diff")
    assert "n (10.0.1.11) <- a, b, n (10.0.2.11)" in said
    assert "n (10.0.2.11) <- a, b, n (10.0.1.11)" in said


def test_all_that_talk_to_each_other_are_named_once() -> None:
    world = World(*NETWORK)
    for number in (11, 12):
        world.run(f"guest create name n{number} bridge one address 10.0.1.{number}/24")
    world.run("begin")
    world.run("bridge one set infilter c")
    world.run("chain c add rule proto 17 type drop")
    found = world.lines("reach diff udp")[0]
    assert found.startswith("closes: b, n11, n12, a <- b, n11, n12, a   udp ")


def test_a_question_about_a_port_is_answered_in_its_words() -> None:
    world = World(*NETWORK)
    world.run("begin")
    world.run("chain c add rule proto 6 dst-port 22 type drop")
    world.run("bridge1:port1 set outfilter c")
    does = "chain0:rule0 drops it in the outfilter of bridge1:port1"
    assert world.lines("reach diff tcp 22") == [f"closes: b <- a   tcp 22   ({does})"]
    assert '"rule": "chain0:rule0", "instead_of": null' in world.run("reach diff tcp 22 as json")


def test_a_matrix_by_group_asks_for_groups() -> None:
    error = World(*NETWORK).error("matrix by group tcp 22")
    assert error.message == "there is no port group or address group with machines"
