"""Frames to try printers and filters on, capture files to hold them, and the real tcpdump.

A helper of the tests beside it, with its own tests at the end.
"""

from __future__ import annotations

import random
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data" / "tcpdump"
TCPDUMP = shutil.which("tcpdump")
MISSING = "tcpdump is not installed: nothing to compare with"

START_NS = 1_492_165_851_226_272_000
STEP_NS = 1_149_000

# (time in nanoseconds, captured bytes, length on the wire)
Frame = tuple[int, bytes, int]

CLIENT = bytes.fromhex("c286ffce170a")
ROUTER = bytes.fromhex("fa163e5265b1")
# Ports that tcpdump has no printer of its own for.
PORTS = (1000, 5001, 33434, 40000, 43210, 65535)


def read_pcap(path: Path) -> Iterator[Frame]:
    """The frames of a little-endian pcap file in micro- or nanoseconds."""
    content = path.read_bytes()
    nanoseconds = {b"\xd4\xc3\xb2\xa1": 1000, b"\x4d\x3c\xb2\xa1": 1}[content[:4]]
    at = 24
    while at < len(content):
        second, fraction, captured, length = struct.unpack_from("<IIII", content, at)
        at += 16
        yield second * 10**9 + fraction * nanoseconds, content[at : at + captured], length
        at += captured


def write_pcap(path: Path, frames: Sequence[Frame]) -> None:
    """A little-endian pcap file in nanoseconds."""
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 262144, 1))
        for time_ns, data, length in frames:
            second, fraction = divmod(time_ns, 10**9)
            file.write(struct.pack("<IIII", second, fraction, len(data), length) + data)


def run_tcpdump(path: Path, *arguments: str, zone: str = "UTC") -> str:
    """What the real tcpdump prints on stdout for a capture file."""
    assert TCPDUMP is not None
    done = subprocess.run(
        [TCPDUMP, *arguments[:-1], "-r", str(path), arguments[-1]]
        if arguments and not arguments[-1].startswith("-")
        else [TCPDUMP, *arguments, "-r", str(path)],
        env={"TZ": zone, "LC_ALL": "C"},
        capture_output=True,
        check=True,
    )
    return done.stdout.decode("latin-1")


