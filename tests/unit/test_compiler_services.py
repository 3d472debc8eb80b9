"""Load balancers, mirrors, insertions, DHCP and QoS, from commands to records and back again."""

from __future__ import annotations

from typing import Any

from netlab import ip, mac, net
from worlds import World

from midocli.simulator.topology.insertion import InsertionChain
from midocli.simulator.topology.records import Port
from midocli.simulator.topology.topology import Topology


def world(*lines: str) -> World:
    """A bridge with three ports, a router with one, and some more."""
    return World(
        "bridge create name lan",
        "bridge lan add port",
        "bridge lan add port",
        "bridge lan add port",
        "router create name gw",
        "router gw add port address 10.0.0.1 net 10.0.0.0/24",
        *lines,
    )


def topology(world: World) -> Topology:
    return world.context.datapath.network.topology


def key(world: World, path: str, alias: str) -> int:
    return next(row.id for row in world.store.rows(path) if row.full_alias == alias)


def lan(world: World) -> Any:
    return topology(world).bridges[key(world, "bridge", "bridge0")]


def port(world: World, number: int = 0) -> Port:
    found = topology(world).ports[lan(world).ports[number]]
    assert found is not None
    return found


def balancer(world: World) -> Any:
    return topology(world).load_balancers[key(world, "load-balancer", "lb0")]


def test_a_load_balancer_with_all_below_it() -> None:
    it = world(
        "load-balancer create",
        "router gw set load-balancer lb0",
        "load-balancer lb0 add pool",
        "load-balancer lb0 pool pool0 add member address 10.0.0.5 protocol-port 8080 weight 3",
        "load-balancer lb0 pool pool0 add vip address 10.9.9.9 protocol-port 80",
    )
    router = topology(it).routers[key(it, "router", "router0")]
    assert router is not None and router.load_balancer == key(it, "load-balancer", "lb0")
    (vip,) = balancer(it).vips
    (member,) = vip.pool.members
    assert (vip.address, vip.port, vip.sticky, vip.up) == (ip("10.9.9.9"), 80, False, True)
    assert (member.address, member.port, member.weight) == (ip("10.0.0.5"), 8080, 3)
    assert member.up and member.active and member.weight > 0
    it.run("load-balancer lb0 pool pool0 vip vip0 set persistence SOURCE_IP")
    assert balancer(it).vips[0].sticky
    it.run("load-balancer lb0 pool pool0 member pm0 set state down")
    assert not balancer(it).vips[0].pool.members[0].up
    it.run("load-balancer lb0 pool pool0 set state down")
    assert not balancer(it).vips[0].pool.up
    it.run("load-balancer lb0 set state down")
    assert not balancer(it).up
    it.run("load-balancer lb0 pool pool0 delete member pm0")
    assert balancer(it).vips[0].pool.members == ()
    it.run("load-balancer lb0 delete pool pool0")
    assert balancer(it).vips == ()
    it.run("router gw clear load-balancer")
    router = topology(it).routers[key(it, "router", "router0")]
    assert router is not None and router.load_balancer is None


def test_mirrors_of_ports_and_devices() -> None:
    it = world(
        "mirror create to-port bridge0:port2",
        "mirror create to-port bridge0:port1",
        "mirror mirror0 add matches src 10.0.0.0/8 vlan 5",
    )
    assert port(it).features is None
    it.run("bridge lan port port0 set in-mirrors mirror0,mirror1 pre-out-filter-mirrors mirror0")
    it.run("bridge lan set out-mirrors mirror1")
    it.run("router gw set in-mirrors mirror0")
    ids = tuple(key(it, "mirror", alias) for alias in ("mirror0", "mirror1"))
    features = port(it).features
    assert features is not None
    assert (features.in_mirrors, features.pre_out_mirrors) == (ids, ids[:1])
    assert (features.post_in_mirrors, features.out_mirrors) == ((), ())
    assert lan(it).out_mirrors == ids[1:]
    router = topology(it).routers[key(it, "router", "router0")]
    assert router is not None and router.in_mirrors == ids[:1]
    plan = topology(it).mirror_plans[ids[0]]
    assert plan is not None and plan.mirror.to_port == port(it, 2).key
    (condition,) = plan.mirror.conditions
    assert (condition.src, condition.vlan) == (net("10.0.0.0/8"), 5)
    it.run("mirror mirror0 add matches proto 6")
    plan = topology(it).mirror_plans[ids[0]]
    assert plan is not None and len(plan.conditions) == 2
    it.run("mirror mirror0 delete")
    features = port(it).features
    assert features is not None and features.in_mirrors == ids[1:]
    assert topology(it).mirror_plans[ids[0]] is None


