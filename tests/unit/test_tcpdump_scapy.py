"""The printer against the tcpdump that is installed, over packets scapy builds.

Every protocol the printer knows, whole, cut short and with bytes changed at random.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from scapy.config import conf
from unit.test_tcpdump_frames import CLIENT, ROUTER, START_NS, STEP_NS, Frame, some_llc
from unit.test_tcpdump_real import assert_prints_alike
from unit.test_tcpdump_real import pytestmark as _needs_tcpdump

conf.route_autoload = conf.route6_autoload = False

from scapy.contrib.igmp import IGMP  # noqa: E402
from scapy.contrib.igmpv3 import IGMPv3, IGMPv3gr, IGMPv3mq, IGMPv3mr  # noqa: E402
from scapy.layers.dhcp import BOOTP, DHCP  # noqa: E402
from scapy.layers.dns import (  # noqa: E402
    DNS,
    DNSQR,
    DNSRR,
    DNSRRMX,
    DNSRROPT,
    DNSRRSOA,
    DNSRRSRV,
)
from scapy.layers.inet import ICMP, IP, TCP, UDP  # noqa: E402
from scapy.layers.inet6 import (  # noqa: E402
    HBHOptUnknown,
    ICMPv6DestUnreach,
    ICMPv6EchoReply,
    ICMPv6EchoRequest,
    ICMPv6MLDMultAddrRec,
    ICMPv6MLQuery,
    ICMPv6MLReport2,
    ICMPv6ND_NA,
    ICMPv6ND_NS,
    ICMPv6ND_RA,
    ICMPv6ND_Redirect,
    ICMPv6ND_RS,
    ICMPv6NDOptDstLLAddr,
    ICMPv6NDOptMTU,
    ICMPv6NDOptPrefixInfo,
    ICMPv6NDOptRDNSS,
    ICMPv6NDOptRouteInfo,
    ICMPv6NDOptSrcLLAddr,
    ICMPv6PacketTooBig,
    ICMPv6ParamProblem,
    ICMPv6TimeExceeded,
    IPv6,
    IPv6ExtHdrDestOpt,
    IPv6ExtHdrFragment,
    IPv6ExtHdrHopByHop,
    IPv6ExtHdrRouting,
    PadN,
    RouterAlert,
)
from scapy.layers.l2 import ARP, GRE, LLC, SNAP, STP, Dot1AD, Dot1Q, Dot3, Ether  # noqa: E402
from scapy.layers.vxlan import VXLAN  # noqa: E402
from scapy.packet import Packet, Raw  # noqa: E402

pytestmark = _needs_tcpdump

HOSTS = ("192.168.78.9", "192.168.79.119", "10.0.0.1", "127.0.0.1", "255.255.255.255")
HOSTS6 = ("fe80::1", "ff02::1", "2001:db8::1", "::", "::ffff:10.0.0.1", "1:0:0:2::3")
NAMES = ("example.com.", "www.example.com.", "a.b.c.d.", ".", "_http._tcp.local.")
PORTS = (1000, 5001, 40000, 65535)


class Maker:
    """Makes packets from one source of chance."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def one_of(self, *choices: Callable[[], Packet]) -> Packet:
        return self.rng.choice(choices)()

    def data(self) -> bytes:
        return self.rng.randbytes(self.rng.choice((0, 1, 8, 57)))

    def number(self, bits: int) -> int:
        return self.rng.choice((0, 1, self.rng.randrange(2**bits)))

    def frame(self) -> Packet:
        link = Ether(src=CLIENT.hex(":"), dst=ROUTER.hex(":"))
        for tag in self.rng.choice(([], [], [Dot1Q], [Dot1AD, Dot1Q])):
            link /= tag(vlan=self.number(12), prio=self.rng.randrange(8))
        return self.one_of(
            lambda: link / self.ipv4(),
            lambda: link / self.ipv4(),
            lambda: link / self.ipv6(),
            lambda: link / self.ipv6(),
            lambda: (
                link
                / ARP(
                    op=self.rng.randrange(12),
                    hwsrc=CLIENT.hex(":"),
                    psrc="10.0.0.1",
                    pdst="10.0.0.2",
                )
            ),
            self.llc,
        )

    def arp(self) -> Packet:
        operation = self.rng.randrange(12)
        return ARP(op=operation, hwsrc=CLIENT.hex(":"), psrc="10.0.0.1", pdst="10.0.0.2")

    def llc(self) -> Packet:
        bridge = STP(
            version=self.rng.choice((0, 2, 3, 4)),
            bpdutype=self.rng.choice((0, 2, 128)),
            bpduflags=self.number(8),
            rootid=self.number(16),
            pathcost=self.number(32),
            portid=self.number(16),
        )
        link = Dot3(src=CLIENT.hex(":"), dst="01:80:c2:00:00:00")
        return self.one_of(
            lambda: link / LLC(dsap=0x42, ssap=0x42, ctrl=3) / bridge,
            lambda: link / LLC(dsap=0xAA, ssap=0xAA, ctrl=3) / SNAP(OUI=0xC, code=0x10B) / bridge,
            lambda: link / Raw(some_llc(self.rng)),
        )

    def ipv4(self, depth: int = 0) -> Packet:
        header = IP(
            src=self.rng.choice(HOSTS),
            dst=self.rng.choice(HOSTS),
            tos=self.number(8),
            id=self.number(16),
            flags=self.rng.choice((0, 2, 0, 1)),
            ttl=self.rng.choice((64, 1, 0)),
        )
        return header / self.one_of(
            lambda: ICMP(type=self.rng.randrange(20), code=self.number(4)) / Raw(self.data()),
            lambda: self.igmp(),
            lambda: self.udp(depth),
            lambda: self.udp(depth),
            lambda: self.tcp(),
            lambda: self.tunnel(depth),
        )

    def ipv6(self, depth: int = 0) -> Packet:
        packet: Packet = IPv6(
            src=self.rng.choice(HOSTS6),
            dst=self.rng.choice(HOSTS6),
            tc=self.number(8),
            fl=self.number(20),
            hlim=self.rng.choice((255, 64, 1)),
        )
        for _ in range(self.rng.choice((0, 0, 0, 1, 2))):
            packet /= self.one_of(
                lambda: IPv6ExtHdrHopByHop(options=[RouterAlert()]),
                lambda: IPv6ExtHdrHopByHop(options=[HBHOptUnknown(otype=0x26, optdata=b"ab")]),
                lambda: IPv6ExtHdrDestOpt(options=[PadN(optdata=b"\0" * 4)]),
                lambda: IPv6ExtHdrRouting(addresses=list(HOSTS6[:2]), type=self.number(2)),
                lambda: IPv6ExtHdrFragment(offset=self.rng.choice((0, 0, 185)), m=1, id=7),
            )
        return packet / self.one_of(
            lambda: self.icmpv6(depth),
            lambda: self.icmpv6(depth),
            lambda: self.udp(depth),
            lambda: self.tcp(),
            lambda: self.tunnel(depth),
        )

    def icmpv6(self, depth: int) -> Packet:
        quote = self.ipv6(depth + 1) if depth < 2 else Raw(self.data())
        groups = [
            ICMPv6MLDMultAddrRec(rtype=self.rng.randrange(8), dst="ff02::2", sources=["::1"])
            for _ in range(self.rng.randrange(3))
        ]
        return self.one_of(
            lambda: ICMPv6EchoRequest(id=7, seq=1, data=self.data()),
            lambda: ICMPv6EchoReply(id=7, seq=1, data=self.data()),
            lambda: ICMPv6DestUnreach(code=self.rng.randrange(8)) / quote,
            lambda: ICMPv6PacketTooBig(mtu=1280) / quote,
            lambda: ICMPv6TimeExceeded(code=self.rng.randrange(3)) / quote,
            lambda: ICMPv6ParamProblem(code=self.rng.randrange(5), ptr=6) / quote,
            lambda: self.with_options(ICMPv6ND_RS()),
            lambda: self.with_options(ICMPv6ND_RA(M=1, prf=self.rng.randrange(4))),
            lambda: self.with_options(ICMPv6ND_NS(tgt="fe80::2")),
            lambda: self.with_options(ICMPv6ND_NA(tgt="fe80::2", R=1, S=self.number(1))),
            lambda: self.with_options(ICMPv6ND_Redirect(tgt="fe80::2", dst="2001:db8::2")),
            lambda: ICMPv6MLQuery(mrd=self.number(16), mladdr="ff02::2"),
            lambda: ICMPv6MLReport2(records=groups),
        )

    def with_options(self, packet: Packet) -> Packet:
        for _ in range(self.rng.randrange(4)):
            packet /= self.one_of(
                lambda: ICMPv6NDOptSrcLLAddr(lladdr="02:00:00:00:00:01"),
                lambda: ICMPv6NDOptDstLLAddr(lladdr="02:00:00:00:00:01"),
                lambda: ICMPv6NDOptPrefixInfo(prefix="2001:db8::", validlifetime=self.number(32)),
                lambda: ICMPv6NDOptMTU(mtu=1400),
                lambda: ICMPv6NDOptRDNSS(dns=["2001:db8::53"], lifetime=60),
                lambda: ICMPv6NDOptRouteInfo(prefix="2001:db8::", plen=64, prf=1),
            )
        return packet

    def igmp(self) -> Packet:
        group = IGMPv3gr(rtype=self.rng.randrange(8), maddr="239.1.1.1", srcaddrs=["10.0.0.9"])
        return self.one_of(
            lambda: IGMP(type=self.rng.choice((0x11, 0x12, 0x16, 0x17, 0x99)), gaddr="239.1.1.1"),
            lambda: IGMPv3(type=0x22) / IGMPv3mr(records=[group] * self.rng.randrange(3)),
            lambda: IGMPv3(type=0x11, mrcode=self.number(8)) / IGMPv3mq(gaddr="239.1.1.1"),
        )

    def udp(self, depth: int) -> Packet:
        source = self.rng.choice(PORTS)
        return self.one_of(
            lambda: UDP(sport=source, dport=self.rng.choice(PORTS)) / Raw(self.data()),
            lambda: UDP(sport=source, dport=self.rng.choice((53, 5353))) / self.dns(),
            lambda: UDP(sport=68, dport=67) / self.dhcp(),
            lambda: UDP(sport=source, dport=4789) / VXLAN(vni=self.number(24)) / self.inner(depth),
        )

    def inner(self, depth: int) -> Packet:
        link = Ether(src=ROUTER.hex(":"), dst=CLIENT.hex(":"))
        return link / self.ipv4(depth + 1) if depth < 2 else link / Raw(self.data())

    def tcp(self) -> Packet:
        options = [("MSS", 1460), ("SAckOK", b""), ("Timestamp", (1, 2)), ("WScale", 7)]
        return TCP(
            sport=self.rng.choice((*PORTS, 80, 22)),
            dport=self.rng.choice(PORTS),
            flags=self.rng.choice(("S", "SA", "A", "PA", "FA", "R", "SEC", "")),
            seq=self.number(32),
            ack=self.number(32),
            options=self.rng.sample(options, self.rng.randrange(4)),
        ) / Raw(self.data())

    def tunnel(self, depth: int) -> Packet:
        inside = Raw(self.data()) if depth > 1 else self.ipv4(depth + 1)
        gre = GRE(
            key_present=self.number(1),
            seqnum_present=self.number(1),
            chksum_present=self.number(1),
        )
        return self.one_of(lambda: gre / inside, lambda: gre / self.inner(depth), lambda: inside)

    def dns(self) -> Packet:
        names = self.rng
        records = [
            self.one_of(
                lambda: DNSRR(rrname=names.choice(NAMES), rdata="10.0.0.9", ttl=self.number(31)),
                lambda: DNSRR(rrname=names.choice(NAMES), type="AAAA", rdata="2001:db8::9"),
                lambda: DNSRR(rrname=names.choice(NAMES), type="CNAME", rdata="example.com."),
                lambda: DNSRR(rrname=names.choice(NAMES), type="TXT", rdata=[b"a\x01", b"\xe9"]),
                lambda: DNSRRMX(rrname=names.choice(NAMES), exchange="mx.example.com."),
                lambda: DNSRRSRV(rrname=names.choice(NAMES), port=80, target="example.com."),
                lambda: DNSRRSOA(rrname=names.choice(NAMES), mname="ns.example.com.", serial=7),
                lambda: DNSRROPT(rclass=4096),
            )
            for _ in range(self.rng.randrange(4))
        ]
        question = DNSQR(qname=self.rng.choice(NAMES), qtype=self.rng.choice(("A", "AAAA", "MX")))
        return DNS(
            id=self.number(16),
            qr=self.number(1),
            opcode=self.rng.choice((0, 0, 1, 5)),
            aa=self.number(1),
            rd=1,
            ra=self.number(1),
            rcode=self.rng.choice((0, 0, 3)),
            qd=[question],
            an=records[:1],
            ns=records[1:2],
            ar=records[2:],
        )

    def dhcp(self) -> Packet:
        options = [
            ("message-type", "offer"),
            ("hostname", b"host\x01"),
            ("param_req_list", [1, 3, 6, 15, 28, 121]),
            ("server_id", "10.0.0.1"),
            ("lease_time", 86400),
            ("subnet_mask", "255.255.255.0"),
            ("router", "10.0.0.1"),
            ("domain", b"example.com"),
        ]
        header = BOOTP(
            op=self.rng.choice((1, 2)),
            xid=self.number(32),
            secs=self.number(16),
            flags=self.rng.choice((0, 0x8000)),
            yiaddr=self.rng.choice(("0.0.0.0", "10.0.0.9")),
            chaddr=CLIENT,
            sname=self.rng.choice((b"", b"boot")),
        )
        return header / DHCP(options=[*self.rng.sample(options, self.rng.randrange(6)), "end"])

    def changed(self, frame: bytes) -> bytes:
        """The frame with some bytes behind its addresses changed, mostly in its headers."""
        changed = bytearray(frame)
        for _ in range(self.rng.choice((1, 1, 2, 4))):
            at = self.rng.randrange(14, min(len(changed), self.rng.choice((94, 2000))))
            changed[at] = self.rng.choice((changed[at] ^ 1 << self.rng.randrange(8), 0, 255))
        return bytes(changed)

    def frames(self, count: int) -> list[Frame]:
        """Frames of which some are changed, and some cut."""
        frames = []
        for index in range(count):
            frame = bytes(self.frame())
            if self.rng.random() < 0.35:
                frame = self.changed(frame)
            kept = self.rng.randrange(1, len(frame) + 1) if self.rng.random() < 0.3 else len(frame)
            frames.append((START_NS + index * STEP_NS, frame[:kept], len(frame)))
        return frames


FLAGS = ("-nnn -vvv -X -e", "-nn", "-nn -v -x", "-e -q -v -XX", "-vv -S -A", "-nn -T vxlan -K -v")


@pytest.fixture(scope="module")
def frames() -> Sequence[Frame]:
    return Maker(1).frames(900)


@pytest.mark.parametrize("flags", FLAGS)
def test_packets_of_scapy(tmp_path: Path, frames: list[Frame], flags: str) -> None:
    assert_prints_alike(tmp_path, frames, flags)
