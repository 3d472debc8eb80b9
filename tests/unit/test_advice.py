"""What `explain` says would have to change, done: then the request succeeds.

A network that works is broken in many ways. Each way must make the probe fail, and every
alternative that the explanation offers as commands must make it work again.
"""

from __future__ import annotations

import re
import sys

import pytest
from breakages import ways_in
from worlds import World

from midocli.advice.failure import Failure
from midocli.advice.suspects import suspects
from midocli.simulator.reason import Code, Reason

LAB = """
bridge create name left
bridge left add port
bridge left add port
bridge left add port
bridge create name right
bridge right add port
bridge right add port
bridge right add port
router create name r
router r add port mac 02:00:00:00:01:01 address 10.0.1.1 net 10.0.1.0/24 peer bridge0:port0
router r add port mac 02:00:00:00:02:01 address 10.0.2.1 net 10.0.2.0/24 peer bridge1:port0
router r add route dst 10.0.1.0/24 type normal port router0:port0
router r add route dst 10.0.2.0/24 type normal port router0:port1
chain create name c
host create name h
host h add binding port bridge0:port1 interface t1
host h add binding port bridge1:port1 interface t2
guest create name alice interface t1 mac 02:00:00:00:01:0a address 10.0.1.10/24 gw 10.0.1.1
guest create name bob interface t2 mac 02:00:00:00:02:0b address 10.0.2.11/24 gw 10.0.2.1
guest bob add service proto tcp port 80
""".strip().splitlines()

# Bob's web server behind a VIP.
BALANCED = [
    "load-balancer create",
    "router r set load-balancer lb0",
    "load-balancer lb0 add pool",
    "load-balancer lb0 pool pool0 add member address 10.0.2.11 protocol-port 80",
    "load-balancer lb0 pool pool0 add vip address 10.0.9.9 protocol-port 443",
]

PING = "ping alice 10.0.2.11 timeout 70"

