"""`reach` against the packets themselves, in random networks with everything in them.

A longer campaign: `PYTHONPATH=tests python tests/reaching.py SEED NETWORKS PAIRS PACKETS`.
"""

from __future__ import annotations

from collections import Counter
from itertools import islice, permutations
from random import Random

import pytest
from random_sessions import Builder
from reaching import disagreements, network, said_otherwise, undecided
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.atoms import Atoms, Packet
from midocli.analysis.ends import guest_machines
from midocli.analysis.fare import Fate, fates_between
from midocli.analysis.standing import laboratory, wanted_atoms
from midocli.simulator.wire.protocol import TCP

#: With the pairs and packets below, ten thousand questions in all.
SEEDS = range(2, 64)
PAIRS, PACKETS = 10, 26


@pytest.mark.parametrize("seed", SEEDS)
def test_a_verdict_is_what_becomes_of_the_packets(seed: int) -> None:
    assert disagreements(seed, PAIRS, PACKETS, Counter()) == []


def test_there_are_many_questions_and_verdicts_of_every_kind() -> None:
    count: Counter[str] = Counter()
    for seed in SEEDS[:8]:
        disagreements(seed, PAIRS, PACKETS, count)
    assert count.total() > 10_000 * 8 / len(SEEDS)
    assert min(count["reached"], count["refused"]) > 100
    assert count["some"] < count.total() / 5


def test_chance_decides_both_ways_where_it_is_said_to() -> None:
    count: Counter[str] = Counter()
    assert undecided(12, 12, 20, 64, count) == []
    assert count["both ways"] > 5


def test_packets_fare_as_commands_say() -> None:
    count: Counter[str] = Counter()
    found = [each for seed in (1, 4, 7, 9) for each in said_otherwise(seed, 6, 12, count)]
    assert found == []
    assert count["reached"] and count["refused"]


@pytest.mark.parametrize("seed", [5, 23, 42])
def test_a_question_about_a_port_has_the_answer_that_all_packets_have(seed: int) -> None:
    context = network(seed).context
    whole = laboratory(context, Traffic())
    for one, other in islice(permutations(guest_machines(context), 2), 6):
        everything = fates_between(whole, one, other.address, whole.atoms.all)
        for port in (7, 80, 1002):
            packet = Packet(TCP, 40001, port)
            traffic = Traffic(TCP, port)
            lab = laboratory(context, traffic)
            wanted = wanted_atoms(lab.atoms, traffic)
            asked = fates_between(lab, one, other.address, wanted)
            assert _verdict(lab.atoms, asked, packet) == _verdict(whole.atoms, everything, packet)


def _verdict(atoms: Atoms, fates: list[Fate], packet: Packet) -> tuple[object, ...]:
    return next(fate.verdict.key for fate in fates if fate.atoms & atoms.of(packet))


def test_what_is_too_much_at_once_is_refused_and_a_port_is_not() -> None:
    world = World("bridge create name lan", "chain create name c")
    world.run("guest create name a bridge lan address 10.0.0.1/24")
    world.run("guest create name b bridge lan address 10.0.0.2/24")
    for port in range(1000, 3100, 4):
        world.run(f"chain c add rule proto 6 dst-port {port} type drop")
    world.run("bridge lan set infilter c")
    assert "ask about a protocol and a port" in str(world.error("reach a b"))
    assert world.lines("reach a b tcp 1004")[0] == "a -> b tcp 1004: refused"
    assert world.lines("reach a b tcp 1003")[0] == "a -> b tcp 1003: reached"


def test_advice_that_asks_for_another_kind_of_probe_is_none() -> None:
    builder = Builder(Random(39))
    builder.build()
    assert builder.world.lines("reach guest1 10.0.0.1 tcp 80")[0].endswith("tcp 80: refused")


def test_an_answer_that_comes_to_another_port_is_no_question() -> None:
    world = World(
        "bridge create name lan",
        "bridge lan add port",
        "router create name edge",
        "router edge add port address 10.0.0.1 net 10.0.0.0/24 peer bridge0:port0",
        "router edge add port address 203.0.113.1 net 203.0.113.0/30",
        "router edge add route dst 10.0.0.0/24 type normal port router0:port0",
        "router edge add route dst 203.0.113.0/30 type normal port router0:port1",
        "host create name h",
        "host h add binding port router0:port1 interface up",
        "guest create name web bridge lan address 10.0.0.10/24 gw 10.0.0.1",
        "guest create name isp interface up address 203.0.113.2/30 gw 203.0.113.1",
        "chain create name there",
        "chain there add rule src 10.0.0.0/8 type snat target 203.0.113.1:2000-2100 action accept",
        "chain create name back",
        "chain back add rule type rev_snat action accept",
        "router edge set outfilter there",
        "router edge set infilter back",
    )
    refused, why = world.lines("reach isp web udp 53")
    assert refused == "isp -> web udp 53: refused"
    assert "(no-answer): its UDP port 40000 talks to 10.0.0.10:53" in why
    assert world.lines("reach web isp udp 53") == ["web -> isp udp 53: reached"]
