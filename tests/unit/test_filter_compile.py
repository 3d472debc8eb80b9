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

from grammar.errors import LineSyntaxError, MidoError
from midocli.trace.filter import compile_filter, compile_live_filter

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
    # parity: filter-frames
    assert [test(frame) for frame in passing] == [True] * len(passing)
    assert [test(frame) for frame in others] == [False] * len(others)


def test_reading_beyond_the_frame_rejects_it_whatever_else_is_said() -> None:
    assert compile_filter("arp or ip[2000] = 0")(REQUEST)
    for expression in ("ip[2000] = 0 or icmp", "not ip[2000] = 0", "ip[len * 9] = 0 or icmp"):
        # parity: filter-load-beyond
        assert not compile_filter(expression)(PING)
    assert not compile_filter("not icmp")(PING[:13])
    assert not compile_filter("not ether host 1:1:1:1:1:1")(PING[:5])


def test_dividing_by_zero_rejects_the_frame() -> None:
    assert not compile_filter("10 / icmp[1] = 0 or icmp")(PING)


def test_what_libpcap_refuses_or_forgets_is_done_as_it_is_said() -> None:
    # parity: filter-rejects-all
    assert not compile_filter("arp and icmp")(PING)
    # parity: filter-byte
    assert compile_filter("byte 12 & 0x08")(PING)
    # parity: filter-byte
    assert not compile_filter("byte 12 & 0x80")(PING)
    # parity: filter-direction
    assert not compile_filter("inbound")(PING)


def test_mistakes_are_told_when_compiling() -> None:
    with pytest.raises(LineSyntaxError):
        compile_filter("icmp and")


def filtered(path: Path, expression: str) -> set[int] | None:
    """The times of the frames that the real tcpdump lets pass, None where it refuses."""
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
    if done.returncode:
        return None
    return {time_ns for time_ns, _, _ in read_pcap(out)}


def framed(ethertype: int, *parts: str) -> bytes:
    return CLIENT + ROUTER + ethertype.to_bytes(2, "big") + bytes.fromhex("".join(parts))


_IPV6 = "600000000014{} 40 fe800000000000000000000000000001 ff020000000000000000000000000002"
UNUSUAL = [
    IPV6_TCP,
    framed(0x86DD, _IPV6.format("2c"), "3a000000 00000001 8000000000000000"),
    framed(0x86DD, _IPV6.format("00"), "1100000000000000 003513890008 0000"),
    framed(0x86DD, _IPV6.format("33"), "0604000000000000 000000000000 0000 00501389"),
    framed(0x8847, "00005140 4500001400000000400600000a0000010a000002"),
    framed(0x8847, "00005040 00007140", _IPV6.format("3a")),
    framed(0x8864, "1100 0007 0016 0021 4500001400000000401100000a0000010a000002"),
    framed(0x8863, "1109 0000 0004 01010000"),
    framed(40, "fefe03 83 1b01 001a"),
    framed(40, "fefe03 82 1b01 001a"),
    framed(40, "424203 0000000000"),
    framed(40, "e0e003 ffff"),
    framed(40, "aaaa03 080007809b"),
    framed(40, "aaaa03 000000 80f3"),
    framed(40, "f0f0e3 00"),
    framed(0x6003, "0a00 0200"),
    framed(0x6003, "0a00 02 0108 0204"),
    framed(0x6003, "0a00 81 02 0204 0108"),
    framed(0x6003, "1600 26 0000 aa0004000108 0000 aa0004000204"),
    framed(0x6003, "1700 81 2e 0000 aa0004000204 0000 aa0004000108"),
    framed(0x0800, "4500001c00000000408400000a0000010a000002 1389 1388 0000000000000000"),
    framed(0x0800, "4500001c00000000403300000a0000010a000002 0604000000000000 00501388"),
]