# Name -> what breaks it, and the probe that fails then (PING where none is given).
WAYS: dict[str, tuple[list[str], str]] = {
    "no route to the far network": (["delete router0:route1"], PING),
    "no route to an address outside the network of its machine": (
        ["guest bob set address 10.0.2.11/24,10.9.9.9/32"],
        "ping alice 10.9.9.9 timeout 70",
    ),
    "no route back": (["delete router0:route0"], PING),
    "a black hole": (["router r add route dst 10.0.2.8/29 type blackhole"], PING),
    "a route that rejects": (["router r add route dst 10.0.2.11/32 type reject"], PING),
    "a rule drops requests": (
        ["chain c add rule type drop proto 1 src 10.0.1.0/24", "router r set infilter c"],
        PING,
    ),
    "a rule drops replies": (
        ["chain c add rule type drop src 10.0.2.11", "router r set outfilter c"],
        PING,
    ),
    "a port takes no answers, and nothing asks on the way out": (
        [
            "chain c add rule type accept proto 6 dst-port 22",
            "chain c add rule pos 2 type drop ethertype 0x0800",
            "bridge0:port1 set outfilter c",
        ],
        PING,
    ),
    "a port takes answers, but nothing asks on the way out": (
        [
            "chain c add rule type accept flow return-flow",
            "chain c add rule pos 2 type drop ethertype 0x0800",
            "bridge0:port1 set outfilter c",
        ],
        PING,
    ),
    "a port takes no answers, and a rule asks on the way out": (
        [
            "chain c add rule type drop ethertype 0x0800",
            "chain create name d",
            "chain d add rule type accept flow return-flow",
            "bridge0:port1 set infilter d outfilter c",
        ],
        "connect alice tcp 10.0.2.11 80",
    ),
    "the answers of UDP are dropped where they come in": (
        [
            "guest bob add service proto udp port 53",
            "chain c add rule type drop proto 17",
            "bridge1:port1 set infilter c",
        ],
        "connect alice udp 10.0.2.11 53",
    ),
    "a router takes no answers": (
        [
            "chain c add rule type accept proto 6 dst-port 80",
            "chain c add rule pos 2 type drop ethertype 0x0800",
            "router r set infilter c",
        ],
        "connect alice tcp 10.0.2.11 80",
    ),
    "a rule for ICMP drops ARP requests": (
        [
            "chain c add rule type accept proto 1 src-port 8",
            "chain c add rule pos 2 type drop proto 1",
            "bridge1:port1 set outfilter c",
        ],
        PING,
    ),
    "a port's rule drops all": (
        ["chain c add rule type drop ethertype 0x0800", "bridge1:port1 set outfilter c"],
        PING,
    ),
    "a rule drops ARP": (
        ["chain c add rule type drop ethertype 0x0806", "bridge1:port1 set outfilter c"],
        PING,
    ),
    "a rule drops ARP replies": (
        ["chain c add rule type drop ethertype 0x0806", "bridge1:port1 set infilter c"],
        PING,
    ),
    "a rule rejects behind others": (
        [
            "chain c add rule type accept proto 17",
            "chain c add rule type reject proto 1 pos 2",
            "bridge left set infilter c",
        ],
        PING,
    ),
    "a rule of a chain jumped to drops": (
        [
            "chain create name d",
            "chain d add rule type drop dst 10.0.2.11",
            "chain c add rule type jump jump-to d",
            "router r set infilter c",
        ],
        PING,
    ),
    "the router is down": (["router r set state down"], PING),
    "a router port is down": (["router0:port1 set state down"], PING),
    "a bridge is down": (["bridge right set state down"], PING),
    "a bridge port is down": (["bridge1:port1 set state down"], PING),
    "the source's port is down": (["bridge0:port1 set state down"], PING),
    "the host is dead": (["host h set alive false"], PING),
    "an interface is down": (["host h interface iface t2 set status down"], PING),
    "the far guest is down": (["guest bob set state down"], PING),
    "the far guest has no interface": (["guest bob clear interface"], PING),
    "the source has no interface": (["guest alice clear interface"], PING),
    "the far guest's interface has no port": (["host h delete binding interface t2"], PING),
    "the source's interface has no port": (["host h delete binding interface t1"], PING),
    "the far guest is on another bridge": (
        [
            "host h delete binding interface t2",
            "host h add binding port bridge0:port2 interface t2",
        ],
        PING,
    ),
    "the far guest has another address": (["guest bob set address 10.0.2.12/24"], PING),
    "the source has a wrong gateway": (["guest alice set gw 10.0.1.254"], PING),
    "the source has no gateway": (["guest alice clear gw"], PING),
    "the source's route has a wrong gateway": (
        ["guest alice clear gw", "guest alice add route dst 10.0.2.0/24 gw 10.0.1.7"],
        PING,
    ),
    "the source takes its network for larger": (
        ["guest alice clear gw", "guest alice set address 10.0.1.10/16"],
        PING,
    ),
    "the source has no address": (["guest alice clear address", "guest alice clear gw"], PING),
    "the far guest has no gateway": (["guest bob clear gw"], PING),
    "the far guest has a wrong gateway": (["guest bob set gw 10.0.2.254"], PING),
    "the far guest is tagged": (["guest bob set vlan 5"], PING),
    "the source is tagged": (["guest alice set vlan 5"], PING),
    "the router's port has no peer": (["router0:port1 clear peer"], PING),
    "the near router's port has no peer": (["router0:port0 clear peer"], PING),
    "the TTL is too small": ([], f"{PING} ttl 1"),
    "the packet may not be fragmented": ([], f"{PING} size 3000 df do"),
    "dnat to nobody": (
        [
            "chain c add rule dst 10.0.9.9 type dnat target 10.0.2.99:1-9 action accept",
            "router r set infilter c",
        ],
        "ping alice 10.0.9.9 timeout 70",
    ),
    "snat without a way back": (
        [
            "chain c add rule type snat proto 1 src 10.0.1.10 target 10.0.2.1:1-9 action accept",
            "router r set outfilter c",
        ],
        PING,
    ),
    "dnat without a way back": (
        [
            "chain c add rule dst 10.0.9.9 type dnat target 10.0.2.11:80-80 action accept",
            "router r set infilter c",
        ],
        "connect alice tcp 10.0.9.9 80",
    ),
    "static dnat without a way back": (
        [
            "chain c add rule dst 10.0.9.9 type dnat target 10.0.2.11 action accept",
            "router r set infilter c",
        ],
        "connect alice tcp 10.0.9.9 80",
    ),
    "static dnat to a neighbour": (
        [
            "host h add binding port bridge0:port2 interface t3",
            "guest create name carol interface t3 mac 02:00:00:00:01:0c address 10.0.1.12/24",
            "guest carol set gw 10.0.1.1",
            "guest carol add service proto tcp port 80",
            "chain c add rule dst 10.0.9.9 type dnat target 10.0.1.12 action accept",
            "chain create name d",
            "router r set infilter c outfilter d",
        ],
        "connect alice tcp 10.0.9.9 80",
    ),
    "a traceroute without a route on the way": (
        ["delete router0:route1"],
        "traceroute alice 10.0.2.11",
    ),
    "a traceroute whose errors a rule drops": (
        ["chain c add rule type drop proto 1 src-port 3", "bridge0:port1 set outfilter c"],
        "traceroute alice 10.0.2.11 max-ttl 3",
    ),
    "a traceroute from a machine without a gateway": (
        ["guest alice clear gw"],
        "traceroute alice 10.0.2.11",
    ),
    "nothing listens": ([], "connect alice tcp 10.0.2.11 81"),
    "the service is inserted, and down": (
        [
            "bridge create name services",
            "bridge services add port",
            "host h add binding port bridge2:port0 interface fw",
            "l2insertion create port bridge1:port1 srv-port bridge2:port0 mac 02:00:00:00:02:0b",
            "host h interface iface fw set status down",
        ],
        PING,
    ),
    "the VIP is down": (
        [*BALANCED, "load-balancer lb0 pool pool0 vip vip0 set state down"],
        "connect alice tcp 10.0.9.9 443",
    ),
    "the load balancer is down": (
        [*BALANCED, "load-balancer lb0 set state down"],
        "connect alice tcp 10.0.9.9 443",
    ),
    "the VIP is for another port": (BALANCED, "connect alice tcp 10.0.9.9 80"),
    "the members are down, or found dead": (
        [
            *BALANCED,
            "load-balancer lb0 pool pool0 member pm0 set status INACTIVE",
            "load-balancer lb0 pool pool0 add member address 10.0.2.11 protocol-port 80 state down",
        ],
        "connect alice tcp 10.0.9.9 443",
    ),
    "the member does not serve, as its health monitor found": (
        [
            *BALANCED,
            "guest bob delete service service0",
            "health-monitor create delay 3 timeout 1 max-retries 2",
            "load-balancer lb0 pool pool0 set health-monitor hm0",
            "clock advance 10s",
        ],
        "connect alice tcp 10.0.9.9 443",
    ),
    "the member is switched off, as its health monitor found": (
        [
            *BALANCED,
            "health-monitor create delay 3 timeout 1 max-retries 2",
            "load-balancer lb0 pool pool0 set health-monitor hm0",
            "guest bob set state down",
            "clock advance 20s",
        ],
        "connect alice tcp 10.0.9.9 443",
    ),
    "a redirect to a port that is gone": (
        [
            "bridge create name x",
            "bridge x add port",
            "chain c add rule type redirect target-port bridge2:port0 proto 1",
            "router r set infilter c",
        ],
        PING,
    ),
    "two machines with one MAC": (
        ["guest bob set mac 02:00:00:00:02:01"],
        PING,
    ),
    "a second router that is not known": (
        [
            "delete router0:route1",
            "router create name far",
            "delete router0:port1",
            "router far add port address 10.0.2.1 net 10.0.2.0/24 peer bridge1:port0",
            "router r add port address 192.168.0.1 net 192.168.0.0/30",
            "router far add port address 192.168.0.2 net 192.168.0.0/30 peer router0:port2",
            "router far add route dst 10.0.2.0/24 type normal port router1:port0",
            "router far add route dst 10.0.1.0/24 type normal port router1:port1 gw 192.168.0.1",
            "router r add route dst 192.168.0.0/30 type normal port router0:port2",
        ],
        PING,
    ),
}


