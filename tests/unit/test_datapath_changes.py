"""What a change of the store makes the datapath compile again is all that it has to."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import World

from grammar.errors import MidoError
from midocli.datapath.compiler import StoreSource
from midocli.simulator.topology.topology import Topology

START = """
chain create name c0
chain create name c1
qos-policy create name q
bridge create name b0
bridge create name b1
router create name r0
router create name r1
bridge b0 add port
bridge b0 add port
bridge b1 add port
bridge b1 add port
router r0 add port address 10.0.0.1 net 10.0.0.0/24
router r0 add port address 10.0.1.1 net 10.0.1.0/24
router r1 add port address 10.0.2.1 net 10.0.2.0/24
host create name h0
host create name h1
host h0 add interface iface t0
host h0 add interface iface t1
host h1 add interface iface t0
guest create name g0 interface host0:t0 address 10.0.0.9/24
guest create name g1 interface host1:t0 address 10.0.1.9/24
port-group create name pg
""".strip().splitlines()

PORTS = ["bridge0:port0", "bridge0:port1", "bridge1:port0", "bridge1:port1"]
PORTS += ["router0:port0", "router0:port1", "router1:port0"]
INTERFACES = ["host0:t0", "host0:t1", "host1:t0", "host0:t2"]
CHOICES: dict[str, list[str]] = {
    "PORT": PORTS,
    "BPORT": PORTS[:4],
    "IFACE": INTERFACES,
    "HOST": ["h0", "h1"],
    "TAP": ["t0", "t1", "t2"],
    "GUEST": ["g0", "g1", "g2"],
    "CHAIN": ["c0", "c1"],
    "BRIDGE": ["b0", "b1"],
    "ROUTER": ["r0", "r1"],
    "RULE": ["rule0", "rule1", "rule2"],
    "ROUTE": ["route0", "route1", "route2", "route5"],
    "N": ["1", "2", "3"],
    "STATE": ["up", "down"],
}
COMMANDS = """
host HOST add binding port PORT interface TAP
delete host HOST binding interface TAP
host HOST add interface iface TAP
host HOST delete interface TAP
host HOST interface iface TAP set status STATE
host HOST set alive false
host HOST set alive true
host HOST set name HOST
guest create name g2 interface IFACE address 10.0.2.9/24
delete guest GUEST
guest GUEST set interface IFACE
guest GUEST clear interface
guest GUEST set state STATE
guest GUEST add nic interface IFACE address 10.0.N.8/24
guest GUEST delete nic nic0
guest GUEST nic nic1 set interface IFACE
PORT set state STATE infilter CHAIN
PORT clear infilter
BPORT set qos-policy qos-policy0
BRIDGE_ set qos-policy qos-policy0
bridge BRIDGE set qos-policy qos-policy0 state STATE
bridge BRIDGE clear qos-policy
qos-policy q add dscp-rule dscp-mark 4N
qos-policy q delete dscp-rule dscp-rule0
delete qos-policy q
PORT set peer PORT
PORT clear peer
bridge BRIDGE add port
router ROUTER add port address 10.0.N.254 net 10.0.N.0/24
delete PORT
chain CHAIN add rule in-ports PORT type drop pos 1
chain CHAIN add rule dst 10.0.N.0/24 type jump jump-to c0
chain CHAIN rule RULE set pos 1
chain CHAIN rule RULE set type accept
chain CHAIN delete rule RULE
delete chain CHAIN
router ROUTER set infilter CHAIN
router ROUTER add route src 0.0.0.0/0 dst 10.0.N.0/24 port router0:port0
router ROUTER delete route ROUTE
router ROUTER route ROUTE set weight N
l2insertion create port BPORT srv-port BPORT mac 02:00:00:00:00:0N vlan N
delete l2insertion l2insertion0
port-group pg add member port PORT
undo
undo
redo
""".strip().splitlines()


def command(rng: Random) -> str:
    """One of the commands, its words in capitals chosen."""
    words = rng.choice(COMMANDS).split()
    return " ".join(_filled(word, rng) for word in words)


def _filled(word: str, rng: Random) -> str:
    for name in sorted(CHOICES, key=len, reverse=True):
        word = word.replace(name, rng.choice(CHOICES[name]))
    return word


def plain(value: Any) -> Any:
    """A record or plan as plain data; ports, routers and so on inside plans by their fields."""
    if is_dataclass(value):
        derived = ("matcher", "sections")  # of the rules, which are compared themselves
        names = [each.name for each in fields(value) if each.name not in derived]
        return type(value).__name__, [(name, plain(getattr(value, name))) for name in names]
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return None if callable(value) else value


def tables(topology: Topology) -> Iterator[tuple[str, dict[Any, Any]]]:
    for name in Topology.__slots__:
        if name not in ("source", "version"):
            yield name, getattr(topology, name)


def load_all(world: World) -> None:
    """Have everything compiled, as if frames had gone everywhere."""
    topology = world.context.datapath.network.topology
    for row in list(world.store._by_id.values()):
        match row.collection.path:
            case "router.port" | "bridge.port":
                port = topology.ports[row.id]
                for key in (
                    (port.features.redirect_in, port.features.redirect_out) if port.features else ()
                ):
                    if key is not None:
                        topology.chain_plans[key]
            case "bridge":
                topology.bridge_plans[row.id]
            case "router":
                topology.router_plans[row.id]
            case "chain":
                topology.chain_plans[row.id]
            case "guest":
                topology.guest_plans[row.id]
            case "port-group":
                topology.port_groups[row.id]


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_what_is_kept_is_what_would_be_compiled_anew(seed: int) -> None:
    rng = Random(seed)
    world = World(*START)
    datapath = world.context.datapath
    for _ in range(40):
        if rng.random() < 0.7:
            load_all(world)
        line = command(rng)
        try:
            world.run(line)
        except MidoError:
            continue
        fresh = Topology(StoreSource(world.store, datapath._names))
        for name, kept in tables(datapath.network.topology):
            for key, value in list(kept.items()):
                assert plain(value) == plain(getattr(fresh, name)[key]), (line, name)


def test_a_change_of_one_rule_leaves_the_others_as_they_are() -> None:
    world = World(*START, *["chain c0 add rule type drop"] * 5)
    topology = world.context.datapath.network.topology
    key = next(row.id for row in world.store.rows("chain") if row.get("name") == "c0")
    before = topology.chains[key].rules
    world.run("chain c0 rule rule2 set type accept")
    after = topology.chains[key].rules
    assert [one is other for one, other in zip(before, after, strict=True)] == [
        True,
        True,
        False,
        True,
        True,
    ]


def test_plugging_leaves_other_records_as_they_are() -> None:
    world = World(*START)
    load_all(world)
    topology = world.context.datapath.network.topology
    ports = dict(topology.ports)
    world.run("host h1 add binding port bridge1:port1 interface t0")
    changed = {port.alias for key, port in ports.items() if topology.ports[key] is not port}
    assert changed == {"bridge1:port1"}
    world.run("host h1 set alive false")
    assert world.context.datapath.network.topology is topology