def padded_frames(seed: int, count: int) -> list[Frame]:
    """Frames so long that no filter below reads beyond them.

    libpcap leaves out accesses that cannot matter, so that with short frames it also
    depends on its optimizer which ones pass.
    """
    frames = []
    for index, (_, data, _) in enumerate(some_frames(seed, count)):
        if index % 8 == 0:
            data = UNUSUAL[index // 8 % len(UNUSUAL)]
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
    lambda rng: f"{rng.choice(('pppoes', 'pppoes 7', 'mpls'))} and ip",
    lambda rng: f"{rng.choice(('less', 'greater'))} {rng.choice((42, 160, 161, 300))}",
    lambda rng: f"{rng.choice(('', 'ip '))}{rng.choice(('broadcast', 'multicast'))}",
    lambda rng: (
        f"ether {rng.choice(('src', 'dst', 'host'))} {rng.choice((CLIENT, ROUTER)).hex(':')}"
    ),
    lambda rng: f"ether proto {rng.choice((0x800, 0x88B5, 4, 6, 0xAA))}",
    lambda rng: rng.choice(("iso", "isis", "l1", "csnp", "stp", "ipx", "netbeui", "atalk", "aarp")),
    lambda rng: f"decnet {rng.choice(('', 'src ', 'dst ', 'src and dst '))}host 1.2",
    lambda rng: rng.choice(("llc", "llc i", "llc s", "llc ui", "llc test")),
    lambda rng: rng.choice(("mpls 5", "pppoed", "sctp", "icmp6", "esp", "pim", "carp", "decnet")),
    lambda rng: f"{rng.choice(('udp ', ''))}port {rng.choice(('domain', 'ntp', 5001))}",
    lambda rng: f"sctp {rng.choice(('src ', ''))}port {rng.choice((5000, 5001))}",
    lambda rng: f"ip6 {rng.choice(('src ', ''))}net fe80::/{rng.choice((10, 16, 64))}",
    lambda rng: f"{rng.choice(('', 'ip ', 'ip6 '))}protochain {rng.choice((6, 17, 58))}",
    lambda rng: f"byte {rng.randrange(60)} {rng.choice('=<>')} {rng.choice((0, 8, 69))}",
    lambda rng: f"{number(rng, 2)} % 7 ^ {number(rng, 1)} = -{number(rng, 1)}",
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
        assert passing(frames, expression) == filtered(path, expression), expression


def passing(frames: list[Frame], expression: str) -> set[int] | None:
    """The times of the frames that pass, None where the expression is refused."""
    try:
        test = compile_filter(expression)
    except MidoError:
        return None
    return {time_ns for time_ns, data, length in frames if test(data, length)}


# What tcpdump 4.99.3 takes and what it refuses.
TAKEN = (
    "net 10", "net 10.1", "net 10.0.0.0 mask 255.0.0.255", "src or dst net 10.0.0.0/8",
    "link host 1:2:3:4:5:6", "wlan src 1:2:3:4:5:6", "port http or 443", "portrange ssh-http",
    "portrange 80", "proto ospf", "ip proto \\tcp", "ether proto \\stp", "iso proto \\isis",
    "isis proto 20", "ether proto 1000", "ip proto 300", "llc rnr", "llc UI", "byte 4 > 5",
    "mpls 5 and mpls and ip6", "pppoes 7 and tcp", "es-is", "host 0x7f000001", "tcp[-2:2] = 0",
    "ip[len % 7 ^ 1] = 5", "icmp6[icmp6type] = icmp6-redirect", "decnet[0] = 1", "not (not (arp))",
    "decnet host 1.2", "decnet src 63.1023", "decnet net 2", "decnet host 64.1.3",
)  # fmt: skip
REFUSED = (
    "10.0.0.1", "icmp and 10.0.0.1", "len > 5 or 80", "port 80-90", "portrange http", "net 10/8",
    "udp port http", "sctp port http", "host 1:2:3:4:5:6", "tcp host 1.2.3.4", "ip host ::1",
    "ah[0] = 1", "stp[0] = 1", "ip[0:3] = 1", "vlan 5000", "mpls 1048576", "mpls and arp",
    "mpls and vlan", "pppoes and ether host 1:2:3:4:5:6", "pppoes and llc", "llc foo", "on eth0",
    "gateway localhost", "type mgt", "proto http", "ip proto tcp", "ether proto foo", "less",
    "ether protochain 6", "1 << 32 = 1", "1 / 0 = 1", "1 << (2048 / 16) = 1", "vlan and",
    "ip6 broadcast", "arp multicast", "tcp broadcast", "src proto 6", "icmp[0", "len",
    "vxlan", "vxlan 5", "ifindex 1", "decnet host alpha", "decnet 1.2", "decnet port 5", "link",
)  # fmt: skip


@pytest.mark.parametrize(
    ("word", "hint"),
    [("vxlan", "udp port 4789"), ("vxlan 7", "udp port 4789"), ("geneve 5", "udp port 6081")],
)
def test_tunnels_without_a_word_have_a_hint(word: str, hint: str) -> None:
    # parity: filter-tunnels
    with pytest.raises(MidoError, match=hint):
        compile_filter(f"ip and {word}")


QINQ = ethernet(ipv4(echo(), 1), tags=b"\x88\xa8\x00\x05\x81\x00\xa0\x64")


@pytest.mark.parametrize(
    ("expression", "passing", "others"),
    [
        ("icmp", [PING, TAGGED], [REQUEST, QINQ]),
        ("not icmp", [REQUEST, QINQ], [PING, TAGGED]),
        ("vlan", [TAGGED, QINQ], [PING]),
        ("vlan 100", [TAGGED], [PING, QINQ]),
        ("vlan 5", [QINQ], [TAGGED, PING]),
        ("vlan 100 and icmp", [TAGGED], [PING, QINQ]),
        ("vlan and vlan 100 and icmp", [QINQ], [PING, TAGGED]),
        ("vlan and not icmp", [QINQ], [TAGGED]),
        ("ether proto 0x8100", [QINQ], [TAGGED]),
        ("ether[12:2] = 0x0800", [PING, TAGGED], [QINQ]),
        ("len = 98", [PING, TAGGED], [QINQ]),
        ("len = 102", [QINQ], [PING, TAGGED]),
        ("inbound and icmp", [], [PING, TAGGED]),
        (" or ".join(["vlan 100"] + ["arp"] * 12), [TAGGED], [PING, QINQ]),
    ],
)
def test_a_live_filter_sees_frames_without_their_outer_tag(
    expression: str, passing: list[bytes], others: list[bytes]
) -> None:
    test = compile_live_filter(expression)
    # parity: filter-live-tag
    assert [test(frame) for frame in passing] == [True] * len(passing)
    assert [test(frame) for frame in others] == [False] * len(others)


def test_a_live_filter_takes_frames_cut_within_the_tag_as_they_are() -> None:
    assert not compile_live_filter("icmp")(TAGGED[:15])
    assert compile_live_filter("vlan")(TAGGED[:14], 102) is compile_filter("vlan")(TAGGED[:14])


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize("expression", (*TAKEN, *REFUSED))
def test_what_is_refused_is_what_tcpdump_refuses(tmp_path: Path, expression: str) -> None:
    path = tmp_path / "none.pcap"
    write_pcap(path, [])
    refused = filtered(path, expression) is None
    # parity: filter-link-types, filter-decnet
    assert refused == (passing([], expression) is None) == (expression in REFUSED)
