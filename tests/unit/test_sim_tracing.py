"""Trace requests: which walks are kept, and what of them."""

from __future__ import annotations

import pytest
from netlab import PUBLISHED, NetLab

from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.devices.tracing import MOST_WALKS
from midocli.simulator.events import ArpWaiting, Delivered, Entered, NextHop, Traced
from midocli.simulator.recorder import Step
from midocli.simulator.wire.frame import Frame


def traced_lab(condition: str = "proto 1", enabled: str = "true") -> NetLab:
    """The published lab with a request on its router."""
    request = f"tracerequest create router router0 {condition} enabled {enabled}"
    return NetLab(PUBLISHED, request)


def kept(lab: NetLab, request: str = "tr0") -> list[list[Step]]:
    walks = lab.state.trace_log.walks[lab.key(request, "tracerequest")]
    return [trail.steps for trail in walks]


def test_the_whole_walk_is_kept_from_where_it_began() -> None:
    lab = traced_lab()
    assert lab.echoed("client", "192.168.77.119")
    request, reply = kept(lab)
    assert (type(request[0].event), request[0].at) == (Entered, "bridge1:port1")
    assert reply[0].at == "bridge0:port1"
    kinds = [type(step.event) for step in request]
    assert kinds.index(Entered) < kinds.index(Traced) < kinds.index(Delivered)
    assert len({step.walk for step in request}) == 1


def test_a_frame_that_waits_is_kept_until_it_is_out() -> None:
    lab = traced_lab()
    lab.echoed("client", "192.168.77.119")
    kinds = [type(step.event) for step in kept(lab)[0]]
    # parity: trace-ends
    assert kinds.index(ArpWaiting) < kinds.index(NextHop) < kinds.index(Delivered)


@pytest.mark.parametrize("condition", ["proto 17", "src 10.0.0.0/8"])
def test_what_does_not_match_is_not_kept(condition: str) -> None:
    lab = traced_lab(condition)
    assert lab.echoed("client", "192.168.77.119")
    # parity: trace-ends
    assert not kept(lab)
    assert not lab.state.trace_log.trails


def test_nothing_is_noted_while_no_request_is_enabled() -> None:
    lab = traced_lab(enabled="false")
    assert lab.echoed("client", "192.168.77.119")
    assert not kept(lab)
    assert not lab.network.wants_events
    assert Pipeline(lab.network, Frame()).trail is None


def test_a_limit_ends_it() -> None:
    lab = traced_lab("proto 1 limit 3")
    for _ in range(3):
        assert lab.echoed("client", "192.168.77.119")
    assert len(kept(lab)) == 3
    lab.state.trace_log.taken.clear()
    lab.echoed("client", "192.168.77.119")
    assert len(kept(lab)) == 5


def test_without_a_limit_ten_thousand_are_kept() -> None:
    lab = traced_lab()
    lab.echoed("client", "192.168.77.119")
    taken, request = lab.state.trace_log.taken, lab.key("tr0", "tracerequest")
    taken[request] = MOST_WALKS - 1
    lab.echoed("client", "192.168.77.119")
    # parity: trace-no-limit
    assert (len(kept(lab)), taken[request]) == (3, 10_000)


def test_several_requests_keep_the_same_walk() -> None:
    lab = traced_lab("proto 1 limit 1")
    lab("tracerequest create port bridge1:port1 enabled true")
    lab.echoed("client", "192.168.77.119")
    assert kept(lab)[0] in kept(lab, "tr1")


@pytest.mark.parametrize(("limit", "count"), [("", 2), ("tracelimit 1", 1), ("tracelimit 0", 0)])
def test_a_trace_rule_marks_for_an_enabled_request(limit: str, count: int) -> None:
    lab = traced_lab("proto 17 name tr9", enabled="false")
    lab.filter("router0", "infilter", f"type trace proto 1 traceid tr9 {limit}")
    lab.echoed("client", "192.168.77.119")
    assert not kept(lab)
    lab("tracerequest tr9 set enabled true")
    lab.echoed("client", "192.168.77.119")
    assert len(kept(lab)) == count


def test_reset_forgets_the_walks() -> None:
    lab = traced_lab()
    lab.echoed("client", "192.168.77.119")
    lab.network.reset()
    assert not kept(lab)