def broken(name: str) -> World:
    """The lab, broken."""
    return World(*LAB, *WAYS[name][0])


def probe(world: World, command: str) -> tuple[bool, str]:
    """Whether a probe succeeded, and what it printed."""
    import grammar
    from midocli.commands.dispatch import run

    tree = grammar.parse(command)
    assert tree is not None
    result = run(world.context, tree)
    return result.succeeded, result.text()


def helped(name: str, commands: list[str], command: str) -> bool:
    """Whether the probe works after doing as told; what is then still amiss is told in turn."""
    world = broken(name)
    probe(world, command)
    for _ in range(3):
        for line in commands:
            if line.startswith("ping"):
                return probe(world, line)[0]
            world.run(line)
        succeeded, text = probe(world, f"{command} explain capture none")
        if succeeded:
            return True
        commands = next(iter(ways_in(text)), [])
    return False


@pytest.mark.parametrize("name", WAYS)
def test_what_would_change_it_does(name: str) -> None:
    command = WAYS[name][1]
    succeeded, text = probe(broken(name), f"{command} explain capture none")
    assert not succeeded, text
    groups = ways_in(text)
    assert groups, text
    for group in groups:
        assert helped(name, group, command), (group, text)


#: What the lab's interfaces and guests may be called as well.
AWKWARD = {"t1": r"$'t\n1'", "t2": "'t 2;#'", "alice": '"al ice"', "bob": r"$'b\x1b[m\'ob'"}


