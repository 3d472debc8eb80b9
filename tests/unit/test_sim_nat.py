"""NAT: static and dynamic rules, reverses, ICMP errors, exhaustion and expiry."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netlab import ROUTER, NetLab, ip, mac, seen

from midocli.simulator.wire.datagram import udp_packet
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import icmp_error
from midocli.simulator.wire.quoted import quoted_packet, rewrite_quoted
from midocli.simulator.wire.segment import SYN, Segment, tcp_packet

INSIDE, OUTSIDE = "02:00:00:00:00:aa", "02:00:00:00:00:bb"
OUT_PORT = "router0:port1"


def nat_lab(inbound: Sequence[str] = (), outbound: Sequence[str] = ()) -> NetLab:
    """10.0.0.0/24 on host0:in, 20.0.0.0/24 on host0:out, and one router between."""
    lab = NetLab(ROUTER)
    lab.filter("router0", "infilter", *inbound)
    lab.filter("router0", "outfilter", *outbound)
    lab.guest("inside", "10.0.0.9/24", interface="host0:in", mac=INSIDE, gw="10.0.0.1")
    lab.guest("outside", "20.0.0.9/24", interface="host0:out", mac=OUTSIDE, gw="20.0.0.1")
    for guest, other in (("inside", "20.0.0.1"), ("outside", "10.0.0.1")):
        lab.echo(guest, other)
    lab.wait()
    lab.drops.clear()
    return lab


def through(lab: NetLab, packet: Frame, side: str = "in") -> Frame | None:
    """Send a packet in by one side; what comes out at the other."""
    other = "out" if side == "in" else "in"
    recorder = lab.watch(f"host0:{other}")
    packet.hw_src = mac(INSIDE if side == "in" else OUTSIDE)
    packet.hw_dst = mac("02:00:00:00:00:01" if side == "in" else "02:00:00:00:00:02")
    lab.network.inject(f"host0:{side}", packet)
    lab.wait(0.0001)
    lab.network.unwatch(recorder)
    lab.wait(0.01)  # whatever the guests answer
    out = [frame for direction, frame in seen(recorder, f"host0:{other}") if direction == "out"]
    return out[0] if out else None


def passed(lab: NetLab, packet: Frame, side: str = "in") -> Frame:
    """What comes of a packet that has to get through."""
    out = through(lab, packet, side)
    assert out is not None
    return out


def header(frame: Frame) -> tuple[int, int, int, int]:
    return frame.nw_src, frame.tp_src, frame.nw_dst, frame.tp_dst


def quote_in(error: Frame) -> Frame:
    packet = quoted_packet(error)
    assert packet is not None
    return packet


def udp(src: str = "10.0.0.9", sport: int = 1000, dst: str = "20.0.0.9", dport: int = 53) -> Frame:
    return udp_packet(ip(src), sport, ip(dst), dport, b"data")


SNAT = f"type snat target 20.0.0.7:5000-6000 out-ports {OUT_PORT}"
DNAT = "type dnat target 20.0.0.9:80 dst 30.0.0.1"


def test_static_snat_and_dnat_rewrite_and_remember_nothing() -> None:
    lab = nat_lab(
        ["type dnat target 20.0.0.9 dst 30.0.0.1"],
        ["type snat target 20.0.0.7-20.0.0.8 src 10.0.0.9"],
    )
    out = passed(lab, udp(dst="30.0.0.1"))
    assert header(out) == (ip("20.0.0.7"), 1000, ip("20.0.0.9"), 53), "the first of the range"
    assert out.tp_sum is None and out.ip_delta == 0
    assert lab.state.nat == {}


def test_static_nat_takes_any_protocol_and_fragments() -> None:
    lab = nat_lab(["type dnat target 20.0.0.9 dst 30.0.0.1"])
    gre = Frame(nw_src=ip("10.0.0.9"), nw_dst=ip("30.0.0.1"), proto=47, tos=0, ttl=9, payload=b"x")
    assert through(lab, gre).nw_dst == ip("20.0.0.9")
    later = udp(dst="30.0.0.1")
    later.fragment, later.tp_src, later.tp_dst, later.tp_sum = 5, -1, -1, -1
    assert through(lab, later).nw_dst == ip("20.0.0.9")


def test_static_dnat_rewrites_the_source_quoted_by_an_error() -> None:
    rule = "type dnat target 20.0.0.9 dst 30.0.0.1"
    lab = nat_lab([rule])
    quote = udp(src="30.0.0.1", dst="10.0.0.9").ip_bytes()
    out = passed(lab, icmp_error(ip("10.0.0.9"), ip("30.0.0.1"), 3, 3, quote))
    assert out.nw_dst == ip("20.0.0.9")
    assert out.tp_sum is None
    assert quote_in(out).nw_src == ip("20.0.0.9")
    assert quote_in(out).ip_delta == 0


def test_static_dnat_on_icmp_data_leaves_the_outer_header() -> None:
    rule = "type dnat target 1.1.1.1 icmp-data-dst 10.0.0.9"
    lab = nat_lab([rule])
    quote = udp(src="20.0.0.9", dst="10.0.0.9").ip_bytes()
    out = passed(lab, icmp_error(ip("10.0.0.9"), ip("20.0.0.9"), 3, 3, quote))
    assert out.nw_dst == ip("20.0.0.9")
    assert quote_in(out).nw_dst == ip("1.1.1.1")


def test_static_snat_rewrites_the_destination_quoted_by_an_error() -> None:
    rule = "type snat target 20.0.0.7 src 10.0.0.9"
    lab = nat_lab([], [rule])
    quote = udp(src="20.0.0.9", dst="10.0.0.9").ip_bytes()
    out = passed(lab, icmp_error(ip("10.0.0.9"), ip("20.0.0.9"), 3, 3, quote))
    assert (out.nw_src, quote_in(out).nw_dst) == (ip("20.0.0.7"), ip("20.0.0.7"))


def test_a_connection_keeps_its_dynamic_binding_and_is_reversed() -> None:
    lab = nat_lab([f"type rev_snat in-ports {OUT_PORT}"], [SNAT])
    first, second = passed(lab, udp()), passed(lab, udp())
    assert header(first) == header(second)
    src, port, dst, dport = header(first)
    assert (src, dst, dport) == (ip("20.0.0.7"), ip("20.0.0.9"), 53)
    assert 5000 <= port <= 6000
    back = passed(lab, udp_packet(dst, dport, src, port, b"answer"), "out")
    assert header(back) == (ip("20.0.0.9"), 53, ip("10.0.0.9"), 1000)
    assert back.tp_sum is None, "the checksum is right"


@given(st.integers(1, 65535), st.integers(1, 65535), st.booleans())
def test_the_translated_reply_inverts_the_translated_request(
    sport: int, dport: int, use_tcp: bool
) -> None:
    lab = nat_lab([DNAT, "type rev_snat"], [SNAT, "type rev_dnat"])
    ends = (ip("10.0.0.9"), sport, ip("30.0.0.1"), dport)
    segment = Segment(1, 0, SYN, 100)
    packet = tcp_packet(*ends, segment) if use_tcp else udp_packet(*ends, b"x")
    out = passed(lab, packet)
    src, tsport, dst, tdport = header(out)
    assert (dst, tdport) == (ip("20.0.0.9"), 80)
    back = (dst, tdport, src, tsport)
    reply = tcp_packet(*back, segment) if use_tcp else udp_packet(*back, b"y")
    assert header(passed(lab, reply, "out")) == (ends[2], ends[3], ends[0], ends[1])


def test_icmp_echo_is_known_by_its_identifier_which_stays() -> None:
    lab = nat_lab(["type rev_snat"], [SNAT.replace("20.0.0.7", "20.0.0.1")])
    (arrival,) = lab.echoed("inside", "20.0.0.9", icmp_id=77)
    assert arrival.frame.nw_src == ip("20.0.0.9")
    assert arrival.frame.icmp_id == 77
    (binding,) = lab.state.live_nat(lab.key("router0", "router"), lab.engine.now_ns)
    assert binding.before[1] == 77


def test_an_error_follows_the_connection_it_quotes() -> None:
    """A TTL error from beyond the snat router reaches who sent the packet, as it was sent."""
    lab = nat_lab(["type rev_snat"], [SNAT])
    out = passed(lab, udp())
    error = icmp_error(ip("20.0.0.55"), out.nw_src, 11, 0, out.ip_bytes()[:28])
    back = passed(lab, error, "out")
    assert (back.nw_src, back.nw_dst) == (ip("20.0.0.55"), ip("10.0.0.9"))
    quoted = quote_in(back)
    assert header(quoted) == (ip("10.0.0.9"), 1000, ip("20.0.0.9"), 53)
    assert quoted.ip_delta == 0
    assert back.tp_sum is None


def test_an_error_about_a_dnat_connection_keeps_a_foreign_outer_source() -> None:
    lab = nat_lab([DNAT], ["type rev_dnat"])
    out = passed(lab, udp(dst="30.0.0.1", dport=8080))
    own = icmp_error(ip("20.0.0.9"), ip("10.0.0.9"), 3, 3, out.ip_bytes())
    back = passed(lab, own, "out")
    assert (back.nw_src, quote_in(back).nw_dst) == (ip("30.0.0.1"), ip("30.0.0.1"))
    assert quote_in(back).tp_dst == 8080
    other = icmp_error(ip("20.0.0.200"), ip("10.0.0.9"), 11, 0, out.ip_bytes())
    back = passed(lab, other, "out")
    assert (back.nw_src, quote_in(back).nw_dst) == (ip("20.0.0.200"), ip("30.0.0.1"))


def test_dynamic_nat_passes_over_what_it_can_not_handle() -> None:
    lab = nat_lab([DNAT, "type drop dst 30.0.0.1"])
    gre = Frame(nw_src=ip("10.0.0.9"), nw_dst=ip("30.0.0.1"), proto=47, tos=0, ttl=9, payload=b"x")
    assert through(lab, gre) is None
    assert [reason.rule for _, reason, _ in lab.drops] == ["chain0:rule1"]
    first = udp(dst="30.0.0.1")
    first.fragment = 0x2000
    assert through(lab, first) is None, "not for fragments unless it says so"


def test_the_action_of_a_nat_rule_counts() -> None:
    drop = "type drop"
    assert through(nat_lab([f"{DNAT} action accept", drop]), udp(dst="30.0.0.1"))
    assert through(nat_lab([f"{DNAT} action return", drop]), udp(dst="30.0.0.1"))
    assert through(nat_lab([f"{DNAT} action continue", drop]), udp(dst="30.0.0.1")) is None


def test_a_reverse_rule_without_state_is_passed_over() -> None:
    lab = nat_lab(["type rev_dnat", "type rev_snat", "type drop"])
    assert through(lab, udp()) is None
    assert [reason.rule for _, reason, _ in lab.drops] == ["chain0:rule2"]


def test_snat_ports_run_out() -> None:
    lab = nat_lab([], [SNAT.replace("6000", "5001")])
    ports = {through(lab, udp(sport=sport)).tp_src for sport in (1, 2)}
    assert ports == {5000, 5001}
    assert through(lab, udp(sport=3)) is None
    assert lab.codes()[-1] == "nat-exhausted"
    assert through(lab, udp(sport=3, dport=54)) is not None, "another destination is free"


def test_snat_goes_on_to_the_next_address() -> None:
    lab = nat_lab([], [SNAT.replace("20.0.0.7:5000-6000", "20.0.0.7-20.0.0.8:5000")])
    assert [through(lab, udp(sport=sport)).nw_src for sport in (1, 2)] == [
        ip("20.0.0.7"),
        ip("20.0.0.8"),
    ]


@pytest.mark.parametrize(("seconds", "kept"), [(119, True), (121, False)])
def test_a_binding_lives_two_minutes_after_the_last_forward_packet(
    seconds: int, kept: bool
) -> None:
    lab = nat_lab(["type rev_snat"], [SNAT])
    out = passed(lab, udp())
    lab.wait(seconds)
    src, port, dst, dport = header(out)
    back = through(lab, udp_packet(dst, dport, src, port, b""), "out")
    assert (back is not None and back.nw_dst == ip("10.0.0.9")) == kept


def test_bindings_belong_to_their_device() -> None:
    lab = nat_lab([DNAT])
    through(lab, udp(dst="30.0.0.1"))
    now_ns = lab.engine.now_ns
    assert len(lab.state.live_nat(lab.key("router0", "router"), now_ns)) == 1
    assert lab.state.live_nat(None, now_ns) == []
    assert lab.state.live_nat(lab.key("router0", "router"), now_ns + 10**12) == []


def test_dnat_marks_the_destination_as_rewritten() -> None:
    drop = "type drop match-nw-dst-rewritten true"
    rules = [f"{DNAT} action continue", drop]
    assert through(nat_lab(rules), udp()) is not None
    assert through(nat_lab(rules), udp(dst="30.0.0.1")) is None


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 65535), st.sampled_from(("src", "dst")))
def test_rewriting_a_quote_keeps_every_checksum_right(
    address: int, port: int, side: Literal["src", "dst"]
) -> None:
    packet = udp_packet(ip("10.0.0.9"), 1000, ip("20.0.0.9"), 53, b"payload")
    error = icmp_error(1, 2, 3, 3, packet.ip_bytes())
    error = Frame.from_bytes(error.to_bytes())
    error.tp_sum = int.from_bytes(error.to_bytes()[36:38], "big")
    old = packet.nw_src if side == "src" else packet.nw_dst
    assert rewrite_quoted(error, side, old, address, port)
    quoted = quote_in(error)
    assert (quoted.nw_src, quoted.tp_src) == (address, port) or side == "dst"
    assert quoted.ip_delta <= 0 and quoted.sum_is_right() and error.sum_is_right()
    assert not rewrite_quoted(error, side, old ^ 1 if old ^ 1 != address else old ^ 2, 1)


def test_a_binding_made_for_a_packet_that_ends_in_error_is_not_kept() -> None:
    lab = nat_lab(outbound=[SNAT])
    through(lab, udp(dst="20.0.0.77"))  # waits for a MAC that nobody has
    assert len(lab.state.live_nat(lab.key("router0", "router"), lab.engine.now_ns)) == 1
    lab.wait(61)
    assert not lab.state.nat
    assert not lab.state.snat_ports


def test_an_error_of_a_router_inside_leaves_with_the_translated_address() -> None:
    lab = nat_lab(outbound=[SNAT])
    sent = passed(lab, udp())
    assert sent is not None
    quote = udp(src="20.0.0.9", sport=53, dst="10.0.0.9", dport=1000)
    error = icmp_error(ip("10.0.0.250"), ip("20.0.0.9"), 11, 0, quote.ip_bytes())
    out = passed(lab, error)
    assert out is not None
    inner = quote_in(out)
    assert inner is not None
    assert out.nw_src == inner.nw_dst == sent.nw_src
    assert inner.tp_dst == sent.tp_src
