"""The routing table: longest prefix, source, weight, equal routes, and ports that come and go."""

from hypothesis import given
from hypothesis import strategies as st
from simlab import Lab, ip, net

from midocli.simulator.topology.plans import RouterPlan
from midocli.simulator.wire.datagram import udp_packet

MACS = ("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03")


def router_lab() -> Lab:
    lab = Lab()
    lab.add_router("r")
    for index, hw in enumerate(MACS):
        lab.router_port("r", f"10.0.{index}.1/24", hw, f"host0:eth{index}", route=False)
    return lab


def plan(lab: Lab) -> RouterPlan:
    found = lab.network.topology.router_plans["r"]
    assert found is not None
    return found


def chosen(lab: Lab, dst: str, src: str = "1.2.3.4", dport: int = 80) -> str | None:
    active, _ = plan(lab).choose(udp_packet(ip(src), 1000, ip(dst), dport, b""))
    return None if active is None else active.route.alias or f"local {active.route.port}"


def test_the_longest_prefix_wins() -> None:
    lab = router_lab()
    lab.route("r", "0.0.0.0/0", "r:port0")
    lab.route("r", "10.9.0.0/16", "r:port1")
    lab.route("r", "10.9.9.0/24", "r:port2")
    assert chosen(lab, "10.9.9.1") == "r:route2"
    assert chosen(lab, "10.9.8.1") == "r:route1"
    assert chosen(lab, "8.8.8.8") == "r:route0"


def test_no_route() -> None:
    assert chosen(router_lab(), "8.8.8.8") is None


def test_every_port_address_is_local() -> None:
    lab = router_lab()
    assert chosen(lab, "10.0.1.1") == "local r:port1"


def test_a_given_local_route_is_not_doubled() -> None:
    lab = router_lab()
    lab.route("r", "10.0.1.1/32", "r:port1", type="local")
    assert chosen(lab, "10.0.1.1") == "r:route0"


def test_the_source_must_fit_else_a_shorter_prefix_is_tried() -> None:
    lab = router_lab()
    lab.route("r", "0.0.0.0/0", "r:port0")
    lab.route("r", "10.9.0.0/16", "r:port1", src="172.16.0.0/12")
    assert chosen(lab, "10.9.0.1", src="172.16.1.1") == "r:route1"
    assert chosen(lab, "10.9.0.1", src="192.168.1.1") == "r:route0"


def test_the_lowest_weight_wins_among_those_whose_source_fits() -> None:
    lab = router_lab()
    lab.route("r", "10.9.0.0/16", "r:port0", weight=10)
    lab.route("r", "10.9.0.0/16", "r:port1", weight=5)
    lab.route("r", "10.9.0.0/16", "r:port2", weight=1, src="172.16.0.0/12")
    assert chosen(lab, "10.9.0.1") == "r:route1"
    assert chosen(lab, "10.9.0.1", src="172.16.0.1") == "r:route2"


def test_equal_routes_share_flows_and_each_flow_keeps_its_own() -> None:
    lab = router_lab()
    for port in range(3):
        lab.route("r", "10.9.0.0/16", f"r:port{port}")
    flows = [chosen(lab, "10.9.0.1", dport=dport) for dport in range(300)]
    assert set(flows) == {"r:route0", "r:route1", "r:route2"}
    assert flows == [chosen(lab, "10.9.0.1", dport=dport) for dport in range(300)]
    assert all(flows.count(route) > 50 for route in set(flows))


def test_routes_follow_whether_their_port_is_active() -> None:
    lab = router_lab()
    lab.route("r", "10.9.0.0/16", "r:port0")
    assert chosen(lab, "10.9.0.1") == "r:route0"
    lab.ports["r:port0"].active = False
    lab.changed("port", "r:port0")
    assert chosen(lab, "10.9.0.1") is None
    assert chosen(lab, "10.0.0.1") is None, "its local route goes too"
    lab.ports["r:port0"].active = True
    lab.changed("port", "r:port0")
    assert chosen(lab, "10.9.0.1") == "r:route0"


def test_administrative_state_withdraws_nothing() -> None:
    lab = router_lab()
    lab.route("r", "10.9.0.0/16", "r:port0")
    lab.ports["r:port0"].up = False
    assert chosen(lab, "10.9.0.1") == "r:route0"


def test_a_blackhole_needs_no_port() -> None:
    lab = router_lab()
    lab.route("r", "10.9.0.0/16", type="blackhole")
    assert chosen(lab, "10.9.0.1") == "r:route0"


prefixes = st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32))


@given(st.lists(prefixes, max_size=25), st.integers(0, 0xFFFFFFFF))
def test_longest_prefix_against_a_scan(networks: list[tuple[int, int]], address: int) -> None:
    lab = Lab()
    lab.add_router("r")
    for index, (prefix, length) in enumerate(networks):
        lab.route("r", "0.0.0.0/0", type="blackhole", weight=index)
        lab.routers["r"].routes[-1].dst = (prefix, length)
    active, _ = plan(lab).choose(udp_packet(1, 1, address, 1, b""))
    fitting = [
        (length, -index)
        for index, (prefix, length) in enumerate(networks)
        if prefix >> (32 - length) == address >> (32 - length)
    ]
    expected = f"r:route{-max(fitting)[1]}" if fitting else None
    assert (active.route.alias if active else None) == expected


def test_connected_networks_are_known_for_explanations() -> None:
    lab = router_lab()
    assert [port.alias for port in plan(lab).connected(ip("10.0.2.7"))] == ["r:port2"]
    assert net("10.0.2.1/24") == plan(lab).connected(ip("10.0.2.7"))[0].net
