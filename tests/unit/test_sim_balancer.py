"""The load balancer: who gets a connection, who keeps it, and what filters see of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from simlab import CLIENT_MAC, Lab, ip, know, mac, packet, router_lab, seen, told

from midocli.simulator.events import Balanced, NatReversed
from midocli.simulator.topology.service_records import LoadBalancer, Member, Pool, Vip
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.protocol import ETHERTYPE_IPV4, MF, TCP
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

VIP = "10.9.9.9"
MEMBERS = ("20.0.0.11", "20.0.0.12", "20.0.0.13")


def balanced_lab(*, sticky: bool = False, count: int = 2, **vip: Any) -> Lab:
    """`router_lab` with a VIP for members behind h:out."""
    lab = router_lab()
    members = tuple(Member(f"pm{i}", ip(MEMBERS[i]), 8080) for i in range(count))
    pool = Pool("pool0", members=members)
    made = Vip("vip0", ip(VIP), 80, pool, sticky=sticky, **vip)
    lab.load_balancers["lb"] = LoadBalancer("lb", "lb", vips=(made,))
    lab.routers["r"].load_balancer = "lb"
    for index, address in enumerate(MEMBERS):
        know(lab, address, mac("02:00:00:00:10:00") + index)
    know(lab, "10.0.0.9", mac(CLIENT_MAC), "h:in")
    lab.drops.clear()
    return lab


def change(
    lab: Lab,
    *,
    pool: dict[str, Any] | None = None,
    members: dict[int, dict[str, Any]] | None = None,
    **vip: Any,
) -> None:
    """Change the VIP, its pool, or single members (index -> fields)."""
    balancer = lab.load_balancers["lb"]
    (old,) = balancer.vips
    made = [
        replace(member, **(members or {}).get(index, {}))
        for index, member in enumerate(old.pool.members)
    ]
    new = replace(old.pool, members=tuple(made), **(pool or {}))
    balancer.vips = (replace(old, pool=new, **vip),)
    lab.changed("load-balancer", "lb")


def syn(sport: int = 40000, src: str = "10.0.0.9", dst: str = VIP, dport: int = 80) -> Frame:
    frame = tcp_packet(ip(src), sport, ip(dst), dport, Segment(1, 0, SYN, 64240))
    frame.hw_src, frame.hw_dst = mac(CLIENT_MAC), mac("02:00:00:00:00:01")
    return frame


def out(lab: Lab, frame: Frame, point: str = "h:out", place: str = "h:in") -> list[Frame]:
    """What comes out at one side of a frame put in at the other."""
    recorder = lab.watch(point)
    lab.network.inject(place, frame)
    lab.run(0.1)
    lab.network.unwatch(recorder)
    frames = [each for direction, each in seen(recorder, point) if direction == "out"]
    return [frame for frame in frames if frame.ethertype == ETHERTYPE_IPV4]


def codes(lab: Lab) -> list[str]:
    """Why frames ended, but for those that got out to where nobody is."""
    return [code for code in lab.codes() if code != "no-answer"]


def member_of(lab: Lab, sport: int = 40000, src: str = "10.0.0.9") -> int | None:
    """Which member got a SYN (None: nobody)."""
    for frame in out(lab, syn(sport, src)):
        assert frame.tp_dst == 8080
        return [ip(member) for member in MEMBERS].index(frame.nw_dst)
    return None


def answer(lab: Lab, member: int, dport: int = 40000, dst: str = "10.0.0.9") -> list[Frame]:
    frame = tcp_packet(ip(MEMBERS[member]), 8080, ip(dst), dport, Segment(1, 2, SYN | 16, 65160))
    frame.hw_src, frame.hw_dst = mac("02:00:00:00:10:00") + member, mac("02:00:00:00:00:02")
    return out(lab, frame, "h:in", "h:out")


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
    change(lab, members={0: {"weight": 3}, 2: {"weight": 0}})
    got = [member_of(lab, 20000 + i) for i in range(400)]
    assert got.count(2) == 0
    assert 260 < got.count(0) < 340


@pytest.mark.parametrize("fields", [{"up": False}, {"active": False}, {"weight": 0}])
def test_only_members_up_active_and_of_some_weight_get_connections(fields: dict[str, Any]) -> None:
    lab = balanced_lab()
    change(lab, members={0: fields})
    assert {member_of(lab, 20000 + i) for i in range(20)} == {1}


@pytest.mark.parametrize(
    "fields",
    [{"pool": {"up": False}}, {"members": {0: {"up": False}, 1: {"active": False}}}],
)
def test_no_member_is_a_drop(fields: dict[str, Any]) -> None:
    lab = balanced_lab()
    change(lab, **fields)
    assert member_of(lab) is None
    assert codes(lab) == ["no-member"]


def test_a_first_fragment_refused_is_told_to_be_smaller() -> None:
    lab = balanced_lab(count=0)
    frame = syn()
    frame.fragment = MF
    (error,) = out(lab, frame, "h:in")
    assert (error.tp_src, error.tp_dst) == (3, 4)


@pytest.mark.parametrize("sticky", [False, True])
@pytest.mark.parametrize(
    ("fields", "kept"),
    [({"up": False}, "unless-sticky"), ({"active": False}, "never"), ({"weight": 0}, "never")],
)
def test_what_an_old_connection_may_keep(sticky: bool, fields: dict[str, Any], kept: str) -> None:
    lab = balanced_lab(sticky=sticky)
    first = member_of(lab)
    assert first is not None
    change(lab, members={first: fields})
    expected = first if kept == "unless-sticky" and not sticky else 1 - first
    assert member_of(lab) == expected


def test_old_connections_outlive_the_last_member_unless_sticky() -> None:
    for sticky, expected in ((False, 0), (True, None)):
        lab = balanced_lab(sticky=sticky, count=1)
        assert member_of(lab) == 0
        change(lab, members={0: {"up": False}})
        assert member_of(lab) == expected
        assert member_of(lab, 50000) is None


def test_a_sticky_client_keeps_its_member_for_all_its_connections() -> None:
    lab = balanced_lab(sticky=True, count=3)
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
    lab.network.inject("h:in", frame)
    lab.run()
    assert codes(lab) == ["no-route"]


def test_a_vip_or_balancer_that_is_down_balances_nothing() -> None:
    lab = balanced_lab(up=False)
    assert member_of(lab) is None
    lab = balanced_lab()
    lab.load_balancers["lb"].up = False
    lab.changed("load-balancer", "lb")
    assert member_of(lab) is None
    assert codes(lab) == ["no-route"]


def test_filters_of_the_router_are_skipped_both_ways() -> None:
    lab = balanced_lab(count=1)
    lab.routers["r"].infilter = lab.add_chain("in", {"type": "drop", "dst_port": (80, 80)})
    lab.routers["r"].outfilter = lab.add_chain("out", {"type": "drop", "src_port": (8080, 8080)})
    assert member_of(lab) == 0
    (reply,) = answer(lab, 0)
    assert reply.nw_src == ip(VIP)
    assert answer(lab, 0, dport=41000) == []
    assert codes(lab) == ["rule-drop"]


def test_the_outfilter_sees_what_goes_to_a_member_and_the_infilter_its_answers() -> None:
    lab = balanced_lab(count=1)
    lab.routers["r"].outfilter = lab.add_chain("out", {"type": "drop", "dst_port": (8080, 8080)})
    assert member_of(lab) is None
    lab = balanced_lab(count=1)
    assert member_of(lab) == 0
    lab.routers["r"].infilter = lab.add_chain("in", {"type": "drop", "src_port": (8080, 8080)})
    lab.changed("router", "r")
    assert answer(lab, 0) == []


def test_icmp_errors_of_a_member_are_translated_back() -> None:
    lab = balanced_lab(count=1)
    (request,) = out(lab, syn())
    error = Frame(
        nw_src=ip(MEMBERS[0]), nw_dst=ip("10.0.0.9"), proto=1, tos=0, ttl=64, tp_src=3, tp_dst=3,
        tp_sum=None, payload=request.ip_bytes()[:28],
    )  # fmt: skip
    error.hw_src, error.hw_dst = mac("02:00:00:00:10:00"), mac("02:00:00:00:00:02")
    (back,) = out(lab, error, "h:in", "h:out")
    assert back.nw_src == ip(VIP) == back.quoted_address("dst")


def test_the_binding_belongs_to_the_balancer_and_is_listed_there() -> None:
    lab = balanced_lab(count=1)
    member_of(lab)
    now_ns = lab.engine.now_ns
    (binding,) = lab.network.state.live_nat("lb", now_ns)
    assert (binding.proto, binding.rule, lab.network.state.live_nat("r", now_ns)) == (
        TCP,
        "pm0",
        [],
    )


def test_a_connection_unused_for_two_minutes_is_forgotten() -> None:
    lab = balanced_lab(count=1)
    member_of(lab)
    lab.run(119)
    assert len(lab.network.state.live_nat("lb", lab.engine.now_ns)) == 1
    lab.run(2)
    assert lab.network.state.live_nat("lb", lab.engine.now_ns) == []
    know(lab, "10.0.0.9", mac(CLIENT_MAC), "h:in")
    (reply,) = answer(lab, 0)
    assert reply.nw_src == ip(MEMBERS[0])


def test_the_events_name_vip_and_member() -> None:
    lab = balanced_lab(count=1)
    recorder = lab.watch(events=True)
    member_of(lab)
    member_of(lab)
    answer(lab, 0)
    assert [(each.vip, each.member, each.known) for _, each in told(recorder, Balanced)] == [
        ("vip0", "pm0", False),
        ("vip0", "pm0", True),
    ]
    ((at, back),) = told(recorder, NatReversed)
    assert (at, back.type, back.made_by) == ("r", "rev_dnat", "pm0")
