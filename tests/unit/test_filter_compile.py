"""Compiled filters: which frames pass, by example and against the tcpdump installed."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from unit.test_tcpdump_frames import (
    CLIENT,
    MISSING,
    ROUTER,
    START_NS,
    STEP_NS,
    TCPDUMP,
    Frame,
    arp,
    echo,
    ethernet,
    ipv4,
    read_pcap,
    some_frames,
    tcp,
    udp,
    write_pcap,
)

from grammar.errors import LineSyntaxError
from midocli.trace.filter import compile_filter

PING = ethernet(ipv4(echo(), 1))
REQUEST = ethernet(arp(), 0x0806)
WEB = ethernet(ipv4(tcp(43210, 80, flags=0x12), 6))
QUERY = ethernet(ipv4(udp(43210, 53, b"query"), 17))
TAGGED = ethernet(ipv4(echo(), 1), tags=b"\x81\0\xa0\x64")
FRAGMENT = ethernet(ipv4(tcp(43210, 80), 6, fragment=5))
BROADCAST = b"\xff" * 6 + REQUEST[6:]
IPV6_TCP = ethernet(
    bytes.fromhex(
        "600000000014 0640 fe800000000000000000000000000001 ff020000000000000000000000000002"
    )
    + tcp(43210, 80),
    0x86DD,
)


@pytest.mark.parametrize(
    ("expression", "passing", "others"),
    [
        ("", [PING, REQUEST, b""], []),
        ("icmp", [PING], [REQUEST, WEB, TAGGED]),
        ("icmp or arp", [PING, REQUEST], [WEB]),
        ("not icmp", [REQUEST, WEB], [PING]),
        ("host 192.168.78.9", [PING, REQUEST], [IPV6_TCP]),
        ("dst host 192.168.78.9", [], [PING, REQUEST]),
        ("ip host 192.168.78.9", [PING], [REQUEST]),
        ("src net 192.168.78.0/24", [PING, REQUEST], [IPV6_TCP]),
        ("src and dst net 192.168", [PING, REQUEST], []),
        ("host fe80::1", [IPV6_TCP], [PING]),
        ("port 80", [WEB, IPV6_TCP], [QUERY, PING, FRAGMENT]),
        ("tcp port 80 or 53", [WEB], [QUERY]),
        ("portrange 50-90", [WEB, QUERY], [PING]),
        ("tcp", [WEB, IPV6_TCP, FRAGMENT], [QUERY]),
        ("tcp[tcpflags] & (tcp-syn|tcp-ack) != 0", [WEB], [IPV6_TCP, FRAGMENT, PING]),
        ("icmp[icmptype] == icmp-echo", [PING], [TAGGED]),
        ("vlan", [TAGGED], [PING]),
        ("vlan 100 and icmp", [TAGGED], [PING]),
        ("vlan 101", [], [TAGGED]),
        ("icmp or vlan and icmp", [TAGGED], [PING]),
        ("broadcast", [BROADCAST], [REQUEST]),
        ("multicast", [BROADCAST], [REQUEST]),
        (f"ether src {CLIENT.hex(':')}", [PING], [ROUTER + ROUTER + b"\x08\0"]),
        ("less 60", [REQUEST], [PING]),
        ("len = 98", [PING], [REQUEST]),
    ],
)
def test_passes(expression: str, passing: list[bytes], others: list[bytes]) -> None:
    test = compile_filter(expression)
    assert [test(frame) for frame in passing] == [True] * len(passing)
    assert [test(frame) for frame in others] == [False] * len(others)


def test_reading_beyond_the_frame_rejects_it_whatever_else_is_said() -> None:
    assert compile_filter("arp or ip[2000] = 0")(REQUEST)
    for expression in ("ip[2000] = 0 or icmp", "not ip[2000] = 0", "ip[4294967295] = 0 or icmp"):
        assert not compile_filter(expression)(PING)
    assert not compile_filter("not icmp")(PING[:13])
    assert not compile_filter("not ether host 1:1:1:1:1:1")(PING[:5])


def test_dividing_by_zero_rejects_the_frame() -> None:
    assert not compile_filter("10 / icmp[1] = 0 or icmp")(PING)


def test_mistakes_are_told_when_compiling() -> None:
    with pytest.raises(LineSyntaxError):
        compile_filter("icmp and")


def filtered(path: Path, expression: str) -> set[int]:
    """The times of the frames that the real tcpdump lets pass."""
    assert TCPDUMP is not None
    out = path.with_suffix(".out")
    done = subprocess.run(
        [TCPDUMP, "-r", str(path), "-w", str(out), "--", expression],
        capture_output=True,
        text=True,
        check=False,
    )
    if "expression rejects all packets" in done.stderr:
        return set()
    assert done.returncode == 0, f"{expression}: {done.stderr}"
    return {time_ns for time_ns, _, _ in read_pcap(out)}


def padded_frames(seed: int, count: int) -> list[Frame]:
    """Frames so long that no filter below reads beyond them.

    libpcap leaves out accesses that cannot matter, so that with short frames it also
    depends on its optimizer which ones pass.
    """
    frames = []
    for index, (_, data, _) in enumerate(some_frames(seed, count)):
        data = data.ljust(160 + index % 3, b"\0")
        frames.append((START_NS // 1000 * 1000 + index * STEP_NS, data, len(data)))
    return frames


HOSTS = ("192.168.78.9", "192.168.79.119", "192.168.78.1", "10.0.0.1")
LEAVES: tuple[Callable[[random.Random], str], ...] = (
    lambda rng: rng.choice(("icmp", "arp", "rarp", "ip", "ip6", "tcp", "udp", "vlan", "igmp")),
    lambda rng: f"{rng.choice(('', 'src ', 'dst '))}host {rng.choice(HOSTS)}",
    lambda rng: f"{rng.choice(('', 'ip ', 'arp '))}src and dst net 192.168.{rng.choice((78, 79))}",
    lambda rng: f"{rng.choice(('', 'tcp ', 'udp '))}port {rng.choice((1000, 5001, 65535))}",
    lambda rng: f"dst portrange 1000-{rng.choice((999, 5001, 40000))}",
    lambda rng: f"vlan {rng.choice((5, 7, 100))}",
    lambda rng: f"{rng.choice(('less', 'greater'))} {rng.choice((42, 160, 161, 300))}",
    lambda rng: f"{rng.choice(('', 'ip '))}{rng.choice(('broadcast', 'multicast'))}",
    lambda rng: (
        f"ether {rng.choice(('src', 'dst', 'host'))} {rng.choice((CLIENT, ROUTER)).hex(':')}"
    ),
    lambda rng: f"ether proto {rng.choice((0x800, 0x88B5, 4, 6, 0xAA))}",
    lambda rng: f"{rng.choice(('', 'ip '))}proto {rng.choice((1, 4, 6, 17))}",
    lambda rng: (
        f"{number(rng, 2)} {rng.choice(('=', '!=', '<', '<=', '>', '>='))} {number(rng, 2)}"
    ),
)


def number(rng: random.Random, depth: int) -> str:
    kind = rng.randrange(4)
    if depth and kind == 0:
        operator = rng.choice("+-*&|^")
        return f"({number(rng, depth - 1)} {operator} {number(rng, depth - 1)})"
    if depth and kind == 1:
        protocol = rng.choice(("ether", "ip", "arp", "icmp", "tcp", "udp"))
        return f"{protocol}[{rng.randrange(40)}:{rng.choice((1, 2, 4))}]"
    return "len" if kind == 2 else str(rng.choice((0, 1, 8, 64, 255, 2048, 65535)))


def some_expression(rng: random.Random) -> str:
    words = []
    for _ in range(rng.choice((1, 1, 2, 3, 4))):
        leaf = rng.choice(LEAVES)(rng)
        if rng.random() < 0.2:
            leaf = f"({rng.choice(LEAVES)(rng)} or {leaf})"
        words += [rng.choice(("and", "or")), ("not " if rng.random() < 0.25 else "") + leaf]
    return " ".join(words[1:])


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("seed", range(5))
def test_random_filters_let_the_same_frames_pass(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    frames = padded_frames(seed, 400)
    path = tmp_path / "frames.pcap"
    write_pcap(path, frames)
    for _ in range(40):
        expression = some_expression(rng)
        test = compile_filter(expression)
        mine = {time_ns for time_ns, data, _ in frames if test(data)}
        assert mine == filtered(path, expression), expression
