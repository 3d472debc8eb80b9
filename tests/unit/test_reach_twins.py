"""Machines that the network cannot tell apart, of which a matrix asks about one for all."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random

import pytest
from offices import Office
from random_sessions import Builder
from tenants import Cloud
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.ends import guest_machines, pairs_of
from midocli.analysis.matrix import grid_of
from midocli.analysis.standing import Standing, Sums
from midocli.analysis.twins import Twins, alike


def twins(builder: Builder) -> int:
    """How many pairs had not to be simulated, in a network with more machines on its bridges.

    AssertionError where one of some fares otherwise than a matrix says.
    """
    builder.build()
    world = builder.world
    for number, (bridge, net) in enumerate(_networks(builder)):
        for copy in range(2):
            guest = f"guest create name copy{number}{copy} bridge {bridge}"
            builder.type(f"{guest} address {net}.{200 + copy}/24 gw {net}.1")
    standing = Standing.of(world.context, Traffic())
    machines = guest_machines(world.context)
    grid = grid_of(world.context, standing, machines, 1)
    settled = standing.grid(machines)
    left = [(one, at) for one, at in pairs_of(machines) if settled[one][at] is None]
    others = [pair for group in alike(standing.lab, machines, left) for pair in group[1:]]
    for one, at in builder.rng.sample(others, min(len(others), 20)):
        own = Sums.of(standing.fates(machines[one], machines[at].address, machines[at].meant))
        assert grid[one][at] == own, f"{machines[one].name} -> {machines[at].name}"
    return len(others)


def _networks(builder: Builder) -> Iterator[tuple[str, str]]:
    """The bridges that a router's port is linked to, with the first three bytes of its network."""
    for line in builder.script:
        found = re.search(r" net (\S+)\.0/24 peer (bridge\d+):", line)
        if found is not None:
            yield found[2], found[1]


@pytest.mark.parametrize("seed", range(4, 12))
@pytest.mark.parametrize("kind", [Office, Cloud])
def test_a_pair_fares_as_its_twins(kind: type[Builder], seed: int) -> None:
    twins(kind(Random(seed)))


def test_twins_are_found_where_addresses_are_translated() -> None:
    assert sum(twins(Cloud(Random(seed))) for seed in (4, 5, 6)) > 50


def test_whom_something_names_is_no_twin() -> None:
    world = World(
        "bridge create name lan",
        "chain create name c",
        *(f"guest create name g{n} bridge lan address 10.0.0.{n}/24" for n in range(1, 8)),
    )
    assert _sorts(world) == 1
    world.run("chain c add rule dst 192.0.2.1 type dnat target 10.0.0.2-10.0.0.3 action accept")
    assert _sorts(world) == 3
    world.run("load-balancer create")
    world.run("load-balancer lb0 add pool")
    world.run("load-balancer lb0 pool pool0 add member address 10.0.0.4 protocol-port 80")
    world.run("load-balancer lb0 pool pool0 add vip address 192.0.2.2 protocol-port 80")
    assert _sorts(world) == 4
    world.run("guest g5 add service proto tcp port 22")
    assert _sorts(world) == 5
    world.run("guest g6 set gw 10.0.0.7")
    assert _sorts(world) == 7


def _sorts(world: World) -> int:
    twins = Twins(Standing.of(world.context, Traffic()).lab)
    return len({twins.of(machine) for machine in guest_machines(world.context)})
