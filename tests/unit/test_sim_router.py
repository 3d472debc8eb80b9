"""The router: what it refuses and how it says so, its ICMP errors, and its own packets."""

from __future__ import annotations

from typing import Any

import pytest
from netlab import (
    HOST_MAC,
    PUBLISHED,
    ROUTER,
    ROUTER_MAC,
    NetLab,
    ip,
    know,
    mac,
    packet,
    seen,
    send,
)

from midocli.simulator.devices import router_ping
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import echo_request, icmp_error


def codes_of(lab: NetLab) -> list[str]:
    """Reason codes, without those of frames nobody was there to take."""
    return [code for code in lab.codes() if code != "no-answer"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vlans": (0x81000005,)}, "vlan-on-router"),
        ({"vlans": (0x81000000, 0x81000000)}, "vlan-on-router"),
        ({"ethertype": 0x86DD}, "unsupported-ethertype"),
        ({"hw_dst": mac("02:00:00:00:00:77")}, "wrong-mac"),
        ({"hw_dst": mac("01:00:5e:00:00:01")}, "wrong-mac"),
        ({"hw_dst": mac("ff:ff:ff:ff:ff:ff")}, "broadcast-at-router"),
        ({"nw_dst": ip("20.0.0.1")}, "local-non-icmp"),
        ({"fault": "it is broken"}, "malformed"),
    ],
)
def test_refused_without_an_answer(changes: dict[str, Any], code: str) -> None:
    lab = NetLab(ROUTER)
    assert send(lab, packet(**changes)) == []
    assert codes_of(lab) == [code]


def test_a_priority_tag_is_stripped() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    recorder = lab.watch("host0:out")
    send(lab, packet(vlans=(0x8100E000,)))
    assert [frame.vlans for _, frame in seen(recorder, "host0:out")] == [()]


@pytest.mark.parametrize(
    ("route", "fields", "code", "error"),
    [
        (None, {}, "no-route", (3, 0)),
        ("dst 99.0.0.0/8 type blackhole", {}, "blackhole", None),
        ("dst 99.0.0.0/8 type reject", {}, "route-reject", (3, 13)),
        ("dst 99.0.0.0/8 port router0:port1", {"ttl": 1}, "ttl-expired", (11, 0)),
        ("dst 99.0.0.0/8 port router0:port1", {"ttl": 0}, "ttl-expired", (11, 0)),
        ("dst 99.0.0.0/8 port router0:port1", {}, "arp-timeout", (3, 1)),
        ("dst 99.0.0.0/8 port router0:port1 gw 99.0.0.1", {}, "arp-timeout", (3, 0)),
    ],
)
def test_what_a_route_may_do(
    route: dict[str, Any] | None, fields: dict[str, Any], code: str, error: tuple[int, int] | None
) -> None:
    """An exterior port does not ask for a next hop outside its network."""
    lab = NetLab(ROUTER)
    if route is not None:
        lab(f"router0 add route {route}")
    answers = send(lab, packet("99.9.9.9", **fields))
    assert codes_of(lab) == [code]
    assert [(frame.tp_src, frame.tp_dst) for frame in answers] == ([error] if error else [])


def test_a_route_without_a_port_leads_nowhere() -> None:
    lab = NetLab(ROUTER)
    alias = lab.made("router0 add route dst 99.0.0.0/8 port router0:port1")
    (route,) = [each for each in lab.record("router0", "router").routes if each.alias == alias]
    route.port = None
    assert send(lab, packet("99.9.9.9")) == []
    assert codes_of(lab) == ["no-route"]


