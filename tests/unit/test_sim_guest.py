"""Guests against what the Linux kernel did in the recorded scenarios (their names in brackets)."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from netlab import CLIENT_MAC, LINUX, PUBLISHED, SECOND, VM_MAC, NetLab, ip, mac, net, seen

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
    lab = NetLab(PUBLISHED)
    recorder = lab.watch("host0:veth0")
    error = lab.echo("client", "10.99.0.1")
    lab.wait()
    assert (error.code, error.text) == ("network-unreachable", "Network is unreachable")
    assert recorder.captures == []


def test_no_route_on_the_router() -> None:
    """[03b] Net unreachable, tos c0, the whole packet quoted: 126 bytes on the wire."""
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client")
    (error,) = lab.echoed("client", "192.168.80.5")
    assert errors([error]) == [(3, 0, ip("192.168.78.1"), 0xC0)]
    assert (error.quoted.ttl, error.frame.ttl, error.frame.fragment) == (64, 64, 0)
    assert len(recorder.captures[-1].data) == 126
    assert error.frame.ip_id != 0


def test_a_silent_neighbour() -> None:
    """[03c] Three broadcasts, then an error from the client itself for every waiting ping."""
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client")
    arrivals = lab.heard("client")
    for seq in (1, 2, 3):
        lab.echo("client", "192.168.78.50", seq)
        lab.wait(1.0)
    lab.wait(1)
    assert arps(recorder, "host0:client") == [
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
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    recorder = lab.watch("host0:r1")
    (error,) = lab.echoed("client", SILENT, seconds=4)
    assert errors([error]) == [(3, 1, ip("192.168.78.1"), 0xC0)]
    assert error.quoted.ttl == 63
    assert [(at, op) for at, _, op, _ in arps(recorder, "host0:r1")] == [
        (0, 1),
        (1.02, 1),
        (2.03, 1),
    ]


def test_a_fourth_ping_begins_a_new_round() -> None:
    """[03d cmd2] Three errors together, then the fourth has to wait for itself."""
    lab = NetLab(LINUX)
    arrivals = lab.heard("client")
    lab.echoed("client", VM)
    start = lab.engine.now_ns
    for seq in (1, 2, 3, 4):
        lab.echo("client", SILENT, seq)
        lab.wait(1.02)
    lab.wait(4)
    times = [round((each.time_ns - start) / SECOND, 1) for each in arrivals if each.quoted]
    assert times == [3.0, 3.0, 3.0, 6.1]


def test_a_cold_start() -> None:
    """[08] ARP first; the reply needs none; five seconds later each side checks by unicast."""
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client", "host0:vm")
    lab.echoed("client", VM, seconds=8)
    kinds = [(d, f.ethertype == 0x0806, f.proto) for d, f in seen(recorder, "host0:client")]
    assert kinds[:4] == [
        ("in", True, 1),
        ("out", True, 2),
        ("in", False, 1),
        ("out", False, 1),
    ]
    checks = arps(recorder, "host0:vm")[2:]
    assert [(direction, op, first) for _, direction, op, first in checks] == [
        ("in", 1, 0xFA),
        ("out", 2, 0xFA),
    ]
    assert checks[0][0] == pytest.approx(5.1, abs=0.1)
    states = {n.state for table in lab.state.neighbours.values() for n in table.values()}
    assert states == {"REACHABLE"}


def test_arp_requests_are_42_bytes_with_no_target() -> None:
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client")
    lab.echoed("client", VM)
    assert len(recorder.captures[0].data) == 42
    assert Frame.from_bytes(recorder.captures[0].data).arp_tha == 0


@pytest.mark.parametrize(
    ("tos", "expected"), [(0, 0xC0), (0x10, 0xD0), (1, 0xC0), (2, 0xC2), (0x28, 0xC8), (0xE0, 0xC0)]
)
def test_ttl_exceeded(tos: int, expected: int) -> None:
    """[02] The quote has the TTL as received; tos is c0 with some of the packet's bits."""
    (error,) = NetLab(LINUX).echoed("client", VM, ttl=1, tos=tos)
    assert errors([error]) == [(11, 0, ip("192.168.78.1"), expected)]
    assert error.quoted.ttl == 1


