"""What is carried in UDP, TCP, IP and Ethernet, against the tcpdump that is installed.

Every message here is written for these tests. Each is printed whole, cut at every byte, and with
bytes changed at random.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from unit.test_tcpdump_frames import (
    CLIENT,
    DATA,
    START_NS,
    Frame,
    arp,
    echo,
    ethernet,
    ipv4,
    run_tcpdump,
    tcp,
    udp,
    write_pcap,
)
from unit.test_tcpdump_real import (
    assert_prints_alike,
    in_order,
    pytestmark,  # noqa: F401 (marks this too)
)

NTP = bytes.fromhex(
    "230606f0000012340000abcdc0a80101dc8d3a0040000000dc8d3a0180000000dc8d39ffc0000000dc8d3a0200000001"
)
BFD = bytes.fromhex("20c803180000000100000002000f4240000f42400000c350")


def lldp(*elements: tuple[int, bytes]) -> bytes:
    parts = [(kind << 9 | len(value)).to_bytes(2, "big") + value for kind, value in elements]
    return ethernet(b"".join(parts) + b"\0\0", 0x88CC)


def bgp(kind: int, body: bytes) -> bytes:
    message = b"\xff" * 16 + (19 + len(body)).to_bytes(2, "big") + bytes((kind,)) + body
    return tcp(40000, 179, flags=0x18, data=message)


def update(
    *attributes: tuple[int, int, bytes], withdrawn: bytes = b"", routes: bytes = b""
) -> bytes:
    """A message with attributes of which each is its flags, its kind and its value."""
    parts = []
    for flags, kind, value in attributes:
        size = len(value).to_bytes(2 if flags & 0x10 else 1, "big")
        parts.append(bytes((flags, kind)) + size + value)
    whole = b"".join(parts)
    lengths = (len(withdrawn).to_bytes(2, "big"), len(whole).to_bytes(2, "big"))
    return bgp(2, lengths[0] + withdrawn + lengths[1] + whole + routes)


RD = b"\0\1\x0a\0\0\1\0\5"
SYSTEM = bytes.fromhex("0000fde8")


def der(tag: int, *parts: bytes) -> bytes:
    """A value in ASN.1's encoding, shorter than 128 bytes or with a length of two."""
    content = b"".join(parts)
    size = bytes((len(content),)) if len(content) < 128 else b"\x81" + bytes((len(content),))
    return bytes((tag,)) + size + content


def snmp(version: int, *rest: bytes) -> bytes:
    return udp(40000, 161, der(0x30, der(2, bytes((version,))), *rest))


UPTIME, PRIVATE = der(6, b"\x2b\6\1\2\1\1\3\0"), der(6, b"\x2b\6\1\4\1\x89\x06\7")
ZERO, NOTHING = der(2, b"\0"), der(5)


def bound(*pairs: bytes) -> bytes:
    return der(0x30, *(der(0x30, pair) for pair in pairs))


