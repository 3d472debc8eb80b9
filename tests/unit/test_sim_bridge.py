"""Bridges: learning, flooding, ARP, loops, and VLANs."""

import pytest
from simlab import Lab, ip, mac, published_lab, seen

from midocli.simulator.learnt.entries import MAC_LIFE_NS
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request

A, B, C = mac("02:00:00:00:00:0a"), mac("02:00:00:00:00:0b"), mac("02:00:00:00:00:0c")
BROADCAST = mac("ff:ff:ff:ff:ff:ff")


def switch(ports: int = 3) -> Lab:
    lab = Lab()
    lab.add_bridge("b")
    for index in range(ports):
        lab.bridge_port("b", f"h:{index}")
    return lab


def plain(src: int, dst: int, *vlans: int) -> Frame:
    tags = tuple(0x8100 << 16 | vlan for vlan in vlans)
    return Frame(hw_src=src, hw_dst=dst, ethertype=0x88B5, vlans=tags, payload=b"data")


def out_points(lab: Lab, place: str, frame: Frame) -> list[str]:
    """The points a frame injected at a place comes out of."""
    points = [port.interface for port in lab.ports.values() if port.interface]
    recorder = lab.watch(*points)
    lab.network.inject(place, frame)
    lab.run(0.001)
    lab.network.unwatch(recorder)
    return sorted(str(each.point) for each in recorder.captures if each.direction == "out")


def test_an_unknown_mac_is_flooded_and_then_learned() -> None:
    lab = switch()
    assert out_points(lab, "h:0", plain(A, B)) == ["h:1", "h:2"]
    assert out_points(lab, "h:1", plain(B, A)) == ["h:0"]
    assert out_points(lab, "h:0", plain(A, B)) == ["h:1"]


def test_broadcast_and_multicast_go_everywhere_else() -> None:
    lab = switch()
    for dst in (BROADCAST, mac("01:80:c2:00:00:00")):
        assert out_points(lab, "h:1", plain(A, dst)) == ["h:0", "h:2"]


def test_a_group_source_is_dropped() -> None:
    lab = switch()
    assert out_points(lab, "h:0", plain(BROADCAST, B)) == []
    assert lab.codes() == ["bad-source-mac"]


def test_a_mac_moves_to_the_port_it_last_sent_from() -> None:
    lab = switch()
    out_points(lab, "h:0", plain(A, B))
    out_points(lab, "h:2", plain(A, B))
    assert out_points(lab, "h:1", plain(B, A)) == ["h:2"]
    assert lab.network.state.live_macs("b", lab.engine.now_ns) == [
        (0, A, "b:port2"),
        (0, B, "b:port1"),
    ]


def test_a_mac_learned_on_the_in_port_is_dropped() -> None:
    lab = switch()
    out_points(lab, "h:0", plain(A, B))
    assert out_points(lab, "h:0", plain(B, A)) == []
    assert out_points(lab, "h:0", plain(A, A)) == []
    assert lab.codes()[-2:] == ["same-port", "same-port"]


@pytest.mark.parametrize(("age_ns", "known"), [(MAC_LIFE_NS - 10**7, True), (MAC_LIFE_NS, False)])
def test_a_mac_is_forgotten_75_seconds_after_its_last_frame(age_ns: int, known: bool) -> None:
    lab = switch()
    out_points(lab, "h:0", plain(A, B))
    lab.engine.run_until(lab.engine.now_ns + age_ns)
    assert out_points(lab, "h:1", plain(B, A)) == (["h:0"] if known else ["h:0", "h:2"])


def test_a_source_is_learned_although_the_infilter_drops_it() -> None:
    lab = switch()
    lab.bridges["b"].infilter = lab.add_chain("c", {"type": "drop", "hw_src": A})
    assert out_points(lab, "h:0", plain(A, B)) == []
    assert out_points(lab, "h:1", plain(B, A)) == ["h:0"]


