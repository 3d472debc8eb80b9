"""How long it takes to say who can talk to whom, by everything at once and both ways.

A hundred machines on ten bridges around a router, each in one of twenty security groups.
"""

from __future__ import annotations

from itertools import permutations, product

from measure import Action, Ratio, ratio
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.ends import guest_machines
from midocli.analysis.reach import fates_between, laboratory

BRIDGES, MACHINES, GROUPS = 10, 10, 20
PAIRS = 500


def network() -> World:
    """The network, as commands make it."""
    world = World("router create name edge", "host create name rack")
    for group in range(GROUPS):
        world.run(f"chain create name group{group}")
        world.run(f"chain group{group} add rule ethertype 2054 type accept pos 1")
        world.run(f"chain group{group} add rule flow return-flow type accept pos 2")
        port = f"proto 6 dst-port {8000 + group}"
        world.run(f"chain group{group} add rule {port} type accept pos 3")
        world.run(f"chain group{group} add rule type drop pos 4")
    for number in range(BRIDGES):
        net = f"10.0.{number}"
        world.run(f"bridge create name b{number}")
        world.run(f"bridge b{number} add port")
        port = f"address {net}.1 net {net}.0/24 peer bridge{number}:port0"
        world.run(f"router edge add port {port}")
        world.run(f"router edge add route dst {net}.0/24 type normal port router0:port{number}")
        for machine in range(MACHINES):
            alias, interface = f"bridge{number}:port{machine + 1}", f"tap{number}-{machine}"
            world.run(f"bridge b{number} add port outfilter group{(number * 7 + machine) % GROUPS}")
            world.run(f"host rack add binding port {alias} interface {interface}")
            address = f"address {net}.{10 + machine}/24 gw {net}.1"
            world.run(f"guest create name m{number}-{machine} interface {interface} {address}")
    return world


def asking(world: World) -> Action:
    """An action that asks about some pairs, of which each is settled."""
    lab = laboratory(world.context, Traffic())
    machines = guest_machines(world.context)
    pairs = list(permutations(machines, 2))[:: len(machines) ** 2 // PAIRS][:PAIRS]

    def action() -> None:
        for one, other in pairs:
            assert fates_between(lab, one, other.address, lab.atoms.all)

    return action


def looking_up() -> Action:
    """An action that looks as many pairs up in a dict."""
    table = dict.fromkeys(product(range(100), repeat=2), True)
    pairs = list(table)[:PAIRS]

    def action() -> None:
        for pair in pairs:
            assert table[pair]

    return action


def measure() -> list[Ratio]:
    """A pair of many against a sum, of which a quiet ping takes 2.5, and against a look-up."""
    ask = asking(network())
    ask()
    sums = ratio(
        "a pair, all packets both ways",
        ask,
        "sum(range(1000))",
        lambda: sum(range(1000)),
        7.5,
        repeat_baseline=PAIRS,
    )
    look_ups = ratio(
        "a pair, all packets both ways",
        ask,
        "a look-up by a tuple",
        looking_up(),
        repeat_baseline=20,
    )
    return [
        sums._replace(
            seconds=sums.seconds / PAIRS, best=sums.best / PAIRS, typical=sums.typical / PAIRS
        ),
        look_ups._replace(seconds=look_ups.seconds / PAIRS),
    ]
