"""Conditions: every field, negation, inversion, fragments, and frames that lack the field."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netlab import ip, net

from midocli.simulator.topology.condition import (
    Condition,
    compile_condition,
    effective_policy,
    mismatches,
)
from midocli.simulator.topology.records import NO_PORT, Port
from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import arp_request, echo_request, icmp_error

UDP_FRAME = udp_packet(ip("10.0.0.5"), 1234, ip("192.168.1.9"), 53, b"x")
UDP_FRAME.hw_src, UDP_FRAME.hw_dst, UDP_FRAME.tos = 0x020000000001, 0x020000000002, 8
ARP_FRAME = arp_request(0x020000000001, ip("10.0.0.5"), ip("10.0.0.1"))
IPV6_FRAME = Frame(ethertype=0x86DD)
TAGGED = replace(UDP_FRAME, vlans=(0x8100_0064,))
ERROR = icmp_error(
    ip("10.0.0.1"), ip("10.0.0.5"), 3, 1, echo_request(ip("10.0.0.5"), 7, 1, 1, b"").ip_bytes()
)
P1, P2 = Port("p1", "p1"), Port("p2", "p2")


def walk(**changes: Any) -> Any:
    groups = {"g1": frozenset({"p1"}), "g2": frozenset({"p2"})}
    addresses = {"a1": frozenset({ip("10.0.0.5")}), "a2": frozenset({ip("192.168.1.9")})}
    values = {
        "in_port": P1,
        "out_port": NO_PORT,
        "entry": P1,
        "nw_dst_rewritten": False,
        "topology": SimpleNamespace(port_groups=groups, ip_address_groups=addresses),
        "is_forward": lambda: True,
    }
    return SimpleNamespace(**values | changes)


def matches(frame: Frame, context: Any = None, **fields: Any) -> bool:
    condition = Condition(**fields)
    context = context or walk()
    result = bool(compile_condition(condition)(context, frame))
    assert result == (mismatches(condition, context, frame) == ()) or condition.inverted
    return result


@pytest.mark.parametrize(
    ("field", "right", "wrong"),
    [
        ("hw_src", 0x020000000001, 0x020000000003),
        ("hw_dst", 0x020000000002, 0x020000000003),
        ("ethertype", 0x0800, 0x0806),
        ("src", net("10.0.0.0/24"), net("10.0.1.0/24")),
        ("dst", net("192.168.1.9"), net("192.168.1.8")),
        ("src", net("0.0.0.0/0"), net("255.0.0.0/8")),
        ("proto", 17, 6),
        ("tos", 8, 9),
        ("src_port", (1234, 1234), (1, 1233)),
        ("dst_port", (50, 60), (54, 60)),
        ("flow", "fwd-flow", "return-flow"),
        ("port_group", "g1", "g2"),
        ("in_port_group", "g1", "g2"),
        ("ip_address_group_src", "a1", "a2"),
        ("ip_address_group_dst", "a2", "a1"),
        ("in_ports", frozenset({"p1", "p2"}), frozenset({"p2"})),
        ("fragment_policy", "unfragmented", "nonheader"),
    ],
)
def test_a_field_matches_and_can_be_negated(field: str, right: Any, wrong: Any) -> None:
    assert matches(UDP_FRAME, **{field: right})
    assert not matches(UDP_FRAME, **{field: wrong})
    if field not in ("flow", "fragment_policy"):
        assert not matches(UDP_FRAME, **{field: right}, negated=frozenset({field}))
        assert matches(UDP_FRAME, **{field: wrong}, negated=frozenset({field}))


def test_all_fields_must_match() -> None:
    assert matches(UDP_FRAME, proto=17, dst_port=(53, 53))
    assert not matches(UDP_FRAME, proto=17, dst_port=(54, 54))


def test_inverted_negates_the_whole_but_not_the_fragment_policy() -> None:
    assert not matches(UDP_FRAME, proto=17, inverted=True)
    assert matches(UDP_FRAME, proto=17, dst_port=(54, 54), inverted=True)
    later = replace(UDP_FRAME, fragment=100, tp_src=-1, tp_dst=-1)
    assert not matches(later, dst_port=(54, 54), inverted=True)


def test_a_mac_mask() -> None:
    assert matches(UDP_FRAME, hw_src=0x02000000FFFF, hw_src_mask=0xFFFFFFFF0000)
    assert not matches(UDP_FRAME, hw_src=0x03000000FFFF, hw_src_mask=0xFFFFFFFF0000)


def test_arp_is_matched_by_its_addresses_and_opcode() -> None:
    assert matches(ARP_FRAME, src=net("10.0.0.0/24"), dst=net("10.0.0.1"), proto=1)
    assert not matches(ARP_FRAME, proto=2)
    assert not matches(ARP_FRAME, tos=8)


def test_a_frame_without_ip_matches_only_what_is_negated() -> None:
    for fields in ({"src": net("0.0.0.0/0")}, {"proto": 6}, {"dst_port": (0, 65535)}):
        assert not matches(IPV6_FRAME, **fields)
        assert matches(IPV6_FRAME, **fields, negated=frozenset(fields))


def test_a_frame_without_ports_has_none_in_any_range() -> None:
    every = (0, 65535)
    for frame in (ARP_FRAME, IPV6_FRAME):
        # parity: cond-no-ports
        assert not matches(frame, src_port=every)
        assert not matches(frame, dst_port=every)


def test_out_ports_match_only_once_decided() -> None:
    assert not matches(UDP_FRAME, out_ports=frozenset({"p2"}))
    assert matches(UDP_FRAME, out_ports=frozenset({"p2"}), negated=frozenset({"out_ports"}))
    assert matches(UDP_FRAME, walk(out_port=P2), out_ports=frozenset({"p2"}))
    assert matches(UDP_FRAME, walk(out_port=P2), out_port_group="g2")


def test_port_group_is_about_the_port_of_entry() -> None:
    context = walk(entry=P2)
    assert matches(UDP_FRAME, context, port_group="g2", in_port_group="g1")


def test_vlans() -> None:
    assert matches(UDP_FRAME, no_vlan=True)
    assert not matches(TAGGED, no_vlan=True)
    assert matches(TAGGED, vlan=100)
    assert not matches(TAGGED, vlan=101)
    assert not matches(UDP_FRAME, vlan=100)


def test_icmp_type_and_code_stand_for_ports() -> None:
    echo = echo_request(1, 2, 3, 4, b"")
    assert matches(echo, src_port=(8, 8), dst_port=(0, 0))
    assert not matches(echo, src_port=(0, 0))


def test_the_packet_quoted_in_an_error() -> None:
    assert matches(ERROR, icmp_data_src=net("10.0.0.0/24"))
    assert not matches(ERROR, icmp_data_dst=net("10.0.0.0/24"))
    assert not matches(UDP_FRAME, icmp_data_src=net("0.0.0.0/0"))
    negated = frozenset({"icmp_data_src"})
    assert matches(UDP_FRAME, icmp_data_src=net("0.0.0.0/0"), negated=negated)


def test_whether_the_destination_was_rewritten() -> None:
    assert not matches(UDP_FRAME, match_nw_dst_rewritten=True)
    assert matches(UDP_FRAME, walk(nw_dst_rewritten=True), match_nw_dst_rewritten=True)


def test_zero_means_not_given() -> None:
    assert matches(UDP_FRAME, proto=0, tos=0, vlan=0)


FIRST, LATER = replace(UDP_FRAME, fragment=0x2000), replace(UDP_FRAME, fragment=0x2005)


@pytest.mark.parametrize(
    ("policy", "whole", "first", "later"),
    [
        ("any", True, True, True),
        ("header", True, True, False),
        ("nonheader", False, False, True),
        ("unfragmented", True, False, False),
    ],
)
def test_fragment_policies(policy: str, whole: bool, first: bool, later: bool) -> None:
    accepted = [matches(f, fragment_policy=policy) for f in (UDP_FRAME, FIRST, LATER)]
    assert accepted == [whole, first, later]


def test_the_default_policy_depends_on_the_rest() -> None:
    assert effective_policy(Condition()) == "any"
    assert effective_policy(Condition(src_port=(1, 2))) == "header"
    assert effective_policy(Condition(), dynamic_nat=True) == "unfragmented"
    assert effective_policy(Condition(fragment_policy="any")) == "any"


def test_mismatches_name_the_fields() -> None:
    condition = Condition(proto=6, src=net("10.0.0.0/24"), dst_port=(80, 80))
    assert mismatches(condition, walk(), UDP_FRAME) == ("proto", "dst_port")
    assert mismatches(Condition(inverted=True), walk(), UDP_FRAME) == ("inverted",)


networks = st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32))
ranges = st.tuples(st.integers(0, 65535), st.integers(0, 65535)).map(sorted).map(tuple)


@given(
    src=st.none() | networks,
    dst=st.none() | networks,
    proto=st.sampled_from((None, 6, 17)),
    dst_port=st.none() | ranges,
    negated=st.frozensets(st.sampled_from(("src", "dst", "proto", "dst_port"))),
    inverted=st.booleans(),
    address=st.integers(0, 0xFFFFFFFF),
    port=st.integers(0, 65535),
)
def test_against_a_plain_reading(
    src: tuple[int, int] | None,
    dst: tuple[int, int] | None,
    proto: int | None,
    dst_port: tuple[int, int] | None,
    negated: frozenset[str],
    inverted: bool,
    address: int,
    port: int,
) -> None:
    frame = udp_packet(address, 7, address ^ 0xFF, port, b"")
    condition = Condition(
        src=src, dst=dst, proto=proto, dst_port=dst_port, negated=negated, inverted=inverted
    )

    def inside(network: tuple[int, int], value: int) -> bool:
        return value >> (32 - network[1]) == network[0] >> (32 - network[1])

    tests = {
        "src": src and inside(src, address),
        "dst": dst and inside(dst, address ^ 0xFF),
        "proto": proto and proto == 17,
        "dst_port": dst_port and dst_port[0] <= port <= dst_port[1],
    }
    given_fields = [name for name in tests if getattr(condition, name) is not None]
    expected = all(bool(tests[name]) != (name in negated) for name in given_fields) != inverted
    assert bool(compile_condition(condition)(walk(), frame)) == expected
