"""Networks saved and sourced anew hold the same, and do the same with every frame."""

from __future__ import annotations

from random import Random

import pytest
import random_sessions
import topologies
from worlds import World, listing, saved_anew

from grammar.errors import MidoError

SEEDS = range(50)
_PROBES = 6


def answer(world: World, line: str) -> str:
    """What a command prints, or its error."""
    try:
        return world.run(line)
    except MidoError as error:
        return error.message


def behave_alike(world: World, again: World, probes: list[str]) -> None:
    """Two worlds that have seen no traffic yet answer alike, by the same chance and clock."""
    for each in (world, again):
        each.context.chance.seed(1)
        each.run("clock set 2017-04-14T12:30:51Z")
    for probe in probes:
        assert answer(again, probe) == answer(world, probe), probe


@pytest.mark.parametrize("seed", SEEDS)
def test_a_network_saved_and_sourced_behaves_the_same(seed: int) -> None:
    builder = random_sessions.Builder(Random(seed))
    builder.build()
    again = saved_anew(builder.world)
    assert listing(again) == listing(builder.world)
    behave_alike(builder.world, again, [builder.probe() for _ in range(_PROBES)])


@pytest.mark.parametrize("seed", SEEDS)
def test_a_senseless_topology_saved_and_sourced_behaves_the_same(seed: int) -> None:
    dice = Random(seed)
    world = World()
    topologies.Builder(world).run([dice.randrange(2**32) for _ in range(80)])
    again = saved_anew(world)
    assert listing(again) == listing(world)
    builder = random_sessions.Builder(dice, world)
    for row in (*world.store.rows("guest"), *world.store.rows("host.interface")):
        name = world.context.display.name(row)
        builder.there.setdefault("guest", []).append(name)
    for row in world.store.rows("port"):
        builder.there.setdefault("bport", []).append(row.full_alias)
    behave_alike(world, again, [builder.probe() for _ in range(_PROBES)])
