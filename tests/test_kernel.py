"""What the Linux kernel, ping and traceroute did in a lab, done again here.

`tests/data/kernel` has captures at two places of a lab, and what was printed, for scenarios that
`tests/transcripts/kernel-*.mido` play again. Frames must be equal but for what is random: IP
identifications, ICMP identifiers, source ports, ping's timestamps. Of those it must be the same
ones that are equal to each other. Texts must be equal but for times.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from sessions import ROOT

from grammar.script import read_lines
from midocli import Lab
from midocli.probes.points import find_point
from midocli.simulator.recorder import Recorder

DATA = ROOT / "tests" / "data" / "kernel"
SCENARIOS = sorted(folder.name for folder in DATA.iterdir())
START = "echo captured from here"
POINTS = {"client": "veth0", "vm": "eth0"}
IPV4, ARP, ICMP, UDP = 0x0800, 0x0806, 1, 17
ECHOES, ERRORS = (0, 8), (3, 11)


class Replay:
    """A scenario's script, run; what its probes printed, and the frames seen since its start."""

    def __init__(self, name: str) -> None:
        script = ROOT / "tests" / "transcripts" / f"kernel-{name}.mido"
        lab = Lab(clock="1970-01-01")
        context = lab.session.context
        self.texts: list[str] = []
        recorder, points = None, {}
        with chdir(script.parent), script.open("rb") as stream:
            for line in read_lines(stream):
                text = str(lab(line.text))
                if line.text.startswith(("ping", "traceroute")) and recorder is not None:
                    self.texts.append(text.partition("tcpdump:")[0])
                if line.text == START:
                    points = {
                        place: find_point(context, interface, 1).key
                        for place, interface in POINTS.items()
                    }
                    recorder = Recorder(set(points.values()), False)
                    context.datapath.network.watch(recorder)
        assert recorder is not None
        self.frames = {
            place: [each.data for each in recorder.captures if each.point == key]
            for place, key in points.items()
        }


@pytest.fixture(scope="module", params=SCENARIOS)
def scenario(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def replay(scenario: str) -> Replay:
    return Replay(scenario)


@pytest.mark.parametrize("place", POINTS)
def test_frames_are_the_kernels(scenario: str, replay: Replay, place: str) -> None:
    recorded = list(frames_of(DATA / scenario / f"{place}.pcap"))
    # parity: kernel-plain-ping, kernel-ttl-exceeded, kernel-no-route-at-sender
    # parity: kernel-no-route-at-router, kernel-silent-neighbour, kernel-silent-host
    # parity: kernel-dnat, kernel-dnat-one-way, kernel-cold-start, kernel-traceroute
    assert canonical(replay.frames[place]) == canonical(recorded)


def test_texts_are_those_of_ping_and_traceroute(scenario: str, replay: Replay) -> None:
    recorded = [printed(path) for path in sorted((DATA / scenario).glob("cmd*.stdout.txt"))]
    recorded = [text for text in recorded if text]
    # parity: kernel-plain-ping, kernel-ttl-exceeded, kernel-no-route-at-sender
    # parity: kernel-no-route-at-router, kernel-silent-neighbour, kernel-silent-host
    # parity: kernel-dnat, kernel-dnat-one-way, kernel-cold-start, kernel-traceroute
    assert [timeless(text) for text in replay.texts] == [timeless(text) for text in recorded]


def printed(stdout: Path) -> str:
    """What a recorded command printed, its standard error included."""
    stderr = Path(str(stdout).replace("stdout", "stderr"))
    return stdout.read_text() + (stderr.read_text() if stderr.exists() else "")


def timeless(text: str) -> str:
    """A text without times; whether some replies took none is not to be told any more."""
    text = re.sub(r"(?<=mdev = )[\d./]+", "TIMES", text)
    return re.sub(r"(?<=[ =])\d+(\.\d+)?(?= ?ms\b)", "TIME", text)


def frames_of(path: Path) -> Iterator[bytes]:
    """The frames of a little-endian pcap file."""
    data, at = path.read_bytes(), 24
    while at < len(data):
        length = struct.unpack_from("<I", data, at + 8)[0]
        yield data[at + 16 : at + 16 + length]
        at += 16 + length


class Numbering(dict[object, int]):
    """Numbers things in the order in which they are first seen."""

    def __missing__(self, key: object) -> int:
        return self.setdefault(key, len(self))


def canonical(frames: list[bytes]) -> list[dict[str, object]]:
    """Frames field by field, what is random numbered instead; checksums are checked on the way."""
    numbers = Numbering()
    return [ethernet(frame, numbers) for frame in frames]


def ethernet(frame: bytes, numbers: Numbering) -> dict[str, object]:
    kind = int.from_bytes(frame[12:14], "big")
    fields: dict[str, object] = {"macs": frame[:12].hex(), "ethertype": kind}
    return fields | (ipv4(frame[14:], numbers) if kind == IPV4 else {"body": frame[14:].hex()})


def ipv4(packet: bytes, numbers: Numbering) -> dict[str, object]:
    size = (packet[0] & 15) * 4
    assert folded(packet[:size]) == 0xFFFF, "the IP header's checksum is right"
    _, tos, length, ip_id, fragment, ttl, proto, _, src, dst = struct.unpack_from(
        "!BBHHHBBHII", packet
    )
    assert ip_id != 0
    body = packet[size:]
    fields: dict[str, object] = {
        "length": length,
        "tos": tos,
        "id": numbers[src, dst, ip_id],
        "fragment": fragment,
        "ttl": ttl,
        "proto": proto,
        "addresses": (src, dst),
        "options": packet[20:size].hex(),
    }
    return fields | (icmp(body, numbers) if proto == ICMP else udp(src, dst, body, numbers))


def icmp(body: bytes, numbers: Numbering) -> dict[str, object]:
    assert folded(body) == 0xFFFF, "the ICMP checksum is right"
    kind, code, _, high, low = struct.unpack_from("!BBHHH", body)
    data = body[8:]
    fields: dict[str, object] = {"kind": (kind, code), "low": low}
    if kind in ECHOES:
        stamped = len(data) == 56
        stamp = {"stamp": numbers["stamp", data[:16]]} if stamped else {}
        data = data[16:] if stamped else data
        return fields | stamp | {"ident": numbers["ident", high], "data": data.hex()}
    assert kind in ERRORS
    return fields | {"high": high, "quoted": ipv4(data, numbers)}


def udp(src: int, dst: int, body: bytes, numbers: Numbering) -> dict[str, object]:
    pseudo = struct.pack("!IIHH", src, dst, UDP, len(body))
    assert folded(pseudo + body) == 0xFFFF, "the UDP checksum is right"
    own, port, length, _ = struct.unpack_from("!HHHH", body)
    return {"from": numbers["port", own], "to": port, "size": length, "data": body[8:].hex()}


def folded(data: bytes) -> int:
    """The ones' complement sum of RFC 1071."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total