def renamed(line: str) -> str:
    """A line with awkward names."""
    return re.sub(rf"\b({'|'.join(AWKWARD)})\b", lambda name: AWKWARD[name[1]], line)


@pytest.mark.parametrize("name", WAYS)
def test_what_is_advised_can_be_typed_whatever_things_are_called(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines, command = WAYS[name]
    plain = ways_in(probe(broken(name), f"{command} explain capture none")[1])
    monkeypatch.setattr(sys.modules[__name__], "LAB", list(map(renamed, LAB)))
    monkeypatch.setitem(WAYS, name, (list(map(renamed, lines)), renamed(command)))
    text = probe(broken(name), f"{renamed(command)} explain capture none")[1]
    groups = ways_in(text)
    assert [len(group) for group in groups] == [len(group) for group in plain], text
    for group in groups:
        assert helped(name, group, renamed(command)), (group, text)


def test_the_lab_works() -> None:
    assert probe(World(*LAB), PING)[0]
    assert probe(World(*LAB), "connect alice tcp 10.0.2.11 80")[0]


def test_what_is_far_from_the_end_is_looked_for_in_small_topologies_alone() -> None:
    """A filter of many routers with many rules is as much to look through as many objects."""
    world = World(*LAB, "chain create name large")
    for number in range(120):
        world.run(f"chain large add rule type accept dst-port {number + 1} proto 6")
    lost = Failure(Reason(Code.NO_ANSWER, "guest1", None, "nothing answers"), source="guest0")
    assert list(suspects(world.context, lost))
    for number in range(12):
        world.run(f"router create name r{number} infilter large")
    assert not list(suspects(world.context, lost))
    world.run("chain c add rule type drop")
    world.run("bridge0:port1 set outfilter c")
    assert "try: delete chain0:rule0" in world.run("ping bob 10.0.1.10")
