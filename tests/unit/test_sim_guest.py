"""Guests against what the Linux kernel did in the recorded scenarios (their names in brackets)."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from simlab import CLIENT_MAC, SECOND, VM_MAC, Lab, ip, linux_lab, mac, net, published_lab, seen

from midocli.simulator.guests import neighbour
from midocli.simulator.guests.stack import GuestStack
from midocli.simulator.listeners import Arrival
from midocli.simulator.recorder import Recorder
from midocli.simulator.topology.records import Guest, Nic
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request, echo_request

VM, SILENT = "192.168.77.119", "192.168.77.200"


def arps(recorder: Recorder, point: str) -> list[tuple[float, str, int, int]]:
    """(seconds since the first capture, direction, opcode, broadcast) of ARP at a point."""
    captures = [each for each in recorder.captures if each.point == point]
    frames = [(each, Frame.from_bytes(each.data)) for each in captures]
    start = recorder.captures[0].time_ns
    return [
        (round((each.time_ns - start) / SECOND, 2), each.direction, frame.proto, frame.hw_dst >> 40)
        for each, frame in frames
        if frame.ethertype == 0x0806
    ]


def errors(arrivals: list[Arrival]) -> list[Any]:
    return [(a.frame.tp_src, a.frame.tp_dst, a.frame.nw_src, a.frame.tos) for a in arrivals]


def test_no_route_on_the_client() -> None:
    """[03a] Network is unreachable: nothing is sent."""
    lab = published_lab()
    recorder = lab.watch("host0:veth0")
    error = lab.echo("client", "10.99.0.1")
    lab.run()
    assert (error.code, error.text) == ("network-unreachable", "Network is unreachable")
    assert recorder.captures == []


def test_no_route_on_the_router() -> None:
    """[03b] Net unreachable, tos c0, the whole packet quoted: 126 bytes on the wire."""
    lab = linux_lab()
    recorder = lab.watch("h:client")
    (error,) = lab.ping("client", "192.168.80.5")
    assert errors([error]) == [(3, 0, ip("192.168.78.1"), 0xC0)]
    assert (error.quoted.ttl, error.frame.ttl, error.frame.fragment) == (64, 64, 0)
    assert len(recorder.captures[-1].data) == 126
    assert error.frame.ip_id != 0


def test_a_silent_neighbour() -> None:
    """[03c] Three broadcasts, then an error from the client itself for every waiting ping."""
    lab = linux_lab()
    recorder = lab.watch("h:client")
    arrivals: list[Arrival] = []
    lab.network.listeners.add("client", arrivals.append)
    for seq in (1, 2, 3):
        lab.echo("client", "192.168.78.50", seq)
        lab.run(1.0)
    lab.run(1)
    assert arps(recorder, "h:client") == [
        (0.0, "in", 1, 0xFF),
        (1.02, "in", 1, 0xFF),
        (2.03, "in", 1, 0xFF),
    ]
    assert errors(arrivals) == [(3, 1, ip("192.168.78.9"), 0xC0)] * 3
    assert [each.quoted.icmp_seq for each in arrivals] == [1, 2, 3]
    assert len({each.time_ns for each in arrivals}) == 1
    assert len(recorder.captures) == 3, "the errors go over loopback"


def test_a_silent_host_behind_the_router() -> None:
    """[03d] The router asks three times; the quote has its TTL lowered already."""
    lab = linux_lab()
    lab.ping("client", VM)
    recorder = lab.watch("h:r1")
    (error,) = lab.ping("client", SILENT, seconds=4)
    assert errors([error]) == [(3, 1, ip("192.168.78.1"), 0xC0)]
    assert error.quoted.ttl == 63
    assert [(at, op) for at, _, op, _ in arps(recorder, "h:r1")] == [(0, 1), (1.02, 1), (2.03, 1)]


def test_a_fourth_ping_begins_a_new_round() -> None:
    """[03d cmd2] Three errors together, then the fourth has to wait for itself."""
    lab = linux_lab()
    arrivals: list[Arrival] = []
    lab.network.listeners.add("client", arrivals.append)
    lab.ping("client", VM)
    start = lab.engine.now_ns
    for seq in (1, 2, 3, 4):
        lab.echo("client", SILENT, seq)
        lab.run(1.02)
    lab.run(4)
    times = [round((each.time_ns - start) / SECOND, 1) for each in arrivals if each.quoted]
    assert times == [3.0, 3.0, 3.0, 6.1]


def test_a_cold_start() -> None:
    """[08] ARP first; the reply needs none; five seconds later each side checks by unicast."""
    lab = linux_lab()
    recorder = lab.watch("h:client", "h:vm")
    lab.ping("client", VM, seconds=8)
    kinds = [(d, f.ethertype == 0x0806, f.proto) for d, f in seen(recorder, "h:client")]
    assert kinds[:4] == [
        ("in", True, 1),
        ("out", True, 2),
        ("in", False, 1),
        ("out", False, 1),
    ]
    checks = arps(recorder, "h:vm")[2:]
    assert [(direction, op, first) for _, direction, op, first in checks] == [
        ("in", 1, 0xFA),
        ("out", 2, 0xFA),
    ]
    assert checks[0][0] == pytest.approx(5.1, abs=0.1)
    states = {n.state for table in lab.network.state.neighbours.values() for n in table.values()}
    assert states == {"REACHABLE"}


def test_arp_requests_are_42_bytes_with_no_target() -> None:
    lab = linux_lab()
    recorder = lab.watch("h:client")
    lab.ping("client", VM)
    assert len(recorder.captures[0].data) == 42
    assert Frame.from_bytes(recorder.captures[0].data).arp_tha == 0


@pytest.mark.parametrize(
    ("tos", "expected"), [(0, 0xC0), (0x10, 0xD0), (1, 0xC0), (2, 0xC2), (0x28, 0xC8), (0xE0, 0xC0)]
)
def test_ttl_exceeded(tos: int, expected: int) -> None:
    """[02] The quote has the TTL as received; tos is c0 with some of the packet's bits."""
    (error,) = linux_lab().ping("client", VM, ttl=1, tos=tos)
    assert errors([error]) == [(11, 0, ip("192.168.78.1"), expected)]
    assert error.quoted.ttl == 1


