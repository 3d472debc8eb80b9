"""Rules that do nothing: what is said of them, against packets that go through the chain."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any, cast

import pytest
from deep_chains import DeepChains
from worlds import World

from midocli.analysis.shadows import idle_rules
from midocli.simulator.topology.condition import ANYTHING, Condition
from midocli.simulator.topology.records import Chain, Rule
from midocli.simulator.wire.addresses import NO_ADDRESS
from midocli.simulator.wire.frame import Frame

PREFIXES = ((0x0A000000, 8), (0x0A010000, 16), (0x0A010200, 24), (0, 0), (0x0B000000, 8))
SPANS = ((1, 100), (50, 80), (80, 80), (1, 65535), (90, 200))
ADDRESSES = (0x0A000001, 0x0A010001, 0x0A010203, 0x0B000001, 0x0C000001, NO_ADDRESS)
PORTS = (-1, 0, 1, 50, 80, 81, 95, 150, 200, 201, 65535)


def condition(dice: Random) -> Condition:
    fields: dict[str, Any] = {
        "src": dice.choice(PREFIXES),
        "dst": dice.choice(PREFIXES),
        "proto": dice.choice((6, 17)),
        "src_port": dice.choice(SPANS),
        "dst_port": dice.choice(SPANS),
        "ethertype": dice.choice((0x800, 0x806)),
        "tos": dice.choice((4, 8)),
        "fragment_policy": dice.choice(("any", "header", "nonheader", "unfragmented")),
    }
    chosen = dice.sample(sorted(fields), dice.choice((0, 1, 1, 2, 2, 3)))
    negatable = set(chosen) - {"fragment_policy"}
    negated = frozenset(name for name in negatable if dice.random() < 0.2)
    given = {name: fields[name] for name in chosen}
    return replace(ANYTHING, **given, negated=negated, inverted=dice.random() < 0.1)


def frame(dice: Random) -> Frame:
    return Frame(
        ethertype=dice.choice((0x800, 0x806, 0x86DD)),
        nw_src=dice.choice(ADDRESSES),
        nw_dst=dice.choice(ADDRESSES),
        proto=dice.choice((-1, 1, 6, 17)),
        tos=dice.choice((-1, 0, 4, 8)),
        fragment=dice.choice((0, 0x4000, 0x2000, 100)),
        tp_src=dice.choice(PORTS),
        tp_dst=dice.choice(PORTS),
    )


def outcome(rules: list[Rule], packet: Frame) -> tuple[str, Rule | None]:
    """What becomes of a packet, and the rule that decides."""
    for rule in rules:
        if rule.matcher.matches(cast(Any, None), packet) and rule.type != "continue":
            return rule.type, rule
    return "accept", None


@pytest.mark.parametrize("seed", range(40))
def test_rules_that_do_nothing_do_nothing(seed: int) -> None:
    dice = Random(seed)
    kinds = ("accept", "drop", "reject", "return", "continue")
    rules = [
        Rule(key=number, type=dice.choice(kinds), condition=condition(dice))  # type: ignore[arg-type]
        for number in range(dice.randint(2, 10))
    ]
    called = dice.random() < 0.5
    idle = list(idle_rules(Chain(key=0, rules=tuple(rules)), called))
    packets = [frame(dice) for _ in range(300)]
    for each in idle:
        without = [rule for rule in rules if rule is not each.rule]
        for packet in packets:
            kind, decided = outcome(rules, packet)
            assert each.reached or decided is not each.rule
            other, _ = outcome(without, packet)
            if not called and "return" in (kind, other):
                kind, other = kind.replace("return", "accept"), other.replace("return", "accept")
            assert decided is not each.rule or _same(kind, other, called)


def _same(kind: str, other: str, called: bool) -> bool:
    """Whether a chain's outcomes are the same; at the end of one that is called it returns."""
    return kind == other or (called and {kind, other} == {"return", "accept"} and kind == "return")