def test_out_ports_match_in_the_outfilter_for_unicast_only() -> None:
    lab = switch()
    ports = frozenset({"b:port1"})
    lab.bridges["b"].outfilter = lab.add_chain("c", {"type": "drop", "out_ports": ports})
    assert out_points(lab, "h:0", plain(A, B)) == ["h:1", "h:2"]
    out_points(lab, "h:1", plain(B, C))
    assert out_points(lab, "h:0", plain(A, B)) == []


def test_a_bridge_that_is_down_drops() -> None:
    lab = switch()
    lab.bridges["b"].up = False
    assert out_points(lab, "h:0", plain(A, B)) == []
    assert [(r.code, r.at) for _, r, _ in lab.drops] == [("admin-down", "b")]


@pytest.mark.parametrize("side", ["in", "out"])
def test_a_port_that_is_down_drops(side: str) -> None:
    lab = switch(2)
    lab.ports["b:port0" if side == "in" else "b:port1"].up = False
    assert out_points(lab, "h:0", plain(A, B)) == []
    assert lab.codes() == ["admin-down"]


def test_inactive_and_unplugged_ports() -> None:
    lab = switch(2)
    lab.ports["b:port1"].active = False
    assert out_points(lab, "h:0", plain(A, B)) == []
    out_points(lab, "h:1", plain(B, A))
    assert lab.codes() == ["port-inactive", "port-inactive"]
    lab.network.inject("h:9", plain(A, B))
    assert [(r.code, r.at) for _, r, _ in lab.drops][-1] == ("unplugged", "h:9")


def test_a_bridge_without_another_port() -> None:
    lab = switch(1)
    assert out_points(lab, "h:0", plain(A, B)) == []
    assert lab.codes() == ["no-answer"]


def test_broadcast_does_not_reach_routers_but_their_mac_does() -> None:
    lab = published_lab()
    recorder = lab.watch("router0:port1")
    lab.network.inject("host0:veth0", plain(A, BROADCAST))
    lab.network.inject("host0:veth0", plain(A, mac("fa:16:3e:52:65:b1")))
    lab.run()
    assert [frame.hw_dst for _, frame in seen(recorder, "router0:port1")] == [
        mac("fa:16:3e:52:65:b1")
    ]
    assert "unsupported-ethertype" in lab.codes()


def test_the_bridge_answers_arp_for_a_router_port() -> None:
    lab = published_lab()
    recorder = lab.watch("host0:veth0", "router0:port1")
    lab.network.inject("host0:veth0", arp_request(A, ip("192.168.78.77"), ip("192.168.78.1")))
    lab.run()
    (_, reply) = seen(recorder, "host0:veth0")[1]
    assert (reply.proto, reply.hw_src, reply.hw_dst) == (2, mac("fa:16:3e:52:65:b1"), A)
    assert seen(recorder, "router0:port1") == []


def test_gratuitous_arp_fills_the_table_and_is_flooded() -> None:
    lab = switch()
    mine = ip("10.0.0.1")
    assert out_points(lab, "h:0", arp_request(A, mine, mine)) == ["h:1", "h:2"]
    assert out_points(lab, "h:1", arp_request(B, ip("10.0.0.2"), mine)) == ["h:1"]
    assert out_points(lab, "h:1", arp_request(B, ip("10.0.0.2"), ip("10.0.0.3"))) == ["h:0", "h:2"]
    assert out_points(lab, "h:0", arp_request(A, mine, mine)) == ["h:1", "h:2"], "never answered"


def test_tagged_arp_is_not_answered() -> None:
    lab = switch()
    mine = ip("10.0.0.1")
    out_points(lab, "h:0", arp_request(A, mine, mine))
    tagged = arp_request(B, ip("10.0.0.2"), mine)
    tagged.vlans = (0x81000007,)
    assert out_points(lab, "h:1", tagged) == ["h:0", "h:2"]


def test_chains_leave_tagged_frames_alone() -> None:
    lab = switch(2)
    drop = lab.add_chain("c", {"type": "drop"})
    lab.bridges["b"].infilter = lab.bridges["b"].outfilter = drop
    assert out_points(lab, "h:0", plain(A, B, 7)) == ["h:1"]
    assert out_points(lab, "h:0", plain(A, B)) == []


