"""What stands after edits is what would be found out anew, and what changed is what differs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from random import Random

import pytest
from plain_networks import Plain, edit
from random_sessions import Builder
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.atoms import Part
from midocli.analysis.derived import Derived
from midocli.analysis.ends import guest_machines
from midocli.analysis.fare import Fate
from midocli.analysis.standing import Standing

EDITS = 12

Said = dict[tuple[object, ...], int]
Parts = tuple[Part, ...]


def differences(builder: Builder) -> list[str]:
    """Where a standing answer is not what is found anew after an edit."""
    builder.build()
    context = builder.world.context
    standing = Standing(context, Traffic())
    context.standing["here"] = standing
    standing.moves()
    told = _reached(standing)
    found = []
    for _ in range(EDITS):
        edit(builder)
        moves = standing.moves()
        fresh = Standing(context, Traffic())
        refined = fresh.lab.atoms.refined(standing.lab.atoms)
        now = _everything(standing)
        for pair, said in _everything(fresh).items():
            anew = {key: refined(atoms) for key, atoms in said.items()}
            if anew != now.get(pair):
                found.append(f"{builder.script[-1]}: {pair}: {now.get(pair)} instead of {anew}")
        parts = standing.lab.atoms.parts
        told |= {(each.source.key, each.target.key): parts(each.after) for each in moves}
        found += _untold(told, _reached(standing))
    return found


def _untold(told: dict[object, Parts], now: dict[object, Parts]) -> list[str]:
    """Pairs of which other packets are answered than was last told of them."""
    pairs = {*told, *now}
    return [f"{pair} changed untold" for pair in pairs if told.get(pair, ()) != now.get(pair, ())]


def _reached(standing: Standing) -> dict[object, Parts]:
    """The packets that are answered between all machines, in words that any atoms have for them."""
    parts = standing.lab.atoms.parts
    return {
        pair: parts(sum(atoms for key, atoms in said.items() if key[0] == "reached"))
        for pair, said in _everything(standing).items()
    }


def _everything(standing: Standing) -> dict[object, Said]:
    """How all packets fare between all machines."""
    return {
        (one.key, other.key): _said(standing.fates(one, other.address, other.meant))
        for one, other in permutations(guest_machines(standing._context), 2)
        if one.key != other.key
    }


def _said(fates: Sequence[Fate]) -> Said:
    return {fate.verdict.key: fate.atoms for fate in fates}


@pytest.mark.parametrize("seed", range(3))
def test_a_plain_network_that_is_edited(seed: int) -> None:
    assert differences(Plain(Random(seed))) == []


@pytest.mark.parametrize("seed", [3, 13, 23])
def test_a_network_with_everything_that_is_edited(seed: int) -> None:
    assert differences(Builder(Random(seed))) == []


def test_what_a_chain_did_is_known_by_what_it_reads_now() -> None:
    """Before and after, the same values are read of a chain and the one it jumps to: of others."""
    world = World("bridge create name lan", "chain create name other", "chain create name c")
    for address, name in enumerate(("web", "one", "two"), 10):
        world.run(f"guest create name {name} bridge lan address 10.0.0.{address}/24")
    for group, address in (("early", 12), ("middle", 11), ("late", 99)):
        world.run(f"ip-address-group create name {group}")
        world.run(f"ip-address-group {group} add ip address 10.0.0.{address}")
    world.run("chain c add rule ethertype 2048 ip-address-group-src middle type drop")
    world.run("chain c add rule type jump jump-to other pos 2")
    world.run("chain other add rule ip-address-group-src late proto 6 dst-port 81 type drop")
    world.run("bridge0:port0 set outfilter c")
    assert world.lines("reach two web tcp 80") == ["two -> web tcp 80: reached"]
    assert world.lines("reach one web tcp 80")[0] == "one -> web tcp 80: refused"
    world.run("chain other rule rule0 delete")
    world.run("chain other add rule ip-address-group-src early proto 6 dst-port 81 type drop")
    assert world.lines("reach two web tcp 80") == ["two -> web tcp 80: reached"]


def test_a_way_is_asked_for_anew_when_who_stood_for_others_goes_another() -> None:
    world = World(
        "router create name r",
        "router r add port address 10.0.1.1 net 10.0.1.0/24",
        "router r add port address 10.0.2.1 net 10.0.2.0/24",
        "router r add route dst 10.0.1.0/24 type normal port router0:port0",
        "router r add route dst 10.0.2.0/24 type normal port router0:port1",
        "bridge create name lan",
        "bridge create name dmz",
        "bridge lan add port peer router0:port0",
        "bridge dmz add port peer router0:port1",
        "guest create name one bridge lan address 10.0.1.11/24 gw 10.0.1.1",
        "guest create name two bridge dmz address 10.0.2.2/24 gw 10.0.2.1",
        "guest create name four bridge dmz address 10.0.2.4/24 gw 10.0.2.1",
    )
    assert {*world.run("matrix tcp 80").split()} >= {"yes"}
    world.run("router r add route dst 10.0.2.2/31 type normal port router0:port1")
    world.run("router r add route dst 10.0.2.0/24 type reject")
    assert world.lines("reach one two tcp 80") == ["one -> two tcp 80: reached"]
    assert world.lines("reach one four tcp 80")[0] == "one -> four tcp 80: some"


def test_answers_stand_until_a_health_monitor_finds_something_else() -> None:
    world = World(
        "router create name r",
        "router r add port address 10.0.1.1 net 10.0.1.0/24",
        "router r add port address 10.0.2.1 net 10.0.2.0/24",
        "router r add route dst 10.0.1.0/24 type normal port router0:port0",
        "router r add route dst 10.0.2.0/24 type normal port router0:port1",
        "bridge create name lan",
        "bridge create name dmz",
        "bridge lan add port peer router0:port0",
        "bridge dmz add port peer router0:port1",
        "guest create name one bridge lan address 10.0.1.11/24 gw 10.0.1.1",
        "guest create name two bridge dmz address 10.0.2.12/24 gw 10.0.2.1",
        "load-balancer create",
        "router r set load-balancer lb0",
        "load-balancer lb0 add pool",
        "load-balancer lb0 pool pool0 add member address 10.0.2.12 protocol-port 80",
        "load-balancer lb0 pool pool0 add vip address 10.9.9.9 protocol-port 80",
        "health-monitor create type TCP delay 2 timeout 1 max-retries 3",
        "load-balancer lb0 pool pool0 set health-monitor hm0",
        "guest two add service proto tcp port 80",
        "clock advance 20s",
    )
    assert world.lines("reach one 10.9.9.9 tcp 80")[0] == "one -> 10.9.9.9 tcp 80: reached"
    world.run("guest two delete service service0")
    assert world.lines("reach one 10.9.9.9 tcp 80")[0] == "one -> 10.9.9.9 tcp 80: reached"
    world.run("clock advance 20s")
    assert world.lines("reach one 10.9.9.9 tcp 80")[0] == "one -> 10.9.9.9 tcp 80: refused"


def test_answers_that_are_kept_too_long_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Derived, "unmake", lambda self, key: None)
    assert any(differences(Plain(Random(seed))) for seed in range(3))