def test_errors_quote_up_to_576_bytes() -> None:
    (error,) = linux_lab().ping("client", VM, ttl=1, data=bytes(1000))
    assert error.frame.ip_length() == 576


def test_errors_are_limited_to_six_then_one_a_second() -> None:
    """[09] A burst of 6 to a destination, replies are not limited."""
    lab = linux_lab()
    lab.ping("client", VM)
    arrivals: list[Arrival] = []
    lab.network.listeners.add("client", arrivals.append)
    for seq in range(13):
        lab.echo("client", VM, seq, ttl=1)
    lab.run(0.1)
    assert len(arrivals) == 6
    lab.run(1)
    lab.echo("client", VM, 20, ttl=1)
    lab.echo("client", VM, 21, ttl=1)
    lab.run(0.1)
    assert len(arrivals) == 7
    for seq in range(13):
        lab.echo("client", VM, seq)
    lab.run(0.1)
    assert len(arrivals) == 20


def test_a_reply_copies_tos_and_data_and_has_its_own_id_and_no_df() -> None:
    lab = linux_lab()
    lab.guests["vm"].ip_id = 500
    (arrival,) = lab.ping("client", VM, tos=0xB8, data=b"some data")
    reply = arrival.frame
    assert (reply.ttl, reply.tos, reply.ip_id, reply.fragment) == (63, 0xB8, 500, 0)
    assert reply.payload == b"some data"
    # parity: linux-ip-ids
    assert lab.network.guest("vm").ip_id == 501


def test_reply_df() -> None:
    lab = linux_lab()
    lab.guests["vm"].reply_df = True
    assert lab.ping("client", VM)[0].frame.fragment == 0x4000