MESSAGES: dict[str, list[bytes]] = {
    "ntp": [
        udp(123, 123, NTP),
        udp(40000, 123, b"\xdb\x01\xe0\xec" + NTP[4:12] + b"GPS\0" + bytes(8) + NTP[24:]),
        udp(40000, 123, NTP + b"\0\0\0\x07"),
        udp(40000, 123, NTP + bytes(range(20))),
        udp(40000, 123, NTP + bytes(range(24))),
        udp(40000, 123, NTP + bytes(30)),
        udp(123, 40000, bytes.fromhex("1682000100050006000000044142434445")),
        udp(123, 40000, b"\x17\0\3\x2a" + bytes(8)),
    ],
    "bfd": [
        udp(50000, 3784, BFD),
        udp(49153, 4784, b"\x01\xb0" + BFD[2:]),
        udp(49153, 6784, b"\x40\xb0" + BFD[2:]),
        udp(49153, 3785, b"echoed"),
        udp(49153, 3784, b"\x27\xc4\x03\x21" + BFD[4:] + b"\x01\x09\x01secret"),
        udp(49153, 3784, b"\x20\xc4\x03\x30" + BFD[4:] + b"\x02\x18\x01\0" + bytes(range(20))),
        udp(49153, 3784, b"\x20\xc4\x03\x34" + BFD[4:] + b"\x05\x1c\x01\0" + bytes(range(24))),
    ],
    "tftp": [
        udp(40000, 69, b"\0\1boot.cfg\0octet\0blksize\x001428\0"),
        udp(40000, 69, b"\0\2\x01\xff\0netascii\0"),
        udp(69, 40000, b"\0\3\0\1data"),
        udp(69, 40000, b"\0\4\0\1"),
        udp(69, 40000, b"\0\5\0\1File not found\0"),
        udp(69, 40000, b"\0\5\0\x63no\0"),
        udp(69, 40000, b"\0\6tsize\x00512\0"),
        udp(69, 40000, b"\0\x09"),
    ],
    "syslog": [
        udp(514, 514, b"<34>Oct 11 22:14:15 mymachine su: 'su root' failed"),
        udp(40000, 514, b"<191>\x00\x80"),
        udp(40000, 514, b"<999>x"),
        udp(40000, 514, b"<>x"),
        udp(40000, 514, b"hello"),
    ],
    "geneve": [
        udp(
            40000, 6081, bytes.fromhex("0240655800000a00010080010000000c") + ethernet(arp(), 0x0806)
        ),
        udp(40000, 6081, bytes.fromhex("0180080000000a07ffff000000") + bytes(3) + ipv4(echo(4), 1)),
        udp(40000, 6081, bytes.fromhex("000012340000ff00") + b"abc"),
    ],
    "mpls": [
        udp(40000, 6635, bytes.fromhex("0000a03f0001513f") + ipv4(echo(4), 1)),
        udp(40000, 6635, bytes.fromhex("000000ff0000213f") + bytes(20)),
        udp(40000, 6635, bytes.fromhex("0001513f") + b"\x99" * 40),
    ],
    "routers": [
        udp(40000, 1985, b"\0\0\x10\3\x0a\x78\1\0cisco\0\0\0\x0a\0\0\1"),
        udp(40000, 1985, b"\0\7\7\3\x0a\x78\1\2longname\x0a\0\0\1"),
        udp(520, 520, b"\2\2\0\0\0\2\0\1\x0a\1\0\0\xff\xff\0\0\x0a\0\0\2\0\0\0\3\0\7" + bytes(18)),
        udp(
            520,
            520,
            b"\1\2\0\0\xff\xff\0\2password" + bytes(8) + b"\xff\xff\0\3" + bytes(range(16)),
        ),
        udp(520, 520, b"\2\2\0\0\xff\xff\0\1trailer"),
        udp(
            520,
            520,
            b"\2\1\0\0\0\2\0\0\x0a\1" + bytes(13) + b"\3" + bytes(19) + b"\x10\0\7" + bytes(18),
        ),
        udp(520, 40000, b"\3\1\0\0/tmp/trace"),
        udp(520, 40000, b"\5\0\0\0"),
        udp(521, 521, b"\1\1\0\0" + bytes(19) + b"\x10"),
        udp(521, 521, b"\2\1\0\0\x20\1\x0d\xb8" + bytes(12) + b"\0\7\x20\2odd"),
    ],
    "tunnels": [
        udp(49152, 40000, b"\x6a\x80\1\2" + ethernet(arp(), 0x0806)),
        udp(49152, 40000, b"\x48\x40\1\2" + ipv4(echo(4), 1)),
        udp(40000, 8472, b"\x08\0\0\7\0\0\x09\0" + ethernet(arp(), 0x0806)),
        udp(40000, 4790, b"\x0c\0\0\4\0\0\7\0\x20\2\2\1\0\0\7\xff" + ipv4(echo(4), 1)),
        udp(
            40000,
            4790,
            b"\x0c\0\0\4\0\0\7\0\0\6\1\3\0\0\7\xff" + bytes(range(16)) + ethernet(b"", 9),
        ),
        udp(
            40000, 4790, b"\x0c\0\0\4\0\0\7\0\0\5\2\1\0\0\7\xff\0\1\2\5abcde\0\0\0" + ipv4(b"", 61)
        ),
        udp(40000, 4790, b"\x04\0\0\x63\0\0\7\0"),
    ],
    "others": [
        udp(525, 525, b"\1\1\0\7\xff\xff\xff\xfe\0\0\0\7host\0"),
        udp(525, 525, b"\x18\1\0\7\3" + bytes(7) + b"host\0"),
        udp(30490, 30490, b"\xff\xff\x81\0\0\0\0\x08\0\1\0\2\1\1\2\0data"),
        udp(5060, 5060, b"INVITE sip:a@b SIP/2.0\r\nVia: x\r\n\r\n"),
        udp(5060, 5060, b"SIP/2.0 200 OK\r\n"),
        udp(5060, 40000, b"\x80\x60\0\0"),
    ],
    "vrrp": [
        b"\x21\7\x64\1\1\1\0\0\x0a\0\0\1secret\0\0",
        b"\x31\7\xff\2\0\x64\x12\x34\x0a\0\0\1\x0a\0\0\2",
        b"\x42\7",
    ],
    "frames": [
        ethernet(
            b"\x20\0\0\0\0\x2a" + CLIENT + b"\0\1\x08\0" + ipv4(echo(4), 1) + bytes(16), 0x88E5
        ),
        ethernet(b"\x0c\0\0\0\0\x2a" + bytes(range(40)), 0x88E5),
        ethernet(b"\0\x1e\0\0\0\x2a\x08\6" + arp() + bytes(26), 0x88E5),
        ethernet(bytes(8) + b"\1\0\0\0\x0a\0\0\1\x0a\0\0\2more", 0x886F),
        ethernet(b"\0\2\2\1\0\0\7\xff" + ipv4(echo(4), 1), 0x894F),
        ethernet(b"\0\x01\x51\x3f" + ipv4(echo(4), 1), 0x8847),
    ],
    "bgp": [
        bgp(
            1,
            b"\4\xfd\xe8\0\xb4\x0a\0\0\1\x53\2\6\1\4\0\1\0\1\2\2\2\0\2\2\x80\0"
            b"\2\x08\x40\6\x80\x78\0\1\1\x80\2\6\x41\4\0\1\0\7\2\x0c\x45\x0a\0\1\1\3\0\2\1\x09\0\1"
            b"\2\6\x08\4\0\1\4\2\2\2\x46\0\2\4\x49\2ab\2\2\x45\0\1\3key",
        ),
        bgp(4, b"") + b"\0" + bgp(4, b"")[20:],
        bgp(5, b"\0\1\0\1"),
        bgp(6, b"what"),
        bgp(3, b"\6\2\x09good bye!rest"),
        bgp(3, b"\6\4\0") + bgp(3, b"\6\4\x40short")[20:],
        bgp(3, b"\6\1\0\1\1\0\0\x03\xe8") + bgp(3, b"\5\1")[20:] + bgp(3, b"\4\0")[20:],
        update(),
        update(withdrawn=b"\x18\x0a\0\1\x08\x0b"),
        update(
            (0x40, 1, b"\0"),
            (0x40, 2, b"\2\2\xfd\xe8\xfd\xe9\1\1\0\7\3\1\0\x08\4\1\0\x09"),
            (0x40, 3, b"\x0a\0\0\1"),
            (0x80, 4, b"\0\0\0\x64"),
            (0x40, 6, b""),
            (0xC0, 7, b"\xfd\xe8\x0a\0\0\1"),
            (0xC0, 8, b"\xff\xff\xff\1\xfd\xe8\0\1\0\1\0\2"),
            (0x80, 9, b"\x0a\0\0\2"),
            (0x80, 10, b"\x0a\0\0\2\x0a\0\0\3"),
            (0xD0, 32, SYSTEM * 6),
            routes=b"\x18\x0a\0\1\x19\x0a\0\2\x80\0",
        ),
        update(
            (0x40, 2, b"\2\2\0\1\0\7\0\1\0\x08"),
            (0xC0, 17, b"\2\1\0\1\0\7"),
            (0xC0, 18, b"\0\1\0\0\x0a\0\0\1"),
            (0xC2, 99, b"unknown"),
            (0x80, 26, b"\1\0\x0b\0\0\0\0\0\0\3\xe8\2\0\5ab"),
            (0, 5, b"\0\0"),
            routes=b"\0\0\0\1\x18\x0a\0\1\0\0\0\2\x18\x0a\0\2",
        ),
        update(
            (0xC0, 16, b"\0\2\xfd\xe8\0\0\0\1\1\2\x0a\0\0\1\0\7\2\3\0\1\0\0\0\7"),
            (0xC0, 16, b"\x40\4\xfd\xe8\x4b\xee\x6b\x28\3\x0c\0\0\0\0\0\x08\x80\x0a\5\2\5\xdc\0\0"),
            (0xC0, 16, b"\3\6\0\0\0\0\5\1\0\5\x0a\0\0\1\0\0\0\x09\0\7\0\0\0\0\x12\x34abcdef"),
            (0xC0, 22, b"\1\6\0\x01\x10\x0a\0\0\1"),
            (0xC0, 22, b"\0\3\0\0\0\x0a\0\0\1\xe8\0\0\1"),
            (0xC0, 22, b"\0\1\0\0\0\x0a\0\0\1\0\0\0\7"),
            (0xE0, 128, SYSTEM + b"\x40\1\1\2\x40\5\4\0\0\0\x64"),
        ),
        update(
            (0x90, 14, b"\0\2\1\x10" + bytes(15) + b"\1\0\x40" + bytes(range(8))),
            (0x90, 14, b"\0\1\4\4\x0a\0\0\1\0\x30\0\x01\x11\x0a\0\1"),
            (0x90, 14, b"\0\1\x80\x0c" + RD + b"\x0a\0\0\1\0\x70\0\x01\x11" + RD + b"\x0a\0\1"),
            (0x90, 14, b"\0\1\x84\4\x0a\0\0\1\0\x60" + SYSTEM + b"\0\2\xfd\xe8\0\0\0\1\0"),
            (0x90, 14, b"\0\1\5\4\x0a\0\0\1\0\1\x0c" + RD + b"\x0a\0\0\2"),
            (0x90, 14, b"\0\1\5\4\x0a\0\0\1\0\5\x12" + RD + b"\x20\x0a\0\0\2\x20\xe0\0\0\5"),
            (0x90, 14, b"\0\1\x42\4\x0a\0\0\1\0\x80" + RD + b"\x0a\0\0\2\xe0\0\0\5"),
            (0x90, 14, b"\0\x19\x41\4\x0a\0\0\1\0\0\x15" + RD + b"\0\1\0\0\x01\x11\1\0\x10\xab"),
            (0x90, 14, b"\0\3\1\5\x49\0\1\x19\x21\0\x28\x49\0\1\x19\x21\0\0\0"),
        ),
        update(
            (0x80, 15, b"\0\1\1"),
            (0x80, 15, b"\0\2\1\x20\x20\1\x0d\xb8\x10\x20\1"),
            (0x80, 15, b"\0\1\x46\1\2"),
            (0x80, 14, b"\0\2\x80\x18" + RD + bytes(16) + b"\0\x68\0\0\x10" + RD + b"\x20\1"),
            (0x80, 14, b"\0\1\1\4\x0a\0\0\1\1\2ab\0\0\0\1\x18\x0a\0\1\0\0\0\2\x18\x0a\0\2"),
        ),
    ],
    "snmp": [
        snmp(0, der(4, b"public"), der(0xA0, der(2, b"\7"), ZERO, ZERO, bound(UPTIME + NOTHING))),
        snmp(
            1,
            der(4, b"secret"),
            der(
                *(0xA2, der(2, b"\xff\x01"), ZERO, ZERO),
                bound(
                    UPTIME + der(0x43, b"\1\2\3"),
                    PRIVATE + der(4, b"text"),
                    PRIVATE + der(4, b"\0\1"),
                    PRIVATE + der(0x40, b"\x0a\0\0\1"),
                    PRIVATE + der(0x46, bytes(range(8))),
                    PRIVATE + der(0x80),
                    der(6, b"\x88\x37\3") + der(6, b"\x2b\6\1\6\3\x0f"),
                    der(6, b"\x2b") + der(1, b"\xff"),
                ),
            ),
        ),
        snmp(0, der(4, b"public"), der(0xA2, ZERO, der(2, b"\2"), der(2, b"\1"), bound())),
        snmp(1, der(4, b"public"), der(0xA5, ZERO, ZERO, der(2, b"\x0a"), bound(UPTIME + NOTHING))),
        snmp(1, der(4, b"public"), der(0xA1, ZERO, der(2, b"\x63"), der(2, b"\1"), bound())),
        snmp(
            0,
            der(4, b"public"),
            der(0xA4, PRIVATE, der(0x40, b"\x0a\0\0\1"), der(2, b"\6"), der(2, b"\x2a")),
        ),
        snmp(
            0,
            der(4, b"public"),
            der(
                *(0xA4, UPTIME, der(0x40, b"\x0a\0\0\1"), der(2, b"\3"), ZERO),
                *(der(0x43, b"\1\0"), bound(UPTIME + der(2, b"\5"))),
            ),
        ),
        snmp(
            3,
            der(0x30, der(2, b"\1\2"), der(2, b"\5\xc0"), der(4, b"\4"), der(2, b"\3")),
            der(
                4, der(0x30, der(4, b"engine"), ZERO, der(2, b"\7"), der(4, b"me"), der(4), der(4))
            ),
            der(0x30, der(4, b"\1\2"), der(4, b"name"), der(0xA8, ZERO, ZERO, ZERO, bound())),
        ),
        snmp(1, der(4, b"public"), der(0xA4)) + b"more",
        snmp(7),
    ],
    "lldp": [
        lldp(
            (1, b"\x04" + CLIENT),
            (2, b"\x05eth0"),
            (3, b"\0\x78"),
            (4, b"port one"),
            (5, b"switch\0hidden"),
            (6, b"a description"),
            (7, b"\0\x14\0\x10"),
            (8, b"\5\1\x0a\0\0\1\2\0\0\0\7\3\1\2\3"),
            (8, b"\x11\2" + bytes(15) + b"\1\3\0\0\0\7\0"),
            (9, b"reserved"),
        ),
        lldp((1, b"\5\1\x0a\0\0\1"), (1, b"\5\6" + CLIENT), (2, b"\3" + CLIENT), (2, b"\x09a")),
        lldp(
            (127, b"\0\x80\xc2\1\0\x64"),
            (127, b"\0\x80\xc2\2\6\0\x64"),
            (127, b"\0\x80\xc2\3\0\x64\5vlan5"),
            (127, b"\0\x80\xc2\4\4ipv4"),
            (127, b"\0\x80\xc2\7\3\0\0\0\1"),
            (127, b"\0\x80\xc2\x08\x81\x42"),
            (127, b"\0\x80\xc2\x09\xfb" + bytes(range(20))),
            (127, b"\0\x80\xc2\x0a\0" + bytes(range(20))),
            (127, b"\0\x80\xc2\x0b\x88\x0f"),
            (127, b"\0\x80\xc2\x0c\0\x61\x89\x06\x62\x0c\xbc"),
            (127, b"\0\x80\xc2\x0d\x0f\xff\x3f\x9e\x6f"),
            (127, b"\0\x80\xc2\x0e\x88\0\0\x10\0\x10\1\0\x20\2"),
        ),
        lldp(
            (127, b"\0\x12\x0f\1\3\x6c\x01\0\x10"),
            (127, b"\0\x12\x0f\2\x0f\1\3"),
            (127, b"\0\x12\x0f\3\1\0\0\0\2"),
            (127, b"\0\x12\x0f\4\5\xee"),
            (127, b"\0\x12\x0f\x09odd"),
            (127, b"\0\0\x5e\1https://a.example"),
            (127, b"\x12\x34\x56\1else"),
        ),
        lldp(
            (127, b"\0\x12\xbb\1\0\x3f\4"),
            (127, b"\0\x12\xbb\2\1\x41\x2f\xb8"),
            (127, b"\0\x12\xbb\3\1" + bytes(range(16))),
            (127, b"\0\x12\xbb\3\2\x0b\2DE\6\4Road\1\0"),
            (127, b"\0\x12\xbb\3\x03911"),
            (127, b"\0\x12\xbb\3\x09abc"),
            (127, b"\0\x12\xbb\4\x51\0\x41"),
            (127, b"\0\x12\xbb\x05rev 1"),
            (127, b"\0\x12\xbb\x0bnumber 7"),
        ),
        lldp(
            (
                127,
                b"\0\x1b\x21\2\2\x0a\0\0\0\0\0\1\0\0\0\2\4\x11\0\0\x80\0\x01\x23\x45\x67"
                + bytes(range(9))
                + b"\6\6\0\0\xc0\0\x08\4\x08\x0a\0\0\xe0\0\x89\x06\x40\x1b\x21\x08\x0a\2hi",
            ),
            (127, b"\0\x1b\x21\1old"),
        ),
    ],
}


