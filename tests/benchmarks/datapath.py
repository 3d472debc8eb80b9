"""Whether the datapath stays as fast when chains, tables, topologies and connections grow.

The packets walk through the simulator itself, nobody watching.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from random import Random
from time import process_time

from handmade import session_of
from measure import Action, Ratio, ratio
from netlab import HOST_MAC, PUBLISHED, ROUTER, ROUTER_MAC, SECOND, NetLab, ip, know, packet

from grammar.script import Line
from midocli.context.manner import Manner
from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.topology.records import Route
from midocli.simulator.wire.addresses import ip_text
from midocli.simulator.wire.datagram import udp_packet

PACKETS = 200


def measure() -> list[Ratio]:
    """One row for each thing that grows."""
    return [*_pings(), *_misses(), _routes(), _devices(), *_changes(), *_connections()]


# -- chains --------------------------------------------------------------------------------


def _miss(number: int, kind: str) -> str:
    """A rule that no packet here matches, which asks for exact values or for a wide range."""
    if kind == "exact":
        address, port = ip_text(ip("172.16.0.0") + (number << 4)), 1 + number % 60_000
        return f"type drop src {address}/{28 + number % 5} proto 6 dst-port {port}"
    return f"type drop src-port {20_000 + number}-{40_000 + number}"


def _misses_before(length: int, kind: str, *last: str) -> list[str]:
    return [*(_miss(number, kind) for number in range(length - len(last))), *last]


def _pinging(length: int, kind: str, *lines: str) -> NetLab:
    """The published lab, with chains of some length both ways."""
    lab = NetLab(PUBLISHED, *lines)
    dnat = "type dnat target 192.168.77.119:10000-60000 dst 192.168.79.119"
    lab.filter("router0", "infilter", *_misses_before(length, kind, dnat))
    lab.filter("router0", "outfilter", *_misses_before(length, kind, "type rev_dnat"))
    return lab


def _ping(lab: NetLab, ids: Callable[[], int]) -> Action:
    """One echo request answered; its connection has the identifier that `ids` gives."""
    stack, engine = lab.stack("client"), lab.engine
    answered = lab.heard("client")
    target, data = ip("192.168.79.119"), bytes(56)

    def ping() -> None:
        answered.clear()
        stack.send_echo(target, ids(), 1, data)
        engine.run(lambda: bool(answered), engine.now_ns + SECOND)
        assert len(answered) == 1

    ping()
    ping()
    return ping


def _known() -> int:
    return 7


def _pings() -> Iterator[Ratio]:
    """Pings through chains of 10 and of 1,000 rules."""
    lab = _pinging(10, "exact")
    what, sums = "a ping, 10 rules, without the command", partial(sum, range(1000))
    ping = _ping(lab, _known)
    yield ratio(what, ping, "sum(range(1000))", sums, 4, repeat=200, repeat_baseline=1000)
    for kind in ("exact", "ranges"):
        for flow, limit in (("new", 4), ("known", 1.5)):
            few, many = (
                _ping(_pinging(length, kind), count(1).__next__ if flow == "new" else _known)
                for length in (10, 1_000)
            )
            what = f"a ping through 1,000 rules ({kind}), {flow} flow"
            yield ratio(what, many, "10 rules", few, limit, repeat=50, repeat_baseline=50)


def _misses() -> Iterator[Ratio]:
    """A packet no rule is for: what is kept for a flow does not help, an index does."""
    for kind, limit in (("exact", 3.0), ("ranges", 10.0)):
        few, many = (_missing(length, kind) for length in (100, 10_000))
        what = f"a miss in 10,000 rules ({kind})"
        yield ratio(what, many, "in 100", few, limit, repeat=PACKETS, repeat_baseline=PACKETS)


def _missing(length: int, kind: str) -> Action:
    lab = NetLab(ROUTER)
    chain = lab.chain(*_misses_before(length, kind))
    plan = lab.network.topology.chain_plans[lab.key(chain, "chain")]
    assert plan is not None
    frame = packet()
    walk = Pipeline(lab.network, frame)
    ports = count(1)

    def miss() -> None:
        port = next(ports)
        frame.nw_src, frame.tp_src, frame.tp_dst = port * 7919, port % 20_000, port % 50_000
        assert plan.next_match(walk, frame, 0) == length

    return miss


# -- routes, devices -----------------------------------------------------------------------


def _routes() -> Ratio:
    """Packets to a thousand destinations, with a thousand routes and a hundred thousand."""

    def routed(routes: int) -> Action:
        lab = NetLab(ROUTER, "router0 add route dst 0.0.0.0/0 port router0:port1 gw 20.0.0.9")
        gw, port = ip("20.0.0.9"), lab.key("router0:port1")
        made = (
            Route(n, str(n), dst=(0x40000000 + (n << 8), 24 + n % 4), gw=gw, port=port)
            for n in range(routes)
        )
        lab.record("router0", "router").routes += tuple(made)
        destinations = [0x40000000 + (n << 8) for n in Random(1).sample(range(routes), PACKETS)]
        plan = lab.network.topology.router_plans[lab.key("router0", "router")]
        assert plan is not None
        frames = [packet(nw_dst=destination) for destination in destinations]
        return lambda: [plan.choose(frame) for frame in frames]

    few, many = routed(1_000), routed(100_000)
    what = "a routing lookup in 100,000 routes"
    return ratio(what, many, "in 1,000", few, 1.5, repeat=20, repeat_baseline=20)


def _devices() -> Ratio:
    """The same ping, alone and among ten thousand bridges all on one router."""

    def among(devices: int) -> Action:
        lines = ["router create"]
        for n in range(devices):
            network, bridge = f"10.{n >> 8}.{n & 255}", f"bridge{2 + n}"
            lines += [
                f"router1 add port address {network}.1 net {network}.0/24",
                f"router1 add route dst {network}.0/24 port router1:port{n}",
                f"bridge create\n{bridge} add port peer router1:port{n}\n{bridge} add port",
                f"host0 add binding port {bridge}:port1 interface {n}",
            ]
        return _ping(_pinging(10, "exact", *lines), _known)

    few, many = among(10), among(10_000)
    what = "a ping among 10,000 bridges"
    return ratio(what, many, "among 10", few, 1.1, repeat=100, repeat_baseline=100)


# -- changes -------------------------------------------------------------------------------

LAB = """
router create name edge
router edge add port address 10.0.0.1 net 10.0.0.0/24
router edge add port address 10.0.1.1 net 10.0.1.0/24
router edge add route src 0.0.0.0/0 dst 10.0.0.0/24 port router0:port0
router edge add route src 0.0.0.0/0 dst 10.0.1.0/24 port router0:port1
host create name box
host box add binding port router0:port0 interface veth0
host box add binding port router0:port1 interface veth1
guest create name one interface host0:veth0 address 10.0.0.9/24 gw 10.0.0.1
guest create name two interface host0:veth1 address 10.0.1.9/24 gw 10.0.1.1
chain create name rules
router edge set infilter rules
""".strip().splitlines()


class _Changing:
    """A session with a chain of many rules, and perhaps much else."""

    def __init__(self, rules: int, bridges: int) -> None:
        self._session = session_of(Manner(io.StringIO()))
        lines = [f"bridge create name b{n}" for n in range(bridges)]
        lines += [f"bridge b{n % bridges} add port" for n in range(4 * bridges)]
        lines += LAB
        for n in range(rules):
            lines.append(f"chain rules add rule src 172.16.{n >> 8}.{n & 255} proto 6 type drop")
        self.run(*lines)
        self._types = count()

    def run(self, *lines: str) -> None:
        for line in lines:
            self._session.run_line("benchmark", Line(line, 1))
        assert not self._session.failed, lines

    def change_rule(self) -> None:
        self.run(f"chain rules rule rule3 set type {('drop', 'reject')[next(self._types) % 2]}")

    def change_route(self) -> None:
        n = next(self._types)
        self.run(f"router edge add route src 0.0.0.0/0 dst 99.{n}.0.0/16 port router0:port1")

    def ping(self) -> None:
        self.run("ping one 10.0.1.9 count 1 quiet capture none")

    def compile_all(self) -> None:
        """Forget all that was compiled, as if no frame had been anywhere yet."""
        from midocli.datapath.datapath import Datapath

        context = self._session.context
        context._datapath = Datapath(context.store, context.clock, context.chance)


def _changes() -> Iterator[Ratio]:
    """The ping after a change of one rule, and the first in a topology of its devices alone."""
    small, large = _Changing(1_000, 1), _Changing(1_000, 2_000)

    def first() -> None:
        small.compile_all()
        small.ping()

    def after(change: Callable[[], None]) -> Action:
        def action() -> None:
            change()
            large.ping()

        return action

    large.ping()
    alone = "the first ping of its devices alone"
    yield ratio("a change of a rule, and a ping", after(large.change_rule), alone, first, 1)

    def plug() -> None:
        large.run("host box set alive false", "host box set alive true")

    yield ratio("a change of a host, and a ping", after(plug), alone, first, 1)


# -- connections ---------------------------------------------------------------------------

CONNECTIONS = 50_000
BLOCK = 1_000


def _connections() -> Iterator[Ratio]:
    """Connections through snat, until its pool of as many ports is empty, and then one more."""
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", HOST_MAC + 1)
    last_port = 10_000 + CONNECTIONS - 1
    lab.filter("router0", "outfilter", f"type snat target 20.0.0.7:10000-{last_port}")
    ports, entry = count(), lab.key("router0:port0")

    def connect() -> None:
        client, port = divmod(next(ports), 30_000)
        frame = udp_packet(ip("10.0.0.9") + client, 1_000 + port, ip("20.0.0.9"), 53, b"")
        frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
        lab.network.inject(entry, frame)

    def block() -> float:
        start = process_time()
        for _ in range(BLOCK):
            connect()
        seconds = process_time() - start
        lab.engine.run_until(lab.engine.now_ns + 1_000_000)
        return seconds / BLOCK

    blocks = [block() for _ in range(CONNECTIONS // BLOCK)]
    sources = {each.after[:2] for each in lab.state.nat.values()}
    assert len(sources) == CONNECTIONS, "no two connections share a source"
    last, first = min(blocks[-5:]), min(blocks[:5])
    yield Ratio(
        f"the last of {CONNECTIONS:,} snat connections",
        "the first",
        last / first,
        sorted(blocks[-5:])[2] / sorted(blocks[:5])[2],
        last,
        1.5,
    )
    lab.drops.clear()
    refused = min(block() for _ in range(3))
    assert lab.codes().count("nat-exhausted") == 3 * BLOCK
    times = refused / first
    yield Ratio("one more, which is refused", "the first", times, times, refused, 2)
