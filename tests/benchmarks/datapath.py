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
from typing import Any

from handmade import session_of
from measure import Action, Ratio, ratio
from simlab import HOST_MAC, SECOND, Lab, ip, know, net, packet, published_lab, router_lab

from grammar.script import Line
from midocli.context.manner import Manner
from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.topology.chain_plan import ChainPlan
from midocli.simulator.topology.condition import Condition
from midocli.simulator.topology.records import Chain, Rule
from midocli.simulator.wire.datagram import udp_packet

PACKETS = 200


def measure() -> list[Ratio]:
    """One row for each thing that grows."""
    return [*_pings(), *_misses(), _routes(), _devices(), *_changes(), *_connections()]


# -- chains --------------------------------------------------------------------------------


def _miss(number: int, kind: str) -> dict[str, Any]:
    """A rule that no packet here matches, which asks for exact values or for a wide range."""
    if kind == "exact":
        return {
            "type": "drop",
            "src": (ip("172.16.0.0") + (number << 4), 28 + number % 5),
            "proto": 6,
            "dst_port": (1 + number % 60_000, 1 + number % 60_000),
        }
    return {"type": "drop", "src_port": (20_000 + number, 40_000 + number)}


def _chain(name: str, length: int, kind: str, *last: dict[str, Any]) -> Chain:
    rules = [*(_miss(number, kind) for number in range(length - len(last))), *last]
    made = []
    for number, fields in enumerate(rules):
        own = {key: fields.pop(key) for key in ("type", "targets") if key in fields}
        alias = f"{name}:rule{number}"
        made.append(Rule(alias, alias, condition=Condition(**fields), **own))
    return Chain(name, name, name, tuple(made))


def _pinging(length: int, kind: str) -> Lab:
    """The published lab, with chains of some length both ways."""
    lab = published_lab()
    lab.add_chain("nat", {"type": "dnat", "targets": ("192.168.77.119:10000-60000",)})
    dnat = {"type": "dnat", "targets": lab.chains["nat"].rules[0].targets}
    lab.chains["in"] = _chain("in", length, kind, dnat | {"dst": net("192.168.79.119")})
    lab.chains["out"] = _chain("out", length, kind, {"type": "rev_dnat"})
    router = lab.routers["router0"]
    router.infilter, router.outfilter = "in", "out"
    return lab


def _ping(lab: Lab, ids: Callable[[], int]) -> Action:
    """One echo request answered; its connection has the identifier that `ids` gives."""
    stack, engine = lab.network.guest("client"), lab.engine
    answered: list[object] = []
    lab.network.listeners.add("client", answered.append)
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
    plan = ChainPlan.of(_chain("c", length, kind))
    assert plan is not None
    frame = packet()
    walk = Pipeline(router_lab().network, frame)
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
        lab = router_lab()
        know(lab, "20.0.0.9", HOST_MAC + 1)
        lab.route("r", "0.0.0.0/0", "r:port1", gw="20.0.0.9")
        one = lab.routers["r"]
        made = [
            type(one.routes[0])(n, str(n), dst=(0x40000000 + (n << 8), 24 + n % 4), port="r:port1")
            for n in range(routes)
        ]
        for route in made:
            route.gw = ip("20.0.0.9")
        one.routes += tuple(made)
        lab.changed("router", "r")
        destinations = [0x40000000 + (n << 8) for n in Random(1).sample(range(routes), PACKETS)]
        plan = lab.network.topology.router_plans["r"]
        assert plan is not None
        frames = [packet(nw_dst=destination) for destination in destinations]
        return lambda: [plan.choose(frame) for frame in frames]

    few, many = routed(1_000), routed(100_000)
    what = "a routing lookup in 100,000 routes"
    return ratio(what, many, "in 1,000", few, 1.5, repeat=20, repeat_baseline=20)


def _devices() -> Ratio:
    """The same ping, alone and among ten thousand bridges all on one router."""

    def among(devices: int) -> Action:
        lab = _pinging(10, "exact")
        lab.add_router("big")
        for n in range(devices):
            lab.add_bridge(f"b{n}")
            up = lab.router_port("big", f"10.{n >> 8}.{n & 255}.1/24", "02:00:00:00:00:01")
            lab.link(lab.bridge_port(f"b{n}"), up)
            lab.bridge_port(f"b{n}", f"h:{n}")
        return _ping(lab, _known)

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
    lab = router_lab()
    know(lab, "20.0.0.9", HOST_MAC + 1)
    pool = {"type": "snat", "targets": (f"20.0.0.7:10000-{10_000 + CONNECTIONS - 1}",)}
    lab.routers["r"].outfilter = lab.add_chain("out", pool)
    lab.changed("router", "r")
    ports = count()

    def connect() -> None:
        client, port = divmod(next(ports), 30_000)
        frame = udp_packet(ip("10.0.0.9") + client, 1_000 + port, ip("20.0.0.9"), 53, b"")
        frame.hw_src, frame.hw_dst = HOST_MAC, lab.ports["r:port0"].mac
        lab.network.inject("r:port0", frame)

    def block() -> float:
        start = process_time()
        for _ in range(BLOCK):
            connect()
        seconds = process_time() - start
        lab.engine.run_until(lab.engine.now_ns + 1_000_000)
        return seconds / BLOCK

    blocks = [block() for _ in range(CONNECTIONS // BLOCK)]
    sources = {each.after[:2] for each in lab.network.state.nat.values()}
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
