"""ICMP redirects of guests that forward, as the kernel sent them in network namespaces.

The LAN is that of `tests/test_real_ping.py`: A's gateway is R, whose way to 10.9.3.0/24 is C.
"""

from __future__ import annotations

import pytest
from netlab import NetLab, ip

from midocli.simulator.listeners import Arrival
from midocli.simulator.wire.addresses import mac_text
from midocli.simulator.wire.frame import Frame
from midocli.simulator.wire.packets import echo_request, icmp_error

A_MAC, R_MAC, C_MAC = "02:00:00:00:00:0a", "02:00:00:00:00:01", "02:00:00:00:00:0c"


def lan(forwards: bool = False) -> NetLab:
    lab = NetLab("bridge create name lan")
    lab.guest("A", "10.9.1.2/24", "lan", mac=A_MAC, gw="10.9.1.1", forwarding=forwards)
    lab.guest("R", "10.9.1.1/24", "lan", mac=R_MAC, forwarding=True)
    lab.guest("C", "10.9.1.3/24", "lan", mac=C_MAC)
    lab("guest R add route dst 10.9.3.0/24 gw 10.9.1.3")
    return lab


def redirected(lab: NetLab, pings: int, every_s: float) -> list[int]:
    """Which of so many pings, counted from 1, brought a redirect."""
    heard = []
    for number in range(1, pings + 1):
        arrivals: list[Arrival] = lab.echoed("A", "10.9.3.1", every_s, seq=number)
        if any(arrival.frame.tp_src == 5 for arrival in arrivals):
            heard.append(number)
    return heard


def first_hop(lab: NetLab) -> str:
    """The MAC that A sends a ping to."""
    recorder = lab.watch("host0:tap0")
    lab.echo("A", "10.9.3.1")
    lab.wait()
    frames = [Frame.from_bytes(each.data) for each in recorder.captures if each.direction == "in"]
    return mac_text(next(frame.hw_dst for frame in frames if frame.ethertype == 0x0800))


def test_what_a_redirect_says() -> None:
    """Host, the next hop, and the packet as it is passed on; tos c0, DF clear, TTL 64."""
    arrivals = lan().echoed("A", "10.9.3.1", tos=0x10)
    redirect = next(each for each in arrivals if each.frame.tp_src == 5)
    frame, quoted = redirect.frame, redirect.quoted
    assert quoted is not None
    # parity: linux-redirects
    assert (frame.nw_src, frame.tp_dst) == (ip("10.9.1.1"), 1)
    assert frame.icmp_id << 16 | frame.icmp_seq == ip("10.9.1.3")
    assert (frame.ttl, frame.tos, frame.fragment) == (64, 0xD0, 0)
    assert (quoted.nw_dst, quoted.ttl) == (ip("10.9.3.1"), 63)


def test_the_first_makes_a_host_ask_and_the_second_makes_it_go_there() -> None:
    lab = lan()
    assert redirected(lab, 5, 1) == [1, 2]
    assert first_hop(lab) == C_MAC


def test_a_detour_lasts_for_five_minutes_and_belongs_to_a_gateway() -> None:
    lab = lan()
    redirected(lab, 2, 1)
    lab.wait(297)
    # parity: linux-redirected
    assert first_hop(lab) == C_MAC
    lab.wait(3)
    assert first_hop(lab) == R_MAC
    redirected(lab, 2, 21)
    assert first_hop(lab) == C_MAC
    lab.network.reset()
    assert first_hop(lab) == R_MAC


def test_who_ignores_them_is_told_ever_more_seldom_and_at_last_no_more() -> None:
    """Of those every half a second the kernel sent the 1st to 5th, the 7th and the 10th.

    (Beginning with the third of its count in the namespaces: 1, 2, 3, 5, 8.)
    """
    lab = lan(forwards=True)
    assert redirected(lab, 12, 0.5) == [1, 2, 3, 4, 5, 7, 10]
    assert redirected(lab, 60, 1) == [3, 9]
    lab.wait(21)
    assert redirected(lab, 1, 1) == [1]


@pytest.mark.parametrize(
    ("options", "told"), [(b"\x83\x07\x04\x0a\x09\x01\x03\0", False), (b"\x01" * 4, True)]
)
def test_what_says_its_own_way_is_not_redirected(options: bytes, told: bool) -> None:
    lab = lan()
    redirected(lab, 1, 0.1)
    lab.wait(21)
    lab.state.redirects.clear()
    packet = echo_request(ip("10.9.1.2"), ip("10.9.3.1"), 1, 1, b"")
    packet.options = options
    packet.hw_dst = int(R_MAC.replace(":", ""), 16)
    packet.hw_src = int(A_MAC.replace(":", ""), 16)
    lab.network.inject("host0:tap0", packet)
    lab.wait(0.1)
    # parity: linux-redirects
    assert bool(lab.state.redirects) is told


def test_who_is_not_on_the_link_is_told_nothing() -> None:
    lab = lan()
    packet = echo_request(ip("10.77.0.1"), ip("10.9.3.1"), 1, 1, b"")
    packet.hw_dst = int(R_MAC.replace(":", ""), 16)
    packet.hw_src = int(A_MAC.replace(":", ""), 16)
    lab.network.inject("host0:tap0", packet)
    lab.wait(1)
    # parity: linux-redirects
    assert not lab.state.redirects


@pytest.mark.parametrize(
    ("sender", "gateway"),
    [
        ("10.9.1.9", "10.9.1.3"),
        ("10.9.1.1", "10.9.1.1"),
        ("10.9.1.1", "10.9.1.2"),
        ("10.9.1.1", "10.9.1.255"),
        ("10.9.1.1", "224.0.0.1"),
        ("10.9.1.1", "0.0.0.9"),
    ],
)
def test_what_a_host_does_not_believe(sender: str, gateway: str) -> None:
    """Only the gateway in use may redirect, and only to another machine."""
    lab = lan()
    lab.echoed("A", "10.9.1.1")
    lab.echoed("A", "10.9.1.3")
    quote = echo_request(ip("10.9.1.2"), ip("10.9.3.1"), 1, 1, b"").ip_bytes()
    for _ in range(2):
        redirect = icmp_error(ip(sender), ip("10.9.1.2"), 5, 1, quote, info=ip(gateway))
        redirect.hw_dst = int(A_MAC.replace(":", ""), 16)
        redirect.hw_src = int(R_MAC.replace(":", ""), 16)
        lab.network.inject("host0:tap1", redirect)
        lab.wait(4)
    # parity: linux-redirected
    assert not lab.state.detours
    assert first_hop(lab) == R_MAC


def test_what_is_believed_is_forgotten_with_the_guest() -> None:
    lab = lan()
    redirected(lab, 2, 1)
    assert lab.state.detours
    lab.network.forget_guest(lab.key("A", "guest"))
    lab.network.forget_guest(lab.key("R", "guest"))
    assert not lab.state.detours
    assert not lab.state.redirects