def checksum(data: bytes) -> int:
    """RFC 1071, the slow and plain way."""
    total: int = sum(word for (word,) in struct.iter_unpack(">H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return 0xFFFF - total


def ethernet(payload: bytes, ethertype: int = 0x0800, tags: bytes = b"") -> bytes:
    return ROUTER + CLIENT + tags + ethertype.to_bytes(2, "big") + payload


def ipv4(
    payload: bytes,
    protocol: int,
    *,
    tos: int = 0,
    identification: int = 1,
    fragment: int = 0x4000,
    ttl: int = 64,
    source: str = "192.168.78.9",
    destination: str = "192.168.79.119",
    options: bytes = b"",
) -> bytes:
    options += b"\0" * (-len(options) % 4)
    first = 0x45 + len(options) // 4
    header = struct.pack(
        ">BBHHHBBH4s4s",
        first,
        tos,
        20 + len(options) + len(payload),
        identification,
        fragment,
        ttl,
        protocol,
        0,
        bytes(map(int, source.split("."))),
        bytes(map(int, destination.split("."))),
    )
    header += options
    return header[:10] + checksum(header).to_bytes(2, "big") + header[12:] + payload


def icmp(kind: int, code: int = 0, rest: bytes = b"\0\0\0\0", data: bytes = b"") -> bytes:
    message = bytes((kind, code, 0, 0)) + rest + data
    return message[:2] + checksum(message).to_bytes(2, "big") + message[4:]


def echo(size: int = 56, kind: int = 8) -> bytes:
    return icmp(kind, 0, struct.pack(">HH", 28653, 1), bytes(i & 0xFF for i in range(size)))


def _pseudo(protocol: int, length: int) -> bytes:
    return bytes((192, 168, 78, 9, 192, 168, 79, 119, 0, protocol)) + length.to_bytes(2, "big")


def udp(source: int, destination: int, data: bytes = b"") -> bytes:
    datagram = struct.pack(">HHHH", source, destination, 8 + len(data), 0) + data
    summed = checksum(_pseudo(17, len(datagram)) + datagram) or 0xFFFF
    return datagram[:6] + summed.to_bytes(2, "big") + datagram[8:]


def tcp(
    source: int,
    destination: int,
    *,
    flags: int = 0x10,
    seq: int = 1000,
    ack: int = 2000,
    options: bytes = b"",
    data: bytes = b"",
) -> bytes:
    options += b"\0" * (-len(options) % 4)
    offset = (20 + len(options)) << 2
    segment = (
        struct.pack(">HHIIBBHHH", source, destination, seq, ack, offset, flags, 502, 0, 3)
        + options
        + data
    )
    summed = checksum(_pseudo(6, len(segment)) + segment)
    return segment[:16] + summed.to_bytes(2, "big") + segment[18:]


def arp(operation: int = 1, target_mac: bytes = b"\0" * 6, hardware: int = 1) -> bytes:
    return (
        struct.pack(">HHBBH", hardware, 0x0800, 6, 4, operation)
        + CLIENT
        + bytes((192, 168, 78, 9))
        + target_mac
        + bytes((192, 168, 78, 1))
    )


IP_OPTIONS = (
    b"",
    b"\x01\x01\x01",
    b"\x07\x0b\x04" + b"\0" * 8 + b"\0",
    b"\x07\x0b\x08\x0a\0\0\x01" + b"\0" * 4,
    b"\x83\x07\x04\x0a\x01\x02\x03",
    b"\x89\x0b\x0c\x0a\x01\x02\x03\x0a\x01\x02\x04",
    b"\x44\x0c\x05\x00" + b"\0\0\0\1" * 2,
    b"\x44\x14\x0d\x21" + b"\x0a\0\0\1\0\0\1\0" * 2,
    b"\x44\x0c\x09\x03" + b"\x0a\0\0\1\0\0\1\0",
    b"\x44\x08\x05\x02\0\0\0\0",
    b"\x94\x04\0\0",
    b"\x94\x04\0\x07",
    b"\x82\x0b" + b"\0" * 9,
    b"\x99\x04\1\2",
    b"\x52\x0c" + b"\0" * 10,
)

TCP_OPTIONS = (
    b"",
    b"\x02\x04\x05\xb4\x04\x02\x08\x0a\0\1\2\3\0\0\0\0\x01\x03\x03\x07",
    b"\x01\x01\x08\x0a\0\1\2\3\4\5\6\7",
    b"\x01\x01\x05\x0a\0\0\x04\0\0\0\x08\0",
    b"\x01\x01\x05\x12" + b"\0\0\x04\0\0\0\x08\0" * 2,
    b"\x05\x09" + b"\0" * 7,
    b"\x13\x12" + bytes(range(16)),
    b"\x14\x04\x80\x07",
    b"\x1c\x04\x80\x07",
    b"\x1d\x10\x01\x02" + bytes(range(12)),
    b"\x1d\x03\x01",
    b"\x1e\x0c\0\x81" + bytes(range(8)),
    b"\x1e\x04\x01\x01\x1e\x04\x50\7\x1e\x03\x51\x1e\x05\x40\1\2",
    b"\x1e\x14\0\1" + bytes(range(16)),
    b"\x1e\x0c\x11\2" + bytes(range(8)),
    b"\x1e\x10\x10\2" + bytes(range(12)),
    b"\x1e\x18\x10\0" + bytes(range(20)),
    b"\x1e\x12\x20\x05" + bytes(range(14)),
    b"\x1e\x1c\x20\x1f" + bytes(range(24)),
    b"\x1e\x0a\x34\3\x0a\0\0\1\0\x50\x1e\x10\x30\3\x0a\0\0\1" + bytes(range(8)),
    b"\x1e\x1e\x31\3" + bytes(range(26)),
    b"\x1e\x0c\x60\0" + bytes(range(8)) + b"\x1e\x0c\x70\0" + bytes(range(8)),
    b"\x1e\x04\x90\0\x1e\x02",
    b"\x22\x02",
    b"\x22\x0a" + bytes(range(8)),
    b"\x22\x05\1\2\3",
    b"\xfe\x04\xf9\x89",
    b"\xfe\x08\xf9\x89\1\2\3\4",
    b"\xfe\x06\x12\x34\1\2",
    b"\xfe\x02",
    b"\x06\x06\0\0\0\1\x07\x06\0\0\0\2\x0b\x06\0\0\0\3\x0c\x06\0\0\0\4\x0d\x06\0\0\0\5",
    b"\x02\x08\x05\xb4\0\0\0\0",
    b"\x63\x05\1\2\3",
    b"\x63\x02",
    b"\x00\x01\x01\x01",
    b"\x02\x00",
    b"\x02\x40",
)


def some_payload(rng: random.Random, depth: int = 0) -> tuple[bytes, int]:
    """A transport payload of a covered kind, and its IP protocol."""
    data = rng.randbytes(rng.choice((0, 1, 2, 8, 24, 56, 57, 200)))
    kind = rng.randrange(9)
    if kind == 0:
        return echo(len(data), rng.choice((0, 8))), 1
    if kind in (1, 2) and depth < 3:
        quote = some_ip(rng, depth + 1)
        quote = quote[: rng.choice((0, 10, 20, 24, 28, 40, 128, 548))]
        if rng.random() < 0.3:
            quote = quote.ljust(128, b"\0") + some_extension(rng)
        code = rng.randrange(17)
        rest = rng.choice((b"\0\0\0\0", b"\0\0\5\xdc", b"\0\x20\0\0", rng.randbytes(4)))
        return icmp(rng.choice((3, 3, 3, 4, 5, 11, 12)), code, rest, quote), 1
    if kind == 3:
        rest = rng.choice((b"\2\2\7\x08", b"\1\2\0\x1e", b"\1\3\xff\xff", rng.randbytes(4)))
        return icmp(rng.randrange(45), rng.choice((0, 0, 1)), rest, data), 1
    if kind == 4 or kind == 5:
        return udp(rng.choice(PORTS), rng.choice(PORTS), data), 17
    if kind in (6, 7):
        return tcp(
            rng.choice(PORTS),
            rng.choice(PORTS),
            flags=rng.choice((0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, rng.randrange(256))),
            seq=rng.choice((1, 1000, 2**32 - 1, rng.randrange(2**32))),
            ack=rng.choice((0, 1, 2000, rng.randrange(2**32))),
            options=rng.choice(TCP_OPTIONS),
            data=data,
        ), 6
    protocol = rng.choice((4, 58, 59, 77, 143, 61, 63, 99, 114, 200, 255))
    if protocol == 4 and depth < 3:
        return some_ip(rng, depth + 1), 4
    return data, protocol if protocol != 4 else 99


def some_extension(rng: random.Random) -> bytes:
    """An ICMP multi-part extension with an MPLS label or an unknown object."""
    label = struct.pack(">HBBI", 8, 1, 1, rng.randrange(2**32))
    other = struct.pack(">HBB", 9, rng.choice((0, 1, 2, 3)), rng.randrange(3)) + rng.randbytes(5)
    body = rng.choice((label, label + label, other, label + other))
    header = bytes((rng.choice((0x20, 0x20, 0x10)), 0))
    summed = checksum(header + b"\0\0" + body)
    return header + summed.to_bytes(2, "big") + body


def some_ip(rng: random.Random, depth: int = 0) -> bytes:
    """An IPv4 packet of a covered kind."""
    payload, protocol = some_payload(rng, depth)
    plain = rng.random() < 0.6
    return ipv4(
        payload,
        protocol,
        tos=0 if plain else rng.randrange(256),
        identification=rng.randrange(65536),
        fragment=rng.choice((0, 0x4000))
        if plain
        else rng.choice((0x2000, 0x2003, 0x0003, 0x8000, rng.randrange(65536))),
        ttl=64 if plain else rng.choice((0, 1, 255)),
        options=b"" if plain else rng.choice(IP_OPTIONS),
    )


def some_frame(rng: random.Random) -> bytes:
    """A frame of a covered kind, whole and well-formed."""
    kind = rng.randrange(12)
    tags = rng.choice((b"", b"", b"\x81\0\xa0\x64", b"\x88\xa8\x10\x07\x81\0\0\x05"))
    if kind < 8:
        frame = ethernet(some_ip(rng), tags=tags)
    elif kind < 10:
        target = rng.choice((b"\0" * 6, b"\xff" * 6, ROUTER))
        operation = rng.choice((1, 1, 2, 2, 3, 4, 8, 9, 10, 77))
        packet = arp(operation, target, rng.choice((1, 1, 1, 6, 7, 15, 19, 23, 24, 32, 99)))
        frame = ethernet(packet, rng.choice((0x0806, 0x0806, 0x8035)), tags)
    elif kind == 10:
        unknown = rng.choice((0x88B5, 0x9999, 0x05DD, 0x6004, 0x893A))
        frame = ethernet(rng.randbytes(rng.randrange(40)), unknown, tags)
    else:
        body = some_llc(rng)
        frame = ethernet(body, rng.choice((len(body), len(body), rng.randrange(1501))), tags)
    return frame.ljust(60, b"\0") if rng.random() < 0.5 else frame


def some_llc(rng: random.Random) -> bytes:
    """An LLC frame's body."""
    data = rng.randbytes(rng.randrange(20))
    if rng.random() < 0.4:
        vendor = rng.choice((b"\0\0\0", b"\0\0\xf8", b"\x08\0\x07", b"\x12\x34\x56"))
        protocol, inner = rng.choice(
            ((b"\x08\0", some_ip(rng)), (b"\x08\x06", arp()), (b"99", data))
        )
        return b"\xaa\xaa\x03" + vendor + protocol + inner
    saps = bytes((rng.choice((0, 4, 6, 7, 0x0E, 0x7E, 0x99)), rng.choice((0, 4, 5, 6, 0x99))))
    control = rng.choice((b"\x03", b"\xaf", b"\xbf", b"\xe3", b"\x01\x03", b"\x00\x02", b"\x0d\0"))
    return saps + control + rng.choice((b"\x81\x01\x02", data))


# As an IP protocol or part of a port or SAP, these lead to nothing that is not covered.
_TAME = (0, 1, 4, 6, 0x11, 0x20, 0x45, 0x4F, 0xFF)


def mutated(rng: random.Random, frame: bytes, values: Sequence[int] = _TAME) -> bytes:
    """The frame with some bytes behind its Ethertype changed to some of the values."""
    changed = bytearray(frame)
    for _ in range(rng.choice((1, 1, 2, 5))):
        changed[rng.randrange(14, len(changed))] = rng.choice(values)
    return bytes(changed)


def some_frames(seed: int, count: int) -> list[Frame]:
    """Whole, mutated and cut frames, at times a little more than a millisecond apart."""
    rng = random.Random(seed)
    frames = []
    for index in range(count):
        frame = some_frame(rng)
        if rng.random() < 0.4 and len(frame) > 14:
            frame = mutated(rng, frame)
        kept = rng.randrange(1, len(frame) + 1) if rng.random() < 0.35 else len(frame)
        frames.append((START_NS + index * STEP_NS, frame[:kept], len(frame)))
    return frames


def test_a_capture_file_gives_back_its_frames(tmp_path: Path) -> None:
    frames = some_frames(1, 20)
    write_pcap(tmp_path / "some.pcap", frames)
    assert list(read_pcap(tmp_path / "some.pcap")) == frames


def test_checksums_made_here_verify() -> None:
    assert checksum(ipv4(echo(), 1)[:20]) == 0
    assert checksum(echo(57)) == 0
    assert checksum(_pseudo(17, 13) + udp(1, 2, b"three")) == 0
    assert checksum(_pseudo(6, 25) + tcp(1, 2, data=b"three")) == 0
