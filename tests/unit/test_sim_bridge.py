"""Bridges: learning, flooding, ARP, loops, and VLANs."""

import pytest
from netlab import PUBLISHED, NetLab, ip, mac, seen

from midocli.simulator.learnt.entries import MAC_LIFE_NS
from midocli.simulator.wire.addresses import mac_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request

A, B, C = mac("02:00:00:00:00:0a"), mac("02:00:00:00:00:0b"), mac("02:00:00:00:00:0c")
BROADCAST = mac("ff:ff:ff:ff:ff:ff")


def switch(ports: int = 3) -> NetLab:
    lab = NetLab("host create name host", "bridge create")
    for index in range(ports):
        lab.port("bridge0 add port", f"host0:{index}")
    return lab


def plain(src: int, dst: int, *vlans: int) -> Frame:
    tags = tuple(0x8100 << 16 | vlan for vlan in vlans)
    return Frame(hw_src=src, hw_dst=dst, ethertype=0x88B5, vlans=tags, payload=b"data")


def out_points(lab: NetLab, at: str, frame: Frame) -> list[str]:
    """The interfaces a frame injected at one comes out of."""
    recorder = lab.watch_all()
    lab.network.inject(f"host0:{at}", frame)
    lab.wait(0.001)
    lab.network.unwatch(recorder)
    out = [str(each.point) for each in recorder.captures if each.direction == "out"]
    return sorted(point.removeprefix("host0:") for point in out)


def test_an_unknown_mac_is_flooded_and_then_learned() -> None:
    lab = switch()
    assert out_points(lab, "0", plain(A, B)) == ["1", "2"]
    assert out_points(lab, "1", plain(B, A)) == ["0"]
    assert out_points(lab, "0", plain(A, B)) == ["1"]


def test_broadcast_and_multicast_go_everywhere_else() -> None:
    lab = switch()
    for dst in (BROADCAST, mac("01:80:c2:00:00:00")):
        assert out_points(lab, "1", plain(A, dst)) == ["0", "2"]


def test_a_group_source_is_dropped() -> None:
    lab = switch()
    assert out_points(lab, "0", plain(BROADCAST, B)) == []
    assert lab.codes() == ["bad-source-mac"]


def test_a_mac_moves_to_the_port_it_last_sent_from() -> None:
    lab = switch()
    out_points(lab, "0", plain(A, B))
    out_points(lab, "2", plain(A, B))
    assert out_points(lab, "1", plain(B, A)) == ["2"]
    assert lab.state.live_macs(lab.key("bridge0", "bridge"), lab.engine.now_ns) == [
        (0, A, lab.key("bridge0:port2")),
        (0, B, lab.key("bridge0:port1")),
    ]


def test_a_mac_learned_on_the_in_port_is_dropped() -> None:
    lab = switch()
    out_points(lab, "0", plain(A, B))
    assert out_points(lab, "0", plain(B, A)) == []
    assert out_points(lab, "0", plain(A, A)) == []
    assert lab.codes()[-2:] == ["same-port", "same-port"]


@pytest.mark.parametrize(("age_ns", "known"), [(MAC_LIFE_NS - 10**7, True), (MAC_LIFE_NS, False)])
def test_a_mac_is_forgotten_75_seconds_after_its_last_frame(age_ns: int, known: bool) -> None:
    lab = switch()
    out_points(lab, "0", plain(A, B))
    lab.engine.run_until(lab.engine.now_ns + age_ns)
    assert out_points(lab, "1", plain(B, A)) == (["0"] if known else ["0", "2"])


def test_a_source_is_learned_although_the_infilter_drops_it() -> None:
    lab = switch()
    lab.filter("bridge0", "infilter", f"type drop hw-src {mac_text(A)}")
    assert out_points(lab, "0", plain(A, B)) == []
    assert out_points(lab, "1", plain(B, A)) == ["0"]


