"""Capture files: what is in them, and that other programs read them without complaint."""

from __future__ import annotations

import io
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from unit.test_tcpdump_frames import (
    START_NS,
    TCPDUMP,
    arp,
    echo,
    ethernet,
    ipv4,
    some_frame,
)

from midocli.trace.capture import Capture, CapturedFrame, write_all
from midocli.trace.pcapng import pcapng_writer
from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.printer import Printer

PING = ethernet(ipv4(echo(), 1))
REPLY = ethernet(ipv4(echo(kind=0), 1))
REQUEST = ethernet(arp(), 0x0806)

CAPTURES = [
    Capture(
        "host0:veth0",
        "client, 192.168.78.9/24",
        [
            CapturedFrame(START_NS + 1, "in", PING, "leaves the client"),
            CapturedFrame(START_NS + 38_193_456, "out", REPLY),
        ],
    ),
    Capture(
        "bridge1:port1",
        None,
        [
            CapturedFrame(START_NS, "out", REQUEST),
            CapturedFrame(START_NS + 1_149_000, "out", PING, "über «chain0:rule0»\nzwei Zeilen"),
        ],
    ),
    Capture("tap", "", []),
]


def written(captures: list[Capture]) -> bytes:
    stream = io.BytesIO()
    write_all(pcapng_writer(stream), captures)
    return stream.getvalue()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "captures.pcapng"
    path.write_bytes(written(CAPTURES))
    return path


def run(*command: str) -> str:
    """What a program prints; anything on stderr but tcpdump's usual line is a complaint."""
    done = subprocess.run(
        command, capture_output=True, check=True, env={"TZ": "UTC", "LC_ALL": "C.UTF-8"}
    )
    complaints = [
        line
        for line in done.stderr.decode().splitlines()
        if not line.startswith(("reading from file", "Running as user"))
    ]
    assert complaints == []
    return done.stdout.decode()


def needs(program: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(program) is None, reason=f"{program} is not installed: nothing to read with"
    )


def test_the_same_captures_give_the_same_bytes() -> None:
    assert written(CAPTURES) == written(CAPTURES)


def test_the_blocks_byte_by_byte() -> None:
    frame = CapturedFrame(0x0000_0001_0000_0002, "out", b"\1\2\3", "hi")
    expected = (
        # section: byte order, version 1.0, no length
        "0a0d0d0a 1c000000 4d3c2b1a 01000000 ffffffffffffffff 1c000000"
        # interface: Ethernet, 262144 bytes, named `p`, described `d!`, 10^-9 seconds
        "01000000 30000000 01000000 00000400 0200 0100 70000000 0300 0200 64210000"
        "0900 0100 09000000 0000 0000 30000000"
        # frame: interface 0, its time, 3 of 3 bytes, a comment, outbound
        "06000000 38000000 00000000 01000000 02000000 03000000 03000000 01020300"
        "0100 0200 68690000 0200 0400 02000000 0000 0000 38000000"
    )
    assert written([Capture("p", "d!", [frame])]) == bytes.fromhex(expected)


def test_nothing_to_write_is_a_section_without_interfaces() -> None:
    assert len(written([])) == 28


@pytest.mark.parametrize("time_ns", [-1, 2**64])
def test_a_time_that_does_not_fit_is_refused(time_ns: int) -> None:
    with pytest.raises(ValueError, match="no number for the time"):
        written([Capture("p", None, [CapturedFrame(time_ns, "in", b"")])])


def test_a_comment_too_long_for_the_format_is_cut_between_characters() -> None:
    frame = CapturedFrame(0, "in", PING, "€" * 30000)
    content = written([Capture("p", None, [frame])])
    assert ("€" * 21845).encode() in content
    assert len(content) < 66_000


@needs("tshark")
def test_tshark_reads_points_times_directions_and_comments(path: Path) -> None:
    fields = (
        "frame.time_epoch",
        "frame.interface_name",
        "frame.interface_description",
        "frame.packet_flags_direction",
        "frame.comment",
        "frame.len",
    )
    options = [word for field in fields for word in ("-e", field)]
    printed = run("tshark", "-r", str(path), "-T", "fields", *options)
    rows = [line.split("\t") for line in printed.splitlines()]
    assert [row[0] for row in rows] == [
        "1492165851.226272000",
        "1492165851.226272001",
        "1492165851.227421000",
        "1492165851.264465456",
    ]
    assert [row[1] for row in rows] == [
        "bridge1:port1",
        "host0:veth0",
        "bridge1:port1",
        "host0:veth0",
    ]
    assert [row[2] for row in rows] == [
        "",
        "client, 192.168.78.9/24",
        "",
        "client, 192.168.78.9/24",
    ]
    assert [int(row[3], 0) for row in rows] == [2, 1, 2, 2]
    assert rows[1][4] == "leaves the client"
    assert rows[2][4].startswith("über «chain0:rule0»")
    assert [row[5] for row in rows] == ["42", "98", "98", "98"]


@needs("capinfos")
def test_capinfos_counts_points_and_frames(path: Path) -> None:
    printed = run("capinfos", str(path))
    assert "pcapng" in printed
    assert "Number of packets:   4" in printed
    assert "nanoseconds (9)" in printed
    assert "Strict time order:   True" in printed
    assert "Number of interfaces in file: 3" in printed
    assert "Name = host0:veth0" in printed


@needs("tcpdump")
def test_tcpdump_prints_the_frames_written(tmp_path: Path) -> None:
    assert TCPDUMP is not None
    rng = random.Random(3)
    captures = [
        Capture(
            name,
            None,
            [
                CapturedFrame(START_NS + rng.randrange(10**9), rng.choice(("in", "out")), frame)
                for frame in (some_frame(rng) for _ in range(50))
            ],
        )
        for name in ("veth0", "tap")
    ]
    path = tmp_path / "some.pcapng"
    path.write_bytes(written(captures))
    printer = Printer(parse_flags("-nnXX"), 0)
    ordered = sorted(
        (frame for capture in captures for frame in capture.frames), key=lambda frame: frame.time_ns
    )
    mine = "".join(printer.frame(frame.time_ns, frame.data) for frame in ordered)
    assert run(TCPDUMP, "-nnXX", "-r", str(path)) == mine


def test_scapy_is_imported_only_to_write() -> None:
    subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, io; from midocli.trace.pcapng import pcapng_writer; "
            "assert 'scapy' not in sys.modules; pcapng_writer(io.BytesIO()); "
            "assert 'scapy.utils' in sys.modules; assert 'scapy.route' not in sys.modules",
        ],
        check=True,
    )
