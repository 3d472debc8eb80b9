"""Mirrors: where they look, what they copy, and that they come to an end."""

from __future__ import annotations

from typing import Any

import pytest
from simlab import CLIENT_MAC, VM_MAC, Lab, ip, mac, net, published_lab, seen, told

from midocli.simulator.events import Mirrored
from midocli.simulator.topology.service_records import PortFeatures
from midocli.simulator.topology.topology import RecordKind
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame

PINGS = {"proto": 1, "src_port": (8, 8)}


def mirrored_lab() -> Lab:
    """The published lab with a bridge whose port0 takes copies, ARP and MACs known."""
    lab = published_lab()
    lab.add_bridge("tap")
    lab.bridge_port("tap", "host1:copies")
    lab.ping("client", "192.168.77.119")
    lab.drops.clear()
    return lab


def copies(lab: Lab, dst: str = "192.168.77.119", **options: Any) -> list[Frame]:
    """What the mirror's port shows of one ping."""
    recorder = lab.watch("host1:copies")
    lab.ping("client", dst, **options)
    lab.network.unwatch(recorder)
    return [frame for _, frame in seen(recorder, "host1:copies")]


def mirror(lab: Lab, place: str, where: str, *conditions: dict[str, Any]) -> None:
    """Let a port (its `in`, `post_in`, `pre_out` or `out`) or a device mirror."""
    alias = lab.add_mirror("m", lab.ports["tap:port0"], *(conditions or (PINGS,)))
    if place in lab.ports:
        mirrors: dict[str, Any] = {f"{where}_mirrors": (alias,)}
        lab.ports[place].features = PortFeatures(**mirrors)
        lab.changed("port", place)
    else:
        kind: RecordKind = "bridge" if place in lab.bridges else "router"
        device = lab.bridges[place] if kind == "bridge" else lab.routers[place]
        setattr(device, f"{where}_mirrors", (alias,))
        lab.changed(kind, place)


