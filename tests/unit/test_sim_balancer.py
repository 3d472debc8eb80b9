"""The load balancer: who gets a connection, who keeps it, and what filters see of it."""

from __future__ import annotations

import pytest
from netlab import CLIENT_MAC, ROUTER, NetLab, ip, know, mac, packet, seen, told

from midocli.simulator.events import Balanced, NatReversed
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4, MF, TCP
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

VIP = "10.9.9.9"
MEMBERS = ("20.0.0.11", "20.0.0.12", "20.0.0.13")


STICKY = "pool pool0 vip vip0 set persistence SOURCE_IP"


def balanced_lab(*changes: str, count: int = 2) -> NetLab:
    """The router with a VIP for members behind host0:out, and changes of its balancer."""
    lab = NetLab(ROUTER, "load-balancer create", "router0 set load-balancer lb0", "lb0 add pool")
    lab(f"lb0 pool pool0 add vip address {VIP} protocol-port 80")
    for address in MEMBERS[:count]:
        lab(f"lb0 pool pool0 add member address {address} protocol-port 8080")
    change(lab, *changes)
    for index, address in enumerate(MEMBERS):
        know(lab, address, mac("02:00:00:00:10:00") + index)
    know(lab, "10.0.0.9", mac(CLIENT_MAC), "host0:in")
    return lab


def change(lab: NetLab, *changes: str) -> None:
    """Lines behind the balancer's name."""
    lab("\n".join(f"lb0 {line}" for line in changes))


def syn(sport: int = 40000, src: str = "10.0.0.9", dst: str = VIP, dport: int = 80) -> Frame:
    frame = tcp_packet(ip(src), sport, ip(dst), dport, Segment(1, 0, SYN, 64240))
    frame.hw_src, frame.hw_dst = mac(CLIENT_MAC), mac("02:00:00:00:00:01")
    return frame


def out(
    lab: NetLab, frame: Frame, point: str = "host0:out", place: str = "host0:in"
) -> list[Frame]:
    """What comes out at one side of a frame put in at the other."""
    recorder = lab.watch(point)
    lab.network.inject(place, frame)
    lab.wait(0.1)
    lab.network.unwatch(recorder)
    frames = [each for direction, each in seen(recorder, point) if direction == "out"]
    return [frame for frame in frames if frame.ethertype == ETHERTYPE_IPV4]


def codes(lab: NetLab) -> list[str]:
    """Why frames ended, but for those that got out to where nobody is."""
    return [code for code in lab.codes() if code != "no-answer"]


def member_of(lab: NetLab, sport: int = 40000, src: str = "10.0.0.9") -> int | None:
    """Which member got a SYN (None: nobody)."""
    for frame in out(lab, syn(sport, src)):
        assert frame.tp_dst == 8080
        return [ip(member) for member in MEMBERS].index(frame.nw_dst)
    return None


def answer(lab: NetLab, member: int, dport: int = 40000, dst: str = "10.0.0.9") -> list[Frame]:
    frame = tcp_packet(ip(MEMBERS[member]), 8080, ip(dst), dport, Segment(1, 2, SYN | 16, 65160))
    frame.hw_src, frame.hw_dst = mac("02:00:00:00:10:00") + member, mac("02:00:00:00:00:02")
    return out(lab, frame, "host0:in", "host0:out")


def test_a_connection_goes_to_a_member_and_its_answer_comes_from_the_vip() -> None:
    lab = balanced_lab(count=1)
    (request,) = out(lab, syn())
    assert (request.nw_dst, request.tp_dst, request.tp_sum) == (ip(MEMBERS[0]), 8080, None)
    assert (request.nw_src, request.tp_src, request.ttl) == (ip("10.0.0.9"), 40000, 63)
    (reply,) = answer(lab, 0)
    assert (reply.nw_src, reply.tp_src, reply.tp_sum) == (ip(VIP), 80, None)
    assert codes(lab) == []


def test_a_connection_keeps_its_member() -> None:
    lab = balanced_lab(count=3)
    first = member_of(lab)
    assert first is not None
    assert {member_of(lab) for _ in range(20)} == {first}


def test_weights_decide_how_many_connections_a_member_gets() -> None:
    lab = balanced_lab(count=3)
    change(lab, "pool pool0 member pm0 set weight 3", "pool pool0 member pm2 set weight 0")
    got = [member_of(lab, 20000 + i) for i in range(400)]
    assert got.count(2) == 0
    assert 260 < got.count(0) < 340


@pytest.mark.parametrize("fields", ["state down", "status INACTIVE", "weight 0"])
def test_only_members_up_active_and_of_some_weight_get_connections(fields: str) -> None:
    lab = balanced_lab()
    change(lab, f"pool pool0 member pm0 set {fields}")
    assert {member_of(lab, 20000 + i) for i in range(20)} == {1}


@pytest.mark.parametrize(
    "changes",
    [
        ["pool pool0 set state down"],
        ["pool pool0 member pm0 set state down", "pool pool0 member pm1 set status INACTIVE"],
    ],
)
def test_no_member_is_a_drop(changes: list[str]) -> None:
    lab = balanced_lab(*changes)
    assert member_of(lab) is None
    assert codes(lab) == ["no-member"]


def test_a_first_fragment_refused_is_told_to_be_smaller() -> None:
    lab = balanced_lab(count=0)
    frame = syn()
    frame.fragment = MF
    (error,) = out(lab, frame, "host0:in")
    assert (error.tp_src, error.tp_dst) == (3, 4)


