"""What is settled without a simulation is what a simulation says, for every atom."""

from __future__ import annotations

from itertools import permutations
from random import Random

import pytest
from plain_networks import Plain, Wide
from random_sessions import Builder
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.chart import Chart
from midocli.analysis.ends import guest_machines
from midocli.analysis.fare import Fate, fates_between, reached
from midocli.analysis.standing import laboratory


def differences(builder: Builder) -> tuple[list[str], int]:
    """Pairs whose verdicts are different without the algebra, and of how many it knows enough."""
    builder.build()
    context = builder.world.context
    found, settled = [], 0
    lab, plain = laboratory(context, Traffic()), laboratory(context, Traffic())
    plain.algebra = None
    assert lab.algebra is not None
    chart = Chart(lab.algebra, [machine.key for machine in guest_machines(context)])
    for one, other in permutations(guest_machines(context), 2):
        if one.key == other.key:
            continue
        fast = fates_between(lab, one, other.address, lab.atoms.all)
        slow = fates_between(plain, one, other.address, plain.atoms.all)
        if _said(fast) != _said(slow):
            found.append(f"{one.name} -> {other.name}: {_said(fast)} instead of {_said(slow)}")
        passage = chart.row(one.key, [other.key])[0]
        answered = passage.answered(lab.atoms.all) if passage is not None else None
        if answered not in (None, reached(slow)):
            found.append(f"{one.name} -> {other.name}: {answered} instead of {reached(slow)}")
        settled += answered is not None
    return found, settled


class Lame(Plain):
    """Plain networks in which some machines hear nothing, and some things lead nowhere."""

    def build(self) -> None:
        super().build()
        for _ in range(self.rng.randint(1, 4)):
            self.type(
                self.pick(
                    f"guest {self.any('guest')} set state down",
                    f"guest {self.any('guest')} clear interface",
                    f"guest {self.any('guest')} clear gw",
                    f"guest {self.any('guest')} set gw {self.address()}",
                    f"guest {self.any('guest')} add nic",
                    f"guest {self.any('guest')} add route dst {self.net()} gw {self.address()}",
                    f"{self.any('bport', 'rport')} set state down",
                    f"bridge {self.any('bridge')} set state down",
                    f"router {self.any('router')} set state down",
                    f"{self.any('bport', 'rport')} clear peer",
                    f"router {self.any('router')} add route dst {self.net()} type blackhole",
                    f"delete {self.any('bport', 'rport')}",
                )
            )


def _said(fates: list[Fate]) -> dict[tuple[object, ...], int]:
    return {fate.verdict.key: fate.atoms for fate in fates}


@pytest.mark.parametrize("seed", range(6))
def test_plain_networks_fare_as_in_the_simulator(seed: int) -> None:
    found, _ = differences(Plain(Random(seed)))
    assert found == []


@pytest.mark.parametrize("seed", range(8))
def test_several_routers_fare_as_in_the_simulator(seed: int) -> None:
    found, _ = differences(Wide(Random(seed)))
    assert found == []


@pytest.mark.parametrize("seed", [0, 1, 3, 8, 9, 313])
def test_machines_that_hear_nothing_fare_as_in_the_simulator(seed: int) -> None:
    found, known = differences(Lame(Random(seed)))
    assert found == []
    assert known


def test_most_of_a_plain_network_is_settled() -> None:
    settled = [differences(Plain(Random(seed)))[1] for seed in (1, 2, 3)]
    assert sum(settled) > 0


@pytest.mark.parametrize("seed", [15, 33])
def test_networks_with_everything_fare_as_in_the_simulator(seed: int) -> None:
    found, _ = differences(Builder(Random(seed)))
    assert found == []


def test_a_router_that_chooses_is_asked_again_for_each_pair() -> None:
    builder = Builder(Random(2053))
    assert differences(builder)[0] == []
    world = World(
        "router create name r",
        "router r add port address 10.0.1.1 net 10.0.1.0/24",
        "router r add port address 10.0.2.1 net 10.0.2.0/24",
        "router r add route dst 10.0.1.0/24 type normal port router0:port0",
        "router r add route dst 10.0.2.0/24 type normal port router0:port1",
        "router r add route dst 10.0.2.0/24 type normal port router0:port1",
        "bridge create name one",
        "bridge create name two",
        "bridge one add port peer router0:port0",
        "bridge two add port peer router0:port1",
        "guest create name a bridge one address 10.0.1.10/24",
        "guest create name b bridge one address 10.0.1.11/24",
        "guest create name c bridge two address 10.0.2.10/24",
    )
    assert world.lines("matrix") == ["a, b, c -> a, b, c   everything"]
