"""Any sequence of commands, sensible or not, leaves a store that is sound."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import World, check, snapshot

import grammar
from grammar.errors import MidoError

START = (
    "chain create name a",
    "chain create name b",
    "router create name r",
    "router create name s",
    "bridge create name w",
    "router router0 add port address 10.0.0.1 net 10.0.0.0/24",
    "router router1 add port",
    "bridge bridge0 add port",
    "bridge bridge0 add port",
    "chain chain0 add rule type accept",
    "host create name h",
    "guest create name v interface host0:veth0",
    "port-group create name g",
    "ip-address-group create",
    "load-balancer create",
)

routers = st.sampled_from(["router0", "router1", "r", "router2"])
bridges = st.sampled_from(["bridge0", "bridge1", "w"])
chains = st.sampled_from(["chain0", "chain1", "chain2", "a", "nobody"])
rules = st.sampled_from([f"chain{c}:rule{r}" for c in range(2) for r in range(4)])
ports = st.sampled_from(
    [f"{device}:port{n}" for device in ("router0", "router1", "bridge0") for n in range(3)]
)
port_lists = st.lists(ports, min_size=1, max_size=3).map(",".join)
interfaces = st.sampled_from(["veth0", "veth1", "veth2"])
addresses = st.integers(1, 9).map(lambda last: f"10.0.0.{last}")
networks = st.sampled_from(["0.0.0.0/0", "10.0.0.0/24", "10.0.1.7", "10.0.0.0/33"])
positions = st.integers(0, 5)
names = st.sampled_from(["r", "x", "y", "''"])
rule_types = st.sampled_from(["type accept", "type drop", "type jump", "type dnat", "type explode"])
conditions = st.one_of(
    st.builds("src {}".format, networks),
    st.builds("in-ports {}".format, port_lists),
    st.builds("out-ports !{}".format, port_lists),
    st.builds("dst-port {}".format, st.sampled_from(["80", "80-90", "90-80"])),
    st.builds("jump-to {}".format, chains),
    st.builds("target {}".format, addresses),
    st.builds("pos {}".format, positions),
    st.just("in-port-group pgroup0"),
    st.just("ip-address-group-src ipg0"),
    st.sampled_from(["fragment-policy any", "fragment-policy header", "inverted yes"]),
)
several = st.lists(conditions, max_size=3).map(" ".join)
port_values = st.lists(
    st.one_of(
        st.builds("peer {}".format, ports),
        st.builds("infilter {}".format, chains),
        st.builds("address {}".format, addresses),
        st.builds("vlan {}".format, st.integers(0, 3)),
        st.sampled_from(["state down", "mac zz", "mac 02:00:00:00:00:01", "in-mirrors mirror0"]),
    ),
    max_size=3,
).map(" ".join)
router_values = st.lists(
    st.one_of(
        st.builds("infilter {}".format, chains),
        st.builds("outfilter {}".format, chains),
        st.builds("name {}".format, names),
        st.sampled_from(["load-balancer lb0", "asn x", "state down"]),
    ),
    max_size=3,
).map(" ".join)

commands = st.one_of(
    st.builds("router create {}".format, router_values),
    st.builds("router {} set {}".format, routers, router_values),
    st.builds("router {} clear infilter load-balancer".format, routers),
    st.builds("router {} delete".format, routers),
    st.builds("router {} add port {}".format, routers, port_values),
    st.builds("bridge {} add port {}".format, bridges, port_values),
    st.builds("bridge {} delete".format, bridges),
    st.just("bridge create"),
    st.builds("{} set {}".format, ports, port_values),
    st.builds("{} clear peer".format, ports),
    st.builds("{} clear infilter".format, ports),
    st.builds("{} delete".format, ports),
    st.builds("router {} add route dst {} port {}".format, routers, networks, ports),
    st.builds("router0:route{} delete".format, positions),
    st.builds("chain {} add rule {} {}".format, chains, rule_types, several),
    st.builds("{} set {}".format, rules, several),
    st.builds("{} set {} {}".format, rules, rule_types, several),
    st.builds("{} clear src in-ports".format, rules),
    st.builds("{} delete".format, rules),
    st.builds("chain create alias chain{}".format, positions),
    st.builds("chain {} delete".format, chains),
    st.builds("host host0 add binding port {} interface {}".format, ports, interfaces),
    st.builds("host host0 delete binding interface {}".format, interfaces),
    st.builds("host host0 delete interface iface {}".format, interfaces),
    st.builds("guest create interface host0:{} address {}/24".format, interfaces, addresses),
    st.builds("guest guest{} set interface host0:{}".format, positions, interfaces),
    st.builds("guest guest{} delete".format, positions),
    st.builds("guest guest0 add nic interface host0:{}".format, interfaces),
    st.builds("port-group pgroup0 add member port {}".format, ports),
    st.builds("port-group pgroup0 delete member port {}".format, ports),
    st.builds("ip-address-group ipg0 add ip address {}".format, addresses),
    st.builds("ip-address-group ipg0 delete ip address {}".format, addresses),
    st.sampled_from(
        [
            "load-balancer lb0 set router router0",
            "load-balancer lb0 delete",
            "load-balancer create router router1",
            "mirror create to-port bridge0:port0",
            "mirror mirror0 delete",
            "port-group pgroup0 delete",
            "ip-address-group ipg0 delete",
            "host host0 delete",
            "host create name h",
        ]
    ),
)


def attempt(world: World, line: str) -> bool:
    """Run a command; whether it succeeded. One that fails must change nothing."""
    before = snapshot(world.store)
    try:
        world.run(line)
    except MidoError:
        assert snapshot(world.store) == before, f"{line} failed, but changed something"
        return False
    return True


@settings(deadline=None, max_examples=150)
@given(st.lists(commands, min_size=1, max_size=25))
def test_any_commands_leave_the_store_sound(lines: list[str]) -> None:
    world = World(*START)
    for line in lines:
        attempt(world, line)
        check(world.store)


@settings(deadline=None, max_examples=100)
@given(st.lists(commands, min_size=1, max_size=15))
def test_any_commands_can_be_undone_and_done_again(lines: list[str]) -> None:
    world = World(*START)
    states = [snapshot(world.store)]
    for line in lines:
        before = world.store.journal.undoable
        if attempt(world, line) and world.store.journal.undoable > before:
            states.append(snapshot(world.store))
    for state in reversed(states[:-1]):
        world.run("undo")
        assert snapshot(world.store) == state
        check(world.store)
    for state in states[1:]:
        world.run("redo")
        assert snapshot(world.store) == state
        check(world.store)


@settings(deadline=None, max_examples=100)
@given(st.lists(commands, min_size=1, max_size=15))
def test_any_topology_comes_back_from_the_script_it_is_saved_as(lines: list[str]) -> None:
    world = World(*START)
    for line in lines:
        attempt(world, line)
    world.run("save topology.mido")
    again = World()
    for line in world.files["topology.mido"].decode().splitlines():
        if grammar.parse(line) is not None:
            again.run(line)
    check(again.store)
    assert _listing(again) == _listing(world)


def _listing(world: World) -> list[str]:
    """All that lists show of a topology; what is random at creation is saved as well."""
    lines = []
    for root in ("router", "bridge", "chain", "host", "guest", "port", "port-group"):
        found = world.lines(f"{root} list")
        lines += found
        if root == "port":
            continue
        collection = world.store.schema[root]
        for line in found:
            for child in world.store.schema.children(collection):
                if not child.live:
                    lines += world.lines(f"{line.split()[1]} list {child.name}")
    return lines


def test_the_commands_do_reach_success_and_failure() -> None:
    world = World(*START)
    assert attempt(world, "router0:port0 set peer bridge0:port0 infilter a")
    assert attempt(world, "chain a add rule type drop in-ports router0:port0,router1:port0 pos 2")
    assert not attempt(world, "host host0 add binding port router0:port0 interface veth1")
    assert attempt(world, "host host0 add binding port bridge0:port1 interface veth1")
    assert attempt(world, "bridge bridge0 delete")
    assert not attempt(world, "chain0:rule1 set pos 3")
