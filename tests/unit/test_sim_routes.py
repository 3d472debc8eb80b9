"""The routing table: longest prefix, source, weight, equal routes, and ports that come and go."""

from hypothesis import given
from hypothesis import strategies as st
from netlab import NetLab, ip, net

from midocli.simulator.topology.plans import RouterPlan
from midocli.simulator.topology.records import Route, Router
from midocli.simulator.wire.datagram import udp_packet


def routed(*routes: str) -> NetLab:
    """A router with three ports, bound to host0:eth0 to host0:eth2, and routes."""
    lab = NetLab("host create name host", "router create")
    for index in range(3):
        address = f"address 10.0.{index}.1 net 10.0.{index}.0/24"
        lab.port(f"router0 add port {address}", f"host0:eth{index}")
    for route in routes:
        lab(f"router0 add route {route}")
    return lab


def plan(lab: NetLab) -> RouterPlan:
    found = lab.network.topology.router_plans[lab.key("router0", "router")]
    assert found is not None
    return found


def chosen(lab: NetLab, dst: str, src: str = "1.2.3.4", dport: int = 80) -> str | None:
    active, _ = plan(lab).choose(udp_packet(ip(src), 1000, ip(dst), dport, b""))
    return None if active is None else active.route.alias or f"local {active.route.port}"


def test_the_longest_prefix_wins() -> None:
    lab = routed(
        "dst 0.0.0.0/0 port router0:port0",
        "dst 10.9.0.0/16 port router0:port1",
        "dst 10.9.9.0/24 port router0:port2",
    )
    assert chosen(lab, "10.9.9.1") == "router0:route2"
    assert chosen(lab, "10.9.8.1") == "router0:route1"
    assert chosen(lab, "8.8.8.8") == "router0:route0"


def test_no_route() -> None:
    assert chosen(routed(), "8.8.8.8") is None


def test_every_port_address_is_local() -> None:
    lab = routed()
    assert chosen(lab, "10.0.1.1") == f"local {lab.key('router0:port1')}"


def test_the_source_must_fit_else_a_shorter_prefix_is_tried() -> None:
    lab = routed(
        "dst 0.0.0.0/0 port router0:port0",
        "dst 10.9.0.0/16 port router0:port1 src 172.16.0.0/12",
    )
    assert chosen(lab, "10.9.0.1", src="172.16.1.1") == "router0:route1"
    assert chosen(lab, "10.9.0.1", src="192.168.1.1") == "router0:route0"


def test_the_lowest_weight_wins_among_those_whose_source_fits() -> None:
    lab = routed(
        "dst 10.9.0.0/16 port router0:port0 weight 10",
        "dst 10.9.0.0/16 port router0:port1 weight 5",
        "dst 10.9.0.0/16 port router0:port2 weight 1 src 172.16.0.0/12",
    )
    assert chosen(lab, "10.9.0.1") == "router0:route1"
    assert chosen(lab, "10.9.0.1", src="172.16.0.1") == "router0:route2"


def test_equal_routes_share_flows_and_each_flow_keeps_its_own() -> None:
    lab = routed(*(f"dst 10.9.0.0/16 port router0:port{port}" for port in range(3)))
    flows = [chosen(lab, "10.9.0.1", dport=dport) for dport in range(300)]
    assert set(flows) == {"router0:route0", "router0:route1", "router0:route2"}
    assert flows == [chosen(lab, "10.9.0.1", dport=dport) for dport in range(300)]
    assert all(flows.count(route) > 50 for route in set(flows))


def test_routes_follow_whether_their_port_is_active() -> None:
    lab = routed("dst 10.9.0.0/16 port router0:port0")
    assert chosen(lab, "10.9.0.1") == "router0:route0"
    lab("host0 interface eth0 set status down")
    assert chosen(lab, "10.9.0.1") is None
    assert chosen(lab, "10.0.0.1") is None, "its local route goes too"
    lab("host0 interface eth0 set status up")
    assert chosen(lab, "10.9.0.1") == "router0:route0"


def test_administrative_state_withdraws_nothing() -> None:
    lab = routed("dst 10.9.0.0/16 port router0:port0")
    lab("router0:port0 set state down")
    assert chosen(lab, "10.9.0.1") == "router0:route0"


def test_a_blackhole_needs_no_port() -> None:
    lab = routed("dst 10.9.0.0/16 type blackhole")
    assert chosen(lab, "10.9.0.1") == "router0:route0"


prefixes = st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32))


@given(st.lists(prefixes, max_size=25), st.integers(0, 0xFFFFFFFF))
def test_longest_prefix_against_a_scan(networks: list[tuple[int, int]], address: int) -> None:
    routes = [Route(i, type="blackhole", dst=dst, weight=i) for i, dst in enumerate(networks)]
    plan = RouterPlan.of({}, Router(None, routes=tuple(routes)))
    assert plan is not None
    active, _ = plan.choose(udp_packet(1, 1, address, 1, b""))
    fitting = [
        (length, -index)
        for index, (prefix, length) in enumerate(networks)
        if prefix >> (32 - length) == address >> (32 - length)
    ]
    expected = -max(fitting)[1] if fitting else None
    assert (active.route.key if active else None) == expected


def test_connected_networks_are_known_for_explanations() -> None:
    lab = routed()
    assert [port.alias for port in plan(lab).connected(ip("10.0.2.7"))] == ["router0:port2"]
    assert net("10.0.2.0/24") == plan(lab).connected(ip("10.0.2.7"))[0].net
