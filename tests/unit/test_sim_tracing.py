"""Trace requests: which walks are kept, and what of them."""

from __future__ import annotations

import pytest
from simlab import Lab, net, published_lab

from midocli.simulator.devices.pipeline import Pipeline
from midocli.simulator.devices.tracing import MOST_WALKS
from midocli.simulator.events import ArpWaiting, Delivered, Entered, NextHop, Traced
from midocli.simulator.recorder import Step
from midocli.simulator.topology.condition import ANYTHING, Condition
from midocli.simulator.topology.service_records import PortFeatures, TraceRequest
from midocli.simulator.wire.frame import Frame

ICMP = Condition(proto=1)


def traced_lab(condition: Condition = ICMP, limit: int | None = None, enabled: bool = True) -> Lab:
    """The published lab with a request on its router."""
    lab = published_lab()
    lab.routers["router0"].traces = (TraceRequest("tr", "tr0", condition, limit),)
    if enabled:
        lab.network.trace({"tr0": ("tr", "tr0")})
    return lab


def kept(lab: Lab, request: str = "tr") -> list[list[Step]]:
    return [trail.steps for trail in lab.network.state.trace_log.walks[request]]


def test_the_whole_walk_is_kept_from_where_it_began() -> None:
    lab = traced_lab()
    assert lab.ping("client", "192.168.77.119")
    request, reply = kept(lab)
    assert (type(request[0].event), request[0].at) == (Entered, "bridge1:port1")
    assert reply[0].at == "bridge0:port1"
    kinds = [type(step.event) for step in request]
    assert kinds.index(Entered) < kinds.index(Traced) < kinds.index(Delivered)
    assert len({step.walk for step in request}) == 1


def test_a_frame_that_waits_is_kept_until_it_is_out() -> None:
    lab = traced_lab()
    lab.ping("client", "192.168.77.119")
    kinds = [type(step.event) for step in kept(lab)[0]]
    # parity: trace-ends
    assert kinds.index(ArpWaiting) < kinds.index(NextHop) < kinds.index(Delivered)


@pytest.mark.parametrize(
    "condition", [Condition(proto=17), Condition(src=net("10.0.0.0/8"))], ids=["proto", "src"]
)
def test_what_does_not_match_is_not_kept(condition: Condition) -> None:
    lab = traced_lab(condition)
    assert lab.ping("client", "192.168.77.119")
    # parity: trace-ends
    assert not kept(lab)
    assert not lab.network.state.trace_log.trails


def test_nothing_is_noted_while_no_request_is_enabled() -> None:
    lab = traced_lab(enabled=False)
    assert lab.ping("client", "192.168.77.119")
    assert not kept(lab)
    assert not lab.network.wants_events
    assert Pipeline(lab.network, Frame()).trail is None


def test_a_limit_ends_it() -> None:
    lab = traced_lab(limit=3)
    for _ in range(3):
        assert lab.ping("client", "192.168.77.119")
    assert len(kept(lab)) == 3
    lab.network.state.trace_log.taken.clear()
    lab.ping("client", "192.168.77.119")
    assert len(kept(lab)) == 5


def test_without_a_limit_ten_thousand_are_kept() -> None:
    lab = traced_lab()
    lab.ping("client", "192.168.77.119")
    taken = lab.network.state.trace_log.taken
    taken["tr"] = MOST_WALKS - 1
    lab.ping("client", "192.168.77.119")
    # parity: trace-no-limit
    assert (len(kept(lab)), taken["tr"]) == (3, 10_000)


def test_several_requests_keep_the_same_walk() -> None:
    lab = traced_lab(limit=1)
    port = lab.ports["bridge1:port1"]
    port.features = PortFeatures(traces=(TraceRequest("in", "tr1", ANYTHING),))
    lab.ping("client", "192.168.77.119")
    assert kept(lab)[0] in kept(lab, "in")


@pytest.mark.parametrize(("limit", "count"), [(None, 2), (1, 1), (0, 0)])
def test_a_trace_rule_marks_for_an_enabled_request(limit: int | None, count: int) -> None:
    lab = published_lab()
    rule = {"type": "trace", "proto": 1, "trace_request": "tr9", "trace_limit": limit}
    lab.routers["router0"].infilter = lab.add_chain("c", rule)
    lab.ping("client", "192.168.77.119")
    assert not kept(lab, "nine")
    lab.network.trace({"tr9": ("nine", "tr9")})
    lab.ping("client", "192.168.77.119")
    assert len(kept(lab, "nine")) == count


def test_reset_forgets_the_walks() -> None:
    lab = traced_lab()
    lab.ping("client", "192.168.77.119")
    lab.network.reset()
    assert not kept(lab)
