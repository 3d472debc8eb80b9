"""The line that says what a change opened or closed."""

from __future__ import annotations

import re
from random import Random

import pytest
from offices import Edits
from worlds import World

from grammar.addresses import format_ipv4
from grammar.commands.reach import Traffic
from grammar.errors import RefusedError
from midocli.analysis.difference import Difference, difference
from midocli.analysis.ends import further_addresses
from midocli.analysis.impact import MOST_MACHINES, Impact
from midocli.commands.topologies import committed

NETWORK = (
    "bridge create name lan",
    "bridge create name dmz",
    "router create name r",
    "router r add port address 10.0.1.1 net 10.0.1.0/24",
    "router r add port address 10.0.2.1 net 10.0.2.0/24",
    "router r add route dst 10.0.1.0/24 type normal port router0:port0",
    "router r add route dst 10.0.2.0/24 type normal port router0:port1",
    "bridge lan add port peer router0:port0",
    "bridge dmz add port peer router0:port1",
    "guest create name a bridge lan address 10.0.1.10/24",
    "guest create name b bridge lan address 10.0.1.11/24",
    "guest create name web bridge dmz address 10.0.2.80/24",
    "chain create name c",
    "bridge1:port1 set outfilter c",
)


def told(*lines: str) -> list[str]:
    """What is said after each of some changes."""
    world = World(*NETWORK)
    impact = Impact(world.context)
    found = []
    for line in lines:
        impact.looked()
        world.run(line)
        found.append(impact.told())
    return found


def test_a_rule_closes_and_its_end_opens() -> None:
    assert told(
        "chain c add rule proto 6 dst-port 80 type drop",
        "router list",
        "undo",
        "redo",
    ) == [
        "closes 2 pairs: web <- lan tcp 80",
        "",
        "opens 2 pairs: web <- lan tcp 80",
        "closes 2 pairs: web <- lan tcp 80",
    ]


def test_machines_that_come_and_go_open_and_close() -> None:
    assert told("guest web set state down", "delete guest1", "guest web set state up") == [
        "closes 4 pairs: web <- lan everything; lan <- web everything",
        "closes 2 pairs: b <- a everything; a <- b everything",
        "opens 2 pairs: web <- a everything; a <- web everything",
    ]


def test_what_only_other_source_ports_lose_is_told_where_nothing_else_is() -> None:
    assert told("chain c add rule proto 17 src-port 53 dst-port 99 type drop") == [
        "closes 4 pairs: web <- lan udp 99 from 53; lan <- web udp 53 from 99"
    ]


def test_many_groups_are_summed_up() -> None:
    rules = [f"chain c add rule src 10.0.1.{n} dst-port {n} proto 6 type drop" for n in (10, 11)]
    more = [f"chain r{n} add rule src 10.0.2.80 dst-port {n} proto 6 type drop" for n in (10, 11)]
    made = [f"chain create name r{n}" for n in (10, 11)]
    set_ = [f"bridge0:port{n - 9} set outfilter r{n}" for n in (10, 11)]
    world = World(*NETWORK, *made, *set_)
    impact = Impact(world.context)
    impact.looked()
    for line in (*rules, *more):
        world.run(line)
    line = impact.told()
    assert line.startswith("closes 4 pairs: web <- a tcp 10; ")
    assert line.count("<-") == 3
    assert line.endswith("; and 1 more")


def test_it_is_told_of_up_to_a_hundred_machines() -> None:
    world = World(*NETWORK)
    for number in range(MOST_MACHINES - 2):
        world.run(f"guest create name n{number} bridge lan address 10.0.3.{number}/24")
    with pytest.raises(RefusedError, match="up to 100 machines, and there are 101"):
        Impact(world.context).looked()


@pytest.mark.parametrize("seed", range(2, 5))
def test_as_many_pairs_are_told_of_as_reach_diff_finds(seed: int) -> None:
    edits = Edits(Random(seed))
    edits.build()
    context = edits.world.context
    impact = Impact(context)
    for _ in range(3):
        impact.looked()
        edits.world.run("begin")
        edits.edit()
        line = impact.told()
        found = difference(context, context.beside(committed(context)), Traffic())
        edits.world.run("commit")
        besides = {
            f"{each.name} ({format_ipv4(each.address)})" for each in further_addresses(context)
        }
        assert counts(line) == expected(found, besides), line


def counts(line: str) -> dict[str, int]:
    return {does: int(count) for does, count in re.findall(r"(opens|closes) (\d+) pair", line)}


def expected(found: Difference, besides: set[str]) -> dict[str, int]:
    """How many pairs open and close, to all addresses but those that machines have besides."""
    told = [
        (change.opens, change.atoms, pair)
        for change in found.changes
        for pair in change.pairs
        if pair[1] not in besides
    ]
    usual = any(atoms & found.atoms.usual for _, atoms, _ in told)
    some = found.atoms.usual if usual else found.atoms.all
    pairs = {"closes": set[tuple[str, str]](), "opens": set[tuple[str, str]]()}
    for opens, atoms, pair in told:
        if atoms & some:
            pairs["opens" if opens else "closes"].add(pair)
    return {does: len(each) for does, each in pairs.items() if each}
