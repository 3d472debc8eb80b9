"""A long chain, which is searched by an index, does what trying rule after rule would do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netlab import HOST_MAC, ROUTER, ROUTER_MAC, NetLab, ip, know, net, packet

from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.devices.walk import Walk
from midocli.simulator.recorder import Step
from midocli.simulator.topology.chain_plan import ChainPlan, _blocks
from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.records import Chain, NatTarget, Rule
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import icmp_error

#: What stands around the chains.
AROUND = """
port-group create name inside
port-group inside add member port router0:port0
ip-address-group create name servers
ip-address-group servers add ip address 20.0.0.9
chain create name in
chain create name out
chain create name other
router0 set infilter in outfilter out
"""


def _keys() -> dict[str, int]:
    """What the simulator calls them, which is the same in labs that are made alike."""
    lab = NetLab(ROUTER, AROUND)
    kinds = {"chain": ("in", "out", "other"), "port-group": ("inside",)}
    kinds |= {"port": ("router0:port0", "router0:port1"), "ip-address-group": ("servers",)}
    return {name: lab.key(name, kind) for kind, names in kinds.items() for name in names}


KEYS = _keys()
IN, OUT = KEYS["router0:port0"], KEYS["router0:port1"]
NETWORKS = [net(text) for text in ("0.0.0.0/0", "10.0.0.0/8", "10.0.0.9/32", "20.0.0.0/24")]
NETWORKS += [net(text) for text in ("20.0.0.9/32", "20.0.0.8/31", "30.0.0.0/24", "20.0.0.7/32")]
FIELDS: dict[str, list[Any]] = {
    "inverted": [False, False, True],
    "hw_src": [HOST_MAC, 0x020000000099],
    "hw_src_mask": [0xFFFFFFFFFFFF, 0xFFFF00000000],
    "hw_dst": [ROUTER_MAC],
    "ethertype": [0x0800, 0x0806],
    "src": NETWORKS,
    "dst": NETWORKS,
    "proto": [1, 6, 17],
    "tos": [0, 4],
    "src_port": [(1000, 1000), (1, 5000), (999, 1002), (8, 8)],
    "dst_port": [(53, 53), (50, 60), (0, 0), (1, 65535), (80, 80)],
    "flow": ["fwd-flow", "return-flow"],
    "port_group": [KEYS["inside"], -1],
    "in_ports": [frozenset({IN}), frozenset({OUT}), frozenset({IN, -1})],
    "out_ports": [frozenset({IN}), frozenset({OUT})],
    "ip_address_group_dst": [KEYS["servers"]],
    "fragment_policy": ["any", "header", "nonheader", "unfragmented"],
    "no_vlan": [True],
    "vlan": [0, 7],
    "icmp_data_src": NETWORKS,
    "match_nw_dst_rewritten": [True],
}
NEGATABLE = ("hw_src", "hw_dst", "ethertype", "src", "dst", "proto", "src_port", "dst_port")
TYPES = ["continue"] * 12 + ["trace", "jump", "jump", "return", "l2-transform"]
TYPES += ["dnat", "snat", "rev_dnat", "rev_snat", "dnat", "snat", "drop", "accept", "reject"]
TARGETS = [
    NatTarget(ip("20.0.0.9"), ip("20.0.0.9"), 80, 80),
    NatTarget(ip("20.0.0.8"), ip("20.0.0.9"), 53, 53),
    NatTarget(ip("20.0.0.9"), ip("20.0.0.9")),
    NatTarget(ip("20.0.0.7"), ip("20.0.0.7"), 5000, 5001),
]
OWN = {"type", "action", "jump_to", "targets", "push_vlan", "pop_vlan"}


def rule(rng: Random) -> dict[str, Any]:
    """Any rule, most of which have a few fields and go on."""
    names = rng.sample(sorted(FIELDS), rng.choice([0, 1, 1, 2, 2, 3, 4]))
    fields: dict[str, Any] = {name: rng.choice(FIELDS[name]) for name in names}
    fields["negated"] = frozenset(
        name for name in names if name in NEGATABLE and rng.random() < 0.15
    )
    fields["type"] = rng.choice(TYPES)
    fields["action"] = rng.choice(["continue"] * 4 + ["accept", "return"])
    if fields["type"] == "jump":
        fields["jump_to"] = rng.choice([*(KEYS[name] for name in ("in", "out", "other")), -1])
    if fields["type"] in ("dnat", "snat"):
        fields["targets"] = (rng.choice(TARGETS),)
    if fields["type"] == "l2-transform":
        fields["push_vlan"] = rng.choice([0, 7])
        fields["pop_vlan"] = rng.choice([False, True])
    return fields


def lab_with(chains: list[Chain]) -> NetLab:
    """The router with long chains all round, whose records are put where they are compiled to."""
    lab = NetLab(ROUTER, AROUND)
    know(lab, "20.0.0.9", HOST_MAC + 1)
    for chain in chains:
        lab.network.topology.chains[chain.key] = chain
    return lab


def drawn(seed: int) -> list[Chain]:
    """Random chains, the same for the same seed, whatever the language has of it."""
    rng = Random(seed)
    return [
        Chain(KEYS[name], name, name, tuple(_rule(rng, f"{name}:rule{n}") for n in range(length)))
        for name in ("in", "out", "other")
        for length in (rng.randint(32, 60),)
    ]


def _rule(rng: Random, alias: str) -> Rule:
    fields = rule(rng)
    own = {name: fields.pop(name) for name in list(fields) if name in OWN}
    return Rule(alias, alias, condition=Condition(**fields), **own)


def frames(seed: int) -> list[tuple[str, Frame]]:
    """Some packets, with answers to them, fragments and errors among them."""
    rng = Random(seed)
    made = []
    for _ in range(6):
        dst = rng.choice(["20.0.0.9", "30.0.0.1", "20.0.0.9"])
        frame = packet(dst, tos=rng.choice([0, 4]), fragment=rng.choice([0, 0, 0x2000, 0x4000]))
        frame.tp_src, frame.tp_dst = rng.choice([1000, 80]), rng.choice([53, 80])
        made.append(("host0:in", frame))
        if rng.random() < 0.5:
            back = packet("10.0.0.9", nw_src=ip(dst), hw_src=HOST_MAC + 1, hw_dst=ROUTER_MAC + 1)
            back.tp_src, back.tp_dst = frame.tp_dst, frame.tp_src
            made.append(("host0:out", back))
        if rng.random() < 0.3:
            error = icmp_error(ip("20.0.0.9"), frame.nw_src, 3, 1, frame.ip_bytes())
            error.hw_src, error.hw_dst = HOST_MAC + 1, ROUTER_MAC + 1
            made.append(("host0:out", error))
    return made


def told(lab: NetLab, seed: int, events: bool) -> list[object]:
    """All there is to know of what becomes of the frames."""
    recorder = lab.watch("host0:in", "host0:out", events=events)
    for place, frame in frames(seed) * 2:
        lab.network.inject(place, frame)
        lab.wait(0.01)
    state = lab.state
    bindings = [(key, each.before, each.after, each.rule) for key, each in state.nat.items()]
    drops = [(reason, frame.to_bytes()) for _, reason, frame in lab.drops]
    return [*recorder.steps, *recorder.captures, *drops, *bindings, *state.connections.items()]


def one_after_the_other(plan: ChainPlan, walk: Walk, frame: Frame, start: int) -> int:
    """What `ChainPlan.next_match` is to give."""
    for place in range(start, len(plan.rules)):
        if plan.rules[place].matcher.matches(walk, frame):
            return place
    return len(plan.rules)


@pytest.mark.parametrize("events", [False, True])
@given(st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_the_index_changes_nothing(events: bool, seed: int) -> None:
    chains = drawn(seed)
    found = told(lab_with(chains), seed, events)
    with patch.object(ChainPlan, "next_match", one_after_the_other):
        expected = told(lab_with(chains), seed, events)
    assert found == expected


def test_the_random_chains_do_something() -> None:
    with patch.object(ChainPlan, "next_match", one_after_the_other):
        outcomes = [told(lab_with(drawn(seed)), seed, True) for seed in range(40)]
    steps = [each for outcome in outcomes for each in outcome if isinstance(each, Step)]
    kinds = {step.event.kind for step in steps}
    assert {"tracked", "nat-created", "nat-reversed", "chain-ended", "rules-passed"} <= kinds
    assert {"rule-not-applied", "rewritten", "left", "dropped"} <= kinds


def rules_for(count: int, **fields: Any) -> list[Rule]:
    return [
        Rule(None, type="drop", condition=Condition(src=(n << 8, 24), **fields))
        for n in range(count)
    ]


def tried(rules: list[Rule], frame: Frame) -> list[int]:
    """The places of the rules that are tried on a frame."""
    seen: list[int] = []
    for place, each in enumerate(rules):
        each.matcher.matches = partial(noting, seen, place, each.matcher.matches)
    plan = ChainPlan.of(Chain("c", rules=tuple(rules)))
    walk = Pipeline(NetLab(ROUTER).network, frame)
    plan.next_match(walk, frame, 0)
    once = list(seen)
    plan.next_match(walk, frame, 0)
    assert seen == once, "what was found for a packet is kept"
    return sorted(seen)


def noting(
    seen: list[int], place: int, matches: Callable[[Walk, Frame], bool], walk: Walk, frame: Frame
) -> bool:
    seen.append(place)
    return matches(walk, frame)


def test_of_a_long_chain_few_rules_are_tried() -> None:
    rules = [*rules_for(40, dst=(0, 8)), *rules_for(40, proto=6), *rules_for(1, tos=9)]
    assert tried(rules, packet(nw_src=7 << 8)) == [80], "a rare shape is not worth a table"
    assert tried(rules, packet(nw_src=7 << 8, nw_dst=5)) == [7, 80]
    tcp = packet(nw_src=7 << 8)
    tcp.proto = 6
    assert tried(rules, tcp) == [47, 80]


def test_of_wide_ranges_only_those_that_hold_the_port_are_tried() -> None:
    ends = [(n, n + 20 * (n % 2)) for n in range(40)]
    rules = [Rule(None, condition=Condition(dst_port=each)) for each in ends]
    frame = packet(nw_dst=5)
    seen = tried(rules, frame)
    assert seen
    assert min(seen) == min(n for n, (first, last) in enumerate(ends) if first <= 53 <= last)
    assert all(ends[n][0] <= frame.tp_dst == 53 <= ends[n][1] for n in seen)


@given(st.lists(st.integers(0, 65535), min_size=2, max_size=2).map(sorted))
@settings(deadline=None)
def test_blocks_make_up_a_range(ends: list[int]) -> None:
    first, last = ends
    ports = [
        port
        for shift, numbers in _blocks(first, last).items()
        for number in numbers
        for port in range(number << shift, (number + 1) << shift)
    ]
    assert sorted(ports) == list(range(first, last + 1))


def test_all_rules_of_a_short_chain_are_tried() -> None:
    assert tried(rules_for(10), packet(nw_src=7 << 8)) == list(range(8))


def test_what_is_kept_does_not_outlive_a_change_of_a_group() -> None:
    lab = NetLab(ROUTER, "ip-address-group create name servers")
    lab.filter("router0", "infilter", *["type drop ip-address-group-dst servers"] * 5)
    know(lab, "20.0.0.9", HOST_MAC + 1)
    member = "ip-address-group servers add ip address 20.0.0.9"
    for change, codes in (("", ["no-answer"]), (member, ["rule-drop"])):
        lab(change)
        lab.drops.clear()
        lab.network.inject("host0:in", packet())
        lab.wait()
        assert lab.codes() == codes