def test_insertions() -> None:
    it = world()
    assert (port(it).features, port(it, 1).service) == (None, False)
    it.run(
        "l2insertion create port bridge0:port0 srv-port bridge0:port1 mac 02:00:00:00:00:05"
        " vlan 10 pos 2 fail-open true"
    )
    protected, service = port(it), port(it, 1)
    assert (protected.service, service.service) == (False, True)
    for each in (protected, service):
        assert each.features is not None
        assert each.features.redirect_in == InsertionChain(each.key, "in")
    chain = topology(it).chains[InsertionChain(protected.key, "in")]
    assert chain is not None
    last = chain.rules[-1]
    assert (last.alias, last.type, last.target_port) == ("l2insertion0", "redirect", service.key)
    assert (last.push_vlan, last.fail_open) == (10 | 1 << 13, True)
    assert last.condition.hw_src == mac("02:00:00:00:00:05")
    it.run("l2insertion l2insertion0 set srv-port bridge0:port2")
    assert (port(it, 1).service, port(it, 2).service) == (False, True)
    assert port(it, 1).features is None
    it.run("l2insertion l2insertion0 delete")
    assert (port(it).features, port(it, 2).service) == (None, False)


def test_dhcp() -> None:
    it = world()
    assert lan(it).subnets == ()
    it.run(
        "bridge lan add dhcp subnet 10.0.0.0/24 gw 10.0.0.1 server 10.0.0.2"
        " dns-servers 8.8.8.8,9.9.9.9 interface-mtu 1450"
    )
    (subnet,) = lan(it).subnets
    assert (subnet.network, subnet.mtu, subnet.hosts) == (net("10.0.0.0/24"), 1450, {})
    assert (subnet.gateway, subnet.server) == (ip("10.0.0.1"), ip("10.0.0.2"))
    assert subnet.dns_servers == (ip("8.8.8.8"), ip("9.9.9.9"))
    it.run("bridge lan dhcp subnet 10.0.0.0/24 add host mac 2:0:0:0:0:5 address 10.0.0.5")
    it.run("bridge lan dhcp subnet 10.0.0.0/24 add host mac 2:0:0:0:0:6 name nobody")
    it.run(
        "bridge lan dhcp subnet 10.0.0.0/24 add opt121-routes"
        " destination 10.1.0.0/16 gateway 10.0.0.3"
    )
    (subnet,) = lan(it).subnets
    assert subnet.hosts == {0x020000000005: ip("10.0.0.5"), 0x020000000006: None}
    assert subnet.routes == ((net("10.1.0.0/16"), ip("10.0.0.3")),)
    it.run("bridge lan delete dhcp subnet 10.0.0.0/24")
    assert lan(it).subnets == ()


def dscp(world: World, number: int = 0) -> int | None:
    features = port(world, number).features
    return features.dscp if features is not None else None


def test_a_port_s_policy_wins_over_its_bridge_s() -> None:
    it = world(
        "qos-policy create name gold",
        "qos-policy create name lead",
        "qos-policy gold add dscp-rule dscp-mark 46",
    )
    assert dscp(it) is None
    it.run("bridge lan set qos-policy gold")
    assert (dscp(it), dscp(it, 1)) == (46, 46)
    it.run("bridge lan port port0 set qos-policy lead")
    assert (dscp(it), dscp(it, 1)) == (None, 46)
    it.run("qos-policy lead add dscp-rule dscp-mark 8")
    assert (dscp(it), dscp(it, 1)) == (8, 46)
    it.run("qos-policy gold dscp-rule dscp-mark 46 set dscp-mark 10")
    assert (dscp(it), dscp(it, 1)) == (8, 10)
    it.run("qos-policy lead delete")
    assert (dscp(it), dscp(it, 1)) == (10, 10)
    it.run("bridge lan clear qos-policy")
    assert (dscp(it), dscp(it, 1)) == (None, None)