@pytest.mark.parametrize("sticky", [False, True])
@pytest.mark.parametrize(
    ("fields", "kept"),
    [("state down", "unless-sticky"), ("status INACTIVE", "never"), ("weight 0", "never")],
)
def test_what_an_old_connection_may_keep(sticky: bool, fields: str, kept: str) -> None:
    lab = balanced_lab(*[STICKY] * sticky)
    first = member_of(lab)
    assert first is not None
    change(lab, f"pool pool0 member pm{first} set {fields}")
    expected = first if kept == "unless-sticky" and not sticky else 1 - first
    assert member_of(lab) == expected


def test_old_connections_outlive_the_last_member_unless_sticky() -> None:
    for sticky, expected in ((False, 0), (True, None)):
        lab = balanced_lab(*[STICKY] * sticky, count=1)
        assert member_of(lab) == 0
        change(lab, "pool pool0 member pm0 set state down")
        assert member_of(lab) == expected
        assert member_of(lab, 50000) is None


def test_a_sticky_client_keeps_its_member_for_all_its_connections() -> None:
    lab = balanced_lab(STICKY, count=3)
    first = member_of(lab)
    assert first is not None
    assert {member_of(lab, 20000 + i) for i in range(20)} == {first}
    assert {member_of(lab, src=f"10.0.0.{i}") for i in range(20, 50)} == {0, 1, 2}
    (reply,) = answer(lab, first, 20007)
    assert (reply.nw_src, reply.tp_src) == (ip(VIP), 80)


def test_a_client_that_is_not_sticky_is_spread() -> None:
    assert {member_of(lab := balanced_lab(), 20000)} <= {0, 1}
    assert {member_of(lab, 20000 + i) for i in range(30)} == {0, 1}


@pytest.mark.parametrize(
    "frame",
    [syn(dport=81), syn(dst="10.9.9.8"), packet(VIP, tp_dst=80)],
    ids=["port", "address", "udp"],
)
def test_what_is_for_no_vip_goes_its_way(frame: Frame) -> None:
    lab = balanced_lab()
    lab.network.inject("host0:in", frame)
    lab.wait()
    assert codes(lab) == ["no-route"]


def test_a_vip_or_balancer_that_is_down_balances_nothing() -> None:
    lab = balanced_lab("pool pool0 vip vip0 set state down")
    assert member_of(lab) is None
    lab = balanced_lab("set state down")
    assert member_of(lab) is None
    assert codes(lab) == ["no-route"]


def test_filters_of_the_router_are_skipped_both_ways() -> None:
    lab = balanced_lab(count=1)
    lab.filter("router0", "infilter", "type drop dst-port 80")
    lab.filter("router0", "outfilter", "type drop src-port 8080")
    assert member_of(lab) == 0
    (reply,) = answer(lab, 0)
    assert reply.nw_src == ip(VIP)
    assert answer(lab, 0, dport=41000) == []
    assert codes(lab) == ["rule-drop"]


def test_the_outfilter_sees_what_goes_to_a_member_and_the_infilter_its_answers() -> None:
    lab = balanced_lab(count=1)
    lab.filter("router0", "outfilter", "type drop dst-port 8080")
    assert member_of(lab) is None
    lab = balanced_lab(count=1)
    assert member_of(lab) == 0
    lab.filter("router0", "infilter", "type drop src-port 8080")
    assert answer(lab, 0) == []


def test_icmp_errors_of_a_member_are_translated_back() -> None:
    lab = balanced_lab(count=1)
    (request,) = out(lab, syn())
    error = Frame(
        nw_src=ip(MEMBERS[0]), nw_dst=ip("10.0.0.9"), proto=1, tos=0, ttl=64, tp_src=3, tp_dst=3,
        tp_sum=None, payload=request.ip_bytes()[:28],
    )  # fmt: skip
    error.hw_src, error.hw_dst = mac("02:00:00:00:10:00"), mac("02:00:00:00:00:02")
    (back,) = out(lab, error, "host0:in", "host0:out")
    assert back.nw_src == ip(VIP) == back.quoted_address("dst")


def test_the_binding_belongs_to_the_balancer_and_is_listed_there() -> None:
    lab = balanced_lab(count=1)
    member_of(lab)
    now_ns = lab.engine.now_ns
    (binding,) = lab.state.live_nat(lab.key("lb0", "load-balancer"), now_ns)
    assert (
        binding.proto,
        binding.rule,
        lab.state.live_nat(lab.key("router0", "router"), now_ns),
    ) == (
        TCP,
        "lb0:pool0:pm0",
        [],
    )


def test_a_connection_unused_for_two_minutes_is_forgotten() -> None:
    lab = balanced_lab(count=1)
    member_of(lab)
    lab.wait(119)
    assert len(lab.state.live_nat(lab.key("lb0", "load-balancer"), lab.engine.now_ns)) == 1
    lab.wait(2)
    assert lab.state.live_nat(lab.key("lb0", "load-balancer"), lab.engine.now_ns) == []
    know(lab, "10.0.0.9", mac(CLIENT_MAC), "host0:in")
    (reply,) = answer(lab, 0)
    assert reply.nw_src == ip(MEMBERS[0])


def test_the_events_name_vip_and_member() -> None:
    lab = balanced_lab(count=1)
    recorder = lab.watch(events=True)
    member_of(lab)
    member_of(lab)
    answer(lab, 0)
    assert [(each.vip, each.member, each.known) for _, each in told(recorder, Balanced)] == [
        ("lb0:pool0:vip0", "lb0:pool0:pm0", False),
        ("lb0:pool0:vip0", "lb0:pool0:pm0", True),
    ]
    ((at, back),) = told(recorder, NatReversed)
    assert (at, back.type, back.made_by) == ("router0", "rev_dnat", "lb0:pool0:pm0")