def test_a_rule_that_asks_for_the_connection_does_something() -> None:
    world = World("chain create name c", "chain c add rule flow return-flow type accept")
    assert world.lines("check rules") == []
    world.run("chain c add rule flow fwd-flow type accept pos 2")
    assert len(world.lines("check rules")) == 1


def test_what_is_never_reached_is_found() -> None:
    world = World("chain create name c")
    for place, rule in enumerate(
        (
            "proto 6 dst-port 1-100 type accept",
            "proto 6 dst-port 101-200 type accept",
            "proto 6 dst-port 50-150 type drop",
            "src 10.0.0.0/8 type drop",
            "src 10.1.0.0/16 proto 17 type accept",
            "inverted yes src 10.0.0.0/8 type drop",
            "type accept",
        ),
        1,
    ):
        world.run(f"chain c add rule {rule} pos {place}")
    found = world.lines("check rules chain c")
    assert found == [
        "error: chain0:rule2: no packet reaches it: chain0:rule0, chain0:rule1 take all that it"
        " matches",
        "error: chain0:rule4: no packet reaches it: chain0:rule3 takes all that it matches",
        "error: chain0:rule6: no packet reaches it: chain0:rule3, chain0:rule5 take all that it"
        " matches",
    ]


@pytest.mark.parametrize("seed", range(90, 115))
def test_without_a_rule_that_does_nothing_all_is_as_it_was(seed: int) -> None:
    builder = DeepChains(Random(seed))
    builder.build()
    world = builder.world
    for line in world.lines("check rules"):
        rule = line.split(": ")[1]
        world.run("begin")
        world.run(f"{rule} delete")
        assert world.lines("reach diff") == [], line
        world.run("rollback")


def test_what_a_jump_takes_or_translates_is_known() -> None:
    world = World(
        "chain create name none",
        "chain create name takes",
        "chain takes add rule proto 6 type return pos 1",
        "chain takes add rule type drop pos 2",
        "chain create name translates",
        "chain translates add rule dst 10.0.0.1 type dnat target 10.0.0.2 action continue",
        "chain create name c",
        "chain c add rule type jump jump-to none pos 1",
        "chain c add rule dst 10.0.0.2 type drop pos 2",
        "chain c add rule type jump jump-to translates pos 3",
        "chain c add rule dst 10.0.0.2 type accept pos 4",
        "chain c add rule type jump jump-to takes pos 5",
        "chain c add rule proto 17 type drop pos 6",
        "chain c add rule proto 6 type drop pos 7",
    )
    assert world.lines("check rules") == [
        "error: chain3:rule5: no packet reaches it: chain3:rule4 takes all that it matches",
        "remark: chain3:rule0: it changes nothing: there is no rule where it jumps to",
    ]
    # A chain that others jump to may find that a packet has been in the next already.
    world.run("chain create name outer")
    world.run("chain outer add rule type jump jump-to c")
    assert world.lines("check rules chain c") == [
        "remark: chain3:rule0: it changes nothing: there is no rule where it jumps to",
    ]


def test_what_does_the_same_is_named() -> None:
    world = World("chain create name c")
    for place, rule in enumerate(
        (
            "proto 6 dst-port 22 type drop",
            "proto 1 type accept",
            "proto 17 src 10.0.0.1 type drop",
            "type continue",
            "proto 17 type drop",
        ),
        1,
    ):
        world.run(f"chain c add rule {rule} pos {place}")
    goes_on = "remark: chain0:rule3: it changes nothing: it only goes on to the next"
    assert world.lines("check rules") == [
        "remark: chain0:rule1: it changes nothing: the end of the chain does the same to what it"
        " matches",
        "remark: chain0:rule2: it changes nothing: chain0:rule4 does the same to what it matches",
        goes_on,
    ]
    # What comes to a rule that asks for the connection has that known, whatever it matches.
    world.run("chain c add rule flow return-flow proto 6 type drop pos 5")
    assert world.lines("check rules") == [goes_on]
