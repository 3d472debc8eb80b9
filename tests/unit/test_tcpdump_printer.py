"""What the printer promises by itself: flags, banner, times, and never raising."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from unit.test_tcpdump_frames import (
    START_NS,
    arp,
    echo,
    ethernet,
    icmp,
    ipv4,
    mutated,
    some_frame,
    tcp,
)

from grammar.errors import InvalidValueError
from midocli.trace.tcpdump.flags import Flags, parse_flags
from midocli.trace.tcpdump.printer import Printer, banner


def show(frame: bytes, flags: str = "-t", wire_length: int | None = None) -> str:
    return Printer(parse_flags(flags), 0).frame(START_NS, frame, wire_length)


@pytest.mark.parametrize(
    ("text", "flags"),
    [
        ("", Flags()),
        ("-n -l", Flags(names=False)),
        ("-nnn -vvv -X -e", Flags(verbose=3, hex_ascii=1, link=True, names=False)),
        ("-nnvvXe", Flags(verbose=2, hex_ascii=1, link=True, names=False)),
        ("-c 3", Flags(count=3)),
        ("-vc3 -K#", Flags(count=3, verbose=1, checksums=False, numbered=True)),
        ("-T vxlan -e", Flags(packet_type="vxlan", link=True)),
        ("-eTVXLAN", Flags(packet_type="vxlan", link=True)),
        ("-pOUuNH", Flags()),
        ("--number --dont-verify --nano", Flags(numbered=True, checksums=False, nanoseconds=True)),
        ("--nano --time-stamp-precision=micro --abs", Flags(absolute=True)),
        ("-t -t -tt", Flags(time=4)),
        ("-xx -A -q -S", Flags(hex=2, ascii=1, quiet=1, absolute=True)),
        ("  -XX\t-v ", Flags(hex_ascii=2, verbose=1)),
    ],
)
def test_flags_in_any_spelling(text: str, flags: Flags) -> None:
    assert parse_flags(text) == flags


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-k", "`-k` is no flag of tcpdump"),
        ("-nnw", "tcpdump's flag `-w` is not used here: frames are written with `write FILE`"),
        ("-r f", "tcpdump's flag `-r` is not used here: a file is read with `tcpdump read FILE`"),
        ("-c 0", "`-c` needs a number of frames, 1 or more, not `0`"),
        ("-c", "tcpdump's flag `-c` needs a value behind it"),
        (
            "-T rtp",
            "`-T rtp` is not supported here: "
            "only `-T domain`, `-T snmp`, `-T someip`, `-T tftp` and `-T vxlan` are",
        ),
        ("-M", "tcpdump's flag `-M` is not supported here"),
        ("-n icmp", "`icmp` is no tcpdump flag: flags begin with `-`, as `-nn`"),
        ("-", "`-` is no tcpdump flag: flags begin with `-`, as `-nn`"),
        ("--print", "tcpdump's long option `--print` is not supported here"),
        ("--no", "tcpdump's long option `--no` is not supported here"),
        ("-tttttt", "`-t` can be given at most five times"),
        ("-€", "`-€` is no flag of tcpdump"),
    ],
)
def test_other_flags_are_refused_by_name(text: str, message: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        parse_flags(text)
    # parity: tcpdump-packet-types
    assert caught.value.message == message


def test_the_banner_is_the_published_one() -> None:
    assert banner("veth0") == (
        "tcpdump: listening on veth0, link-type EN10MB (Ethernet), capture size 262144 bytes"
    )


def test_times_are_in_the_zone_given() -> None:
    frame = ethernet(ipv4(echo(), 1))
    clock = Printer(parse_flags(""), 7200).frame(START_NS, frame)
    dated = Printer(parse_flags("-tttt"), -3600 * 11).frame(START_NS, frame)
    assert clock.startswith("12:30:51.226272 IP ")
    assert dated.startswith("2017-04-13 23:30:51.226272 IP ")


@pytest.mark.parametrize("form", ["", "-tt", "-tttt"])
@pytest.mark.parametrize("second", [-1, 2**31, 10**15])
def test_times_tcpdump_cannot_show(form: str, second: int) -> None:
    printed = Printer(parse_flags(form), 0).frame(second * 10**9, ethernet(arp(), 0x0806))
    assert printed.startswith(("[Error converting time] ARP", f"{second}.000000 ARP"))


def test_seconds_are_written_as_of_32_bits() -> None:
    # As tcpdump 4.99.3 reads a pcapng file whose clock stands at 2**63 + 5 microseconds.
    printed = Printer(parse_flags("-tt"), 0).frame((2**63 + 5) * 1000, ethernet(arp(), 0x0806))
    assert printed.startswith("2077252342.775813 ARP")


def test_relative_times_start_anew_with_each_printer() -> None:
    flags = parse_flags("-ttt")
    frame = ethernet(arp(), 0x0806)
    for _ in range(2):
        printer = Printer(flags, 0)
        first, second = (printer.frame(START_NS + gap, frame) for gap in (0, 1_149_000))
        assert first.startswith(" 00:00:00.000000 ARP")
        assert second.startswith(" 00:00:00.001149 ARP")


def test_tcp_numbers_start_anew_with_each_printer() -> None:
    frame = ethernet(ipv4(tcp(40000, 5001, seq=5000, data=b"abc"), 6))
    for _ in range(2):
        printer = Printer(parse_flags("-t"), 0)
        assert "seq 5000:5003" in printer.frame(0, frame)
        assert "seq 0:3" in printer.frame(0, frame)


def test_absolute_tcp_numbers_stay() -> None:
    frame = ethernet(ipv4(tcp(40000, 5001, seq=5000, data=b"abc"), 6))
    printer = Printer(parse_flags("-t -S"), 0)
    assert printer.frame(0, frame) == printer.frame(0, frame)


def test_lengths_that_cannot_be() -> None:
    assert show(b"") == "[Invalid header: caplen==0, len==0]\n"
    assert show(b"", wire_length=60) == "[Invalid header: caplen==0]\n"
    assert show(b"\0" * 60, wire_length=20) == "[Invalid header: len(20) < caplen(60)]\n"


def test_a_frame_cut_short_is_marked_and_dumped_from_its_first_byte() -> None:
    frame = ethernet(ipv4(echo(), 1))
    printed = show(frame[:40], "-t -x", len(frame))
    assert printed.startswith("IP 192.168.78.9 > 192.168.79.119:  [|icmp]\n\t0x0000:  fa16 3e52")


def test_an_unknown_ethertype_is_dumped_once() -> None:
    frame = ethernet(b"hello", 0x88B5)
    head = "c2:86:ff:ce:17:0a > fa:16:3e:52:65:b1, ethertype Unknown (0x88b5), length 19: "
    # parity: tcpdump-undissected
    assert show(frame, "-nt") == f"{head}\n\t0x0000:  6865 6c6c 6f{' ' * 27}  hello\n"
    assert show(frame, "-n -t -x") == f"{head}\n\t0x0000:  6865 6c6c 6f\n"


def test_names_are_printed_without_n() -> None:
    frame = ethernet(ipv4(tcp(40000, 443), 6, source="127.0.0.1"))
    # parity: tcpdump-host-names, tcpdump-port-names
    assert show(frame, "-t").startswith("IP localhost.40000 > 192.168.79.119.https: ")
    assert show(frame, "-t -n").startswith("IP 127.0.0.1.40000 > 192.168.79.119.443: ")


def test_hosts_are_never_looked_up() -> None:
    # parity: tcpdump-host-names
    assert show(ethernet(ipv4(echo(), 1))).startswith("IP 192.168.78.9 > 192.168.79.119: ICMP")


def test_frames_can_be_numbered() -> None:
    printer = Printer(parse_flags("-nt --number"), 0)
    frame = ethernet(arp(), 0x0806)
    printed = [printer.frame(START_NS, frame), printer.frame(START_NS, b"", 0)]
    assert [text[:10] for text in printed] == ["    1  ARP", "    2  [In"]


def test_nanoseconds_when_asked_for() -> None:
    frame = ethernet(arp(), 0x0806)
    for form, time in (("", "10:30:51.226272007"), ("-tt", "1492165851.226272007")):
        printed = Printer(parse_flags(f"{form} --nano"), 0).frame(START_NS + 7, frame)
        assert printed.startswith(f"{time} ARP")


def test_packets_in_packets_without_end_are_printed_all_the_same() -> None:
    packet = b""
    for _ in range(2000):
        packet = ipv4(packet[:60000], 4)
    # parity: tcpdump-depth
    assert " [|ip]" in show(ethernet(packet), "-t -vvv")
    for _ in range(1500):
        packet = ipv4(icmp(3, 1, data=packet[:60000]), 1)
    # parity: tcpdump-depth
    assert " [|ip]" in show(ethernet(packet), "-t -vvv")


FLAGS = ("-nnn -vvv -X -e", "-nn", "-v -x", "-e -q -XX", "-vv -A", "-qq -S -ttt -xx")


@given(st.binary(max_size=200), st.sampled_from(FLAGS), st.integers(0, 100))
@example(b"", "-nn", 0)
def test_any_bytes_are_printed(frame: bytes, flags: str, more: int) -> None:
    printed = show(frame, flags, len(frame) + more)
    assert printed.endswith("\n")


@given(
    st.sampled_from([b"\x08\x00\x45", b"\x08\x06\x00", b"\x81\x00\x00", b"\x00\x20\xaa"]),
    st.binary(max_size=120),
    st.sampled_from(FLAGS),
)
def test_any_packet_is_printed(start: bytes, rest: bytes, flags: str) -> None:
    assert show(bytes(12) + start + rest, flags).endswith("\n")


@pytest.mark.parametrize("seed", range(20))
def test_mutated_frames_are_printed(seed: int) -> None:
    rng = random.Random(seed)
    printers = [Printer(parse_flags(flags), 0) for flags in FLAGS]
    for _ in range(200):
        frame = mutated(rng, some_frame(rng).ljust(15, b"\0"), range(256))
        frame = frame[: rng.randrange(1, len(frame) + 1)]
        for printer in printers:
            assert printer.frame(START_NS, frame).endswith("\n")


def test_printing_needs_no_packet_library() -> None:
    imported = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys; before = set(sys.modules); import grammar.errors; "
            "grammar = set(sys.modules) - before; import midocli.trace.tcpdump.printer; "
            "print(*(set(sys.modules) - before - grammar))",
        ],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    packages = {name.partition(".")[0] for name in imported.split()}
    assert "midocli" in packages
    assert not packages & {"scapy", "netaddr", "pyparsing"}
