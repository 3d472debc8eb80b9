"""Sound networks of different kinds, and the edits that break what works in them.

    python tests/breakages.py [SEED [PAIRS]]

breaks each network by each edit alone, and by so many random pairs of them, and counts how
often the first way out that is advised repairs a probe, and which ways do not.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from typing import NamedTuple

from worlds import World, everywhere

from grammar.errors import MidoError
from grammar.values import Choice
from midocli.datapath.datapath import Datapath
from midocli.datapath.fork import Fork, Meter
from midocli.store.rows import Row


class Network(NamedTuple):
    """A script that makes a network, and the probes that work in it."""

    name: str
    lines: list[str]
    probes: list[str]


def network(name: str, text: str) -> Network:
    """A network of a text, in which probes are behind a `?`."""
    lines = [line.strip() for line in text.strip().splitlines()]
    probes = [line[2:] for line in lines if line.startswith("? ")]
    return Network(name, [line for line in lines if line and not line.startswith("? ")], probes)


NETWORKS = [
    network(
        "tenants with floating IPs and security groups",
        """
        router create name edge
        router create name tenant
        bridge create name public
        bridge create name web
        bridge create name db
        host create name h1 addresses 172.16.0.1
        host create name h2 addresses 172.16.0.2
        tunnel-zone create name tz type gre
        tunnel-zone tz add member host h1 address 172.16.0.1
        tunnel-zone tz add member host h2 address 172.16.0.2
        router edge add port address 198.51.100.1 net 198.51.100.0/24
        router edge add port address 169.254.0.1 net 169.254.0.0/30
        router tenant add port address 169.254.0.2 net 169.254.0.0/30 peer router0:port1
        router tenant add port address 10.0.1.1 net 10.0.1.0/24
        router tenant add port address 10.0.2.1 net 10.0.2.0/24
        bridge public add port peer router0:port0
        bridge web add port peer router1:port1
        bridge db add port peer router1:port2
        bridge public add port
        bridge web add port
        bridge web add port
        bridge db add port
        router edge add route dst 198.51.100.0/24 type normal port router0:port0
        router edge add route dst 169.254.0.0/30 type normal port router0:port1
        router edge add route dst 203.0.113.50/32 type normal port router0:port1 gw 169.254.0.2
        router edge add route dst 203.0.113.99/32 type normal port router0:port1 gw 169.254.0.2
        router tenant add route dst 169.254.0.0/30 type normal port router1:port0
        router tenant add route dst 10.0.1.0/24 type normal port router1:port1
        router tenant add route dst 10.0.2.0/24 type normal port router1:port2
        router tenant add route dst 0.0.0.0/0 type normal port router1:port0 gw 169.254.0.1
        chain create name pre
        chain pre add rule dst 203.0.113.50 type dnat action accept target 10.0.1.11
        chain pre add rule dst 203.0.113.99 type rev_snat action accept pos 2
        chain create name post
        chain post add rule src 10.0.1.11 out-ports router1:port0 type snat target 203.0.113.50
        chain post add rule out-ports router1:port0 type snat target 203.0.113.99:20000-60000 pos 2
        router tenant set infilter pre outfilter post
        host h1 add binding port bridge0:port1 interface pub
        host h1 add binding port bridge1:port1 interface w1
        host h1 add binding port bridge1:port2 interface w2
        host h2 add binding port bridge2:port1 interface d1
        guest create name isp interface h1:pub address 198.51.100.200/24 gw 198.51.100.1
        guest create name web1 interface h1:w1 address 10.0.1.11/24 gw 10.0.1.1
        guest create name web2 interface h1:w2 address 10.0.1.12/24 gw 10.0.1.1
        guest create name db interface h2:d1 address 10.0.2.21/24 gw 10.0.2.1
        guest isp add service proto tcp port 443
        guest web1 add service proto tcp port 80
        guest db add service proto tcp port 5432
        chain create name sg-web-in
        chain sg-web-in add rule flow return-flow type accept
        chain sg-web-in add rule ethertype 0x0806 type accept pos 2
        chain sg-web-in add rule proto 1 type accept pos 3
        chain sg-web-in add rule proto 6 dst-port 80 type accept pos 4
        chain sg-web-in add rule type drop pos 5
        chain create name sg-web-out
        chain sg-web-out add rule flow return-flow type accept
        chain create name sg-db-in
        chain sg-db-in add rule flow return-flow type accept
        chain sg-db-in add rule ethertype 0x0806 type accept pos 2
        chain sg-db-in add rule src 10.0.1.0/24 proto 6 dst-port 5432 type accept pos 3
        chain sg-db-in add rule src 10.0.1.0/24 proto 1 type accept pos 4
        chain sg-db-in add rule type drop pos 5
        bridge1:port1 set outfilter sg-web-in infilter sg-web-out
        bridge2:port1 set outfilter sg-db-in infilter sg-web-out
        ? ping isp 203.0.113.50
        ? connect isp tcp 203.0.113.50 80
        ? ping web1 10.0.2.21
        ? connect web1 tcp 10.0.2.21 5432
        ? ping web1 198.51.100.200
        ? connect web2 tcp 198.51.100.200 443
        ? ping web2 10.0.1.11
        ? traceroute web1 198.51.100.200
        """,
    ),
    network(
        "a firewall with return flow",
        """
        router create name fw
        bridge create name inside
        bridge create name dmz
        bridge create name outside
        host create name h
        router fw add port address 192.168.1.1 net 192.168.1.0/24
        router fw add port address 192.168.2.1 net 192.168.2.0/24
        router fw add port address 198.51.100.1 net 198.51.100.0/24
        bridge inside add port peer router0:port0
        bridge dmz add port peer router0:port1
        bridge outside add port peer router0:port2
        bridge inside add port
        bridge dmz add port
        bridge outside add port
        router fw add route dst 192.168.1.0/24 type normal port router0:port0
        router fw add route dst 192.168.2.0/24 type normal port router0:port1
        router fw add route dst 198.51.100.0/24 type normal port router0:port2
        router fw add route dst 0.0.0.0/0 type normal port router0:port2 gw 198.51.100.9
        host h add binding port bridge0:port1 interface i
        host h add binding port bridge1:port1 interface d
        host h add binding port bridge2:port1 interface o
        guest create name pc interface h:i address 192.168.1.10/24 gw 192.168.1.1
        guest create name srv interface h:d address 192.168.2.10/24 gw 192.168.2.1
        guest create name net interface h:o address 198.51.100.9/24,8.8.8.8/32 gw 198.51.100.1
        guest net add service proto udp port 53
        guest net add service proto tcp port 443
        guest srv add service proto tcp port 25
        chain create name policy
        chain policy add rule flow return-flow type accept
        chain policy add rule in-ports router0:port0 type accept pos 2
        chain policy add rule in-ports router0:port2 proto 6 dst-port 25 type accept pos 3
        chain policy add rule in-ports router0:port2 type drop pos 4
        chain policy add rule in-ports router0:port1 type drop pos 5
        router fw set infilter policy
        ? ping pc 8.8.8.8
        ? connect pc udp 8.8.8.8 53
        ? connect pc tcp 8.8.8.8 443
        ? connect net tcp 192.168.2.10 25
        ? ping pc 192.168.2.10
        """,
    ),
    network(
        "a load balancer",
        """
        router create name r
        bridge create name front
        bridge create name back
        host create name h
        router r add port address 10.1.0.1 net 10.1.0.0/24
        router r add port address 10.2.0.1 net 10.2.0.0/24
        bridge front add port peer router0:port0
        bridge back add port peer router0:port1
        bridge front add port
        bridge back add port
        bridge back add port
        router r add route dst 10.1.0.0/24 type normal port router0:port0
        router r add route dst 10.2.0.0/24 type normal port router0:port1
        host h add binding port bridge0:port1 interface c
        host h add binding port bridge1:port1 interface s1
        host h add binding port bridge1:port2 interface s2
        guest create name client interface h:c address 10.1.0.10/24 gw 10.1.0.1
        guest create name s1 interface h:s1 address 10.2.0.11/24 gw 10.2.0.1
        guest create name s2 interface h:s2 address 10.2.0.12/24 gw 10.2.0.1
        guest s1 add service proto tcp port 8080
        guest s2 add service proto tcp port 8080
        load-balancer create
        router r set load-balancer lb0
        load-balancer lb0 add pool
        load-balancer lb0 pool pool0 add member address 10.2.0.11 protocol-port 8080
        load-balancer lb0 pool pool0 add member address 10.2.0.12 protocol-port 8080
        load-balancer lb0 pool pool0 add vip address 10.9.0.1 protocol-port 80
        ? connect client tcp 10.9.0.1 80
        ? ping client 10.2.0.11
        ? connect client tcp 10.2.0.12 8080
        """,
    ),
    network(
        "routers with static routes and an uplink",
        """
        router create name a
        router create name b
        router create name up
        bridge create name la
        bridge create name lb
        bridge create name core
        host create name h
        router a add port address 10.10.1.1 net 10.10.1.0/24
        router b add port address 10.10.2.1 net 10.10.2.0/24
        router a add port address 172.20.0.1 net 172.20.0.0/24
        router b add port address 172.20.0.2 net 172.20.0.0/24
        router up add port address 172.20.0.3 net 172.20.0.0/24
        router up add port address 192.0.2.1 net 192.0.2.0/24
        bridge la add port peer router0:port0
        bridge lb add port peer router1:port0
        bridge core add port peer router0:port1
        bridge core add port peer router1:port1
        bridge core add port peer router2:port0
        bridge la add port
        bridge lb add port
        router a add route dst 10.10.1.0/24 type normal port router0:port0
        router a add route dst 172.20.0.0/24 type normal port router0:port1
        router a add route dst 10.10.2.0/24 type normal port router0:port1 gw 172.20.0.2
        router a add route dst 0.0.0.0/0 type normal port router0:port1 gw 172.20.0.3
        router b add route dst 10.10.2.0/24 type normal port router1:port0
        router b add route dst 172.20.0.0/24 type normal port router1:port1
        router b add route dst 10.10.1.0/24 type normal port router1:port1 gw 172.20.0.1
        router b add route dst 0.0.0.0/0 type normal port router1:port1 gw 172.20.0.3
        router up add route dst 172.20.0.0/24 type normal port router2:port0
        router up add route dst 192.0.2.0/24 type normal port router2:port1
        router up add route dst 10.10.1.0/24 type normal port router2:port0 gw 172.20.0.1
        router up add route dst 10.10.2.0/24 type normal port router2:port0 gw 172.20.0.2
        router up add route dst 0.0.0.0/0 type normal port router2:port1 gw 192.0.2.254
        host h add binding port bridge0:port1 interface x
        host h add binding port bridge1:port1 interface y
        host h add binding port router2:port1 interface z
        guest create name x interface h:x address 10.10.1.10/24 gw 10.10.1.1
        guest create name y interface h:y address 10.10.2.10/24 gw 10.10.2.1
        guest create name z interface h:z address 192.0.2.254/24,1.1.1.1/32 gw 192.0.2.1
        guest y add service proto tcp port 22
        guest z add service proto udp port 53
        ? ping x 10.10.2.10
        ? connect x tcp 10.10.2.10 22
        ? ping x 1.1.1.1
        ? connect y udp 1.1.1.1 53
        ? traceroute x 1.1.1.1
        ? ping z 10.10.1.10
        """,
    ),
    network(
        "bridges with VLANs and DHCP",
        """
        bridge create name trunk
        bridge create name red
        bridge create name blue
        host create name h1
        host create name h2
        bridge trunk add port vlan 10
        bridge trunk add port vlan 20
        bridge red add port peer bridge0:port0
        bridge blue add port peer bridge0:port1
        bridge trunk add port
        bridge red add port
        bridge red add port
        bridge blue add port
        host h1 add binding port bridge0:port2 interface t
        host h1 add binding port bridge1:port1 interface r1
        host h1 add binding port bridge1:port2 interface r2
        host h1 add binding port bridge2:port1 interface b1
        guest create name tagged interface h1:t vlan 10 mac 02:00:00:00:00:01 address 10.5.0.1/24
        guest create name r1 interface h1:r1 mac 02:00:00:00:00:02 address 10.5.0.2/24
        guest create name r2 interface h1:r2 mac 02:00:00:00:00:03 address 10.5.0.3/24
        guest create name b1 interface h1:b1 mac 02:00:00:00:00:04 address 10.5.0.4/24
        bridge red add dhcp subnet 10.5.0.0/24 gw 10.5.0.254
        bridge red dhcp subnet 10.5.0.0/24 add host mac 02:00:00:00:00:03 address 10.5.0.3
        guest r1 add service proto tcp port 9
        ? ping r2 10.5.0.2
        ? ping tagged 10.5.0.2
        ? connect r2 tcp 10.5.0.2 9
        ? arping r1 10.5.0.3
        ? dhcp r2
        """,
    ),
]


# -- edits ------------------------------------------------------------------------------------

_COLLECTIONS = (
    "router", "router.port", "router.route", "bridge", "bridge.port", "bridge.dhcp",
    "bridge.dhcp.host", "chain", "chain.rule", "host", "host.interface", "host.binding", "guest",
    "guest.route", "guest.service", "load-balancer", "load-balancer.pool",
    "load-balancer.pool.member", "load-balancer.pool.vip", "tunnel-zone.member",
)  # fmt: skip
#: Values that fields are given instead of those they have.
_OTHERS = {
    "gw": ["10.0.9.77", "172.20.0.77"],
    "address": ["10.77.0.7", "10.77.0.7/24"],
    "net": ["10.77.0.0/24"],
    "dst": ["10.77.0.0/24"],
    "src": ["10.77.0.0/24"],
    "target": ["10.77.0.7"],
    "dst-port": ["77"],
    "port": ["77"],
    "protocol-port": ["77"],
    "proto": ["77", "17"],
    "mac": ["02:00:00:00:77:77"],
    "vlan": ["77"],
    "weight": ["0"],
    "status": ["down", "INACTIVE"],
    "state": ["down"],
    "alive": ["false"],
    "flow": ["forward-flow"],
    "action": ["drop"],
}
_CLEARED = ("peer", "gw", "infilter", "outfilter", "interface", "load-balancer", "address")


def edits(world: World, probes: list[str]) -> list[str]:
    """Commands that change one thing each; of those that are refused there are some."""
    found = []
    for path in _COLLECTIONS:
        for row in everywhere(world, path):
            found += list(_edits_of(world, row))
    for row in everywhere(world, "chain"):
        found.append(f"chain {row.full_alias} add rule pos 1 type drop")
    for row in everywhere(world, "router"):
        for address in _destinations(probes):
            found.append(f"router {row.full_alias} add route dst {address}/32 type blackhole")
            found.append(f"router {row.full_alias} add route dst {address}/32 type reject")
    return found


def _destinations(probes: list[str]) -> list[str]:
    words = [word for probe in probes for word in probe.split() if word.count(".") == 3]
    return list(dict.fromkeys(words))


def _edits_of(world: World, row: Row) -> Iterator[str]:
    named = _named(world, row)
    kind = row.collection.path
    if kind not in ("guest", "host", "router", "bridge"):
        front, _, last = named.rpartition(f" {row.collection.name} ")
        yield f"{front} delete {row.collection.name} {last}" if front else f"delete {named}"
    if kind == "router.route" and row.get("type") is not None:
        yield f"{named} set type blackhole"
        yield f"{named} set type reject"
    if kind == "chain.rule" and row.get("type") == "accept":
        yield f"{named} set type drop"
    for field in row.collection.fields:
        if field.read_only or field.computed or field.parent or field.hidden:
            continue
        value = row.get(field.name) if field.name in row.collection.index else None
        if value is None or (kind == "router.route" and row.get("type") is None):
            continue
        for other in _OTHERS.get(field.name, ()):
            if isinstance(field.type, Choice) and other not in field.type.words:
                continue
            yield f"{named} set {field.name} {other}"
        if field.name in _CLEARED:
            yield f"{named} clear {field.name}"


def _named(world: World, row: Row) -> str:
    """How commands name a row."""
    name, parent = row.collection.name, row.parent
    if row.collection.path in ("router.port", "bridge.port", "chain.rule", "router.route"):
        return row.full_alias
    if parent is None:
        return f"{name} {row.full_alias}"
    if row.collection.has_id:
        return f"{_named(world, parent)} {name} {row.alias}"
    key = row.collection.key[0]
    word = world.context.display.field(row, row.collection.by_name[key])
    return f"{_named(world, parent)} {name} {key} {word}"


# -- breaking and repairing -------------------------------------------------------------------


class Tally:
    """How many broken probes there were, how many the first way repaired, and what did not."""

    def __init__(self) -> None:
        self.broken = self.repaired = self.silent = self.ways = 0
        self.misses: list[str] = []
        self.false_ways: list[str] = []

    def add(self, other: Tally) -> None:
        """Count another's, too."""
        for name in ("broken", "repaired", "silent", "ways"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.misses += other.misses
        self.false_ways += other.false_ways

    def __str__(self) -> str:
        share = 100 * self.repaired / self.broken if self.broken else 100
        return (
            f"{self.repaired}/{self.broken} = {share:.1f}% repaired, {self.silent} without a way, "
            f"{self.ways} ways of which {len(self.false_ways)} fail"
        )


class Bench:
    """One network, broken again and again."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.world = World(*network.lines)
        self.edits = edits(self.world, network.probes)
        for probe in network.probes:
            assert self.works(probe), f"{network.name}: {probe}"

    def works(self, probe: str) -> bool:
        """Whether a probe succeeds now."""
        return self.told(f"{probe} capture none")[0]

    def told(self, probe: str) -> tuple[bool, str]:
        """Whether a probe succeeds now, and what it prints."""
        import grammar
        from midocli.commands.dispatch import run

        command = grammar.parse(probe)
        assert command is not None
        try:
            result = run(self.world.context, command)
        except MidoError as error:
            return False, str(error)
        return result.succeeded, result.text()

    def broken_by(self, *changes: str, most: int = 100) -> Tally:
        """Break the network, and repair what is broken."""
        world, tally = self.world, Tally()
        journal = world.store.journal
        start = journal.undoable
        world.run("reset")
        for probe in self.network.probes:
            self.works(probe)
        journal_mark = journal.undoable
        try:
            for change in changes:
                world.run(change)
        except MidoError:
            self._undo(journal_mark)
            self._undo(start)
            return tally
        for probe in [each for each in self.network.probes if not self.works(each)][:most]:
            self._repair(probe, changes, tally)
        self._undo(start)
        return tally

    def _repair(self, probe: str, changes: tuple[str, ...], tally: Tally) -> None:
        works, text = self.told(f"{probe} capture none explain")
        if works:  # what was learnt was in the way, and is not any more
            return
        tally.broken += 1
        ways, network = ways_in(text), self.world.context.datapath
        what = f"{self.network.name}: {' & '.join(changes)}: {probe}"
        if not ways:
            tally.silent += 1
            tally.misses.append(f"{what}: no way\n    {_end(text)}")
        mark = self.world.store.journal.undoable
        for number, lines in enumerate(ways):
            tally.ways += 1
            self._go_on_from(network)
            again = self._repaired(probe, lines, 0)
            if not again and not number and len(changes) > 1:
                again = self._repaired(probe, next(iter(ways_in(self._explained(probe))), []), mark)
            self._undo(mark)
            tally.repaired += again and not number
            self.world.context._datapath = network
            if not again:
                tally.false_ways.append(f"{what}: {'; '.join(lines)}\n    {_end(text)}")

    def _go_on_from(self, network: Datapath) -> None:
        """Go on in a copy of a network, so that what one way leaves is not there for the next."""
        fork = Fork(network, self.world.store)
        fork.begin(Meter(10**9))
        self.world.context._datapath = fork

    def _explained(self, probe: str) -> str:
        return self.told(f"{probe} capture none explain")[1]

    def _repaired(self, probe: str, lines: list[str], mark: int) -> bool:
        if not lines:
            return False
        for line in lines:
            if line.split()[0] == probe.split()[0]:
                return self.works(line)
            try:
                self.world.run(line)
            except MidoError as error:
                print(f"refused: {line}: {error.message}")
                return False
        return self.works(probe)

    def _undo(self, mark: int) -> None:
        count = self.world.store.journal.undoable - mark
        if count:
            self.world.run(f"undo {count}")


def ways_in(text: str) -> list[list[str]]:
    """The commands an explanation ends with, in groups that belong together."""
    _, found, tail = text.rpartition("What would change that:\n")
    groups: list[list[str]] = []
    for line in tail.splitlines() if found else []:
        if line.startswith("  # "):
            groups.append([])
        elif line.startswith("  "):
            groups[-1].append(line.strip())
    return [group for group in groups if group]


def _end(text: str) -> str:
    return text.splitlines()[0] if text else "nothing"


def main(seed: int, pairs: int, share: int = 1, only: str = "") -> None:
    """Break every network by each edit, and by random pairs; print what came of it."""
    chance = random.Random(seed)
    singles, doubles = Tally(), Tally()
    for each in NETWORKS:
        if only and only not in each.name:
            continue
        bench, single, double = Bench(each), Tally(), Tally()
        breaking = []
        for edit in chance.sample(bench.edits, len(bench.edits) // share):
            came = bench.broken_by(edit)
            breaking += [edit] if came.broken else []
            single.add(came)
        for _ in range(pairs):
            double.add(bench.broken_by(*chance.sample(breaking, 2)))
        print(f"{each.name}: {len(breaking)} edits\n  single: {single}\n  pairs: {double}")
        singles.add(single)
        doubles.add(double)
    print(f"all\n  single: {singles}\n  pairs: {doubles}")
    for tally in (singles, doubles):
        print(*tally.misses, *("FAILS " + line for line in tally.false_ways), sep="\n")


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1,
        int(sys.argv[2]) if len(sys.argv) > 2 else 30,
        int(sys.argv[3]) if len(sys.argv) > 3 else 1,
        sys.argv[4] if len(sys.argv) > 4 else "",
    )
