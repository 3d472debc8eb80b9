"""Captures of every form, whole and damaged, read by `midocli tcpdump` and by the real one.

What is printed before a fault, what is said of it, and the exit status are the same.
"""

from __future__ import annotations

import io
import struct
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from unit.test_capture_files import real, told
from unit.test_tcpdump_frames import MISSING, TCPDUMP, arp, echo, ethernet, ipv4, tcp

from midocli.app import tcpdump

PING = ethernet(ipv4(echo(8), 1))
FRAMES = (PING, ethernet(arp(), 0x0806), ethernet(ipv4(tcp(1000, 80, data=b"ab"), 6)), b"", b"\1")
LENGTHS = (0, 1, 2, 14, 60, 96, 262144, 262145, 2**31 - 1, 2**31, 2**32 - 1)
PCAP_MAGICS = (0xA1B2C3D4, 0xA1B23C4D, 0xA1B2CD34, 0xA1B234CD, 0xA12B3C4D)

pytestmark = pytest.mark.skipif(TCPDUMP is None, reason=MISSING)

odd = st.sampled_from(LENGTHS)
orders = st.sampled_from("<>")


@st.composite
def pcap_files(draw: st.DrawFn) -> bytes:
    order = draw(orders)
    magic = draw(st.sampled_from(PCAP_MAGICS))
    version = draw(st.sampled_from([(2, 4)] * 6 + [(2, 3), (2, 2), (543, 0), (1, 0), (2, 5)]))
    snap_length = draw(st.just(262144) | odd)
    link = draw(st.sampled_from([1] * 6 + [0xF4000001, 113, 12, 101, 228]))
    head = struct.pack(order + "IHHIIII", magic, *version, 0, 0, snap_length, link)
    return head + b"".join(draw(st.lists(pcap_records(order, magic), max_size=4)))


@st.composite
def pcap_records(draw: st.DrawFn, order: str, magic: int) -> bytes:
    data = draw(st.sampled_from(FRAMES))
    second = draw(st.sampled_from([0, 1, 1_700_000_000, 2**31 - 1, 2**31, 2**32 - 1]))
    fraction = draw(st.sampled_from([0, 7, 999_999, 1_100_000, 10**9, 2**31, 2**32 - 1]))
    captured = draw(st.just(len(data)) | odd)
    length = draw(st.just(len(data)) | odd)
    extra = draw(st.sampled_from([b"", bytes(8)])) if magic == 0xA1B2CD34 else b""
    return struct.pack(order + "IIII", second, fraction, captured, length) + extra + data


def block(order: str, kind: int, body: bytes, length: int | None = None, end: int = 0) -> bytes:
    whole = 12 + len(body) if length is None else length
    packed = struct.pack(order + "I", whole)
    return (
        struct.pack(order + "I", kind)
        + packed
        + body
        + struct.pack(order + "I", (whole + end) % 2**32)
    )


@st.composite
def options(draw: st.DrawFn, order: str) -> bytes:
    packed = b""
    for code, value in draw(
        st.lists(
            st.tuples(st.just(9), st.sampled_from([b"\6", b"\x09", b"\0", b"\x13", b"\x14"]))
            | st.tuples(st.just(9), st.sampled_from([b"\x80", b"\x94", b"\xbf", b"\xc0", b""]))
            | st.tuples(
                st.just(14),
                st.sampled_from([-3600, 1, 5, 2**40]).map(lambda n: struct.pack(order + "q", n))
                | st.just(b"\0\0\0\1"),
            )
            | st.tuples(st.sampled_from([1, 2, 11, 77]), st.binary(max_size=5))
            | st.tuples(st.just(0), st.sampled_from([b"", b"", b"1234"])),
            max_size=3,
        )
    ):
        packed += struct.pack(order + "HH", code, len(value)) + value + bytes(-len(value) % 4)
    return packed + draw(st.sampled_from([b"", b"", bytes(4), b"\0\0", b"\1\0\xff\0"]))