def frames_of(name: str) -> list[bytes]:
    """The frames that carry the messages."""
    return [
        message if name in ETHERNETS else ethernet(ipv4(message, PROTOCOLS.get(name, 17)))
        for message in MESSAGES[name]
    ]


# What is not in UDP: whole frames, and other IP protocols.
ETHERNETS = frozenset(("frames", "lldp"))
PROTOCOLS = {"bgp": 6, "vrrp": 112}

# What is carried in these may be an IP packet, whose protocol must stay one that is covered.
REACH = {"frames": 12, "tunnels": 12}
RECORDED = DATA / "services.txt"
FLAGS = ["-nn", "-nn -v", "-vv -e", "-nn -vvv -X", "-q", "-nn -e -x"]


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", MESSAGES)
def test_every_cut(tmp_path: Path, name: str, flags: str) -> None:
    frames = [
        (START_NS, frame[:kept], len(frame))
        for frame in frames_of(name)
        for kept in range(14, len(frame) + 1)
    ]
    assert_prints_alike(tmp_path, frames, flags)


@pytest.mark.parametrize("flags", FLAGS)
@pytest.mark.parametrize("name", MESSAGES)
def test_changed_at_random(tmp_path: Path, name: str, flags: str) -> None:
    rng = random.Random(name)
    frames: list[Frame] = []
    whole = frames_of(name)
    for _ in range(300):
        frame = bytearray(rng.choice(whole))
        start = 14 if name in ETHERNETS else {6: 54, 17: 42}.get(PROTOCOLS.get(name, 17), 34)
        for _ in range(rng.choice((1, 1, 2, 4))):
            at = rng.randrange(start, min(len(frame), start + REACH.get(name, len(frame))))
            frame[at] = rng.choice((0, 1, 2, 4, 8, 0x80, 0xFF, frame[at] ^ 1 << rng.randrange(8)))
        frames.append((START_NS, bytes(frame), len(frame)))
    assert_prints_alike(tmp_path, frames, flags)


def recording() -> str:
    """What tcpdump prints of all messages, as it is kept for where there is none."""
    import tempfile

    frames = in_order([frame for name in MESSAGES for frame in frames_of(name)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "all.pcap"
        write_pcap(path, frames)
        return "".join(f"# {flags}\n{run_tcpdump(path, *flags.split())}" for flags in FLAGS)


if __name__ == "__main__":
    RECORDED.write_text(recording(), encoding="latin-1")