def test_the_icmp_error_is_midonets() -> None:
    """TTL 64, tos 0, IP id 0, no DF; the header as received and 8 bytes, to the source MAC."""
    lab = NetLab(ROUTER)
    lab.filter("router0", "infilter", "type dnat target 99.0.0.1")
    (error,) = send(lab, packet("98.0.0.1", tos=0x20, ttl=7))
    assert (error.ttl, error.tos, error.ip_id, error.fragment) == (64, 0, 0, 0)
    assert (error.hw_src, error.hw_dst) == (ROUTER_MAC, HOST_MAC)
    assert (error.nw_src, error.nw_dst) == (ip("10.0.0.1"), ip("10.0.0.9"))
    assert error.payload == packet("98.0.0.1", tos=0x20, ttl=7).ip_bytes()[:28]
    assert error.ip_length() == 56
    assert error.tp_sum is None and error.ip_delta == 0


def test_a_forgotten_route_is_hinted_at() -> None:
    lab = NetLab(ROUTER, "delete router0:route0")
    send(lab, packet("10.0.0.77"))
    (_, reason, _) = lab.drops[0]
    assert (reason.code, reason.at) == ("no-route", "router0")
    assert reason.details["connected"] == (("router0:port0", (ip("10.0.0.0"), 24)),)
    assert "router0:port0" in reason.text


@pytest.mark.parametrize(
    "frame",
    [
        packet("10.0.0.255"),
        packet("224.1.1.1"),
        packet("255.255.255.255"),
        packet("99.0.0.1", nw_src=0xFFFFFFFF),
        packet("99.0.0.1", fragment=7, tp_src=-1, tp_dst=-1, tp_sum=-1),
    ],
)
def test_no_error_for_groups_broadcasts_and_later_fragments(frame: Frame) -> None:
    lab = NetLab(ROUTER)
    lab.record("router0", "router").routes = ()
    assert send(lab, frame) == []
    assert codes_of(lab) == ["no-route"]


@pytest.mark.parametrize("type_", [3, 11, 5, 13])
def test_no_error_for_icmp_other_than_echo(type_: int) -> None:
    lab = NetLab(ROUTER)
    frame = icmp_error(ip("10.0.0.9"), ip("99.0.0.1"), type_, 0, bytes(28))
    frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
    assert send(lab, frame) == []


def test_dropping_a_first_fragment_in_the_infilter_asks_for_smaller_packets() -> None:
    lab = NetLab(ROUTER)
    chain = lab.filter("router0", "infilter", "type drop")
    (error,) = send(lab, packet(fragment=0x2000))
    assert (error.tp_src, error.tp_dst) == (3, 4)
    assert send(lab, packet(fragment=0x2005)) == []
    assert send(lab, packet()) == []
    lab(f"router0 clear infilter\nrouter0 set outfilter {chain}")
    assert send(lab, packet(fragment=0x2000)) == []


@pytest.mark.parametrize("what", ["router", "out-port"])
def test_down_is_answered_with_prohibited(what: str) -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    if what == "router":
        lab("router0 set state down")
    else:
        lab("router0:port1 set state down")
    (error,) = send(lab, packet())
    assert (error.tp_src, error.tp_dst) == (3, 13)
    assert (error.hw_dst, error.nw_src) == (HOST_MAC, ip("10.0.0.1"))
    assert error.payload == packet().ip_bytes()[:28], "TTL and MACs as received"
    assert codes_of(lab) == ["admin-down"]


def test_an_in_port_that_is_down_can_not_carry_its_answer() -> None:
    lab = NetLab(ROUTER)
    lab("router0:port0 set state down")
    assert send(lab, packet()) == []
    assert codes_of(lab) == ["admin-down", "admin-down"]


def test_a_port_filter_that_rejects_on_the_way_out() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    lab.filter("router0:port1", "outfilter", "type reject")
    (error,) = send(lab, packet())
    assert (error.tp_src, error.tp_dst, error.hw_dst) == (3, 13, HOST_MAC)


def test_forwarding_lowers_the_ttl_and_changes_nothing_else() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    ((direction, out),) = seen(recorder, "host0:out")
    assert direction == "out"
    expected = packet(ttl=63, hw_src=mac("02:00:00:00:00:02"), hw_dst=9)
    assert out.to_bytes() == expected.to_bytes()


