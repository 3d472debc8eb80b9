"""Mirrors: where they look, what they copy, and that they come to an end."""

from __future__ import annotations

from typing import Any

import pytest
from netlab import CLIENT_MAC, PUBLISHED, VM_MAC, NetLab, ip, mac, seen, told

from midocli.simulator.events import Mirrored
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame

PINGS = "proto 1 src-port 8"


def mirrored_lab() -> NetLab:
    """The published lab with a bridge whose port0 takes copies, ARP and MACs known."""
    lab = NetLab(PUBLISHED)
    lab.port(f"{lab.made('bridge create')} add port", "host0:copies")
    lab.echoed("client", "192.168.77.119")
    lab.drops.clear()
    return lab


def copies(lab: NetLab, dst: str = "192.168.77.119", **options: Any) -> list[Frame]:
    """What the mirror's port shows of one ping."""
    recorder = lab.watch("host0:copies")
    lab.echoed("client", dst, **options)
    lab.network.unwatch(recorder)
    return [frame for _, frame in seen(recorder, "host0:copies")]


def mirror(lab: NetLab, place: str, where: str, *conditions: str) -> None:
    """Let a port (its `in`, `post-in-filter`, `pre-out-filter` or `out`) or a device mirror."""
    name = lab.made("mirror create to-port bridge2:port0")
    for condition in conditions or (PINGS,):
        lab(f"mirror {name} add matches {condition}")
    lab(f"{place} set {where}-mirrors {name}")


@pytest.mark.parametrize(
    ("place", "where", "hw_src", "ttl"),
    [
        ("bridge1:port1", "in", CLIENT_MAC, 64),
        ("bridge1:port1", "post-in-filter", CLIENT_MAC, 64),
        ("bridge1", "in", CLIENT_MAC, 64),
        ("bridge1", "out", CLIENT_MAC, 64),
        ("bridge1:port0", "pre-out-filter", CLIENT_MAC, 64),
        ("bridge1:port0", "out", CLIENT_MAC, 64),
        ("router0:port1", "in", CLIENT_MAC, 64),
        ("router0", "in", CLIENT_MAC, 64),
        ("router0", "out", "fa:16:3e:bb:12:d0", 63),
        ("router0:port0", "out", "fa:16:3e:bb:12:d0", 63),
        ("bridge0", "out", "fa:16:3e:bb:12:d0", 63),
        ("bridge0:port1", "out", "fa:16:3e:bb:12:d0", 63),
    ],
)
def test_a_copy_is_of_the_frame_as_it_is_there(
    place: str, where: str, hw_src: str, ttl: int
) -> None:
    lab = mirrored_lab()
    mirror(lab, place, where)
    (copy,) = copies(lab)
    assert (copy.hw_src, copy.ttl, copy.tp_src) == (mac(hw_src), ttl, 8)
    assert lab.codes() == ["no-answer"]


def test_the_original_goes_on_unharmed() -> None:
    lab = mirrored_lab()
    mirror(lab, "router0:port1", "in")
    assert [arrival.frame.tp_src for arrival in lab.echoed("client", "192.168.77.119")] == [0]


def test_any_condition_is_enough_and_none_mirrors_nothing() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", "proto 17", "dst 192.168.77.119")
    assert len(copies(lab)) == 1
    for condition in ("proto 17", "dst 192.168.77.119"):
        lab(f"mirror mirror0 delete matches {condition}")
    assert copies(lab) == []


def test_conditions_see_the_ports_of_the_place() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "out", "out-ports bridge1:port0")
    assert len(copies(lab)) == 1
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", "out-ports bridge1:port0")
    assert copies(lab) == []


@pytest.mark.parametrize(
    ("place", "where", "copied"),
    [
        ("bridge1:port1", "in", 1),
        ("bridge1:port1", "post-in-filter", 0),
        ("bridge0:port1", "pre-out-filter", 1),
        ("bridge0:port1", "out", 0),
    ],
)
def test_a_dropping_filter_is_after_the_one_and_before_the_other(
    place: str, where: str, copied: int
) -> None:
    lab = mirrored_lab()
    lab.filter(place, "infilter" if "in" in where else "outfilter", f"type drop {PINGS}")
    mirror(lab, place, where)
    assert len(copies(lab)) == copied
    assert "rule-drop" in lab.codes()


def test_a_bridge_mirrors_what_its_filters_decide_about() -> None:
    for where, copied in (("in", 1), ("out", 0)):
        lab = mirrored_lab()
        lab.filter("bridge0", "outfilter", f"type drop {PINGS}")
        mirror(lab, "bridge0", where)
        assert len(copies(lab)) == copied


