"""Rules: their order, their defaults, and how they are displayed."""

from __future__ import annotations

import pytest
from worlds import World, check


def chain(*rules: str) -> World:
    """A world with one chain, its rules appended in order."""
    world = World("chain create", "chain create", "router create", "router router0 add port")
    for place, rule in enumerate(rules, 1):
        world.run(f"chain chain0 add rule pos {place} {rule}")
    return world


def order(world: World) -> list[str]:
    """The aliases of the rules, in order."""
    return [line.split()[1] for line in world.lines("chain chain0 list rule")]


def positions(world: World) -> list[str]:
    """What the rules say of their positions, in order."""
    lines = world.lines("chain chain0 list rule")
    return [line.split(" pos ")[1].split()[0] for line in lines]


THREE = ("type accept", "type drop", "type return")


def test_a_rule_without_position_goes_in_front() -> None:
    world = chain(*THREE)
    assert world.run("chain chain0 add rule type reject") == "chain0:rule3"
    assert order(world) == ["rule3", "rule0", "rule1", "rule2"]
    assert positions(world) == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (1, ["rule3", "rule0", "rule1", "rule2"]),
        (2, ["rule0", "rule3", "rule1", "rule2"]),
        (4, ["rule0", "rule1", "rule2", "rule3"]),
    ],
)
def test_inserting_moves_the_others_down(position: int, expected: list[str]) -> None:
    world = chain(*THREE)
    world.run(f"chain chain0 add rule type reject pos {position}")
    assert order(world) == expected
    assert positions(world) == ["1", "2", "3", "4"]


def test_deleting_closes_the_gap() -> None:
    world = chain(*THREE)
    world.run("chain0:rule1 delete")
    assert order(world) == ["rule0", "rule2"]
    assert positions(world) == ["1", "2"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (1, ["rule1", "rule0", "rule2"]),
        (2, ["rule0", "rule1", "rule2"]),
        (3, ["rule0", "rule2", "rule1"]),
    ],
)
def test_setting_pos_moves_a_rule(position: int, expected: list[str]) -> None:
    world = chain(*THREE)
    world.run(f"chain0:rule1 set pos {position}")
    assert order(world) == expected
    assert world.run("chain0:rule1 show pos") == str(position)
    check(world.store)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("chain chain0 add rule type accept pos 5", "refused"),
        ("chain chain0 add rule type accept pos 0", "invalid-value"),
        ("chain0:rule0 set pos 4", "refused"),
        ("chain chain1 add rule type accept pos 2", "refused"),
        ("chain chain0 add rule", "refused"),
        ("chain chain0 add rule type dnat", "refused"),
        ("chain chain0 add rule type jump", "refused"),
        ("chain chain0 add rule type accept target 10.0.0.1", "refused"),
    ],
)
def test_what_is_no_rule(line: str, code: str) -> None:
    assert chain(*THREE).error(line).code == code


@pytest.mark.parametrize(
    ("rule", "policy"),
    [
        ("type accept", "any"),
        ("type drop proto 6 dst-port 80", "header"),
        ("type drop src-port 80", "header"),
        ("type dnat target 10.0.0.1", "any"),
        ("type snat target 10.0.0.1", "any"),
        ("type dnat target 10.0.0.1:80", "unfragmented"),
        ("type dnat target 10.0.0.1-10.0.0.2", "unfragmented"),
        ("type dnat target 10.0.0.1,10.0.0.2", "unfragmented"),
        ("type dnat target 10.0.0.1 dst-port 80", "unfragmented"),
        ("type rev_dnat", "any"),
        ("type drop fragment-policy nonheader", "nonheader"),
        ("type drop dst-port 80 fragment-policy unfragmented", "unfragmented"),
    ],
)
def test_the_fragment_policy_follows_from_the_rule(rule: str, policy: str) -> None:
    assert chain(rule).run("chain0:rule0 show fragment-policy") == policy


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (
            "dst 192.168.79.119 in-ports router0:port0 type dnat action accept "
            "target 192.168.77.119:10000-60000",
            "rule rule0 inverted no dst 192.168.79.119 in-ports router0:port0 "
            "fragment-policy unfragmented no-vlan false match-nw-dst-rewritten false pos 1 "
            "type dnat action accept target 192.168.77.119:10000-60000",
        ),
        (
            "type drop src !10.0.0.0/8 dst-port 80 proto 6 in-ports !router0:port0",
            "rule rule0 inverted no src !10.0.0.0/8 proto 6 dst-port 80-80 "
            "in-ports !router0:port0 fragment-policy header no-vlan false "
            "match-nw-dst-rewritten false pos 1 type drop",
        ),
    ],
)
def test_a_rule_shows_all_it_was_given_in_the_order_of_its_fields(rule: str, line: str) -> None:
    world = chain(rule)
    assert world.run("chain0:rule0 show") == line
    assert world.lines("chain chain0 list rule") == [line]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ("", ["rule0", "rule1", "rule2"]),
        ("type drop", ["rule0", "rule1"]),
        ("dst-port 80-80", ["rule0"]),
        ("dst-port 80", []),
        ("src !10.0.0.0/8", ["rule1"]),
        ("src 10.0.0.0/8", []),
        ("type drop pos 2", ["rule1"]),
        ("type drop type accept", []),
        ("jump-to chain1", ["rule2"]),
        ("jump-to chain9", []),
        ("tos 1", []),
        ("target nonsense", []),
    ],
)
def test_list_filters_compare_what_is_displayed(filters: str, found: list[str]) -> None:
    world = chain("type drop dst-port 80", "type drop src !10.0.0.0/8", "type jump jump-to chain1")
    lines = world.lines(f"chain chain0 list rule {filters}")
    assert [line.split()[1] for line in lines] == found


def test_an_unset_field_shows_as_an_empty_line() -> None:
    assert chain("type accept").run("chain0:rule0 show src") == ""