def test_two_routers_share_a_link_without_arp() -> None:
    lab = NetLab("host create name host", "router create", "router create")
    lab.router_port("router0", "10.0.0.1/24", "02:00:00:00:00:01", "host0:in")
    one = lab.router_port("router0", "172.16.0.1/30", "02:00:00:00:00:03")
    two = lab.router_port("router1", "172.16.0.2/30", "02:00:00:00:00:04")
    lab.router_port("router1", "20.0.0.1/24", "02:00:00:00:00:02", "host0:out")
    lab(f"{one} set peer {two}")
    lab(f"router0 add route dst 20.0.0.0/24 port {one} gw 172.16.0.2")
    know(lab, "20.0.0.9", 9)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    ((_, out),) = seen(recorder, "host0:out")
    assert out.ttl == 62
    (error,) = send(lab, packet("77.0.0.1"))
    assert error.nw_src == ip("10.0.0.1")


def test_a_routing_loop_ends() -> None:
    lab = NetLab(ROUTER)
    lab("router create")
    one = lab.router_port("router0", "172.16.0.1/30", "02:00:00:00:00:03")
    two = lab.router_port("router1", "172.16.0.2/30", "02:00:00:00:00:04")
    lab(f"{one} set peer {two}")
    lab(f"router0 add route dst 0.0.0.0/0 port {one} gw 172.16.0.2")
    lab(f"router1 add route dst 0.0.0.0/0 port {two} gw 172.16.0.1")
    send(lab, packet("88.0.0.1"))
    assert codes_of(lab) == ["loop"]


def test_the_router_answers_pings_to_any_of_its_addresses() -> None:
    lab = NetLab(PUBLISHED)
    for address in ("192.168.78.1", "192.168.77.1"):
        (arrival,) = lab.echoed("client", address, tos=0x10)
        reply = arrival.frame
        assert reply.nw_src == ip(address)
        assert (reply.ttl, reply.tos, reply.ip_id, reply.fragment) == (64, 0, 0, 0)


def test_its_replies_go_through_the_outfilter_without_state() -> None:
    lab = NetLab(PUBLISHED)
    snat = "type snat target 192.168.77.119:1-9 action continue"
    static = "type snat target 1.2.3.4"
    chain = lab.filter("router0", "outfilter", snat, "type rev_snat", static)
    (arrival,) = lab.echoed("client", "192.168.78.1")
    assert arrival.frame.nw_src == ip("1.2.3.4")
    assert lab.state.nat == {}
    lab.rules(chain, "type drop")
    assert lab.echoed("client", "192.168.78.1") == []
    assert lab.codes() == ["rule-drop"]


def test_a_router_port_can_ping() -> None:
    lab = NetLab(PUBLISHED)
    port = lab.key("router0:port0")
    arrivals = lab.heard("router0", "router")
    vm = ip("192.168.77.119")
    failure = router_ping.send(lab.network, port, vm, 5, 1, b"data", origin="x")
    assert failure is None
    lab.wait()
    ((reply, origin),) = [(each.frame, each.frame.origin) for each in arrivals]
    assert (reply.nw_src, reply.nw_dst) == (ip("192.168.77.119"), ip("192.168.77.1"))
    assert (reply.icmp_id, reply.payload, origin) == (5, b"data", "x")
    lab.network.listeners.remove(lab.key("router0", "router"), arrivals.append)
    router_ping.send(lab.network, port, vm, 5, 2, b"data")
    lab.wait()
    assert lab.codes() == ["local-non-icmp"]


def test_a_router_ping_without_a_route() -> None:
    lab = NetLab(PUBLISHED)
    own, other = lab.key("router0:port0"), lab.key("bridge0:port0")
    router_ping.send(lab.network, own, ip("9.9.9.9"), 5, 1, b"")
    lab.wait()
    assert lab.codes() == ["no-route"]
    assert router_ping.send(lab.network, other, 1, 5, 1, b"").code == "no-address"


