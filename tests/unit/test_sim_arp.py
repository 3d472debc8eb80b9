"""ARP at the router: whom it answers and believes, asking, waiting, ageing."""

from __future__ import annotations

from typing import Any

import pytest
from netlab import HOST_MAC, ROUTER, ROUTER_MAC, NetLab, ip, know, packet, seen, send

from midocli.simulator.recorder import Recorder
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_reply, arp_request

MINUTE = 60


def cache(lab: NetLab) -> dict[int, int]:
    rows = lab.state.live_arp(lab.key("router0", "router"), lab.engine.now_ns)
    return {address: mac for address, mac, _ in rows}


def out_frames(recorder: Recorder) -> list[Frame]:
    return [f for direction, f in seen(recorder, "host0:out") if direction == "out"]


def test_a_request_for_the_port_is_answered_and_learned_from() -> None:
    lab = NetLab(ROUTER)
    (reply,) = send(lab, arp_request(HOST_MAC, ip("10.0.0.9"), ip("10.0.0.1")))
    assert (reply.proto, reply.hw_src, reply.hw_dst) == (2, ROUTER_MAC, HOST_MAC)
    assert cache(lab) == {ip("10.0.0.9"): HOST_MAC}


def test_a_unicast_request_is_answered_too() -> None:
    lab = NetLab(ROUTER)
    request = arp_request(HOST_MAC, ip("10.0.0.9"), ip("10.0.0.1"), ROUTER_MAC)
    assert len(send(lab, request)) == 1


def reply_to_router(**changes: Any) -> Frame:
    request = arp_request(ROUTER_MAC, ip("10.0.0.1"), ip("10.0.0.9"))
    reply = arp_reply(request, HOST_MAC)
    for name, value in changes.items():
        setattr(reply, name, value)
    return reply


@pytest.mark.parametrize(
    "frame",
    [
        arp_request(HOST_MAC, ip("11.0.0.9"), ip("10.0.0.1")),
        arp_request(HOST_MAC, ip("10.0.0.9"), ip("10.0.0.2")),
        arp_request(HOST_MAC, ip("10.0.0.9"), ip("20.0.0.1")),
        reply_to_router(arp_tha=7),
        reply_to_router(nw_dst=ip("10.0.0.7")),
        reply_to_router(nw_src=ip("11.0.0.9")),
        reply_to_router(proto=3),
    ],
)
def test_the_rest_is_ignored(frame: Frame) -> None:
    lab = NetLab(ROUTER)
    assert send(lab, frame) == []
    assert lab.codes() == ["arp-ignored"]
    assert cache(lab) == {}


def test_gratuitous_requests_and_replies_are_believed() -> None:
    mine = ip("10.0.0.9")
    lab = NetLab(ROUTER)
    assert send(lab, arp_request(HOST_MAC, mine, mine)) == []
    assert cache(lab) == {mine: HOST_MAC}
    other = HOST_MAC + 1
    send(lab, reply_to_router(nw_dst=mine, arp_sha=other, arp_tha=other))
    assert cache(lab) == {mine: other}


def test_malformed_arp() -> None:
    lab = NetLab(ROUTER)
    frame = arp_request(HOST_MAC, ip("10.0.0.9"), ip("10.0.0.1"))
    frame.fault, frame.payload = "it is odd", b"odd"
    send(lab, frame)
    assert lab.codes() == ["malformed"]


def test_a_frame_waits_for_the_answer_and_goes_on() -> None:
    lab = NetLab(ROUTER)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    (request,) = out_frames(recorder)
    assert (request.nw_src, request.nw_dst) == (ip("20.0.0.1"), ip("20.0.0.9"))
    know(lab, "20.0.0.9", 9)
    sent = [frame for frame in out_frames(recorder) if frame.tos >= 0]
    assert [frame.hw_dst for frame in sent] == [9]


def test_waiting_frames_keep_their_order_and_ask_once() -> None:
    lab = NetLab(ROUTER)
    recorder = lab.watch("host0:out")
    for number in range(3):
        send(lab, packet(ip_id=number))
    know(lab, "20.0.0.9", 9)
    frames = out_frames(recorder)
    assert [frame.ip_id for frame in frames if frame.tos >= 0] == [0, 1, 2]
    assert sum(frame.proto == 1 and frame.tos < 0 for frame in frames) == 1


def test_it_asks_every_ten_seconds_and_gives_up_after_a_minute() -> None:
    lab = NetLab(ROUTER)
    recorder = lab.watch("host0:out")
    start = lab.engine.now_ns
    (error,) = send(lab, packet(), seconds=61)
    times = [(each.time_ns - start) // 10**9 for each in recorder.captures]
    assert times == [0, 10, 20, 30, 40, 50]
    assert (error.tp_src, error.tp_dst) == (3, 1)
    assert error.payload == packet().ip_bytes()[:28]
    assert "arp-timeout" in lab.codes()


def test_a_silent_gateway_makes_the_net_unreachable() -> None:
    lab = NetLab(ROUTER)
    lab("router0 add route dst 99.0.0.0/8 port router0:port1 gw 20.0.0.254")
    (error,) = send(lab, packet("99.0.0.1"), seconds=61)
    assert (error.tp_src, error.tp_dst) == (3, 0)


def test_who_waits_can_be_asked() -> None:
    lab = NetLab(ROUTER)
    lab.network.inject("host0:in", packet(), origin="mine")
    lab.wait()
    reason = lab.network.pending("mine")
    assert (reason.code, reason.at) == ("arp-timeout", "router0")
    assert "20.0.0.9" in reason.text
    assert lab.network.pending("other") is None
    know(lab, "20.0.0.9", 9)
    assert lab.network.pending("mine") is None


def test_a_stale_entry_is_used_while_it_is_asked_for_again() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    lab.wait(61)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    assert [frame.proto for frame in out_frames(recorder)] == [17, 1]
    know(lab, "20.0.0.9", 9)
    lab.wait(10)
    assert len(out_frames(recorder)) == 3, "the answer ended the asking"


def test_an_entry_is_gone_after_a_minute_and_a_half() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    lab.wait(88)
    assert cache(lab)
    lab.wait(2)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    assert [frame.proto for frame in out_frames(recorder)] == [1]
    assert cache(lab) == {}


def test_what_waits_when_an_entry_goes_joins_those_who_ask_already() -> None:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", 9)
    lab.wait(61)
    recorder = lab.watch("host0:out")
    send(lab, packet())
    lab.wait(30)
    send(lab, packet())
    assert [frame.proto for frame in out_frames(recorder)] == [17, 1, 1, 1, 1]
    assert lab.network.pending(None) is not None
    lab.wait(30)
    assert "arp-timeout" in lab.codes(), "a minute after the first question"


def test_reset_forgets_the_cache_and_whoever_waits() -> None:
    lab = NetLab(ROUTER)
    send(lab, packet())
    lab.network.reset()
    lab.drops.clear()
    lab.wait(120)
    assert lab.codes() == [], "the old timer found nothing to do"
    assert cache(lab) == {}
