"""What `reach` says of random networks, compared with the packets themselves.

    PYTHONPATH=tests python tests/reaching.py SEED NETWORKS PAIRS PACKETS [TRIES]

asks about so many pairs of each of so many networks, and has so many packets of each pair sent, of
different atoms as long as there are any. It prints where the two differ, and how many there were
when it ends or is stopped by Ctrl-C. With TRIES, chance has as many to decide both ways where
`reach` says that it decides; it prints where it never does, which is for a reader to judge.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from random import Random
from time import process_time
from typing import Any, NamedTuple
from unittest.mock import patch

from offices import Office
from random_sessions import Builder
from tenants import Cloud
from worlds import World

import grammar
from grammar.addresses import Cidr, format_ipv4
from grammar.commands.reach import Traffic
from midocli.advice.failure import NOTHING
from midocli.advice.whereabouts import guests
from midocli.analysis.atoms import Atoms, Packet
from midocli.analysis.ends import Machine, guest_machines
from midocli.analysis.fare import TOO_MANY_WAYS, Verdict, fates_between
from midocli.analysis.outside import Outside, machine, outside
from midocli.analysis.standing import laboratory
from midocli.analysis.trial import Trial
from midocli.datapath.datapath import Datapath
from midocli.probes.connect import ConnectProbe
from midocli.probes.ping import PingProbe
from midocli.simulator.latency import SECOND_NS
from midocli.simulator.reason import Code, Reason
from midocli.simulator.topology import plans
from midocli.simulator.topology.keys import Key
from midocli.simulator.topology.plans import flow_hash
from midocli.simulator.topology.records import Guest
from midocli.simulator.topology.topology import Lazy
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import inherit
from midocli.simulator.wire.protocol import DF, ICMP, TCP, UDP

#: Networks that take longer are named, in seconds.
_LONG = 10
_ANYWHERE = Cidr(0, 0)


def network(seed: int) -> World:
    """A network with everything in it: an office's, a cloud's, or a senseless one."""
    builder = (Builder, Office, Office, Cloud)[seed % 4](Random(seed))
    builder.build()
    return builder.world


class _Services(frozenset[tuple[int, int]]):
    """What a machine serves: whatever it does, and all of UDP, of which `reach` takes it so."""

    def __contains__(self, item: object) -> bool:
        return isinstance(item, tuple) and (item[0] == UDP or super().__contains__(item))


class Judge:
    """The network itself: packets are sent, each as if it were the first."""

    def __init__(self, world: World, chance: Random) -> None:
        self._datapath = Datapath(world.store, world.context.clock.stopped(), chance)
        self.network = self._datapath.network
        self.network.topology.guests = Lazy(self._guest)
        self._keys: dict[str, Key] = {row.full_alias: row.id for row in world.store.rows("guest")}
        self.holders: defaultdict[int, tuple[Key, ...]] = defaultdict(tuple)
        for guest, nic in guests(world.store):
            for cidr in nic.get("address") or ():
                self.holders[int(cidr.address)] += (guest.id,)

    def home_of(self, address: int) -> set[str]:
        """Nowhere: why a packet is not answered is not asked here."""
        return set()

    def _guest(self, key: Key) -> Guest | None:
        if isinstance(key, Outside):
            return None
        guest = self.network.topology.source.guest(key)
        return replace(guest, services=_Services(guest.services)) if guest is not None else None

    def answers(self, source: Machine, target: int, packet: Packet) -> bool:
        """Whether a packet arrives and is answered, and the answer arrives."""
        self._datapath.reset()
        place = source.key
        if not isinstance(place, Outside):
            return self._tried(source, target, packet)
        station = machine(place, self.network.topology.ports[place.port])
        if station is not None:
            self.network.attach(place.port, station)
        try:
            return self._tried(source, target, packet)
        finally:
            self.network.detach(place.port)

    def _tried(self, source: Machine, target: int, packet: Packet) -> bool:
        plan = self.network.topology.guest_plans[source.key]
        route = plan.route(target) if plan is not None and source.chooses else None
        address = route[4] if route is not None else source.address
        if packet.proto not in (ICMP, TCP, UDP):
            return self._comes_back(source.key, address, target, packet.proto)
        # Of a laboratory no more is asked here than the network and who has an address.
        lab: Any = self
        return Trial(lab, source.key, address, target).run(packet).reached

    def _comes_back(self, key: Key, address: int, target: int, proto: int) -> bool:
        """Whether a packet that machines do not speak comes back from where it was sent to.

        Whoever takes it for its own sends it back.
        """
        origin, stack, back = object(), self.network.guest(key), []

        def dropped(whose: object, reason: Reason, frame: Frame) -> None:
            is_taken = reason.code == Code.NO_ANSWER and reason.details.get("meant")
            if whose is not origin or frame.proto != proto or not is_taken:
                return
            if reason.at == stack.alias and frame.nw_dst == address:
                back.append(frame.nw_src == target)
            elif reason.at in self._keys:
                answer = _plain(frame.nw_dst, frame.nw_src, proto)
                inherit(answer, frame)
                self.network.guest(self._keys[reason.at]).send(answer, 0)

        first = _plain(address, target, proto)
        first.origin = origin
        with self.network.telling_drops(dropped):
            stack.send(first, 0)
            engine = self.network.engine
            engine.run(lambda: True in back, engine.now_ns + 10 * SECOND_NS)
        return True in back


def _plain(source: int, target: int, proto: int) -> Frame:
    frame = Frame(nw_src=source, nw_dst=target, proto=proto, tos=0, ttl=64, fragment=DF)
    frame.payload = b"hello"
    return frame


class Question(NamedTuple):
    """A packet from a machine to an address, one of some atoms, and what `reach` says of it."""

    source: Machine
    target: int
    packet: Packet
    verdict: Verdict
    atoms: Atoms

    def __str__(self) -> str:
        return f"{self.source.name} -> {format_ipv4(self.target)} {self.packet}: {self.verdict}"


def questions(world: World, dice: Random, pairs: int, packets: int) -> Iterator[Question]:
    """Questions about some pairs of a network, each about another atom as long as there are any."""
    lab = laboratory(world.context, Traffic())
    machines = guest_machines(world.context)
    topology = lab.network.topology
    beyond = [
        Machine(place.name, place, place.address, False)
        for place in outside(world.store, topology, _ANYWHERE)
    ]
    if not machines:
        return
    for _ in range(pairs):
        source = dice.choice(beyond if beyond and dice.random() < 0.15 else machines)
        target = dice.choice(machines).address if dice.random() < 0.8 else _elsewhere(dice)
        if _is_itself(topology.guest_plans[source.key], source, target):
            continue
        found = fates_between(lab, source, target, lab.atoms.all)
        assert sum(fate.atoms for fate in found) == lab.atoms.all
        for atom in _some_atoms(dice, lab.atoms, packets):
            verdict = next(fate.verdict for fate in found if fate.atoms >> atom & 1)
            yield Question(source, target, _packet(dice, lab.atoms, atom), verdict, lab.atoms)


def _is_itself(plan: Any, source: Machine, target: int) -> bool:
    if target >> 24 in (0, 127) or target == source.address:
        return True
    return not isinstance(source.key, Outside) and (plan is None or target in plan.local)


def _elsewhere(dice: Random) -> int:
    text = Builder(Random(dice.random()), World()).address()
    return int.from_bytes(map(int, text.split(".")), "big")


def _some_atoms(dice: Random, atoms: Atoms, count: int) -> list[int]:
    """Atoms without repetition, the protocols without ports among them."""
    size = atoms.all.bit_length()
    plain = [atom for atom in range(size) if not atoms.packet(atom).dst_port]
    chosen = dice.sample(range(size), min(count, size))
    return list(dict.fromkeys([dice.choice(plain), *chosen]))[:count]


def _packet(dice: Random, atoms: Atoms, atom: int) -> Packet:
    """Any packet of an atom, not the one that stands for it."""
    (part,) = atoms.parts(1 << atom)
    if part.src_ports is None or part.dst_ports is None:
        return atoms.packet(atom)
    ports = [
        dice.choice((first, last, dice.randint(first, last)))
        for first, last in (*part.src_ports, *part.dst_ports)
    ]
    return Packet(part.proto or 0, *ports)


def disagreements(seed: int, pairs: int, packets: int, count: Counter[str]) -> list[str]:
    """The questions to a network of which `reach` says what the packets do not do."""
    dice = Random(seed)
    world = network(seed)
    judge = Judge(world, Random(seed))
    found = []
    for question in questions(world, dice, pairs, packets):
        kind, _, why = question.verdict
        count[kind] += 1
        got = judge.answers(*question[:3])
        if kind != "some" and why != TOO_MANY_WAYS and got is not (kind == "reached"):
            found.append(f"seed {seed}: {question}, but {got}")
    return found


def undecided(seed: int, pairs: int, packets: int, tries: int, count: Counter[str]) -> list[str]:
    """The questions to a network of which `reach` says that chance decides, and it never did.

    Another packet of the same atom is sent each time, and hashed otherwise.
    """
    dice = Random(seed)
    world = network(seed)
    judge = Judge(world, Random(seed))
    found = []
    for question in questions(world, dice, pairs, packets):
        if question.verdict.kind != "some":
            continue
        source, target, packet, _, atoms = question
        atom = atoms.of(packet).bit_length() - 1
        got = set[bool]()
        for _ in range(tries):
            with patch.object(plans, "flow_hash", partial(_salted, dice.getrandbits(32))):
                got.add(judge.answers(source, target, _packet(dice, atoms, atom)))
            if len(got) > 1:
                break
        count["both ways" if len(got) > 1 else "one way"] += 1
        if len(got) == 1:
            found.append(f"seed {seed}: {question}, but {tries} times {got.pop()}")
    return found


def _salted(salt: int, frame: Frame) -> int:
    """Another hash of a flow for each salt."""
    return (flow_hash(frame) ^ salt) * 0x9E3779B1 >> 9


def said_otherwise(seed: int, pairs: int, packets: int, count: Counter[str]) -> list[str]:
    """The questions to a network that `ping` and `connect` answer otherwise than the judge."""
    dice = Random(seed)
    world = network(seed)
    judge = Judge(world, Random(seed))
    found = []
    for source, target, packet, verdict, _ in questions(world, dice, pairs, packets):
        if isinstance(source.key, Outside) or packet.proto not in (ICMP, TCP):
            continue
        if verdict.kind in ("reached", "refused"):
            count[verdict.kind] += 1
            line, got = _sent(world, source, target, packet)
            if got is not judge.answers(source, target, packet):
                found.append(f"seed {seed}: {line}: {got}")
    return found


def _sent(world: World, source: Machine, target: int, packet: Packet) -> tuple[str, bool]:
    """Whether a command finds a packet answered in the network itself, after a reset."""
    world.run("reset")
    guest = world.store.by_id(source.key)  # type: ignore[arg-type]
    assert guest is not None
    address = format_ipv4(target)
    if packet.proto == ICMP:
        line = f"ping {guest.full_alias} {address} capture none count 1"
    else:
        line = f"connect {guest.full_alias} tcp {address} {packet.dst_port}"
        line += f" src-port {packet.src_port} capture none"
    command = grammar.parse(line)
    kind: type[Any] = PingProbe if packet.proto == ICMP else ConnectProbe
    probe = kind(world.context, command)
    probe.drive()
    outcome = probe.sum_up(NOTHING).document().get("outcome", probe.succeeded)
    return line, outcome in ("open", "refused", True)


def main() -> None:
    """As the words say."""
    seed, networks, pairs, packets, *tries = map(int, sys.argv[1:])
    count: Counter[str] = Counter()
    with suppress(KeyboardInterrupt):
        for number in range(seed, seed + networks):
            started = process_time()
            found = disagreements(number, pairs, packets, count)
            if tries:
                found += undecided(number, pairs, packets, tries[0], count)
            for each in found:
                print(each, flush=True)
            if (taken := process_time() - started) > _LONG:
                print(f"seed {number} took {taken:.1f} s", flush=True)
    print(dict(count), f"{count.total()} questions in {process_time():.0f} s")


if __name__ == "__main__":
    main()
