"""Capture files read, written, copied and watched, against the tools installed."""

from __future__ import annotations

import shutil
import struct
import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from sessions import midocli
from unit.test_tcpdump_frames import MISSING, TCPDUMP

from midocli.trace.capture_reader import CaptureFileError, open_capture

DATA = Path(__file__).parent.parent / "data" / "tcpdump"
PING = DATA / "01-echo-sizes.pcap"
FRAME = bytes.fromhex("c286ffce170afa163e5265b10800") + bytes(46)
LAN = """\
bridge create name lan
bridge lan add port
bridge lan add port
router create name edge
router edge add port address 10.0.1.1 net 10.0.1.0/24 peer bridge0:port0
chain create name guard
chain guard add rule dst 10.9.0.0/16 type drop
router edge set infilter guard
host create name rack1
host rack1 add binding port bridge0:port1 interface tap1
guest create name alice interface tap1 address 10.0.1.10/24 gw 10.0.1.1
clock set 2026-01-05T09:00:00.000000+00:00
"""


def pcap(
    order: str = "<", magic: int = 0xA1B2C3D4, link: int = 1, snap: int = 65535, frames: int = 2
) -> bytes:
    head = struct.pack(order + "IHHIIII", magic, 2, 4, 0, 0, snap, link)
    record = struct.pack(order + "IIII", 7, 123456, len(FRAME), 100) + FRAME
    return head + record * frames


def block(order: str, kind: int, body: bytes) -> bytes:
    length = struct.pack(order + "I", 12 + len(body))
    return struct.pack(order + "I", kind) + length + body + length


def section(order: str) -> bytes:
    return block(order, 0x0A0D0D0A, struct.pack(order + "IHHq", 0x1A2B3C4D, 1, 0, -1))


def interface(order: str, link: int = 1, snap: int = 0, resolution: int = 6) -> bytes:
    option = struct.pack(order + "HHB3xHH", 9, 1, resolution, 0, 0)
    return block(order, 1, struct.pack(order + "HHI", link, 0, snap) + option)


def packet(order: str, number: int, ticks: int, flags: int = 1) -> bytes:
    head = struct.pack(order + "5I", number, ticks >> 32, ticks & 0xFFFFFFFF, len(FRAME), 100)
    option = struct.pack(order + "HHIHH", 2, 4, flags, 0, 0)
    return block(order, 6, head + FRAME + option)


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("magic", "time_ns"), [(0xA1B2C3D4, 7123456000), (0xA1B23C4D, 7000123456)])
def test_pcap_in_both_byte_orders_and_resolutions(order: str, magic: int, time_ns: int) -> None:
    capture = open_capture(BytesIO(pcap(order, magic, snap=40)))
    # parity: reader-headers
    assert (capture.link_type, capture.snap_length) == (1, 40)
    frames = [
        (each.time_ns, each.data, each.wire_length, each.direction) for each in capture.frames
    ]
    assert frames == [(time_ns, FRAME[:40], 100, None)] * 2


@pytest.mark.parametrize("order", ["<", ">"])
def test_pcapng_with_interfaces_sections_and_directions(order: str) -> None:
    content = (
        section(order)
        + interface(order)
        + block(order, 0x0BAD, b"what nobody knows...")
        + interface(order, resolution=9)
        + packet(order, 0, 5_000_000)
        + packet(order, 1, 5_000_000_001, 2)
        + section(order)
        + interface(order, resolution=9)
        + packet(order, 0, 6_000_000_000)
    )
    capture = open_capture(BytesIO(content))
    assert (capture.link_type, capture.snap_length) == (1, 262144)
    assert [(each.time_ns, each.direction) for each in capture.frames] == [
        (5_000_000_000, "in"),
        (5_000_000_001, "out"),
        (6_000_000_000, "in"),
    ]