def test_a_router_that_was_asked_from_its_own_address_says_so() -> None:
    lab = NetLab(ROUTER)
    frame = echo_request(ip("20.0.0.1"), ip("10.0.0.1"), 1, 1, b"")
    frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
    send(lab, frame)
    # parity: router-own-address
    assert codes_of(lab) == ["own-address"]
    assert "20.0.0.1, which is router0's own address" in lab.drops[-1][1].text


@pytest.mark.parametrize(("kind", "code"), [("blackhole", "blackhole"), ("reject", "route-reject")])
def test_a_router_s_own_packet_is_refused_by_the_route_that_fits(kind: str, code: str) -> None:
    lab = NetLab(ROUTER)
    lab(f"router0 add route dst 30.0.0.0/8 type {kind}")
    frame = echo_request(ip("30.0.0.9"), ip("10.0.0.1"), 1, 1, b"")
    frame.hw_src, frame.hw_dst = HOST_MAC, ROUTER_MAC
    send(lab, frame)
    assert codes_of(lab) == [code]


def test_an_interior_link_to_a_bridge_asks_even_outside_its_network() -> None:
    lab = NetLab(PUBLISHED)
    lab("router0 add route dst 50.0.0.0/8 port router0:port0")
    recorder = lab.watch("host0:tap")
    lab.echo("client", "192.168.77.119")
    lab("guest client set gw 192.168.78.1")
    lab.echo("client", "50.1.1.1")
    lab.wait()
    asked = [frame.nw_dst for _, frame in seen(recorder, "host0:tap") if frame.proto == 1]
    assert ip("50.1.1.1") in asked


def test_echo_requests_with_a_code_are_not_for_answering() -> None:
    lab = NetLab(ROUTER)
    frame = echo_request(ip("10.0.0.9"), ip("10.0.0.1"), 1, 1, b"")
    frame.hw_src, frame.hw_dst, frame.tp_dst = HOST_MAC, ROUTER_MAC, 1
    send(lab, frame)
    assert codes_of(lab) == ["local-non-icmp"]


def test_a_service_container_is_no_hop() -> None:
    for inside in ("router0:port0", "router0:port1"):
        lab = NetLab(ROUTER)
        know(lab, "20.0.0.9", mac("02:00:00:00:00:bb"))
        send(lab, packet(ttl=1))
        assert codes_of(lab) == ["ttl-expired"]
        lab(f"container create port {inside} type QUAGGA")
        recorder = lab.watch("host0:out")
        send(lab, packet(ttl=1))
        ((_, out),) = seen(recorder, "host0:out")
        assert out.ttl == 1


def test_a_next_hop_that_is_the_out_port_itself_turns_round_there() -> None:
    lab = NetLab(ROUTER)
    lab("router0 add route dst 30.0.0.0/8 port router0:port1 gw 20.0.0.1")
    know(lab, "20.0.0.1", mac("02:00:00:00:00:02"))
    recorder = lab.watch("host0:out")
    send(lab, packet("30.0.0.1", ttl=5))
    assert codes_of(lab) == ["ttl-expired"]
    assert not seen(recorder, "host0:out")


def test_a_route_that_is_out_of_use_is_told() -> None:
    lab = NetLab(ROUTER)
    lab("host0 interface out set status down")
    send(lab, packet())
    assert codes_of(lab) == ["no-route"]
    assert lab.drops[0][1].details["port"] == "router0:port1"


def test_without_a_local_route_a_port_address_is_nobodys() -> None:
    lab = NetLab(ROUTER)
    (local,) = (line for line in str(lab("router0 list route")).splitlines() if "20.0.0.1" in line)
    lab(f"router0 delete route {local.split()[1]}")
    send(lab, packet("20.0.0.1"))
    assert codes_of(lab) == ["no-route"]
    assert "no local route" in lab.drops[0][1].text
