"""Inserted services: the way of MidoNet's own simulation test, frame by frame."""

from __future__ import annotations

import pytest
from netlab import NetLab, ip, mac

from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame

MACS = [f"02:00:00:00:ee:{n}{n}" for n in range(4)]
IN, OUT = 1 << 13, 2 << 13


def service_lab() -> NetLab:
    """Two bridges with two machines each, a third with two services; all MACs known."""
    lab = NetLab("host create name host")
    for points in (("vm0", "vm1"), ("vm2", "vm3"), ("srv0", "srv1")):
        bridge = lab.made("bridge create")
        for point in points:
            lab.port(f"{bridge} add port", f"host0:{point}")
    for one, other in ((0, 1), (2, 3)):
        send(lab, one, other)
        send(lab, other, one)
    lab.drops.clear()
    return lab


VMS = ("bridge0:port0", "bridge0:port1", "bridge1:port0", "bridge1:port1")


def insert(lab: NetLab, vm: int, srv: int, fields: str = "") -> None:
    line = f"l2insertion create port {VMS[vm]} srv-port bridge2:port{srv} mac {MACS[vm]}"
    lab(f"{line} {fields}")


def frame_of(one: int, other: int, vlans: tuple[int, ...] = ()) -> Frame:
    frame = udp_packet(ip("10.0.0.10"), 53, ip("10.0.0.11"), 54, b"data")
    frame.hw_src, frame.hw_dst, frame.vlans = mac(MACS[one]), mac(MACS[other]), vlans
    return frame


def out_of(lab: NetLab, point: str, frame: Frame) -> list[tuple[str, Frame]]:
    """(point, frame) of everything that comes out when a frame goes in at a point."""
    recorder = lab.watch_all()
    lab.network.inject(f"host0:{point}", frame)
    lab.wait(0.01)
    lab.network.unwatch(recorder)
    out = [each for each in recorder.captures if each.direction == "out"]
    return [(str(each.point).removeprefix("host0:"), Frame.from_bytes(each.data)) for each in out]


def send(lab: NetLab, one: int, other: int) -> list[tuple[str, Frame]]:
    return out_of(lab, f"vm{one}", frame_of(one, other))


def path(lab: NetLab, one: int, other: int) -> list[str]:
    """Where a frame shows on its way, each service sending back what it got."""
    steps: list[str] = []
    frame, point = frame_of(one, other), f"vm{one}"
    while True:
        found = out_of(lab, point, frame)
        if not found:
            return steps
        ((point, frame),) = found
        tag = "".join(f" {each & 0xFFF}/{each >> 13 & 7}" for each in frame.vlans)
        steps.append(point + tag)
        if point.startswith("vm"):
            return steps


def test_a_service_sees_both_directions() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10 pos 1")
    assert path(lab, 0, 1) == ["srv0 10/1", "vm1"]
    assert path(lab, 1, 0) == ["srv0 10/2", "vm0"]
    assert path(lab, 2, 3) == ["vm3"]


def test_several_services_take_their_turn_by_position() -> None:
    lab = service_lab()
    insert(lab, 0, 1, "vlan 20 pos 2")
    insert(lab, 0, 0, "vlan 10 pos 1")
    assert path(lab, 0, 1) == ["srv0 10/1", "srv1 20/1", "vm1"]
    assert path(lab, 1, 0) == ["srv0 10/2", "srv1 20/2", "vm0"]


def test_both_ends_may_have_services_even_the_same() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10 pos 1")
    insert(lab, 0, 1, "vlan 20 pos 2")
    insert(lab, 1, 0, "vlan 10 pos 1")
    assert path(lab, 0, 1) == ["srv0 10/1", "srv1 20/1", "srv0 10/2", "vm1"]
    assert path(lab, 1, 0) == ["srv0 10/1", "srv0 10/2", "srv1 20/2", "vm0"]


def test_without_a_vlan_frames_go_untagged() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "pos 1")
    insert(lab, 0, 1, "vlan 20 pos 2")
    assert path(lab, 0, 1) == ["srv0", "srv1 20/1", "vm1"]
    assert path(lab, 1, 0) == ["srv0", "srv1 20/2", "vm0"]


def test_tagged_traffic_is_redirected_with_its_tag() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10")
    tag = 0x8100 << 16 | 77
    ((point, frame),) = out_of(lab, "vm0", frame_of(0, 1, (tag,)))
    assert (point, frame.vlan_ids()) == ("srv0", (10, 77))
    ((point, frame),) = out_of(lab, "srv0", frame)
    assert (point, frame.vlans) == ("vm1", (tag,))


@pytest.mark.parametrize(
    "change", ["host0 interface srv0 set status down", "bridge2:port0 set state down"]
)
@pytest.mark.parametrize("fail_open", [False, True])
def test_a_service_that_is_down(change: str, fail_open: bool) -> None:
    lab = service_lab()
    insert(lab, 2, 0, f"vlan 10 fail-open {str(fail_open).lower()}")
    lab(change)
    assert path(lab, 2, 3) == (["vm3"] if fail_open else [])
    assert path(lab, 3, 2) == (["vm2"] if fail_open else [])
    lost = [code for code in lab.codes() if code != "no-answer"]
    assert lost == ([] if fail_open else ["redirect-down"] * 2)


def test_the_port_s_own_filters_run_once() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10")
    lab.filter(VMS[0], "infilter", "type drop vlan 10", "type accept")
    chain = lab.filter(VMS[0], "outfilter", "type drop no-vlan true")
    assert path(lab, 0, 1) == ["srv0 10/1", "vm1"]
    assert path(lab, 1, 0) == []
    lab.rules(chain, "type accept")
    assert path(lab, 1, 0) == ["srv0 10/2", "vm0"]


def test_a_port_group_means_the_port_it_came_back_to() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10")
    lab(f"port-group create name g\nport-group g add member port {VMS[0]}")
    lab.filter("bridge0", "infilter", "type accept port-group g", "type drop")
    assert path(lab, 0, 1) == ["srv0 10/1", "vm1"]


def test_a_service_port_lets_only_redirected_frames_out_and_no_ipv6_in() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10")
    frame = frame_of(3, 3)
    frame.hw_dst = mac("02:00:00:00:99:99")
    assert out_of(lab, "srv1", frame) == []
    assert lab.drops[-1][1].code == "redirect-down"
    frame = Frame(mac(MACS[0]), mac(MACS[1]), (0x8100 << 16 | 10 | IN,), 0x86DD, payload=b"6")
    assert out_of(lab, "srv0", frame) == []
    assert lab.drops[-1][1].code == "unsupported-ethertype"


def test_what_a_service_sends_with_another_tag_is_its_own() -> None:
    lab = service_lab()
    insert(lab, 0, 0, "vlan 10")
    back = frame_of(0, 1, (0x8100 << 16 | 10 | OUT,))
    assert [point for point, _ in out_of(lab, "srv0", back)] == ["srv1"]
