"""The event stream and the reasons: documented, stable, and complete."""

from __future__ import annotations

import re
from inspect import get_annotations
from typing import get_args

import pytest
from simlab import Lab, ip, net, published_lab, told, with_dnat

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
from midocli.simulator.topology.condition import ANYTHING
from midocli.simulator.topology.crossings import Crossing, Tunnel
from midocli.simulator.topology.service_records import (
    DhcpSubnet,
    LoadBalancer,
    Member,
    Pool,
    TraceRequest,
    Vip,
)
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
    lab = published_lab()
    lab.routers["router0"].infilter = lab.add_chain("c", {"type": "drop"})
    recorder = lab.watch(events=True)
    lab.ping("client", "192.168.77.119", origin="mine")
    ((_, event),) = told(recorder, Dropped)
    ((origin, reason, frame),) = lab.drops
    assert event.reason is reason
    assert (origin, frame.nw_dst) == ("mine", ip("192.168.77.119"))


def test_rules_passed_over_name_the_fields_that_did_not_match() -> None:
    lab = published_lab()
    lab.routers["router0"].infilter = lab.add_chain(
        "c", {"type": "drop", "proto": 6, "dst_port": (80, 80)}, {"type": "drop", "tos": 4}
    )
    recorder = lab.watch(events=True)
    lab.ping("client", "192.168.77.119")
    at, passed = told(recorder, RulesPassed)[0]
    assert passed.rules == (
        ("c:rule0", ("proto", "dst_port")),
        ("c:rule1", ("tos",)),
    )
    assert (at, passed.filter) == ("router0", "infilter")


def test_several_recorders_each_get_what_they_asked_for() -> None:
    lab = published_lab()
    one, two = lab.watch("host0:veth0"), lab.watch("host0:tap", events=True)
    lab.ping("client", "192.168.77.119")
    assert {each.point for each in one.captures} == {"host0:veth0"}
    assert {each.point for each in two.captures} == {"host0:tap"}
    assert one.steps == [] and two.steps


def test_captures_carry_origin_and_walk() -> None:
    lab = published_lab()
    recorder = lab.watch("host0:veth0", events=True)
    lab.ping("client", "192.168.77.119", origin="mine")
    assert {each.origin for each in recorder.captures} == {"mine"}
    walks = {step.walk for step in recorder.steps}
    assert {each.walk for each in recorder.captures if each.direction == "out"} <= walks


def test_texts_are_plain_sentences() -> None:
    lab = published_lab()
    lab.echo("client", "192.168.77.119", ttl=1)
    lab.run()
    for _, reason, _ in lab.drops:
        assert reason.text == reason.text.strip() and not reason.text.endswith(".")


def ordinary_kinds(lab: Lab) -> None:
    """Ping through NAT, both directions tracked, with one rule of each uneventful sort."""
    with_dnat(lab, {"type": "rev_snat"}, {"type": "jump", "jump_to": "gone"})
    lab.routers["router0"].outfilter = lab.add_chain(
        "out",
        {"type": "jump", "jump_to": "more"},
        {"type": "trace", "trace_request": "tr0"},
        {"type": "l2-transform"},
        {"type": "accept", "flow": "fwd-flow"},
        {"type": "rev_dnat", "src": net("192.168.77.119")},
    )
    lab.add_chain("more", {"type": "jump", "jump_to": "out"}, {"type": "return"})
    lab.ping("client", "192.168.79.119")
    lab.ping("client", "192.168.79.119")


def unanswered_kinds(lab: Lab) -> None:
    """What goes wrong: no route, silence, rules that drop, redirects, errors not sent."""
    lab.ping("client", "192.168.79.5")
    lab.ping("client", "192.168.77.5", seconds=70)
    lab.ping("vm", "192.168.77.6", seconds=5)
    lab.ping("client", "192.168.78.1")
    port = lab.ports["bridge1:port1"]
    port.infilter = lab.add_chain("c", {"type": "redirect", "target_port": "bridge0:port1"})
    lab.ping("client", "192.168.77.119")
    lab.routers["router0"].routes = ()
    lab.changed("router", "router0")
    port.infilter = None
    lab.echo("client", "192.168.77.119", data=bytes(2000))
    lab.run()
    gratuitous = arp_request(0x020000000055, ip("192.168.78.5"), ip("192.168.78.5"))
    lab.network.inject("host0:veth0", gratuitous)
    lab.run()


def service_kinds(lab: Lab) -> None:
    """A mirror, a load balancer's VIP, and DHCP."""
    lab.ping("client", "192.168.77.119")
    router, bridge = lab.routers["router0"], lab.bridges["bridge1"]
    router.in_mirrors = (lab.add_mirror("m", lab.ports["bridge0:port1"], {}),)
    pool = Pool("pool0", members=(Member("pm0", ip("192.168.77.119"), 80),))
    vip = Vip("vip0", ip("192.168.79.1"), 80, pool)
    lab.load_balancers["lb0"] = LoadBalancer("lb0", "lb0", vips=(vip,))
    router.load_balancer = "lb0"
    syn = Segment(1, 0, SYN, 64240)
    client = lab.network.guest("client")
    client.send(tcp_packet(ip("192.168.78.9"), 1000, vip.address, vip.port, syn))
    lab.run()
    mac = lab.guests["client"].nics[0].mac
    bridge.subnets = (DhcpSubnet(net("192.168.78.0/24"), hosts={mac: ip("192.168.78.9")}),)
    request = Message(1, 7, mac, {MESSAGE_TYPE: bytes((DISCOVER,))})
    lab.network.inject("host0:veth0", client_frame(request))
    lab.run()


def host_kinds(lab: Lab) -> None:
    """A frame from one host to another, traced."""
    for key, host in (("bridge1:port1", "one"), ("bridge0:port1", "two")):
        lab.ports[key].host = host
    lab.routers["router0"].traces = (TraceRequest("tr", "tr0", ANYTHING),)
    lab.network.trace({"tr0": ("tr", "tr0")})
    lab.crossings["one", "two"] = Crossing("one", "two", Tunnel("gre", 1, 2, 3, 4), True)
    lab.ping("client", "192.168.77.119")


def test_every_kind_happens_has_a_text_and_carries_what_its_class_says() -> None:
    lab = published_lab()
    recorder = lab.watch(events=True)
    ordinary_kinds(lab)
    lab.routers["router0"].outfilter = None
    lab.ping("client", "192.168.79.119")
    unanswered_kinds(lab)
    other = published_lab()
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
    lab = published_lab()
    recorder = lab.watch(events=True)
    ordinary_kinds(lab)
    why = {event.why for _, event in told(recorder, RuleNotApplied)}
    assert why == {"no-state", "jump-target-gone", "already-visited", "no-pop-or-push"}


def test_vlan_changes_are_recorded() -> None:
    lab = published_lab()
    lab.ping("client", "192.168.77.119")
    push = {"type": "l2-transform", "push_vlan": 5}
    lab.ports["bridge0:port1"].outfilter = lab.add_chain("c", push)
    recorder = lab.watch(events=True)
    lab.ping("client", "192.168.77.119")
    changes = [event.changes for _, event in told(recorder, Rewritten)]
    assert {"vlans": ((), (5,))} in changes


def test_nobody_watching_costs_no_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("an event was made for nobody")

    lab = with_dnat(published_lab())
    monkeypatch.setattr(events.EventBase, "__init__", refuse)
    for module in (network, walk):
        monkeypatch.setattr(module, "Step", refuse)
    monkeypatch.setattr(network, "Captured", refuse)
    assert lab.ping("client", "192.168.79.119")
