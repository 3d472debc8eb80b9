"""The printer against the tcpdump that is installed, over frames made at random.

The wording is that of 4.99.3 and of 4.99's other releases; other versions differ.
"""

from __future__ import annotations

import random
import re
import subprocess
from pathlib import Path

import pytest
from unit.test_tcpdump_frames import (
    IP_OPTIONS,
    MISSING,
    START_NS,
    STEP_NS,
    TCP_OPTIONS,
    TCPDUMP,
    Frame,
    echo,
    ethernet,
    icmp,
    ipv4,
    run_tcpdump,
    some_frames,
    tcp,
    udp,
    write_pcap,
)

from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.printer import Printer


def version() -> str:
    if TCPDUMP is None:
        return ""
    done = subprocess.run([TCPDUMP, "--version"], capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).partition("\n")[0]


pytestmark = [
    pytest.mark.skipif(TCPDUMP is None, reason=MISSING),
    pytest.mark.skipif(
        TCPDUMP is not None and "4.99.3" not in version(),
        reason=f"another tcpdump than 4.99.3: {version()}",
    ),
]

FRAME_START = re.compile(r"^(?=\d\d:\d\d:\d\d\.\d{6} |\[Invalid)", re.MULTILINE)


def assert_prints_alike(tmp_path: Path, frames: list[Frame], flags: str) -> None:
    path = tmp_path / "frames.pcap"
    write_pcap(path, frames)
    real = run_tcpdump(path, *flags.split())
    printer = Printer(parse_flags(flags), 0)
    mine = [printer.frame(*frame) for frame in frames]
    if "".join(mine) == real:
        return
    for frame, expected, printed in zip(frames, FRAME_START.split(real)[1:], mine, strict=True):
        assert printed == expected, f"{flags} {frame[1].hex()} of {frame[2]}"
    raise AssertionError("the texts differ, though no frame does")


def in_order(datas: list[bytes]) -> list[Frame]:
    return [(START_NS + i * STEP_NS, data, len(data)) for i, data in enumerate(datas)]


@pytest.mark.parametrize(
    "flags",
    ["-nnn -vvv -X -e", "-nn", "-nn -v -x", "-nn -vv -e -XX", "-nn -e -q -xx", "-nn -qq -S -A"],
)
@pytest.mark.parametrize("seed", range(3))
def test_random_mutated_and_cut_frames(tmp_path: Path, seed: int, flags: str) -> None:
    assert_prints_alike(tmp_path, some_frames(seed, 700), flags)


@pytest.mark.parametrize("flags", ["-nn", "-nn -vv -x", "-nn -e -v -X"])
def test_every_cut_of_every_option(tmp_path: Path, flags: str) -> None:
    whole = [ethernet(ipv4(echo(8), 1, options=options)) for options in IP_OPTIONS]
    whole += [
        ethernet(ipv4(tcp(1000, 2000, options=options, data=b"ab"), 6)) for options in TCP_OPTIONS
    ]
    cuts = [
        (START_NS, frame[:kept], len(frame)) for frame in whole for kept in range(1, len(frame) + 1)
    ]
    assert_prints_alike(tmp_path, cuts, flags)


@pytest.mark.parametrize("flags", ["-nn", "-nn -v"])
def test_every_icmp_type_and_code(tmp_path: Path, flags: str) -> None:
    quote = ipv4(udp(40000, 33434, b"x" * 20), 17)
    frames = [
        ethernet(ipv4(icmp(kind, code, b"\0\0\5\xdc", quote), 1))
        for kind in range(50)
        for code in range(18)
    ]
    assert_prints_alike(tmp_path, in_order(frames), flags)


@pytest.mark.parametrize("flags", ["-nn", "-nn -v", "-nn -q"])
@pytest.mark.parametrize("port", [21, 22, 25, 43, 80, 554, 8080, 8554])
def test_protocols_of_text(tmp_path: Path, port: int, flags: str) -> None:
    said = [
        b"GET / HTTP/1.1\r\nHost: a\r\n\r\nbody",
        b"get / HTTP/1.1\nHost: a\n\n",
        b"HTTP/1.1 200 OK\r\nX: y\r\n",
        b"HTTP/1.1 20 OK\r\n",
        b"HTTP/1.1  404\tNo\r\n",
        b"PLAY rtsp://a RTSP/1.0\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"SSH-2.0\n",
        b"SSH-2.0 and no end",
        b"SSH-\x01\n",
        b"220 ready\r",
        b"220 re\rady\r\n",
        b"bin\x00ary\n",
        b"caf\xc3\xa9\n",
        b"GET",
        b"GET \n",
        b"a" * 130 + b" 200\n",
        b"a" * 127 + b" 200\n",
        b" 200 GET\n",
        bytes(range(56)),
        b"x",
    ]
    whole = [ethernet(ipv4(tcp(40000, port, flags=0x18, data=data), 6)) for data in said]
    frames = in_order(whole) + [
        (START_NS, frame[:kept], len(frame)) for frame in whole for kept in (54, 58, 62, 70)
    ]
    assert_prints_alike(tmp_path, frames, flags)


@pytest.mark.parametrize("flags", ["-tttt -nn -e", "-tt -nn", "-ttt -nn", "-ttttt -nn", "-t -nn"])
def test_times(tmp_path: Path, flags: str) -> None:
    rng = random.Random(7)
    frames = [
        (START_NS + rng.randrange(-(10**12), 10**14), ethernet(ipv4(echo(), 1)), 98)
        for _ in range(50)
    ]
    path = tmp_path / "frames.pcap"
    write_pcap(path, frames)
    printer = Printer(parse_flags(flags), 7200)
    printed = "".join(printer.frame(*frame) for frame in frames)
    assert printed == run_tcpdump(path, *flags.split(), zone="Etc/GMT-2")


def test_tcp_numbers_of_several_conversations(tmp_path: Path) -> None:
    rng = random.Random(11)
    frames = []
    for _ in range(400):
        source, destination = rng.choice(((1000, 5001), (5001, 1000), (7777, 7777)))
        hosts = ["192.168.78.9", "192.168.79.119"]
        rng.shuffle(hosts)
        segment = tcp(
            source,
            destination,
            flags=rng.choice((0x10, 0x10, 0x18, 0x12, 0x02, 0x14)),
            seq=rng.randrange(2**32),
            ack=rng.randrange(2**32),
            options=rng.choice((b"", b"\x01\x01\x05\x0a\0\0\x04\0\0\0\x08\0")),
            data=b"data"[: rng.randrange(5)],
        )
        frames.append(ethernet(ipv4(segment, 6, source=hosts[0], destination=hosts[1])))
    assert_prints_alike(tmp_path, in_order(frames), "-nn -v")
