"""How long it takes to say who can talk to whom, by everything at once and both ways.

Networks of machines on bridges around a router, each in one of twenty security groups: a hundred
machines on ten bridges, of which some pairs are asked about one by one, and a thousand on fifty,
of which all are; then a rule is edited, and all are asked about again. Processes share a network
behind NAT, where each pair is simulated.
"""

from __future__ import annotations

import os
import time
from itertools import count, permutations, product

from measure import Action, Ratio, ratio
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis.chart import Chart
from midocli.analysis.ends import guest_machines
from midocli.analysis.fare import fates_between
from midocli.analysis.matrix import table
from midocli.analysis.standing import Standing, laboratory

GROUPS = 20
FEW, MANY = (10, 10), (50, 20)
PAIRS = 500
#: What a quiet ping takes, in what it takes to sum up a thousand numbers.
PING = 2.5
WORKERS, BEHIND_NAT = 2, (4, 6)


def network(bridges: int, machines: int, *, nat: bool = False) -> World:
    """The network, as commands make it; with `nat` the router rewrites what it forwards."""
    world = World("router create name edge", "host create name rack")
    for group in range(GROUPS):
        world.run(f"chain create name group{group}")
        world.run(f"chain group{group} add rule ethertype 2054 type accept pos 1")
        world.run(f"chain group{group} add rule flow return-flow type accept pos 2")
        port = f"proto 6 dst-port {8000 + group}"
        world.run(f"chain group{group} add rule {port} type accept pos 3")
        world.run(f"chain group{group} add rule type drop pos 4")
    for number in range(bridges):
        net = f"10.0.{number}"
        world.run(f"bridge create name b{number}")
        world.run(f"bridge b{number} add port")
        port = f"address {net}.1 net {net}.0/24 peer bridge{number}:port0"
        world.run(f"router edge add port {port}")
        world.run(f"router edge add route dst {net}.0/24 type normal port router0:port{number}")
        for machine in range(machines):
            alias, interface = f"bridge{number}:port{machine + 1}", f"tap{number}-{machine}"
            group = (number * 7 + machine) % GROUPS
            world.run(f"bridge b{number} add port outfilter group{group}")
            world.run(f"host rack add binding port {alias} interface {interface}")
            address = f"address {net}.{10 + machine}/24 gw {net}.1"
            world.run(f"guest create name m{number}-{machine} interface {interface} {address}")
    if nat:
        world.run("chain create name nat")
        world.run("chain nat add rule proto 17 dst 10.0.99.9/32 type dnat target 10.0.0.10")
        world.run("chain nat add rule type rev_dnat action accept")
        world.run("router edge set infilter nat")
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


def looking_up(size: int, some: int | None = None) -> Action:
    """An action that looks pairs up in a dict of all there are of so many."""
    table = dict.fromkeys(product(range(size), repeat=2), True)
    pairs = list(table)[:some]

    def action() -> None:
        for pair in pairs:
            assert table[pair]

    return action


def reading(chart: Chart, guests: list[object]) -> int:
    """How many pairs of a chart can talk at all, each looked up."""
    rows = (chart.row(guest, guests) for guest in guests)
    return sum(passage is not None and passage.reached != 0 for row in rows for passage in row)


def answering(world: World) -> Action:
    """An action that finds out about all pairs from nothing, and looks each up."""
    machines = guest_machines(world.context)
    guests: list[object] = [machine.key for machine in machines]

    def action() -> None:
        standing = Standing(world.context, Traffic())
        assert reading(standing.chart(machines), guests) >= len(guests) * (len(guests) - 1)

    return action


def editing(world: World) -> Action:
    """An action that adds a rule, and finds out what that changes between all."""
    machines = guest_machines(world.context)
    Standing.of(world.context, Traffic()).chart(machines)
    numbers = count(1000)

    def action() -> None:
        number = next(numbers)
        rule = f"proto 6 src-port {number % 7 + 1} dst-port 80"
        world.run(f"chain group{number % GROUPS} add rule {rule} type drop pos 3")
        Standing.of(world.context, Traffic()).chart(machines)

    return action


def efficiency() -> Ratio:
    """What a matrix costs in processor time alone, of what it costs with processes."""
    world = network(*BEHIND_NAT, nat=True)
    spent = []
    for workers in (1, WORKERS):
        world.context.standing.clear()
        before = os.times()
        start = time.perf_counter()
        table(world.context, "guest", Traffic(), workers)
        seconds = time.perf_counter() - start
        after = os.times()
        spent.append((sum(after[:4]) - sum(before[:4]), seconds))
    alone, shared = spent
    cost = shared[0] / alone[0]
    return Ratio("a matrix by two processes, CPU", "by one", cost, cost, shared[1], 1 / 0.85)


def measure() -> list[Ratio]:
    """Pairs alone and a million together against look-ups, and an edit against the million."""
    ask, many = asking(network(*FEW)), network(*MANY)
    ask()
    sums = ratio(
        "a pair, all packets both ways",
        ask,
        "sum(range(1000))",
        lambda: sum(range(1000)),
        3 * PING,
        repeat_baseline=PAIRS,
    )
    one = ratio(
        "a pair, all packets both ways",
        ask,
        "a look-up by a tuple",
        looking_up(100, PAIRS),
        repeat_baseline=20,
    )
    every = answering(many)
    size = len(guest_machines(many.context))
    looks = looking_up(size)
    whole = ratio("all pairs of 1,000 machines", every, "as many look-ups", looks, 15, rounds=5)
    edit = ratio("the same after an edit", editing(many), "all of them", every, 0.02, rounds=5)
    return [_of_one(sums), _of_one(one, per=1), whole, edit, efficiency()]


def _of_one(measured: Ratio, per: int = PAIRS) -> Ratio:
    """What was measured of all pairs, of one; the yardstick was repeated `per` times as often."""
    best, typical = measured.best / per, measured.typical / per
    return measured._replace(seconds=measured.seconds / PAIRS, best=best, typical=typical)