@st.composite
def blocks(draw: st.DrawFn, order: str) -> bytes:
    kind = draw(st.sampled_from([1, 1, 2, 3, 3, 4, 6, 6, 6, 6, 0x0A0D0D0A, 0x0BAD]))
    data = draw(st.sampled_from(FRAMES))
    data += bytes(-len(data) % 4) if draw(st.integers(0, 3)) else b""
    ticks = draw(st.sampled_from([0, 7, 1_700_000_000_000_007, 2**63 + 5, 2**64 - 1]))
    times = struct.pack(order + "II", ticks >> 32, ticks & 0xFFFFFFFF)
    lengths = struct.pack(order + "II", draw(st.just(len(data)) | odd), draw(st.just(80) | odd))
    interface = draw(st.sampled_from([0, 0, 0, 0, 1, 9]))
    if kind == 1:
        link, snap = draw(st.sampled_from([1] * 8 + [12, 101, 113])), draw(st.just(0) | odd)
        body = struct.pack(order + "HHI", link, 0, snap) + draw(options(order))
    elif kind == 2:
        body = struct.pack(order + "HH", interface, 0) + times + lengths + data
    elif kind == 3:
        body = lengths[4:] + data
    elif kind == 6:
        body = struct.pack(order + "I", interface) + times + lengths + data + draw(options(order))
    elif kind == 0x0A0D0D0A:
        mark = draw(st.sampled_from([0x1A2B3C4D] * 4 + [0x4D3C2B1A, 5]))
        major = draw(st.sampled_from([1, 1, 1, 2]))
        body = struct.pack(order + "IHHq", mark, major, draw(st.integers(0, 3)), -1)
    else:
        body = draw(st.binary(max_size=3).map(lambda part: part * 4))
    body = body[: draw(st.sampled_from([10**6] * 12 + [0, 4, 6, 12, 20]))]
    length = draw(st.sampled_from([None] * 12 + [0, 8, 12, 13, 2**24, 2**24 + 4, 2**32 - 4]))
    return block(order, kind, body, length, draw(st.sampled_from([0] * 12 + [4])))


@st.composite
def pcapng_files(draw: st.DrawFn) -> bytes:
    order = draw(orders)
    minor = draw(st.sampled_from([0, 0, 0, 2, 1]))
    mark = draw(st.sampled_from([0x1A2B3C4D] * 9 + [1]))
    body = struct.pack(order + "IHHq", mark, 1, minor, -1) + draw(
        st.sampled_from([b""] * 9 + [b"odd"])
    )
    length = draw(st.sampled_from([None] * 27 + [12, 27, 2**20 + 1]))
    first = b""
    if draw(st.integers(0, 9)):
        kinds = struct.pack(order + "HHI", draw(st.sampled_from([1, 1, 1, 101, 12])), 0, 0)
        first = block(order, 1, kinds + draw(options(order)))
    rest = b"".join(draw(st.lists(blocks(order), max_size=4)))
    return block(order, 0x0A0D0D0A, body, length) + first + rest


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    content = draw(pcap_files() | pcapng_files() | pcapng_files())
    if draw(st.integers(0, 5)) == 0:
        content = content[: draw(st.integers(0, len(content)))]
    if content and draw(st.integers(0, 3)) == 0:
        at = draw(st.integers(0, len(content) - 1))
        content = content[:at] + bytes([draw(st.integers(0, 255))]) + content[at + 1 :]
    return content


def ours(*arguments: str) -> tuple[int, bytes, list[str]]:
    """As `real`, without a process of its own."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        status = tcpdump.main(arguments)
    return status, out.getvalue().encode(), told(err.getvalue().encode())


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(damaged(), st.sampled_from(["-tt", "-tt --nano", "-tt -e -x", "--count", "-tt -c 1"]))
def test_a_damaged_capture_reads_as_by_tcpdump(tmp_path: Path, content: bytes, how: str) -> None:
    path = tmp_path / "some.cap"
    path.write_bytes(content)
    words = ["-nr", str(path), *how.split()]
    # parity: reader-damaged, reader-headers, reader-fault-after-count
    assert ours(*words) == real(*words)