def test_errors_quote_up_to_576_bytes() -> None:
    (error,) = NetLab(LINUX).echoed("client", VM, ttl=1, data=bytes(1000))
    assert error.frame.ip_length() == 576


def test_errors_are_limited_to_six_then_one_a_second() -> None:
    """[09] A burst of 6 to a destination, replies are not limited."""
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    arrivals = lab.heard("client")
    for seq in range(13):
        lab.echo("client", VM, seq, ttl=1)
    lab.wait(0.1)
    assert len(arrivals) == 6
    lab.wait(1)
    lab.echo("client", VM, 20, ttl=1)
    lab.echo("client", VM, 21, ttl=1)
    lab.wait(0.1)
    assert len(arrivals) == 7
    for seq in range(13):
        lab.echo("client", VM, seq)
    lab.wait(0.1)
    assert len(arrivals) == 20


def test_a_reply_copies_tos_and_data_and_has_its_own_id_and_no_df() -> None:
    lab = NetLab(LINUX)
    lab("guest vm set ip-id 500")
    (arrival,) = lab.echoed("client", VM, tos=0xB8, data=b"some data")
    reply = arrival.frame
    assert (reply.ttl, reply.tos, reply.ip_id, reply.fragment) == (63, 0xB8, 500, 0)
    assert reply.payload == b"some data"
    # parity: linux-ip-ids
    assert lab.stack("vm").ip_id == 501


def test_reply_df() -> None:
    lab = NetLab(LINUX)
    lab("guest vm set reply-df yes")
    assert lab.echoed("client", VM)[0].frame.fragment == 0x4000


def test_ip_ids_count_up_and_are_never_zero() -> None:
    lab = NetLab(LINUX)
    stack = lab.stack("client")
    stack.ip_id = 0xFFFF
    assert [stack.next_ip_id() for _ in range(3)] == [0xFFFF, 1, 2]


@pytest.mark.parametrize(
    ("df", "fragment", "has_id"), [("want", 0x4000, True), ("do", 0x4000, False), ("dont", 0, True)]
)
def test_df_policies(df: Literal["want", "do", "dont"], fragment: int, has_id: bool) -> None:
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client")
    lab.echoed("client", VM, df=df)
    request = next(f for d, f in seen(recorder, "host0:client") if d == "in" and f.tos >= 0)
    assert (request.fragment, bool(request.ip_id)) == (fragment, has_id)


def test_what_is_too_long_is_fragmented_and_put_together() -> None:
    lab = NetLab(LINUX)
    recorder = lab.watch("host0:client")
    data = bytes(range(256)) * 16
    (arrival,) = lab.echoed("client", VM, data=data)
    assert arrival.frame.payload == data
    sent = [f for d, f in seen(recorder, "host0:client") if d == "in" and f.tos >= 0]
    assert [(f.fragment, f.ip_length()) for f in sent] == [
        (0x2000, 1500),
        (0x2000 | 185, 1500),
        (370, 4096 + 8 - 2960 + 20),
    ]
    assert len({f.ip_id for f in sent}) == 1


def test_what_must_not_be_fragmented_is_refused() -> None:
    error = NetLab(LINUX).echo("client", VM, data=bytes(1473), df="do")
    assert (error.code, error.mtu) == ("message-too-long", 1500)
    assert error.text == "message too long, mtu=1500"


def narrow_lab() -> NetLab:
    lab = NetLab(LINUX)
    lab("guest router nic nic0 set mtu 1400")
    return lab


def test_a_narrow_link_says_so_and_is_remembered() -> None:
    lab = narrow_lab()
    (error,) = lab.echoed("client", VM, data=bytes(1472))
    assert (error.frame.tp_src, error.frame.tp_dst, error.frame.icmp_seq) == (3, 4, 1400)
    assert "fragmentation-needed" in lab.codes()
    (reply,) = lab.echoed("client", VM, data=bytes(1472))
    assert reply.frame.tp_src == 0, "now it sends without DF"
    assert lab.echo("client", VM, data=bytes(1472), df="do").mtu == 1400


