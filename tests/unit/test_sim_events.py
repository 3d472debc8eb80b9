"""The event stream and the reasons: documented, stable, and complete."""

from __future__ import annotations

import re
from inspect import get_annotations
from typing import get_args

import pytest
from netlab import CLIENT_MAC, INFILTER, PUBLISHED, NetLab, ip, mac, told

from midocli.simulator import events, network
from midocli.simulator.devices import walk
from midocli.simulator.events import (
    Dropped,
    Event,
    Mirrored,
    Rewritten,
    RuleNotApplied,
    RulesPassed,
    Traced,
    Tracked,
)
from midocli.simulator.guests.dhcp_client import client_frame
from midocli.simulator.reason import Code, Reason
from midocli.simulator.wire.dhcp_message import DISCOVER, MESSAGE_TYPE, Message
from midocli.simulator.wire.packets import arp_request
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet
from midocli.trace.step_text import text_of

CODES = """
no-route blackhole route-reject ttl-expired rule-drop rule-reject admin-down unplugged
port-inactive arp-timeout wrong-mac vlan-mismatch vlan-on-router unsupported-ethertype
bad-source-mac same-port loop local-non-icmp no-member redirect-down fragmentation-needed
not-addressed-to-guest no-answer broadcast-at-router arp-ignored malformed nat-exhausted
rate-limited bgp-session own-address
"""
KINDS = """
generated not-generated sent entered left tunnelled delivered consumed dropped branched
rules-passed rule-matched rule-not-applied chain-ended redirected mirrored traced tracked
rewritten nat-created nat-used nat-reversed nat-unrestored balanced route-chosen no-route
next-hop arp-waiting arp-learned arp-failed mac-learned bridged flooded dhcp-answered
"""


def test_the_reason_codes_are_the_stable_ones() -> None:
    assert {str(code) for code in Code} == set(CODES.split())


def test_the_kinds_of_event_are_the_stable_ones() -> None:
    assert {kind().kind for kind in get_args(Event)} == set(KINDS.split())


def test_an_event_is_a_value_of_its_kind() -> None:
    one = Mirrored(mirror="m", port="p")
    assert one == Mirrored(mirror="m", port="p") != Mirrored(mirror="m", port="q")
    assert Traced(trace_request="one") != Tracked(direction="one")
    assert repr(one) == "Mirrored({'mirror': 'm', 'port': 'p'})"


def test_a_reason_is_a_value() -> None:
    one = Reason(Code.NO_ROUTE, "router0", None, "no route")
    assert one == Reason(Code.NO_ROUTE, "router0", None, "no route")
    assert dict(one.details) == {}


def test_a_drop_is_told_to_the_recorder_and_to_the_listener() -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", "type drop")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119", origin="mine")
    ((_, event),) = told(recorder, Dropped)
    ((origin, reason, frame),) = lab.drops
    assert event.reason is reason
    assert (origin, frame.nw_dst) == ("mine", ip("192.168.77.119"))


def test_rules_passed_over_name_the_fields_that_did_not_match() -> None:
    lab = NetLab(PUBLISHED)
    lab.filter("router0", "infilter", "type drop proto 6 dst-port 80", "type drop tos 4")
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119")
    at, passed = told(recorder, RulesPassed)[0]
    assert passed.rules == (
        ("chain0:rule0", ("proto", "dst_port")),
        ("chain0:rule1", ("tos",)),
    )
    assert (at, passed.filter) == ("router0", "infilter")


def test_several_recorders_each_get_what_they_asked_for() -> None:
    lab = NetLab(PUBLISHED)
    one, two = lab.watch("host0:veth0"), lab.watch("host0:tap", events=True)
    lab.echoed("client", "192.168.77.119")
    assert {each.point for each in one.captures} == {"host0:veth0"}
    assert {each.point for each in two.captures} == {"host0:tap"}
    assert one.steps == [] and two.steps


def test_captures_carry_origin_and_walk() -> None:
    lab = NetLab(PUBLISHED)
    recorder = lab.watch("host0:veth0", events=True)
    lab.echoed("client", "192.168.77.119", origin="mine")
    assert {each.origin for each in recorder.captures} == {"mine"}
    walks = {step.walk for step in recorder.steps}
    assert {each.walk for each in recorder.captures if each.direction == "out"} <= walks


def test_texts_are_plain_sentences() -> None:
    lab = NetLab(PUBLISHED)
    lab.echo("client", "192.168.77.119", ttl=1)
    lab.wait()
    for _, reason, _ in lab.drops:
        assert reason.text == reason.text.strip() and not reason.text.endswith(".")


def ordinary_kinds(lab: NetLab) -> None:
    """Ping through NAT, both directions tracked, with one rule of each uneventful sort."""
    lab(INFILTER)
    gone, more, out = (lab.chain() for _ in range(3))
    lab("chain0 add rule pos 3 type rev_snat")
    lab(f"chain0 add rule pos 4 type jump jump-to {gone}\ndelete {gone}")
    lab.rules(
        out,
        f"type jump jump-to {more}",
        "type trace traceid tr0",
        "type l2-transform",
        "type accept flow fwd-flow",
        "type rev_dnat src 192.168.77.119",
    )
    lab.rules(more, f"type jump jump-to {out}", "type return")
    lab(f"router0 set outfilter {out}")
    lab.echoed("client", "192.168.79.119")
    lab.echoed("client", "192.168.79.119")


