"""Frames of the link types that `tcpdump -i any` and others write, against the real tcpdump."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from struct import pack

import pytest
from unit.test_filter_compile import filtered, padded_frames, some_expression
from unit.test_tcpdump_frames import MISSING, TCPDUMP, Frame, run_tcpdump, some_frames

from grammar.errors import MidoError
from midocli.trace import link_types
from midocli.trace.filter import compile_filter
from midocli.trace.filter_links import link_of
from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.links import link_show
from midocli.trace.tcpdump.printer import Printer

pytestmark = pytest.mark.skipif(TCPDUMP is None, reason=MISSING)

FLAGS = (
    "-nn", "-nn -e", "-nn -q", "-nn -e -q", "-e", "-nn -v -x", "-nn -xx", "-nn -e -X", "-nn -XX",
    "-nn -A", "-nn -qq", "-nn -e -AA",
)  # fmt: skip


def _type(frame: bytes) -> bytes:
    """The type of an Ethernet frame, as Linux has it of frames with a length."""
    return frame[12:14] if frame[12] > 5 else b"\0\4"


def cooked(rng: random.Random, frame: bytes) -> bytes:
    size = rng.choice((6, 6, 6, 0, 8))
    about = pack(">HHH", rng.randrange(6), 1, size)
    return about + frame[6:14] + _type(frame) + frame[14:]


def cooked2(rng: random.Random, frame: bytes) -> bytes:
    index = rng.choice((1, 5000, 2**32 - 1))
    about = pack(">HIHBB", 0, index, 1, rng.randrange(6), rng.choice((6, 6, 0)))
    return _type(frame) + about + frame[6:14] + frame[14:]


def bare(rng: random.Random, frame: bytes) -> bytes:
    return frame[14:] or b"\x45"


def behind_family(rng: random.Random, frame: bytes) -> bytes:
    known = {b"\x08\0": (2,), b"\x86\xdd": (24, 28, 30)}.get(frame[12:14], (6, 9, 2, 0x10000))
    return pack(rng.choice(("<I", "<I", ">I")), rng.choice(known)) + frame[14:]


LINKS: dict[int, Callable[[random.Random, bytes], bytes]] = {
    link_types.LINUX_SLL: cooked,
    link_types.LINUX_SLL2: cooked2,
    link_types.RAW: bare,
    link_types.IPV4: bare,
    link_types.IPV6: bare,
    link_types.NULL: behind_family,
    link_types.LOOP: behind_family,
    147: bare,
}
FILTERED = [link_type for link_type in LINKS if link_of(link_type)]


def write(path: Path, link_type: int, frames: list[Frame], order: str = "<") -> None:
    with path.open("wb") as stream:
        stream.write(pack(order + "IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type))
        for time_ns, data, length in frames:
            second, rest = divmod(time_ns, 10**9)
            stream.write(pack(order + "IIII", second, rest // 1000, len(data), length) + data)


def of_type(link_type: int, frames: list[Frame], seed: int) -> list[Frame]:
    """Ethernet frames as those of another type, cut where they were cut."""
    rng = random.Random(seed)
    made = []
    for time_ns, data, length in frames:
        if len(data) < 14:
            continue
        changed = LINKS[link_type](rng, data)
        if rng.random() < 0.05:
            changed = changed[: rng.randrange(1, 24)]
        made.append((time_ns, changed, max(len(changed), length + len(changed) - len(data))))
    return made


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("link_type", LINKS)
def test_frames_print_as_by_tcpdump(tmp_path: Path, link_type: int, flags: str) -> None:
    frames = of_type(link_type, some_frames(link_type, 300), 5)
    path = tmp_path / "frames.pcap"
    write(path, link_type, frames)
    show = link_show(link_type, lambda index: "lo" if index == 1 else None)
    assert show is not None
    printer = Printer(parse_flags(flags), 0, show)
    lines = "".join(printer.frame(*frame) for frame in frames).split("\n")
    for mine, theirs in zip(lines, run_tcpdump(path, *flags.split()).split("\n"), strict=True):
        # parity: link-types-printed
        assert mine == theirs


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("link_type", FILTERED)
def test_filters_let_the_same_frames_pass(tmp_path: Path, link_type: int, order: str) -> None:
    rng = random.Random(f"{link_type}{order}")
    frames = of_type(link_type, padded_frames(link_type, 300), 5)
    frames = [(time_ns, data.ljust(160, b"\0"), 200) for time_ns, data, _ in frames]
    path = tmp_path / "frames.pcap"
    write(path, link_type, frames, order)
    link = link_of(link_type, "little" if order == "<" else "big")
    assert link is not None
    for number in range(60):
        expression = FIXED[number] if number < len(FIXED) else some_expression(rng)
        try:
            test = compile_filter(expression, link)
            passing = {time_ns for time_ns, data, length in frames if test(data, length)}
        except MidoError:
            passing = None
        # parity: filter-link-layer
        assert passing == filtered(path, expression), expression


FIXED = (
    "ip", "ip6", "arp", "icmp", "ip proto 17", "vlan", "mpls", "llc", "pppoes", "ether multicast",
    "broadcast", "ether host 1:2:3:4:5:6", "ip6 multicast", "port 80", "host 192.168.78.9", "iso",
    "atalk", "ipx", "ether proto 4", "link[0] = 4", "ip[0] & 15 = 5", "icmp6", "protochain 17",
    "ifindex 1", "decnet host 1.2",
)  # fmt: skip


@pytest.mark.parametrize("link_type", [link_types.LINUX_SLL, link_types.LINUX_SLL2])
def test_cooked_frames_tell_which_way_they_went(tmp_path: Path, link_type: int) -> None:
    frames = of_type(link_type, padded_frames(3, 60), 5)
    path = tmp_path / "frames.pcap"
    write(path, link_type, frames)
    link = link_of(link_type)
    assert link is not None
    for expression in ("inbound", "outbound", "outbound or inbound and arp"):
        test = compile_filter(expression, link)
        passing = {time_ns for time_ns, data, length in frames if test(data, length)}
        # parity: filter-cooked-direction
        assert passing == filtered(path, expression)
        assert passing