def test_a_router_fragments_what_it_may() -> None:
    lab = narrow_lab()
    recorder = lab.watch("host0:vm")
    (reply,) = lab.echoed("client", VM, data=bytes(1472), df="dont")
    assert len(reply.frame.payload) == 1472
    assert sum(d == "out" and f.tos >= 0 for d, f in seen(recorder, "host0:vm")) == 2


def test_missing_fragments_are_given_up_after_half_a_minute() -> None:
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    lab.drops.clear()
    first = echo_request(ip("192.168.78.9"), ip(VM), 1, 1, bytes(64))
    first.fragment, first.hw_src, first.hw_dst = 0x2000, 1, mac(VM_MAC)
    recorder = lab.watch("host0:client")
    lab.network.inject("host0:r1", first)
    lab.wait(31)
    (error,) = [f for d, f in seen(recorder, "host0:client") if f.tp_src == 11]
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
    lab = NetLab(LINUX)
    frame = echo_request(ip("192.168.77.7"), ip(VM), 1, 1, b"data")
    frame.hw_src, frame.hw_dst = 0x020000000007, mac(VM_MAC)
    for name, value in change.items():
        setattr(frame, name, value)
    recorder = lab.watch("host0:vm")
    lab.network.inject("host0:r1", frame)
    lab.wait(0.1)
    assert code in lab.codes()
    assert [f for d, f in seen(recorder, "host0:vm") if d == "in"] == []


def test_unknown_protocols_are_unreachable() -> None:
    lab = NetLab(LINUX)
    frame = Frame(nw_dst=ip(VM), proto=132, tos=0, ttl=64, payload=b"sctp")
    arrivals = lab.heard("client")
    assert lab.stack("client").send(frame) is None
    lab.wait()
    assert errors(arrivals) == [(3, 2, ip(VM), 0xC0)]


def test_a_guest_that_is_down() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", VM)
    lab("guest vm set state down")
    assert lab.echoed("client", VM) == []
    assert lab.codes()[-1] == "no-answer"
    lab("guest client set state down")
    assert lab.echo("client", VM).code == "network-unreachable"


def test_a_guest_answers_itself() -> None:
    (arrival,) = NetLab(PUBLISHED).echoed("client", "192.168.78.9")
    assert arrival.frame.nw_src == ip("192.168.78.9")


def test_a_tagged_guest() -> None:
    """A trunk guest's frames carry its VLAN, and only those of its VLAN reach it."""
    lab = NetLab("bridge create name lan")
    lab.guest("a", "10.0.0.1/24", "lan", vlan=7)
    lab.guest("b", "10.0.0.2/24", "lan", vlan=7)
    recorder = lab.watch("host0:tap1")
    assert len(lab.echoed("a", "10.0.0.2")) == 1
    assert {frame.vlan_ids() for _, frame in seen(recorder, "host0:tap1")} == {(7,)}
    lab("guest b set vlan 8")
    assert lab.echoed("a", "10.0.0.2", seq=2) == []
    assert "vlan-mismatch" in lab.codes()


def test_an_unbound_nic_reaches_nobody() -> None:
    lab = NetLab(
        "host create name host", "guest create name a interface host0:a address 10.0.0.1/24"
    )
    recorder = lab.watch("host0:a")
    lab.echo("a", "10.0.0.2")
    lab.wait(0.1)
    assert lab.codes() == ["unplugged"]
    assert len(recorder.captures) == 1


def test_a_guest_learns_a_changed_mac() -> None:
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    moved = arp_request(0x020000000099, ip("192.168.78.1"), ip("192.168.78.1"))
    lab.network.inject("host0:r0", moved)
    lab.wait(0.1)
    entry = lab.state.neighbours[lab.key("client", "guest")][0, ip("192.168.78.1")]
    assert (entry.mac, entry.state) == (0x020000000099, "STALE")


