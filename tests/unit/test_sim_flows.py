"""The flows of the datapath: what they match, count and do, and when they go."""

from __future__ import annotations

from typing import Any

import pytest
from netlab import ROUTER, NetLab, ip, know, mac, packet, send

from midocli.simulator.learnt import flows
from midocli.simulator.learnt.flows import Flow, Flows
from midocli.simulator.topology.records import Port
from midocli.simulator.wire.frame import Frame
from midocli.trace.flow_text import flow_actions

PORT = Port(key="b:port0", alias="b:port0", interface="h:in")
OUT = Port(key="b:port1", alias="b:port1", interface="h:out")


def frame(**fields: Any) -> Frame:
    given: dict[str, Any] = {
        "hw_src": 1,
        "hw_dst": 2,
        "nw_src": ip("10.0.0.1"),
        "nw_dst": ip("10.0.0.2"),
    }
    return Frame(**(given | {"proto": 17, "tos": 0, "ttl": 64, "tp_src": 5, "tp_dst": 6} | fields))


def original(of: Frame) -> tuple[int, int, int, int, int, int]:
    return of.nw_src, of.nw_dst, of.proto, of.tp_src, of.tp_dst, of.icmp_id


def one(*outputs: Frame, **entering: object) -> Flow:
    entered = frame(**entering)
    flow = Flows().begin(PORT, entered, original(entered), 0)
    for each in outputs:
        flow.left(OUT, each, 0)
    return flow


def test_actions_are_the_changes_of_a_header_and_the_outputs() -> None:
    assert flow_actions(one()) == "drop"
    assert flow_actions(one(frame())) == "output(h:out)"
    changed = frame(ttl=63, nw_dst=ip("10.0.0.9"), tp_dst=80, hw_src=mac("02:00:00:00:00:01"))
    text = "set(hw-src=02:00:00:00:00:01,dst=10.0.0.9,ttl=63,dst-port=80),output(h:out)"
    assert flow_actions(one(changed)) == text


def test_every_output_starts_from_the_one_before() -> None:
    flow = one(frame(ttl=63), frame(ttl=63), frame(ttl=62))
    assert flow_actions(flow) == "set(ttl=63),output(h:out),output(h:out),set(ttl=62),output(h:out)"


def test_tags_are_popped_and_pushed() -> None:
    seven, eight = 0x81000007, 0x81000008
    assert flow_actions(one(frame(), vlans=(seven,))) == "pop_vlan,output(h:out)"
    assert flow_actions(one(frame(vlans=(seven,)))) == "push_vlan(7),output(h:out)"
    both = one(frame(vlans=(eight, seven)), vlans=(seven,))
    assert flow_actions(both) == "push_vlan(8),output(h:out)"
    other = one(frame(vlans=(eight,)), vlans=(seven,))
    assert flow_actions(other) == "pop_vlan,push_vlan(8),output(h:out)"


def test_the_flow_used_longest_ago_gives_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "MAX_FLOWS", 2)
    table = Flows()
    for port in (1, 2, 1, 3):
        entering = frame(tp_src=port)
        table.begin(PORT, entering, original(entering), 0).dropped = True
    assert [(flow.match[5][3], flow.packets) for flow in table.live(0)] == [(1, 2), (3, 1)]


def live(lab: NetLab) -> list[tuple[object, int, str]]:
    """(in-port, packets, actions) of the flows in use."""
    found = lab.state.flows.live(lab.network.engine.now_ns)
    return [(flow.match[0], flow.packets, flow_actions(flow)) for flow in found]


def known_lab() -> NetLab:
    lab = NetLab(ROUTER)
    know(lab, "20.0.0.9", mac("02:00:00:00:00:aa"))
    return lab


def test_a_packet_on_its_way_makes_a_flow_that_lasts_a_minute() -> None:
    lab = known_lab()
    for _ in range(3):
        send(lab, packet())
    macs = "hw-src=02:00:00:00:00:02,hw-dst=02:00:00:00:00:aa"
    assert live(lab) == [(lab.key("router0:port0"), 3, f"set({macs},ttl=63),output(host0:out)")]
    lab.wait(59)
    assert live(lab)
    lab.wait(2)
    assert not live(lab)


def test_what_waits_makes_a_flow_when_it_goes_on() -> None:
    lab = NetLab(ROUTER)
    send(lab, packet())
    assert not live(lab)
    lab.wait(50)
    know(lab, "20.0.0.9", mac("02:00:00:00:00:aa"))
    (flow,) = live(lab)
    assert flow[2].endswith("output(host0:out)")


def test_what_the_router_takes_in_makes_none_and_what_it_drops_does() -> None:
    lab = known_lab()
    send(lab, packet("20.0.0.1", proto=1, tp_src=8, tp_dst=0))
    assert not live(lab)
    send(lab, packet(ttl=1))
    assert live(lab) == [(lab.key("router0:port0"), 1, "drop")]
