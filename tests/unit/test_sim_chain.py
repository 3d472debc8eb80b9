"""Chains: order, jumps and returns, and every type of rule, seen through a router's infilter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from netlab import PUBLISHED, NetLab, ip, seen

TO_VM = "dst 192.168.77.119"


def outcome(
    *rules: str,
    chains: Mapping[str, Sequence[str]] | None = None,
    where: str = "infilter",
    dst: str = "192.168.77.119",
) -> str | list[tuple[str, str | None]]:
    """What became of a ping: `reply`, or the codes and rules of the drops; chain0 is `top`."""
    lab = NetLab(PUBLISHED)
    every = {"top": rules, **(chains or {})}
    for name in every:
        lab(f"chain create name {name}")
    for name, those in every.items():
        lab.rules(f"chain {name}", *those)
    lab(f"router0 set {where} top")
    if any(arrival.frame.tp_src == 0 for arrival in lab.echoed("client", dst)):
        return "reply"
    return [(str(reason.code), reason.rule) for _, reason, _ in lab.drops]


def test_a_chain_without_rules_accepts() -> None:
    assert outcome() == "reply"


def test_the_first_decision_counts() -> None:
    assert outcome("type accept", "type drop") == "reply"
    assert outcome(f"type drop {TO_VM}", "type accept") == [("rule-drop", "chain0:rule0")]


def test_what_does_not_match_is_passed_over() -> None:
    assert outcome("type drop proto 6", "type accept") == "reply"


def test_continue_and_trace_go_on() -> None:
    assert outcome("type continue", "type trace", "type drop") == [("rule-drop", "chain0:rule2")]


def test_return_at_the_top_accepts() -> None:
    assert outcome("type return", "type drop") == "reply"


def test_a_jumped_to_chain_decides() -> None:
    drops = {"other": ["type drop"]}
    assert outcome("type jump jump-to other", chains=drops) == [("rule-drop", "chain1:rule0")]


def test_a_jumped_to_chain_that_ends_returns_to_its_caller() -> None:
    rules = ["type jump jump-to other", "type drop"]
    for other in ([], ["type return", "type accept"]):
        assert outcome(*rules, chains={"other": other}) == [("rule-drop", "chain0:rule1")]


def test_a_jump_back_and_a_second_visit_are_skipped() -> None:
    jump = "type jump jump-to other"
    back = {"other": ["type jump jump-to top"]}
    assert outcome(jump, "type drop", chains=back) == [("rule-drop", "chain0:rule1")]
    once = {"other": ["type drop proto 6"]}
    assert outcome(jump, jump, chains=once) == "reply"


def test_a_jump_to_a_deleted_chain_is_skipped() -> None:
    lab = NetLab(PUBLISHED)
    gone = lab.chain("type drop")
    lab.filter("router0", "infilter", f"type jump jump-to {gone}", "type accept")
    lab(f"delete {gone}")
    assert len(lab.echoed("client", "192.168.77.119")) == 1


def test_reject_is_answered_with_prohibited() -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", f"type reject {TO_VM}")
    (error,) = lab.echoed("client", "192.168.77.119")
    assert (error.frame.tp_src, error.frame.tp_dst) == (3, 13)
    assert error.frame.nw_src == ip("192.168.78.1")
    assert error.quoted.nw_dst == ip("192.168.77.119")
    assert lab.codes() == ["rule-reject"]


def test_the_outfilter_knows_both_ports() -> None:
    ports = "in-ports router0:port1 out-ports router0:port0"
    assert outcome(f"type drop {ports}", where="outfilter") == [("rule-drop", "chain0:rule0")]
    assert outcome(f"type drop {ports}", where="infilter") == "reply"


@pytest.mark.parametrize(
    ("chain", "name"), [("local-redirect-chain", "infilter"), ("forward-chain", "outfilter")]
)
def test_the_second_chain_of_each_side_runs_first(chain: str, name: str) -> None:
    """`topology/RouterMapper.scala` puts them in front of the infilter and outfilter."""
    lab = NetLab(PUBLISHED)
    lab.filter("router0", chain, "type drop")
    lab.filter("router0", name, "type reject")
    assert lab.echoed("client", "192.168.77.119") == []
    assert [(reason.rule, reason.details["filter"]) for _, reason, _ in lab.drops] == [
        ("chain0:rule0", chain)
    ]


@pytest.mark.parametrize("filter_name", ["infilter", "outfilter"])
@pytest.mark.parametrize("port", ["bridge1:port1", "bridge1:port0", "router0:port1"])
def test_port_filters(port: str, filter_name: str) -> None:
    lab = NetLab(PUBLISHED)
    lab.filter(port, filter_name, "type drop proto 1")
    assert lab.echoed("client", "192.168.77.119") == []
    (reason,) = [reason for _, reason, _ in lab.drops]
    assert (reason.code, reason.at, reason.rule) == ("rule-drop", port, "chain0:rule0")


@pytest.mark.parametrize("filter_name", ["infilter", "outfilter"])
def test_bridge_filters(filter_name: str) -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("bridge0", filter_name, "type drop proto 1")
    lab.echoed("client", "192.168.77.119")
    assert [(reason.at, reason.code) for _, reason, _ in lab.drops] == [("bridge0", "rule-drop")]


def test_a_redirect_leaves_by_its_target_port_unfiltered() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    port = lab.port("bridge0 add port", "host0:service")
    lab.filter(port, "outfilter", "type drop")
    lab.filter("bridge0", "infilter", f"type redirect target-port {port} {TO_VM}")
    recorder = lab.watch("host0:service")
    lab.echoed("client", "192.168.77.119")
    assert len(recorder.captures) == 1
    assert lab.codes() == ["no-answer"], "nobody is behind the interface"


def test_a_redirect_into_a_port() -> None:
    lab = NetLab(PUBLISHED)
    lab("bridge create")
    entry = lab.port("bridge2 add port", "host0:x")
    lab.port("bridge2 add port", "host0:y")
    lab.filter(
        "bridge1:port1", "infilter", f"type redirect target-port {entry} ingress true proto 1"
    )
    recorder = lab.watch("host0:y")
    lab.echoed("client", "192.168.77.119")
    assert len(recorder.captures) == 1


def with_service(status: str = "up") -> NetLab:
    """The published lab with a service at bridge1:port2, inserted for a MAC that nobody has."""
    lab = NetLab(PUBLISHED)
    port = lab.port("bridge1 add port", "host0:service")
    lab(f"l2insertion create port bridge0:port1 srv-port {port} mac 02:00:00:00:99:99")
    lab(f"host0 interface service set status {status}")
    return lab


def test_a_redirect_to_nowhere_or_a_service_that_is_down() -> None:
    lab = with_service("down")
    chain = lab.filter(
        "bridge1:port1", "infilter", "type redirect target-port bridge1:port2 proto 1"
    )
    lab.echoed("client", "192.168.77.119")
    lab.record(chain, "chain").rules[0].target_port = None
    lab.echoed("client", "192.168.77.119")
    assert lab.codes() == ["redirect-down", "redirect-down"]


def test_failing_open_acts_as_if_the_service_had_sent_it_back() -> None:
    lab = with_service("down")
    lab.echoed("client", "192.168.77.119")
    rule = f"type redirect target-port bridge1:port2 fail-open true {TO_VM}"
    lab.filter("bridge1:port1", "infilter", rule)
    recorder = lab.watch("host0:tap")
    lab.echoed("client", "192.168.77.119")
    assert [d for d, f in seen(recorder, "host0:tap") if f.tos >= 0] == ["out", "in"]
    assert lab.codes()[-1] == "redirect-down", "the bridge learned the client behind the service"


def test_only_redirected_frames_leave_by_a_service_port() -> None:
    lab = with_service()
    lab.echo("client", "192.168.78.77")
    lab.wait()
    assert "redirect-down" in lab.codes()


def test_a_redirect_that_comes_round_again_is_a_loop() -> None:
    lab = NetLab(PUBLISHED)
    rule = "type redirect target-port bridge1:port1 ingress true proto 1"
    lab.filter("bridge1", "infilter", rule)
    lab.echoed("client", "192.168.77.119")
    assert lab.codes() == ["loop"]


def test_l2_transform_pushes_and_pops() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    push = "type l2-transform push-vlan 7 proto 1"
    chain = lab.filter("bridge0:port1", "outfilter", push)
    recorder = lab.watch("host0:tap")
    lab.echoed("client", "192.168.77.119")
    assert recorder.captures[0].data[12:18].hex() == "810000070800"
    assert lab.codes() == ["vlan-mismatch"], "the guest takes no tags"
    pop = "type l2-transform pop-vlan true vlan 7"
    lab.rules(chain, push, pop)
    lab.record(chain, "chain").rules[0].action = "continue"
    assert len(lab.echoed("client", "192.168.77.119")) == 1


@pytest.mark.parametrize("kind", ["l2-transform", "redirect"])
def test_popping_a_tag_that_is_not_there_drops(kind: str) -> None:
    rule = f"type {kind} pop-vlan true target-port bridge0:port1"
    assert outcome(rule, "type accept") == [("rule-drop", "chain0:rule0")]


def test_popping_and_pushing_one_tag_is_done() -> None:
    same = "type l2-transform pop-vlan true push-vlan 7"
    tagged = "type l2-transform push-vlan 7"
    lab = NetLab(PUBLISHED)
    chain = lab.filter("router0", "infilter", tagged, same, "type drop")
    lab.record(chain, "chain").rules[0].action = "continue"
    lab.echoed("client", "192.168.77.119")
    assert "chain0:rule2" not in [reason.rule for _, reason, _ in lab.drops]


def test_transforming_nothing_is_passed_over() -> None:
    rules = ("type l2-transform", "type drop")
    assert outcome(*rules) == [("rule-drop", "chain0:rule1")]