def test_out_ports_match_in_the_outfilter_for_unicast_only() -> None:
    lab = switch()
    lab.filter("bridge0", "outfilter", "type drop out-ports bridge0:port1")
    assert out_points(lab, "0", plain(A, B)) == ["1", "2"]
    out_points(lab, "1", plain(B, C))
    assert out_points(lab, "0", plain(A, B)) == []


def test_a_bridge_that_is_down_drops() -> None:
    lab = switch()
    lab("bridge0 set state down")
    assert out_points(lab, "0", plain(A, B)) == []
    assert [(r.code, r.at) for _, r, _ in lab.drops] == [("admin-down", "bridge0")]


@pytest.mark.parametrize("side", ["in", "out"])
def test_a_port_that_is_down_drops(side: str) -> None:
    lab = switch(2)
    lab(f"bridge0:port{0 if side == 'in' else 1} set state down")
    assert out_points(lab, "0", plain(A, B)) == []
    assert lab.codes() == ["admin-down"]


def test_inactive_and_unplugged_ports() -> None:
    lab = switch(2)
    lab("host0 interface 1 set status down")
    assert out_points(lab, "0", plain(A, B)) == []
    out_points(lab, "1", plain(B, A))
    assert lab.codes() == ["port-inactive", "port-inactive"]
    lab.network.inject("host0:9", plain(A, B))
    assert [(r.code, r.at) for _, r, _ in lab.drops][-1] == ("unplugged", "host0:9")


def test_a_bridge_without_another_port() -> None:
    lab = switch(1)
    assert out_points(lab, "0", plain(A, B)) == []
    assert lab.codes() == ["no-answer"]


def test_broadcast_does_not_reach_routers_but_their_mac_does() -> None:
    lab = NetLab(PUBLISHED)
    port = lab.key("router0:port1")
    recorder = lab.watch(port)
    lab.network.inject("host0:veth0", plain(A, BROADCAST))
    lab.network.inject("host0:veth0", plain(A, mac("fa:16:3e:52:65:b1")))
    lab.wait()
    assert [frame.hw_dst for _, frame in seen(recorder, port)] == [mac("fa:16:3e:52:65:b1")]
    assert "unsupported-ethertype" in lab.codes()


def test_the_bridge_answers_arp_for_a_router_port() -> None:
    lab = NetLab(PUBLISHED)
    port = lab.key("router0:port1")
    recorder = lab.watch("host0:veth0", port)
    lab.network.inject("host0:veth0", arp_request(A, ip("192.168.78.77"), ip("192.168.78.1")))
    lab.wait()
    (_, reply) = seen(recorder, "host0:veth0")[1]
    assert (reply.proto, reply.hw_src, reply.hw_dst) == (2, mac("fa:16:3e:52:65:b1"), A)
    assert seen(recorder, port) == []


def test_gratuitous_arp_fills_the_table_and_is_flooded() -> None:
    lab = switch()
    mine = ip("10.0.0.1")
    assert out_points(lab, "0", arp_request(A, mine, mine)) == ["1", "2"]
    assert out_points(lab, "1", arp_request(B, ip("10.0.0.2"), mine)) == ["1"]
    assert out_points(lab, "1", arp_request(B, ip("10.0.0.2"), ip("10.0.0.3"))) == [
        "0",
        "2",
    ]
    assert out_points(lab, "0", arp_request(A, mine, mine)) == ["1", "2"], "never answered"


def test_tagged_arp_is_not_answered() -> None:
    lab = switch()
    mine = ip("10.0.0.1")
    out_points(lab, "0", arp_request(A, mine, mine))
    tagged = arp_request(B, ip("10.0.0.2"), mine)
    tagged.vlans = (0x81000007,)
    assert out_points(lab, "1", tagged) == ["0", "2"]


def test_chains_leave_tagged_frames_alone() -> None:
    lab = switch(2)
    drop = lab.chain("type drop")
    lab(f"bridge0 set infilter {drop} outfilter {drop}")
    assert out_points(lab, "0", plain(A, B, 7)) == ["1"]
    assert out_points(lab, "0", plain(A, B)) == []