@pytest.mark.parametrize(
    ("place", "where", "hw_src", "ttl"),
    [
        ("bridge1:port1", "in", CLIENT_MAC, 64),
        ("bridge1:port1", "post_in", CLIENT_MAC, 64),
        ("bridge1", "in", CLIENT_MAC, 64),
        ("bridge1", "out", CLIENT_MAC, 64),
        ("bridge1:port0", "pre_out", CLIENT_MAC, 64),
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
    assert [arrival.frame.tp_src for arrival in lab.ping("client", "192.168.77.119")] == [0]


def test_any_condition_is_enough_and_none_mirrors_nothing() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", {"proto": 17}, {"dst": net("192.168.77.119")})
    assert len(copies(lab)) == 1
    lab.mirrors["m"].conditions = ()
    lab.changed("mirror", "m")
    assert copies(lab) == []


def test_conditions_see_the_ports_of_the_place() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "out", {"out_ports": frozenset({"bridge1:port0"})})
    assert len(copies(lab)) == 1
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", {"out_ports": frozenset({"bridge1:port0"})})
    assert copies(lab) == []


@pytest.mark.parametrize(
    ("place", "where", "copied"),
    [
        ("bridge1:port1", "in", 1),
        ("bridge1:port1", "post_in", 0),
        ("bridge0:port1", "pre_out", 1),
        ("bridge0:port1", "out", 0),
    ],
)
def test_a_dropping_filter_is_after_the_one_and_before_the_other(
    place: str, where: str, copied: int
) -> None:
    lab = mirrored_lab()
    port = lab.ports[place]
    chain = lab.add_chain("c", {"type": "drop", **PINGS})
    port.infilter, port.outfilter = (chain, None) if "in" in where else (None, chain)
    mirror(lab, place, where)
    assert len(copies(lab)) == copied
    assert "rule-drop" in lab.codes()


def test_a_bridge_mirrors_what_its_filters_decide_about() -> None:
    for where, copied in (("in", 1), ("out", 0)):
        lab = mirrored_lab()
        lab.bridges["bridge0"].outfilter = lab.add_chain("c", {"type": "drop", **PINGS})
        mirror(lab, "bridge0", where)
        assert len(copies(lab)) == copied


def test_a_port_that_is_down_mirrors_and_a_bridge_does_not() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1:port1", "in")
    lab.ports["bridge1:port1"].up = False
    assert len(copies(lab)) == 1
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in")
    lab.bridges["bridge1"].up = False
    assert copies(lab) == []
    assert set(lab.codes()) == {"admin-down"}


def test_a_flood_is_copied_once() -> None:
    lab = mirrored_lab()
    for name in ("host0:x", "host0:y"):
        lab.bridge_port("bridge1", name)
    mirror(lab, "bridge1", "out", {"ethertype": 0x0806})
    lab.changed("bridge", "bridge1")
    assert len(copies(lab, "192.168.78.77")) == 1


def test_several_mirrors_copy_each_for_itself() -> None:
    lab = mirrored_lab()
    lab.bridge_port("tap", "host1:more")
    mirror(lab, "bridge1", "in")
    lab.add_mirror("n", lab.ports["tap:port1"], PINGS, {"proto": 17})
    lab.bridges["bridge1"].in_mirrors = ("m", "n", "gone")
    recorder = lab.watch("host1:copies", "host1:more")
    lab.ping("client", "192.168.77.119")
    assert sorted(str(each.point) for each in recorder.captures) == ["host1:copies", "host1:more"]


def test_the_copy_passes_the_filters_of_the_port_it_leaves_by() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in")
    lab.ports["tap:port0"].outfilter = lab.add_chain("c", {"type": "drop"})
    assert copies(lab) == []
    assert lab.codes() == ["rule-drop"]


def test_a_copy_may_go_on_through_another_device() -> None:
    lab = mirrored_lab()
    lab.add_bridge("far")
    lab.bridge_port("far", "host1:far")
    near, far = lab.bridge_port("tap"), lab.bridge_port("far")
    lab.link(near, far)
    lab.changed("bridge", "tap")
    mirror(lab, "bridge1", "in")
    lab.mirrors["m"].to_port = near.alias
    recorder = lab.watch("host1:far")
    assert len(lab.ping("client", "192.168.77.119")) == 1
    assert len(recorder.captures) == 1


def test_a_redirected_frame_passes_only_the_mirrors_behind_the_filters() -> None:
    for where, copied in (("pre_out", 0), ("out", 1)):
        lab = mirrored_lab()
        redirect = {"type": "redirect", "target_port": "bridge0:port1", **PINGS}
        lab.ports["bridge1:port1"].infilter = lab.add_chain("c", redirect)
        mirror(lab, "bridge0:port1", where)
        assert len(copies(lab)) == copied


def test_a_mirror_of_its_own_port_ends_in_a_loop() -> None:
    lab = mirrored_lab()
    mirror(lab, "tap:port0", "out", {"proto": 17})
    other = lab.bridge_port("tap", "host1:in")
    lab.changed("bridge", "tap")
    frame = udp_packet(ip("10.0.0.1"), 1, ip("10.0.0.2"), 2, b"")
    frame.hw_src, frame.hw_dst = mac(VM_MAC), mac("02:00:00:00:77:77")
    lab.network.inject(other.interface, frame)
    lab.run()
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
    lab.ports["tap:port0"].interface = None
    lab.changed("port", "tap:port0")
    assert lab.ping("client", "192.168.77.119") == []
    assert lab.codes() == ["unplugged", "unplugged"]


def test_a_packet_that_waited_for_arp_is_mirrored_when_it_goes_on() -> None:
    lab = mirrored_lab()
    lab.network.state.arp.clear()
    mirror(lab, "router0", "out")
    (copy,) = copies(lab)
    assert (copy.hw_dst, copy.ttl) == (mac(VM_MAC), 63)


def test_mirrors_count_as_ports_entered() -> None:
    lab = mirrored_lab()
    mirror(lab, "bridge1", "in", {"proto": 17})
    lab.bridges["bridge1"].in_mirrors = ("m",) * 11
    assert lab.ping("client", "192.168.77.119") == []
    assert lab.codes() == ["loop"]


def test_the_event_names_mirror_and_port() -> None:
    lab = mirrored_lab()
    mirror(lab, "router0", "out")
    recorder = lab.watch(events=True)
    lab.ping("client", "192.168.77.119")
    assert told(recorder, Mirrored) == [("router0", Mirrored(mirror="m", port="tap:port0"))]
