"""What `reach` says of random networks, compared with the packets themselves.

    PYTHONPATH=tests python tests/reaching.py SEED NETWORKS QUESTIONS

asks so many questions of each of so many networks, and prints where the two differ.
"""

from __future__ import annotations

import sys
from collections import Counter
from random import Random
from time import process_time
from typing import Any

from random_sessions import Builder
from worlds import World

import grammar
from grammar.commands.reach import Traffic
from midocli.advice.failure import NOTHING
from midocli.analysis.atoms import Packet
from midocli.analysis.ends import Machine, guest_machines
from midocli.analysis.fare import Fate
from midocli.analysis.reach import fates_between, laboratory
from midocli.probes.connect import ConnectProbe
from midocli.probes.ping import PingProbe
from midocli.simulator.wire.protocol import ICMP, TCP, UDP
from midocli.store.rows import Row

#: Networks that take longer are named, in seconds.
_LONG = 5
PORTS = (1, 7, 8, 22, 53, 67, 68, 80, 81, 90, 91, 1001, 1003, 40001, 65535)


def network(seed: int) -> World:
    """A network with everything in it, whose machines answer by UDP on all ports asked for."""
    builder = Builder(Random(seed))
    builder.build()
    world = builder.world
    for machine in guest_machines(world.context):
        for port in PORTS:
            guest = _guest(world, machine)
            builder.type(f"guest {guest.full_alias} add service proto udp port {port}")
    return world


def disagreements(seed: int, questions: int, count: Counter[str]) -> list[str]:
    """The questions to a network of which `reach` says what the packets do not do."""
    dice = Random(seed)
    world = network(seed)
    machines = guest_machines(world.context)
    if not machines:
        return []
    lab = laboratory(world.context, Traffic())
    known: dict[tuple[Machine, int], list[Fate]] = {}
    found = []
    for _ in range(questions):
        source = dice.choice(machines)
        target = dice.choice(machines).address if dice.random() < 0.8 else _elsewhere(dice, seed)
        plan = lab.network.topology.guest_plans[source.key]
        if plan is None or target in plan.local or target >> 24 in (0, 127):
            continue
        if (source, target) not in known:
            known[source, target] = fates_between(lab, source, target, lab.atoms.all)
        proto = dice.choice((TCP, TCP, UDP, ICMP))
        ports = (dice.choice(PORTS), dice.choice(PORTS)) if proto != ICMP else (0, 0)
        bit = lab.atoms.of(Packet(proto, *ports))
        verdict = next(fate.verdict for fate in known[source, target] if fate.atoms & bit)
        line, got = _simulated(world, source, target, Packet(proto, *ports))
        count[verdict.kind] += 1
        if verdict.kind != "some" and got is not (verdict.kind == "reached"):
            found.append(f"seed {seed}: {line}: {got}, but {verdict}")
    return found


def _guest(world: World, machine: Machine) -> Row:
    guest = world.store.by_id(machine.key)  # type: ignore[arg-type]
    assert guest is not None
    return guest


def _elsewhere(dice: Random, seed: int) -> int:
    text = Builder(Random(dice.random()), World()).address()
    return int.from_bytes(map(int, text.split(".")), "big")


def _simulated(world: World, source: Machine, target: int, packet: Packet) -> tuple[str, bool]:
    """Whether a packet is answered in the network itself, after a reset."""
    world.run("reset")
    guest = _guest(world, source)
    address = ".".join(map(str, target.to_bytes(4, "big")))
    if packet.proto == ICMP:
        line = f"ping {guest.full_alias} {address} capture none count 1"
    else:
        proto = "tcp" if packet.proto == TCP else "udp"
        line = f"connect {guest.full_alias} {proto} {address} {packet.dst_port}"
        line += f" src-port {packet.src_port} capture none"
    command = grammar.parse(line)
    kind: type[Any] = PingProbe if packet.proto == ICMP else ConnectProbe
    probe = kind(world.context, command)
    probe.drive()
    outcome = probe.sum_up(NOTHING).document().get("outcome", probe.succeeded)
    return line, outcome in ("open", "refused", True)


def main() -> None:
    """As the words say."""
    seed, networks, questions = map(int, sys.argv[1:])
    count: Counter[str] = Counter()
    for number in range(seed, seed + networks):
        started = process_time()
        for each in disagreements(number, questions, count):
            print(each, flush=True)
        if (taken := process_time() - started) > _LONG:
            print(f"seed {number} took {taken:.1f} s", flush=True)
    print(dict(count))


if __name__ == "__main__":
    main()