BROKEN = {
    "empty": (b"", "truncated dump file; tried to read 4 file header bytes, only got 0"),
    "three": (pcap()[:3], "truncated dump file; tried to read 4 file header bytes, only got 3"),
    "junk": (b"\x7fELF" + bytes(100), "unknown file format"),
    "gzip": (b"\x1f\x8b\x08\0" + bytes(100), "unknown file format"),
    "head": (pcap()[:10], "truncated dump file; tried to read 24 file header bytes, only got 6"),
    "header": (
        pcap(frames=1)[:29],
        "truncated dump file; tried to read 16 header bytes, only got 5",
    ),
    "data": (
        pcap()[:-10],
        "truncated dump file; tried to read 60 captured bytes, only got 50",
    ),
    "version": (
        struct.pack("<IHHIIII", 0xA1B2C3D4, 3, 4, 0, 0, 9, 1),
        "unsupported pcap savefile version 3.4",
    ),
    "large": (
        pcap(frames=0) + struct.pack("<IIII", 0, 0, 300000, 300000),
        "invalid packet capture length 300000, bigger than snaplen of 65535",
    ),
    "no interface": (section("<"), "the capture file has no Interface Description Blocks"),
    "block": (
        section("<") + interface("<") + packet("<", 0, 0)[:-20],
        "truncated pcapng dump file; tried to read 96 bytes, only got 76",
    ),
    "kinds": (
        section("<") + interface("<") + interface("<", link=113) + packet("<", 0, 0),
        "an interface has a type 113 different from the type of the first interface",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_in_libpcaps_words(name: str) -> None:
    content, message = BROKEN[name]
    # parity: reader-damaged
    with pytest.raises(CaptureFileError) as caught:
        list(open_capture(BytesIO(content)).frames)
    assert str(caught.value) == message


def real(*arguments: str) -> tuple[int, bytes, list[str]]:
    assert TCPDUMP is not None
    words = ["tcpdump", *arguments]
    done = subprocess.run(words, executable=TCPDUMP, capture_output=True, check=False)
    return done.returncode, done.stdout, told(done.stderr)


def ours(*arguments: str) -> tuple[int, bytes, list[str]]:
    done = midocli("tcpdump", *arguments)
    return done.returncode, done.stdout.encode(), told(done.stderr.encode())


def told(stderr: bytes) -> list[str]:
    """What a program said, but for its usage and whom it runs as."""
    dull = ("Running as", "Usage", "\t", "libpcap version", "OpenSSL", "tcpdump version")
    return [line for line in stderr.decode().splitlines() if not line.startswith(dull)]


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
@pytest.mark.parametrize(
    "arguments",
    [
        "-nr {ping}",
        "-nttttr {ping} -c 2 icmp and greater 900",
        "-nnvvXe -r {ping} -c 1",
        "--count -r {ping} icmp[icmptype] == 0",
        "-n greater 1000 -tr {cut}",
        "-nr {folder}/nowhere",
        "-nr {folder}",
        "-nr {folder}/empty",
        "-nr {folder}/junk",
        "-nr {folder}/header",
        "-nr {folder}/data",
        "-r {ping} -c 0",
        "-r {ping} -F {folder}/nowhere",
        "-nr {ping} -w {folder}/nowhere/x",
        "-r",
        "-k",
    ],
)
def test_the_command_line_is_tcpdumps(tmp_path: Path, arguments: str) -> None:
    for name, (content, _) in BROKEN.items():
        (tmp_path / name).write_bytes(content)
    words = arguments.format(ping=PING, cut=DATA / "37-snaplen-64.pcap", folder=tmp_path).split()
    assert ours(*words) == real(*words)


@pytest.mark.skipif(TCPDUMP is None, reason=MISSING)
def test_a_copy_is_the_one_tcpdump_makes(tmp_path: Path) -> None:
    mine, theirs = tmp_path / "mine.pcap", tmp_path / "theirs.pcap"
    words = ("-r", str(DATA / "37-snaplen-64.pcap"), "ip")
    assert ours(*words, "-w", str(mine))[0] == real(*words, "-w", str(theirs))[0] == 0
    assert mine.read_bytes() == theirs.read_bytes()


def test_the_file_that_is_read_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "same.pcap"
    shutil.copy(PING, path)
    assert ours("-r", str(path), "-w", str(path), "-c", "1")[0] == 0
    assert path.stat().st_size == 24 + 16 + 42


def test_a_running_capture_fills_its_file_command_by_command(tmp_path: Path) -> None:
    path = tmp_path / "walk.pcapng"
    script = f"{LAN}tcpdump all write {path} quiet filter icmp\n"
    pings = "ping alice 10.0.1.1 capture none\nping alice 10.9.0.1 capture none\n"
    done = midocli("--seed", "1", stdin=script + pings)
    assert done.stderr == ""
    frames = list(open_capture(path.open("rb")).frames)
    assert [frame.direction for frame in frames][:2] == ["in", "out"]
    assert sorted(frames, key=lambda frame: frame.time_ns) == frames


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_a_packet_list_reads_as_an_explanation(tmp_path: Path) -> None:
    path = tmp_path / "walk.pcapng"
    script = f"{LAN}tcpdump any write {path} quiet filter icmp\nping alice 10.9.0.1 capture none\n"
    assert midocli("--seed", "1", stdin=script).stderr == ""
    fields = ("interface_name", "interface_description", "packet_flags_direction", "comment")
    options = [word for field in fields for word in ("-e", f"frame.{field}")]
    done = subprocess.run(
        ["tshark", "-r", str(path), "-T", "fields", *options],
        capture_output=True,
        check=True,
        text=True,
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
    )
    name, description, direction, comment = done.stdout.rstrip("\n").split("\t")
    assert (name, description) == ("host0:tap1", "port bridge0:port1 of bridge0 (lan)")
    assert int(direction, 0) == 1
    assert comment.endswith(
        "router0: infilter chain0: chain0:rule0 matched: drop; router0: dropped (rule-drop): "
        "rule chain0:rule0 in the infilter of router0 drops it"
    )


def test_a_capture_as_classic_pcap_is_plain(tmp_path: Path) -> None:
    path = tmp_path / "plain.PCAP"
    script = f"{LAN}tcpdump tap1 write {path} quiet count 2\nping alice 10.0.1.1 capture none\n"
    assert midocli("--seed", "1", stdin=script).stderr == ""
    content = path.read_bytes()
    assert content[:4] == b"\xd4\xc3\xb2\xa1"
    assert len(list(open_capture(BytesIO(content)).frames)) == 2


def test_an_old_file_outlives_a_capture_that_cannot_begin(tmp_path: Path) -> None:
    path = tmp_path / "old.pcapng"
    path.write_bytes(b"precious")
    script = f"{LAN}tcpdump tap1 write {path} filter 'icmp and'\n"
    done = midocli(stdin=script)
    assert done.returncode == 1
    assert path.read_bytes() == b"precious"


def test_memory_does_not_grow_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "large.pcap"
    with path.open("wb") as stream:
        stream.write(pcap(frames=0))
        record = pcap(frames=1)[24:]
        for _ in range(40):
            stream.write(record * 5000)
    with path.open("rb") as stream:
        frames = open_capture(stream).frames
        next(frames)
        assert stream.tell() < 1 << 20
        assert sum(1 for _ in frames) == 199_999


@pytest.mark.parametrize(
    "command",
    [
        "ping guest0 10.9.9.9 capture all write empty.pcapng",
        "inject tap1 frame 03ffffffffff03000000000a88b5 write empty.pcapng",
        "tcpdump any write empty.pcapng",
        "tcpdump tap1 write empty.pcapng",
    ],
)
def test_a_file_without_frames_can_be_read(tmp_path: Path, command: str) -> None:
    script = LAN + f"guest alice clear gw\n{command}\nexpect tcpdump read empty.pcapng\n"
    done = midocli(stdin=script, cwd=tmp_path)
    assert "reading from file empty.pcapng, link-type EN10MB (Ethernet)" in done.stderr
    assert done.returncode == 0, done.stderr
    if TCPDUMP:
        read = [TCPDUMP, "-r", str(tmp_path / "empty.pcapng")]
        assert subprocess.run(read, capture_output=True, check=False).returncode == 0


# A packet that goes between two routers until its time to live has run out.
LOOP = """\
bridge create name between
bridge between add port
bridge between add port
router create name edge
router create name tenant
router edge add port mac 02:00:00:00:e0:00 address 10.0.0.254 net 10.0.0.0/24 peer bridge0:port0
router edge add port mac 02:00:00:00:e0:01 address 10.0.1.254 net 10.0.1.0/24
router tenant add port mac 02:00:00:00:70:00 address 10.0.2.254 net 10.0.2.0/24 peer bridge0:port1
router tenant add port mac 02:00:00:00:70:01 address 10.0.3.254 net 10.0.3.0/24
host create name h
host h add binding port router0:port1 interface edge
host h add binding port router1:port1 interface tenant
router edge add route dst 0.0.0.0/0 gw 10.0.2.254 type normal port router0:port0
router tenant add route dst 0.0.0.0/0 gw 10.0.0.254 type normal port router1:port0
"""
ROUND = (
    "inject edge frame 02000000e001020000005555080045000020000000007f01245e0a0000400a00034008001e"
    "5900cb001964617461 capture none"
)


def interfaces(content: bytes) -> list[str]:
    """The names of a pcapng file's interfaces, and `frame N` for each frame of number N."""
    found, at = [], 0
    while at < len(content):
        kind, length = struct.unpack_from("<II", content, at)
        if kind == 1:
            size = struct.unpack_from("<H", content, at + 18)[0]
            found.append(content[at + 20 : at + 20 + size].decode())
        if kind == 6:
            found.append(f"frame {struct.unpack_from('<I', content, at + 8)[0]}")
        at += length
    return found


def test_a_capture_of_everything_is_in_the_order_of_time(tmp_path: Path) -> None:
    script = f"{LOOP}tcpdump all write f.pcapng quiet\n{ROUND}\n{ROUND}\n"
    midocli("--seed", "1", "--keep-going", stdin=script, cwd=tmp_path)
    frames = list(open_capture((tmp_path / "f.pcapng").open("rb")).frames)
    # parity: reader-order-of-time
    assert len(frames) > 20
    assert sorted(frames, key=lambda frame: frame.time_ns) == frames


@pytest.mark.parametrize("where", ["all", "any"])
@pytest.mark.parametrize("kept", ["tcpdump {0} write f.pcapng quiet filter arp\n{1}", "{1} {0}"])
def test_no_interface_is_without_frames(tmp_path: Path, where: str, kept: str) -> None:
    ping = "ping alice 10.0.1.1 count 1 capture"
    probe = f"{ping} none" if "tcpdump" in kept else ping
    script = f"{LAN}{kept.format(where, probe)}"
    script += "" if "tcpdump" in kept else " write f.pcapng filter arp"
    done = midocli("--seed", "1", stdin=script + "\n", cwd=tmp_path)
    # parity: reader-order-of-time
    assert done.stderr == ""
    blocks = interfaces((tmp_path / "f.pcapng").read_bytes())
    named = [name for name in blocks if not name.startswith("frame")]
    assert "any" not in named
    used = {int(name.split()[1]) for name in blocks if name.startswith("frame")}
    assert used == set(range(len(named)))


def test_a_capture_of_everywhere_begins_with_an_interface_that_gives_way(tmp_path: Path) -> None:
    script = f"{LAN}tcpdump all write f.pcapng quiet\nexpect tcpdump read f.pcapng\n"
    assert midocli(stdin=script, cwd=tmp_path).returncode == 0
    assert interfaces((tmp_path / "f.pcapng").read_bytes()) == ["any"]
    # Each time it is known as a file that was not changed by anybody else.
    for _ in range(2):
        done = midocli(stdin=f"{script}ping alice 10.0.1.1 count 1 capture none\n", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "any" not in interfaces((tmp_path / "f.pcapng").read_bytes())
