"""Chains: order, jumps and returns, and every type of rule, seen through a router's infilter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from simlab import ip, net, published_lab, seen

TO_VM = {"dst": net("192.168.77.119")}


def outcome(
    *rules: dict[str, Any],
    chains: Mapping[str, Sequence[dict[str, Any]]] | None = None,
    where: str = "infilter",
    dst: str = "192.168.77.119",
) -> str | list[tuple[str, str | None]]:
    """What became of a ping: `reply`, or the codes and rules of the drops."""
    lab = published_lab()
    for alias, others in (chains or {}).items():
        lab.add_chain(alias, *others)
    setattr(lab.routers["router0"], where, lab.add_chain("top", *rules))
    arrivals = lab.ping("client", dst)
    if any(arrival.frame.tp_src == 0 for arrival in arrivals):
        return "reply"
    return [(str(reason.code), reason.rule) for _, reason, _ in lab.drops]


def test_a_chain_without_rules_accepts() -> None:
    assert outcome() == "reply"


def test_the_first_decision_counts() -> None:
    assert outcome({"type": "accept"}, {"type": "drop"}) == "reply"
    assert outcome({"type": "drop", **TO_VM}, {"type": "accept"}) == [("rule-drop", "top:rule0")]


def test_what_does_not_match_is_passed_over() -> None:
    assert outcome({"type": "drop", "proto": 6}, {"type": "accept"}) == "reply"


def test_continue_and_trace_go_on() -> None:
    assert outcome({"type": "continue"}, {"type": "trace"}, {"type": "drop"}) == [
        ("rule-drop", "top:rule2")
    ]


def test_return_at_the_top_accepts() -> None:
    assert outcome({"type": "return"}, {"type": "drop"}) == "reply"


def test_a_jumped_to_chain_decides() -> None:
    drops = {"other": [{"type": "drop"}]}
    assert outcome({"type": "jump", "jump_to": "other"}, chains=drops) == [
        ("rule-drop", "other:rule0")
    ]


def test_a_jumped_to_chain_that_ends_returns_to_its_caller() -> None:
    rules = [{"type": "jump", "jump_to": "other"}, {"type": "drop"}]
    for other in ([], [{"type": "return"}, {"type": "accept"}]):
        assert outcome(*rules, chains={"other": other}) == [("rule-drop", "top:rule1")]


def test_a_jump_back_and_a_second_visit_are_skipped() -> None:
    jump = {"type": "jump", "jump_to": "other"}
    back = {"other": [{"type": "jump", "jump_to": "top"}]}
    assert outcome(jump, {"type": "drop"}, chains=back) == [("rule-drop", "top:rule1")]
    once = {"other": [{"type": "drop", "proto": 6}]}
    assert outcome(jump, jump, chains=once) == "reply"


def test_a_jump_to_a_deleted_chain_is_skipped() -> None:
    assert outcome({"type": "jump", "jump_to": "gone"}, {"type": "accept"}) == "reply"


def test_reject_is_answered_with_prohibited() -> None:
    lab = published_lab()
    lab.routers["router0"].infilter = lab.add_chain("top", {"type": "reject", **TO_VM})
    (error,) = lab.ping("client", "192.168.77.119")
    assert (error.frame.tp_src, error.frame.tp_dst) == (3, 13)
    assert error.frame.nw_src == ip("192.168.78.1")
    assert error.quoted.nw_dst == ip("192.168.77.119")
    assert lab.codes() == ["rule-reject"]


def test_the_outfilter_knows_both_ports() -> None:
    ports = {"in_ports": frozenset({"router0:port1"}), "out_ports": frozenset({"router0:port0"})}
    assert outcome({"type": "drop", **ports}, where="outfilter") == [("rule-drop", "top:rule0")]
    assert outcome({"type": "drop", **ports}, where="infilter") == "reply"


@pytest.mark.parametrize(
    ("chain", "name"), [("local_redirect_chain", "infilter"), ("forward_chain", "outfilter")]
)
def test_the_second_chain_of_each_side_runs_first(chain: str, name: str) -> None:
    """`topology/RouterMapper.scala` puts them in front of the infilter and outfilter."""
    lab = published_lab()
    router = lab.routers["router0"]
    setattr(router, chain, lab.add_chain("first", {"type": "drop"}))
    setattr(router, name, lab.add_chain("second", {"type": "reject"}))
    assert lab.ping("client", "192.168.77.119") == []
    assert [(reason.rule, reason.details["filter"]) for _, reason, _ in lab.drops] == [
        ("first:rule0", chain.replace("_", "-"))
    ]


@pytest.mark.parametrize("filter_name", ["infilter", "outfilter"])
@pytest.mark.parametrize("port", ["bridge1:port1", "bridge1:port0", "router0:port1"])
def test_port_filters(port: str, filter_name: str) -> None:
    lab = published_lab()
    setattr(lab.ports[port], filter_name, lab.add_chain("top", {"type": "drop", "proto": 1}))
    assert lab.ping("client", "192.168.77.119") == []
    (reason,) = [reason for _, reason, _ in lab.drops]
    assert (reason.code, reason.at, reason.rule) == ("rule-drop", port, "top:rule0")


@pytest.mark.parametrize("filter_name", ["infilter", "outfilter"])
def test_bridge_filters(filter_name: str) -> None:
    lab = published_lab()
    setattr(lab.bridges["bridge0"], filter_name, lab.add_chain("top", {"type": "drop", "proto": 1}))
    lab.ping("client", "192.168.77.119")
    assert [(reason.at, reason.code) for _, reason, _ in lab.drops] == [("bridge0", "rule-drop")]


def test_a_redirect_leaves_by_its_target_port_unfiltered() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    port = lab.bridge_port("bridge0", "host0:service")
    port.outfilter = lab.add_chain("none", {"type": "drop"})
    lab.changed("bridge", "bridge0")
    lab.bridges["bridge0"].infilter = lab.add_chain(
        "top", {"type": "redirect", "target_port": port.alias, **TO_VM}
    )
    recorder = lab.watch("host0:service")
    lab.ping("client", "192.168.77.119")
    assert len(recorder.captures) == 1
    assert lab.codes() == ["no-answer"], "nobody is behind the interface"


def test_a_redirect_into_a_port() -> None:
    lab = published_lab()
    lab.add_bridge("bridge2")
    entry = lab.bridge_port("bridge2", "host0:x")
    lab.bridge_port("bridge2", "host0:y")
    lab.ports["bridge1:port1"].infilter = lab.add_chain(
        "top", {"type": "redirect", "target_port": entry.alias, "ingress": True, "proto": 1}
    )
    recorder = lab.watch("host0:y")
    lab.ping("client", "192.168.77.119")
    assert len(recorder.captures) == 1


def test_a_redirect_to_nowhere_or_a_service_that_is_down() -> None:
    lab = published_lab()
    rule = {"type": "redirect", "target_port": "gone", "proto": 1}
    lab.ports["bridge1:port1"].infilter = lab.add_chain("top", rule)
    lab.ping("client", "192.168.77.119")
    service = lab.bridge_port("bridge1", "host0:service")
    service.service, service.active = True, False
    lab.add_chain("top", rule | {"target_port": service.alias})
    lab.changed("chain", "top")
    lab.ping("client", "192.168.77.119")
    assert lab.codes() == ["redirect-down", "redirect-down"]


def test_failing_open_acts_as_if_the_service_had_sent_it_back() -> None:
    lab = published_lab()
    service = lab.bridge_port("bridge1", "host0:service")
    service.service, service.active = True, False
    lab.ping("client", "192.168.77.119")
    rule = {"type": "redirect", "target_port": service.alias, "fail_open": True, **TO_VM}
    lab.ports["bridge1:port1"].infilter = lab.add_chain("top", rule)
    recorder = lab.watch("host0:tap")
    lab.ping("client", "192.168.77.119")
    assert [d for d, f in seen(recorder, "host0:tap") if f.tos >= 0] == ["out", "in"]
    assert lab.codes()[-1] == "redirect-down", "the bridge learned the client behind the service"


def test_only_redirected_frames_leave_by_a_service_port() -> None:
    lab = published_lab()
    lab.bridge_port("bridge1", "host0:service").service = True
    lab.echo("client", "192.168.78.77")
    lab.run()
    assert "redirect-down" in lab.codes()


def test_a_redirect_that_comes_round_again_is_a_loop() -> None:
    lab = published_lab()
    rule = {"type": "redirect", "target_port": "bridge1:port1", "ingress": True, "proto": 1}
    lab.bridges["bridge1"].infilter = lab.add_chain("top", rule)
    lab.ping("client", "192.168.77.119")
    assert lab.codes() == ["loop"]


def test_l2_transform_pushes_and_pops() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    push = {"type": "l2-transform", "push_vlan": 7, "proto": 1}
    lab.ports["bridge0:port1"].outfilter = lab.add_chain("top", push)
    recorder = lab.watch("host0:tap")
    lab.ping("client", "192.168.77.119")
    assert recorder.captures[0].data[12:18].hex() == "810000070800"
    assert lab.codes() == ["vlan-mismatch"], "the guest takes no tags"
    pop = {"type": "l2-transform", "pop_vlan": True, "vlan": 7}
    lab.add_chain("top", push, pop | {"action": "drop"})
    lab.add_chain("top", push | {"action": "continue"}, pop)
    lab.changed("chain", "top")
    assert len(lab.ping("client", "192.168.77.119")) == 1


@pytest.mark.parametrize("kind", ["l2-transform", "redirect"])
def test_popping_a_tag_that_is_not_there_drops(kind: str) -> None:
    rule = {"type": kind, "pop_vlan": True, "target_port": "bridge0:port1"}
    assert outcome(rule, {"type": "accept"}) == [("rule-drop", "top:rule0")]


def test_popping_and_pushing_one_tag_is_done() -> None:
    same = {"type": "l2-transform", "pop_vlan": True, "push_vlan": 7}
    tagged = {"type": "l2-transform", "push_vlan": 7, "action": "continue"}
    assert outcome(tagged, same, {"type": "drop"}) != [("rule-drop", "top:rule2")]


def test_transforming_nothing_is_passed_over() -> None:
    rules = ({"type": "l2-transform"}, {"type": "drop"})
    assert outcome(*rules) == [("rule-drop", "top:rule1")]