def vlan_lab() -> NetLab:
    """A VLAN-aware bridge with two trunks; VLAN 10 and 20 lead to a plain bridge each."""
    lab = NetLab("host create name host", "bridge create name vab")
    lab.port("bridge vab add port", "host0:trunk0")
    lab.port("bridge vab add port", "host0:trunk1")
    for vlan in (10, 20):
        bridge = lab.made(f"bridge create name b{vlan}")
        tagged = lab.port(f"bridge vab add port vlan {vlan}")
        lab(f"{bridge} add port peer {tagged}")
        lab.port(f"{bridge} add port", f"host0:b{vlan}")
    return lab


def test_from_a_trunk_to_its_vlan_untagged_and_to_other_trunks_unchanged() -> None:
    lab = vlan_lab()
    recorder = lab.watch("host0:b10", "host0:trunk1")
    assert out_points(lab, "trunk0", plain(A, B, 10)) == ["b10", "trunk1"]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "host0:b10")] == [()]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "host0:trunk1")] == [(10,)]


def test_from_a_vlan_to_the_trunks_tagged() -> None:
    lab = vlan_lab()
    recorder = lab.watch("host0:trunk0")
    assert out_points(lab, "b20", plain(A, B)) == ["trunk0", "trunk1"]
    assert [frame.vlan_ids() for _, frame in seen(recorder, "host0:trunk0")] == [(20,)]


def test_learned_unicast_across_vlans() -> None:
    lab = vlan_lab()
    out_points(lab, "b10", plain(A, B))
    assert out_points(lab, "trunk1", plain(B, A, 10)) == ["b10"]
    assert out_points(lab, "b10", plain(A, B)) == ["trunk1"]
    assert out_points(lab, "trunk0", plain(C, A, 20)) == ["b20", "trunk1"], "another table"


def test_a_tag_of_an_unknown_vlan_stays_among_the_trunks() -> None:
    assert out_points(vlan_lab(), "trunk0", plain(A, B, 30)) == ["trunk1"]


def test_a_learned_port_of_another_vlan() -> None:
    lab = vlan_lab()
    bridge = lab.state.macs[lab.key("vab", "bridge")]
    out_points(lab, "b10", plain(A, B))
    bridge[A | 20 << 48] = bridge[A | 10 << 48]
    assert out_points(lab, "trunk0", plain(C, A, 20)) == []
    assert lab.codes()[-1] == "vlan-mismatch"


def test_floods_do_not_cross_two_plain_bridges() -> None:
    lab = NetLab("host create name host")
    for name in ("b0", "b1"):
        lab.port(f"{lab.made('bridge create')} add port", f"host0:{name}")
    lab("bridge0 add port")
    lab("bridge1 add port peer bridge0:port1")
    assert out_points(lab, "b0", plain(A, BROADCAST)) == []
    assert lab.codes() == ["no-answer"]


def test_a_ring_of_bridges_is_a_loop() -> None:
    """Two VLAN-unaware bridges joined twice through a VLAN-aware one."""
    lab = vlan_lab()
    lab("host0 delete binding interface trunk0\nhost0 delete binding interface trunk1")
    lab(f"bridge b20 add port vlan 5 peer {lab.port('bridge b10 add port')}")
    lab(f"bridge b10 add port vlan 6 peer {lab.port('bridge b20 add port')}")
    out_points(lab, "b10", plain(A, BROADCAST))
    assert "loop" in lab.codes()


def test_a_bridge_notices_new_ports_and_links() -> None:
    lab = switch(2)
    assert out_points(lab, "0", plain(A, B)) == ["1"]
    lab.port("bridge0 add port", "host0:2")
    assert out_points(lab, "0", plain(A, B)) == ["1", "2"]
    lab("host0 delete binding interface 1")
    assert out_points(lab, "0", plain(A, B)) == ["2"]