def test_who_waits_for_a_neighbour_can_be_asked() -> None:
    lab = NetLab(LINUX)
    lab.echo("client", "192.168.78.50", origin="mine")
    assert lab.network.pending("mine").at == "guest0"


def station(lab: NetLab, port: str, address: str) -> GuestStack:
    """A machine attached to a port for a while, with the router's MAC instead of ARP."""
    key = lab.key(port)
    nic = Nic(port=key, mac=0x020000000033, addresses=(net(address),))
    nic.gateway_mac = mac("fa:16:3e:52:65:b1")
    return lab.network.attach(key, Guest("station", "station", nics=(nic,)))


@pytest.mark.parametrize("bound", [True, False])
def test_an_unmodelled_station(bound: bool) -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", VM)
    port = "bridge1:port1" if bound else lab.port("bridge1 add port")
    stack = station(lab, port, "192.168.78.33/0")
    arrivals: list[Arrival] = []
    lab.network.listeners.add("station", arrivals.append)
    assert stack.send_echo(ip("192.168.78.1"), 1, 1, b"x") is None
    assert stack.send_echo(ip(VM), 1, 2, b"x") is None
    lab.wait()
    assert [each.frame.nw_src for each in arrivals] == [ip("192.168.78.1"), ip(VM)]
    lab.network.detach(lab.key(port))
    assert lab.network.stations == {}
    assert "station" not in lab.state.neighbours


def test_a_station_on_a_linked_port_gets_what_is_for_its_mac() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", VM)
    stack = station(lab, "bridge1:port0", "192.168.78.33/0")
    arrivals: list[Arrival] = []
    stack.plan.guest.nics[0].gateway_mac = mac(CLIENT_MAC)
    lab.network.listeners.add("station", arrivals.append)
    known = arp_request(0x020000000033, ip("192.168.78.33"), ip("192.168.78.9"))
    lab.network.inject(lab.key("bridge1:port0"), known)
    lab.wait()
    assert stack.send_echo(ip("192.168.78.9"), 1, 1, b"x") is None
    lab.wait()
    assert [each.frame.nw_src for each in arrivals] == [ip("192.168.78.9")]
    assert len(lab.echoed("client", VM)) == 1, "the router behind the port is still reached"


def test_listing_neighbours_ages_them() -> None:
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    client = lab.stack("client")
    assert [(n.address, state) for n, state in neighbour.listing(client)] == [
        (ip("192.168.78.1"), "REACHABLE")
    ]
    lab.wait(31)
    assert [state for _, state in neighbour.listing(client)] == ["STALE"]
    recorder = lab.watch("host0:client")
    lab.echoed("client", VM, seconds=6)
    checks = [
        f for d, f in seen(recorder, "host0:client") if d == "in" and f.proto == 1 and f.tos < 0
    ]
    assert [frame.hw_dst for frame in checks] == [mac("fa:16:3e:52:65:b1")]


def test_a_neighbour_that_went_away_is_given_up() -> None:
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    lab("guest router set state down")
    lab.wait(31)
    lab.echoed("client", VM, seconds=10)
    entry, state = neighbour.listing(lab.stack("client"))[0]
    assert (entry.probes, state) == (3, "FAILED")
    lab.echoed("client", VM, seconds=4)
    assert "arp-timeout" in lab.codes()


def test_reset_forgets_what_guests_knew() -> None:
    lab = NetLab(LINUX)
    lab.echoed("client", VM)
    lab.network.reset()
    assert neighbour.listing(lab.stack("client")) == []
    assert len(lab.echoed("client", VM)) == 1


def test_a_guest_that_goes_while_frames_are_on_their_way() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", VM)
    lab.echo("client", VM)
    lab("delete guest vm")
    lab.wait()
    assert lab.codes() == ["no-answer"]


def test_a_router_port_that_goes_while_frames_wait() -> None:
    lab = NetLab(PUBLISHED)
    lab.echo("client", "192.168.77.50")
    lab.wait()
    lab("delete router0:port0")
    lab.wait(20)
    assert lab.codes()[-1] == "unplugged"
