"""Tunnels between hosts: which frames take them, and what their packets look like."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netlab import CLIENT_MAC, VM_MAC, NetLab, ip, mac
from scapy.layers.inet import IP, UDP
from scapy.layers.l2 import GRE, Ether
from scapy.layers.vxlan import VXLAN

from midocli.simulator.devices.underlay import encapsulate, source_port
from midocli.simulator.reason import Code
from midocli.simulator.recorder import Recorder, UnderlayPoint
from midocli.simulator.topology.crossings import Tunnel
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request

TUNNELS = {
    type_: Tunnel(type_, ip("172.19.0.1"), ip("172.19.0.2"), 0x0200AC130001, 0x0200AC130002)
    for type_ in ("vxlan", "gre")
}
FRAME = bytes.fromhex("ffffffffffff" + CLIENT_MAC.replace(":", "") + "88b5") + b"something"


def zone(type_: str, *hosts: str) -> str:
    """A tunnel zone with 172.19.0.1 and so on for some hosts."""
    members = (
        f"tunnel-zone z add member host {host} address 172.19.0.{number}"
        for number, host in enumerate(hosts, 1)
    )
    return "\n".join([f"tunnel-zone create name z type {type_}", *members])


def two_hosts(*lines: str) -> NetLab:
    """A bridge with a port on each of two hosts, and what leads from one to the other."""
    lab = NetLab("host create name one", "host create name two", "bridge create", *lines)
    for host in ("host0", "host1"):
        lab.port("bridge0 add port", f"{host}:tap0")
    return lab


def sent(lab: NetLab, *hosts: str) -> Recorder:
    """Frames seen at some hosts' ends of the underlay, of one that is flooded from `one`."""
    recorder = Recorder({UnderlayPoint(host) for host in hosts})
    lab.network.watch(recorder)
    lab.network.inject("host0:tap0", Frame.from_bytes(FRAME))
    lab.engine.settle(10**9)
    return recorder


def test_vxlan() -> None:
    packet = Ether(encapsulate(TUNNELS["vxlan"], 8, Frame.from_bytes(FRAME), 5))
    assert (packet.src, packet.dst) == ("02:00:ac:13:00:01", "02:00:ac:13:00:02")
    outer = packet[IP]
    assert (outer.src, outer.dst, outer.ttl, outer.tos) == ("172.19.0.1", "172.19.0.2", 255, 0)
    assert (outer.id, str(outer.flags), outer.len) == (5, "", len(packet) - 14)
    assert outer.chksum == IP(bytes(IP(**{**outer.fields, "chksum": None}))).chksum
    assert (packet[UDP].dport, packet[UDP].chksum, packet[UDP].len) == (6677, 0, len(packet) - 34)
    inner = VXLAN(bytes(packet[UDP].payload))
    assert (inner.vni, int(inner.flags), bytes(inner.payload)) == (8, 0x08, FRAME)


def test_gre() -> None:
    packet = Ether(encapsulate(TUNNELS["gre"], 8, Frame.from_bytes(FRAME), 5))
    gre = packet[GRE]
    assert (gre.key_present, gre.chksum_present, gre.seqnum_present) == (1, 0, 0)
    assert (gre.proto, gre.key, bytes(gre.payload)) == (0x6558, 8, FRAME)


@pytest.mark.parametrize("type_", ["vxlan", "gre"])
def test_out_of_one_host_and_into_the_other(type_: str) -> None:
    lab = two_hosts(zone(type_, "host0", "host1"))
    captures = sent(lab, "host0", "host1").captures
    assert [(getattr(each.point, "host", None), each.direction) for each in captures] == [
        ("host0", "out"),
        ("host1", "in"),
    ]
    assert captures[0].data == captures[1].data
    assert captures[0].data[captures[0].inner :] == FRAME
    assert captures[0].time_ns < captures[1].time_ns


def test_no_common_zone() -> None:
    lab = two_hosts(zone("gre", "host0"))
    assert not sent(lab, "host0", "host1").captures
    assert [(reason.code, reason.at) for _, reason, _ in lab.drops] == [
        (Code.NO_ROUTE, "bridge0:port1")
    ]


def test_no_zones_at_all() -> None:
    lab = two_hosts()
    recorder = Recorder({"host1:tap0"})
    lab.network.watch(recorder)
    assert not sent(lab, "host0", "host1").captures
    assert [each.data for each in recorder.captures] == [FRAME]


def test_what_the_network_makes_starts_where_its_cause_came_in() -> None:
    """A router's ARP request, asked on behalf of a frame on one host, crosses to the other."""
    lab = two_hosts("router create", zone("vxlan", "host0", "host1"))
    lab.router_port("router0", "10.0.1.1/24", "02:00:00:00:01:01", "host0:tap1")
    lab.router_port("router0", "10.0.2.1/24", "02:00:00:00:02:01", "host1:tap1")
    recorder = Recorder({UnderlayPoint("host0")})
    lab.network.watch(recorder)
    echo = Ether(src=CLIENT_MAC, dst="02:00:00:00:01:01") / IP(src="10.0.1.9", dst="10.0.2.9")
    lab.network.inject("host0:tap1", Frame.from_bytes(bytes(echo)))
    lab.engine.settle(10**9)
    asked = Frame.from_bytes(recorder.captures[0].data[recorder.captures[0].inner :])
    # parity: underlay-generated
    assert (
        asked.to_bytes()
        == arp_request(mac("02:00:00:00:02:01"), ip("10.0.2.1"), ip("10.0.2.9")).to_bytes()
    )


def test_ip_ids_count_up_in_each_direction() -> None:
    lab = two_hosts(zone("vxlan", "host0", "host1"))
    first = sent(lab, "host0").captures[0]
    assert Ether(first.data)[IP].id == 1
    assert Ether(sent(lab, "host0").captures[0].data)[IP].id == 2
    lab.network.reset()
    assert Ether(sent(lab, "host0").captures[0].data)[IP].id == 1


@given(st.binary(min_size=14, max_size=100))
def test_any_frame_is_carried_whole(data: bytes) -> None:
    frame = Frame.from_bytes(data)
    assert 32768 <= source_port(frame) < 61000
    for tunnel in TUNNELS.values():
        assert encapsulate(tunnel, 3, frame, 1).endswith(data)


def test_flows_have_ports_of_their_own() -> None:
    one = arp_request(mac(CLIENT_MAC), ip("10.0.0.1"), ip("10.0.0.2"))
    other = arp_request(mac(VM_MAC), ip("10.0.0.2"), ip("10.0.0.1"))
    assert source_port(one) != source_port(other)
    assert source_port(one) == source_port(one.copy())