def vlan_lab() -> Lab:
    """A VLAN-aware bridge with two trunks; VLAN 10 and 20 lead to a plain bridge each."""
    lab = Lab()
    lab.add_bridge("vab")
    lab.bridge_port("vab", "h:trunk0")
    lab.bridge_port("vab", "h:trunk1")
    for vlan in (10, 20):
        name = f"b{vlan}"
        lab.add_bridge(name)
        tagged, plain_port = lab.bridge_port("vab", vlan=vlan), lab.bridge_port(name)
        lab.link(tagged, plain_port)
        lab.bridge_port(name, f"h:{name}")
    return lab


def test_from_a_trunk_to_its_vlan_untagged_and_to_other_trunks_unchanged() -> None:
    lab = vlan_lab()
    recorder = lab.watch("h:b10", "h:trunk1")
    assert out_points(lab, "h:trunk0", plain(A, B, 10)) == ["h:b10", "h:trunk1"]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "h:b10")] == [()]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "h:trunk1")] == [(10,)]


def test_from_a_vlan_to_the_trunks_tagged() -> None:
    lab = vlan_lab()
    recorder = lab.watch("h:trunk0")
    assert out_points(lab, "h:b20", plain(A, B)) == ["h:trunk0", "h:trunk1"]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "h:trunk0")] == [(20,)]


def test_learned_unicast_across_vlans() -> None:
    lab = vlan_lab()
    out_points(lab, "h:b10", plain(A, B))
    assert out_points(lab, "h:trunk1", plain(B, A, 10)) == ["h:b10"]
    assert out_points(lab, "h:b10", plain(A, B)) == ["h:trunk1"]
    assert out_points(lab, "h:trunk0", plain(C, A, 20)) == ["h:b20", "h:trunk1"], "another table"


def test_a_tag_of_an_unknown_vlan_stays_among_the_trunks() -> None:
    assert out_points(vlan_lab(), "h:trunk0", plain(A, B, 30)) == ["h:trunk1"]


def test_a_learned_port_of_another_vlan() -> None:
    lab = vlan_lab()
    bridge = lab.network.state.macs["vab"]
    out_points(lab, "h:b10", plain(A, B))
    bridge[A | 20 << 48] = bridge[A | 10 << 48]
    assert out_points(lab, "h:trunk0", plain(C, A, 20)) == []
    assert lab.codes()[-1] == "vlan-mismatch"


def test_floods_do_not_cross_two_plain_bridges() -> None:
    lab = Lab()
    for name in ("b0", "b1"):
        lab.add_bridge(name)
        lab.bridge_port(name, f"h:{name}")
    lab.link(lab.bridge_port("b0"), lab.bridge_port("b1"))
    assert out_points(lab, "h:b0", plain(A, BROADCAST)) == []
    assert lab.codes() == ["no-answer"]


def test_a_ring_of_bridges_is_a_loop() -> None:
    """Two VLAN-unaware bridges joined twice through a VLAN-aware one."""
    lab = vlan_lab()
    lab.add_bridge("x")
    lab.ports["vab:port0"].interface = lab.ports["vab:port1"].interface = None
    near, far = lab.bridge_port("b10"), lab.bridge_port("b20", vlan=5)
    lab.link(near, far)
    back_near, back_far = lab.bridge_port("b20"), lab.bridge_port("b10", vlan=6)
    lab.link(back_near, back_far)
    out_points(lab, "h:b10", plain(A, BROADCAST))
    assert "loop" in lab.codes()


def test_a_bridge_notices_new_ports_and_links() -> None:
    lab = switch(2)
    assert out_points(lab, "h:0", plain(A, B)) == ["h:1"]
    lab.bridge_port("b", "h:2")
    lab.changed("bridge", "b")
    lab.changed("port", "b:port2")
    assert out_points(lab, "h:0", plain(A, B)) == ["h:1", "h:2"]
    lab.ports["b:port1"].interface = None
    lab.changed("port", "b:port1")
    assert out_points(lab, "h:0", plain(A, B)) == ["h:2"]