def test_a_port_that_is_down_mirrors_and_a_bridge_does_not() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1:port1", "in")
    lab("bridge1:port1 set state down")
    assert len(copies(lab)) == 1
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in")
    lab("bridge1 set state down")
    assert copies(lab) == []
    assert set(lab.codes()) == {"admin-down"}


def test_a_flood_is_copied_once() -> None:
    lab = mirrored_lab()
    for name in ("host0:x", "host0:y"):
        lab.port("bridge1 add port", name)
    mirror(lab, "bridge1", "out", "ethertype 0x806")
    assert len(copies(lab, "192.168.78.77")) == 1


def test_several_mirrors_copy_each_for_itself() -> None:
    lab = mirrored_lab()
    lab.port("bridge2 add port", "host0:more")
    mirror(lab, "bridge1", "in")
    lab("mirror create to-port bridge2:port1\nmirror create to-port bridge2:port1")
    lab(f"mirror mirror1 add matches {PINGS}\nmirror mirror1 add matches proto 17")
    lab("bridge1 set in-mirrors mirror0,mirror1,mirror2\ndelete mirror mirror2")
    recorder = lab.watch("host0:copies", "host0:more")
    lab.echoed("client", "192.168.77.119")
    assert sorted(str(each.point) for each in recorder.captures) == ["host0:copies", "host0:more"]


def test_the_copy_passes_the_filters_of_the_port_it_leaves_by() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in")
    lab.filter("bridge2:port0", "outfilter", "type drop")
    assert copies(lab) == []
    assert lab.codes() == ["rule-drop"]


def test_a_copy_may_go_on_through_another_device() -> None:
    lab = mirrored_lab()
    lab("bridge create\nbridge3 add port")
    lab.port("bridge3 add port", "host0:far")
    near = lab.port("bridge2 add port peer bridge3:port0")
    mirror(lab, "bridge1", "in")
    lab(f"mirror mirror0 set to-port {near}")
    recorder = lab.watch("host0:far")
    assert len(lab.echoed("client", "192.168.77.119")) == 1
    assert len(recorder.captures) == 1


def test_a_redirected_frame_passes_only_the_mirrors_behind_the_filters() -> None:
    for where, copied in (("pre-out-filter", 0), ("out", 1)):
        lab = mirrored_lab()
        redirect = f"type redirect target-port bridge0:port1 {PINGS}"
        lab.filter("bridge1:port1", "infilter", redirect)
        mirror(lab, "bridge0:port1", where)
        assert len(copies(lab)) == copied


def test_a_mirror_of_its_own_port_ends_in_a_loop() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge2:port0", "out", "proto 17")
    lab.port("bridge2 add port", "host0:in")
    frame = udp_packet(ip("10.0.0.1"), 1, ip("10.0.0.2"), 2, b"")
    frame.hw_src, frame.hw_dst = mac(VM_MAC), mac("02:00:00:00:77:77")
    lab.network.inject("host0:in", frame)
    lab.wait()
    assert lab.codes() == ["loop", "loop"]
    assert "sends no copy" in lab.drops[-1][1].text


@pytest.mark.parametrize("ttl", [1, 2])
def test_where_one_copy_ends_in_an_error_none_leaves(ttl: int) -> None:
    lab = mirrored_lab()
    mirror(lab, "router0", "in")
    assert len(copies(lab, ttl=ttl)) == ttl - 1


def test_a_mirror_to_a_port_without_a_wire_stops_what_it_mirrors() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in")
    lab("host0 delete binding interface copies")
    assert lab.echoed("client", "192.168.77.119") == []
    assert lab.codes() == ["unplugged", "unplugged"]


def test_a_packet_that_waited_for_arp_is_mirrored_when_it_goes_on() -> None:
    lab = mirrored_lab()
    lab.state.arp.clear()
    mirror(lab, "router0", "out")
    (copy,) = copies(lab)
    assert (copy.hw_dst, copy.ttl) == (mac(VM_MAC), 63)


def test_mirrors_count_as_ports_entered() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", "proto 17")
    lab.record("bridge1", "bridge").in_mirrors *= 11
    assert lab.echoed("client", "192.168.77.119") == []
    assert lab.codes() == ["loop"]


def test_the_event_names_mirror_and_port() -> None:
    lab = mirrored_lab()
    mirror(lab, "router0", "out")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119")
    assert told(recorder, Mirrored) == [
        ("router0", Mirrored(mirror="mirror0", port="bridge2:port0"))
    ]