def test_ip_ids_count_up_and_are_never_zero() -> None:
    lab = linux_lab()
    stack = lab.network.guest("client")
    stack.ip_id = 0xFFFF
    assert [stack.next_ip_id() for _ in range(3)] == [0xFFFF, 1, 2]


@pytest.mark.parametrize(
    ("df", "fragment", "has_id"), [("want", 0x4000, True), ("do", 0x4000, False), ("dont", 0, True)]
)
def test_df_policies(df: Literal["want", "do", "dont"], fragment: int, has_id: bool) -> None:
    lab = linux_lab()
    recorder = lab.watch("h:client")
    lab.ping("client", VM, df=df)
    request = next(f for d, f in seen(recorder, "h:client") if d == "in" and f.tos >= 0)
    assert (request.fragment, bool(request.ip_id)) == (fragment, has_id)


def test_what_is_too_long_is_fragmented_and_put_together() -> None:
    lab = linux_lab()
    recorder = lab.watch("h:client")
    data = bytes(range(256)) * 16
    (arrival,) = lab.ping("client", VM, data=data)
    assert arrival.frame.payload == data
    sent = [f for d, f in seen(recorder, "h:client") if d == "in" and f.tos >= 0]
    assert [(f.fragment, f.ip_length()) for f in sent] == [
        (0x2000, 1500),
        (0x2000 | 185, 1500),
        (370, 4096 + 8 - 2960 + 20),
    ]
    assert len({f.ip_id for f in sent}) == 1


def test_what_must_not_be_fragmented_is_refused() -> None:
    error = linux_lab().echo("client", VM, data=bytes(1473), df="do")
    assert (error.code, error.mtu) == ("message-too-long", 1500)
    assert error.text == "message too long, mtu=1500"


def narrow_lab() -> Lab:
    lab = linux_lab()
    lab.guests["router"].nics[1].mtu = 1400
    return lab


def test_a_narrow_link_says_so_and_is_remembered() -> None:
    lab = narrow_lab()
    (error,) = lab.ping("client", VM, data=bytes(1472))
    assert (error.frame.tp_src, error.frame.tp_dst, error.frame.icmp_seq) == (3, 4, 1400)
    assert "fragmentation-needed" in lab.codes()
    (reply,) = lab.ping("client", VM, data=bytes(1472))
    assert reply.frame.tp_src == 0, "now it sends without DF"
    assert lab.echo("client", VM, data=bytes(1472), df="do").mtu == 1400


def test_a_router_fragments_what_it_may() -> None:
    lab = narrow_lab()
    recorder = lab.watch("h:vm")
    (reply,) = lab.ping("client", VM, data=bytes(1472), df="dont")
    assert len(reply.frame.payload) == 1472
    assert sum(d == "out" and f.tos >= 0 for d, f in seen(recorder, "h:vm")) == 2


def test_missing_fragments_are_given_up_after_half_a_minute() -> None:
    lab = linux_lab()
    lab.ping("client", VM)
    lab.drops.clear()
    first = echo_request(ip("192.168.78.9"), ip(VM), 1, 1, bytes(64))
    first.fragment, first.hw_src, first.hw_dst = 0x2000, 1, mac(VM_MAC)
    recorder = lab.watch("h:client")
    lab.network.inject("h:r1", first)
    lab.run(31)
    (error,) = [f for d, f in seen(recorder, "h:client") if f.tp_src == 11]
    assert error.tp_dst == 1
    assert lab.codes() == ["no-answer"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"hw_dst": 0x020000000077}, "not-addressed-to-guest"),
        ({"nw_dst": ip("192.168.77.50")}, "not-addressed-to-guest"),
        ({"ip_delta": 5}, "malformed"),
        ({"tp_sum": 5}, "malformed"),
        ({"nw_src": ip("224.0.0.1")}, "malformed"),
        ({"nw_dst": ip("192.168.77.255")}, "no-answer"),
        ({"tp_src": 13}, "no-answer"),
        ({"ethertype": 0x88B5}, "unsupported-ethertype"),
        ({"vlans": (0x81000005,)}, "vlan-mismatch"),
    ],
)
def test_what_a_guest_ignores(change: dict[str, int], code: str) -> None:
    lab = linux_lab()
    frame = echo_request(ip("192.168.77.7"), ip(VM), 1, 1, b"data")
    frame.hw_src, frame.hw_dst = 0x020000000007, mac(VM_MAC)
    for name, value in change.items():
        setattr(frame, name, value)
    recorder = lab.watch("h:vm")
    lab.network.inject("h:r1", frame)
    lab.run(0.1)
    assert code in lab.codes()
    assert [f for d, f in seen(recorder, "h:vm") if d == "in"] == []