def unanswered_kinds(lab: NetLab) -> None:
    """What goes wrong: no route, silence, rules that drop, redirects, errors not sent."""
    lab.echoed("client", "192.168.79.5")
    lab.echoed("client", "192.168.77.5", seconds=70)
    lab.echoed("vm", "192.168.77.6", seconds=5)
    lab.echoed("client", "192.168.78.1")
    lab.filter("bridge1:port1", "infilter", "type redirect target-port bridge0:port1")
    lab.echoed("client", "192.168.77.119")
    lab("router0 delete route route0\nrouter0 delete route route1\nbridge1:port1 clear infilter")
    lab.echo("client", "192.168.77.119", data=bytes(2000))
    lab.wait()
    gratuitous = arp_request(0x020000000055, ip("192.168.78.5"), ip("192.168.78.5"))
    lab.network.inject("host0:veth0", gratuitous)
    lab.wait()


SERVICES = f"""
mirror create to-port bridge0:port1
mirror0 add matches ethertype 0x800
router0 set in-mirrors mirror0
load-balancer create
router0 set load-balancer lb0
lb0 add pool
lb0 pool pool0 add vip address 192.168.79.1 protocol-port 80
lb0 pool pool0 add member address 192.168.77.119 protocol-port 80
bridge1 add dhcp subnet 192.168.78.0/24
bridge1 dhcp 192.168.78.0/24 add host mac {CLIENT_MAC} address 192.168.78.9
"""
#: The VM on another host, behind a tunnel, and traced.
HOSTS = """
host create name other
host0 delete binding interface tap
host1 add binding port bridge0:port1 interface tap
guest vm set interface host1:tap
tunnel-zone create name z type gre
tunnel-zone z add member host host0 address 172.19.0.1
tunnel-zone z add member host host1 address 172.19.0.2
tracerequest create router router0 enabled true
"""


def service_kinds(lab: NetLab) -> None:
    """A mirror, a load balancer's VIP, and DHCP."""
    lab.echoed("client", "192.168.77.119")
    lab(SERVICES)
    syn = Segment(1, 0, SYN, 64240)
    client = lab.stack("client")
    client.send(tcp_packet(ip("192.168.78.9"), 1000, ip("192.168.79.1"), 80, syn))
    lab.wait()
    request = Message(1, 7, mac(CLIENT_MAC), {MESSAGE_TYPE: bytes((DISCOVER,))})
    lab.network.inject("host0:veth0", client_frame(request))
    lab.wait()


def host_kinds(lab: NetLab) -> None:
    """A frame from one host to another, traced."""
    lab(HOSTS)
    lab.echoed("client", "192.168.77.119")


def test_every_kind_happens_has_a_text_and_carries_what_its_class_says() -> None:
    lab = NetLab(PUBLISHED)
    recorder = lab.watch(events=True)
    ordinary_kinds(lab)
    lab("router0 clear outfilter")
    lab.echoed("client", "192.168.79.119")
    unanswered_kinds(lab)
    other = NetLab(PUBLISHED)
    other.network.watch(recorder)
    service_kinds(other)
    host_kinds(other)
    for event in (step.event for step in recorder.steps):
        assert vars(event).keys() == promised(type(event)), event
        assert re.fullmatch(r"\S.*\S", text_of(event)), event
    assert {type(step.event) for step in recorder.steps} == set(get_args(Event))


def promised(kind: type[Event]) -> set[str]:
    """The fields that a kind of event has."""
    return {name for each in kind.__mro__ for name in get_annotations(each)} - {"kind"}


def test_skipped_jumps_say_why() -> None:
    lab = NetLab(PUBLISHED)
    recorder = lab.watch(events=True)
    ordinary_kinds(lab)
    why = {event.why for _, event in told(recorder, RuleNotApplied)}
    assert why == {"no-state", "jump-target-gone", "already-visited", "no-pop-or-push"}


def test_vlan_changes_are_recorded() -> None:
    lab = NetLab(PUBLISHED)
    lab.echoed("client", "192.168.77.119")
    push = "type l2-transform push-vlan 5"
    lab.filter("bridge0:port1", "outfilter", push)
    recorder = lab.watch(events=True)
    lab.echoed("client", "192.168.77.119")
    changes = [event.changes for _, event in told(recorder, Rewritten)]
    assert {"vlans": ((), (5,))} in changes


def test_nobody_watching_costs_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an event was made for nobody")

    lab = NetLab(PUBLISHED, INFILTER)
    monkeypatch.setattr(events.EventBase, "__init__", refuse)
    for module in (network, walk):
        monkeypatch.setattr(module, "Step", refuse)
    monkeypatch.setattr(network, "Captured", refuse)
    assert lab.echoed("client", "192.168.79.119")