def test_unknown_protocols_are_unreachable() -> None:
    lab = linux_lab()
    frame = Frame(nw_dst=ip(VM), proto=132, tos=0, ttl=64, payload=b"sctp")
    arrivals: list[Arrival] = []
    lab.network.listeners.add("client", arrivals.append)
    assert lab.network.guest("client").send(frame) is None
    lab.run()
    assert errors(arrivals) == [(3, 2, ip(VM), 0xC0)]


def test_a_guest_that_is_down() -> None:
    lab = published_lab()
    lab.ping("client", VM)
    lab.guests["vm"].up = False
    assert lab.ping("client", VM) == []
    assert lab.codes()[-1] == "no-answer"
    lab.guests["client"].up = False
    assert lab.echo("client", VM).code == "network-unreachable"


def test_a_guest_answers_itself() -> None:
    (arrival,) = published_lab().ping("client", "192.168.78.9")
    assert arrival.frame.nw_src == ip("192.168.78.9")


def test_a_tagged_guest() -> None:
    """A trunk guest's frames carry its VLAN, and only those of its VLAN reach it."""
    lab = Lab()
    lab.add_bridge("b")
    for point in ("h:a", "h:b"):
        lab.bridge_port("b", point)
    lab.add_guest("a", ("h:a", CLIENT_MAC, "10.0.0.1/24"))
    lab.add_guest("b", ("h:b", VM_MAC, "10.0.0.2/24"))
    for name in "ab":
        lab.guests[name].nics[0].vlan = 7
    recorder = lab.watch("h:b")
    assert len(lab.ping("a", "10.0.0.2")) == 1
    assert {frame.vlan_ids() for _, frame in seen(recorder, "h:b")} == {(7,)}
    lab.guests["b"].nics[0].vlan = 8
    assert lab.ping("a", "10.0.0.2", seq=2) == []
    assert "vlan-mismatch" in lab.codes()


def test_an_unbound_nic_reaches_nobody() -> None:
    lab = Lab()
    lab.add_guest("a", ("h:a", CLIENT_MAC, "10.0.0.1/24"))
    recorder = lab.watch("h:a")
    lab.echo("a", "10.0.0.2")
    lab.run(0.1)
    assert lab.codes() == ["unplugged"]
    assert len(recorder.captures) == 1


def test_a_guest_learns_a_changed_mac() -> None:
    lab = linux_lab()
    lab.ping("client", VM)
    moved = arp_request(0x020000000099, ip("192.168.78.1"), ip("192.168.78.1"))
    lab.network.inject("h:r0", moved)
    lab.run(0.1)
    entry = lab.network.state.neighbours["client"][0, ip("192.168.78.1")]
    assert (entry.mac, entry.state) == (0x020000000099, "STALE")


def test_who_waits_for_a_neighbour_can_be_asked() -> None:
    lab = linux_lab()
    lab.echo("client", "192.168.78.50", origin="mine")
    assert lab.network.pending("mine").at == "client"


def station(lab: Lab, port: str, address: str) -> GuestStack:
    """A machine attached to a port for a while, with the router's MAC instead of ARP."""
    nic = Nic(port=port, mac=0x020000000033, addresses=(net(address),))
    nic.gateway_mac = mac("fa:16:3e:52:65:b1")
    return lab.network.attach(port, Guest("station", "station", nics=(nic,)))


@pytest.mark.parametrize("bound", [True, False])
def test_an_unmodelled_station(bound: bool) -> None:
    lab = published_lab()
    lab.ping("client", VM)
    port = "bridge1:port1" if bound else lab.bridge_port("bridge1").alias
    lab.changed("bridge", "bridge1")
    stack = station(lab, port, "192.168.78.33/0")
    arrivals: list[Arrival] = []
    lab.network.listeners.add("station", arrivals.append)
    assert stack.send_echo(ip("192.168.78.1"), 1, 1, b"x") is None
    assert stack.send_echo(ip(VM), 1, 2, b"x") is None
    lab.run()
    assert [each.frame.nw_src for each in arrivals] == [ip("192.168.78.1"), ip(VM)]
    lab.network.detach(port)
    assert lab.network.stations == {}
    assert "station" not in lab.network.state.neighbours


def test_a_station_on_a_linked_port_gets_what_is_for_its_mac() -> None:
    lab = published_lab()
    lab.ping("client", VM)
    stack = station(lab, "bridge1:port0", "192.168.78.33/0")
    arrivals: list[Arrival] = []
    stack.plan.guest.nics[0].gateway_mac = mac(CLIENT_MAC)
    lab.network.listeners.add("station", arrivals.append)
    known = arp_request(0x020000000033, ip("192.168.78.33"), ip("192.168.78.9"))
    lab.network.inject("bridge1:port0", known)
    lab.run()
    assert stack.send_echo(ip("192.168.78.9"), 1, 1, b"x") is None
    lab.run()
    assert [each.frame.nw_src for each in arrivals] == [ip("192.168.78.9")]
    assert len(lab.ping("client", VM)) == 1, "the router behind the port is still reached"


def test_listing_neighbours_ages_them() -> None:
    lab = linux_lab()
    lab.ping("client", VM)
    client = lab.network.guest("client")
    assert [(n.address, state) for n, state in neighbour.listing(client)] == [
        (ip("192.168.78.1"), "REACHABLE")
    ]
    lab.run(31)
    assert [state for _, state in neighbour.listing(client)] == ["STALE"]
    recorder = lab.watch("h:client")
    lab.ping("client", VM, seconds=6)
    checks = [f for d, f in seen(recorder, "h:client") if d == "in" and f.proto == 1 and f.tos < 0]
    assert [frame.hw_dst for frame in checks] == [mac("fa:16:3e:52:65:b1")]


def test_a_neighbour_that_went_away_is_given_up() -> None:
    lab = linux_lab()
    lab.ping("client", VM)
    lab.guests["router"].up = False
    lab.run(31)
    lab.ping("client", VM, seconds=10)
    entry, state = neighbour.listing(lab.network.guest("client"))[0]
    assert (entry.probes, state) == (3, "FAILED")
    lab.ping("client", VM, seconds=4)
    assert "arp-timeout" in lab.codes()


def test_reset_forgets_what_guests_knew() -> None:
    lab = linux_lab()
    lab.ping("client", VM)
    lab.network.reset()
    assert neighbour.listing(lab.network.guest("client")) == []
    assert len(lab.ping("client", VM)) == 1


def test_a_guest_that_goes_while_frames_are_on_their_way() -> None:
    lab = published_lab()
    lab.ping("client", VM)
    lab.echo("client", VM)
    lab.guests.pop("vm")
    lab.changed("guest", "vm")
    lab.run()
    assert lab.codes() == ["no-answer"]


def test_a_router_port_that_goes_while_frames_wait() -> None:
    lab = published_lab()
    lab.echo("client", "192.168.77.50")
    lab.run()
    lab.ports.pop("router0:port0")
    lab.changed("port", "router0:port0")
    lab.run(20)
    assert lab.codes()[-1] == "unplugged"
