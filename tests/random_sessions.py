"""Random networks and random traffic, as the commands a user would type.

Everything here is drawn from one `random.Random`, so that a seed names a session. Networks may
be as senseless as the store lets them be: half-built, linked in loops, deleted in part.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from contextlib import suppress
from random import Random

from worlds import World

from grammar.errors import MidoError
from midocli.simulator.guests.dhcp_client import client_frame
from midocli.simulator.wire.addresses import NO_ADDRESS
from midocli.simulator.wire.dhcp_message import MESSAGE_TYPE, Message
from midocli.simulator.wire.frame import Frame

MACS = [f"02:00:00:00:00:{number:02x}" for number in range(6)] + ["ff:ff:ff:ff:ff:ff"]
NETS = [f"10.0.{number}" for number in range(4)]
TAGS = ((), (), (), (0x81000001,), (0x88A80002, 0x81000003), (0x81000000,))
ICMP_KINDS = ((8, 0), (8, 0), (0, 0), (3, 1), (3, 4), (11, 0), (13, 0))
HOSTS = (1, 2, 9, 9, 3, 255)


class Builder:
    """Types commands into a world; what is refused is let go, what exists is remembered."""

    def __init__(self, rng: Random, world: World | None = None) -> None:
        self.rng = rng
        self.world = world or World()
        self.script: list[str] = []
        self.there: dict[str, list[str]] = {}

    def type(self, line: str) -> str | None:
        """What a command printed, None where it was refused."""
        self.script.append(line)
        try:
            return self.world.run(line)
        except MidoError:
            return None

    def make(self, kind: str, line: str) -> str | None:
        """Create something and remember its alias."""
        made = self.type(line)
        if made is not None:
            self.there.setdefault(kind, []).append(made)
        return made

    def any(self, *kinds: str) -> str:
        """One of what exists of some kinds; now and then something that does not."""
        found = [alias for kind in kinds for alias in self.there.get(kind, ())]
        return self.rng.choice(found) if found else f"{kinds[0]}99"

    def maybe(self, text: Callable[[], str] | str, chance: float = 0.3) -> str:
        """A piece of a line, or nothing."""
        if self.rng.random() >= chance:
            return ""
        return " " + (text if isinstance(text, str) else text())

    def address(self) -> str:
        """An address near those that machines have."""
        odd = ("0.0.0.0", "255.255.255.255", "224.0.0.1", "8.8.8.8", "127.0.0.1")
        if self.rng.random() < 0.1:
            return self.rng.choice(odd)
        return f"{self.rng.choice(NETS)}.{self.rng.choice(HOSTS)}"

    def net(self) -> str:
        """A network that may hold such addresses."""
        length = self.rng.choice((0, 8, 16, 24, 24, 24, 30, 31, 32))
        return f"{self.address()}/{length}"

    def pick(self, *words: str) -> str:
        """One of some words."""
        return self.rng.choice(words)

    # -- what there is ----------------------------------------------------------------

    def devices(self) -> None:
        """Bridges and routers with ports, linked any way there is."""
        for _ in range(self.rng.randint(1, 4)):
            self.make("bridge", "bridge create name b")
        for _ in range(self.rng.randint(0, 3)):
            self.make("router", "router create name r")
        for _ in range(self.rng.randint(2, 10)):
            vlan = self.maybe(lambda: f"vlan {self.rng.randint(1, 3)}", 0.2)
            self.make("bport", f"bridge {self.any('bridge')} add port{vlan}")
        for _ in range(self.rng.randint(0, 6)):
            net = self.rng.choice(NETS)
            length = self.rng.choice((24, 24, 24, 16, 31, 32))
            peer = self.maybe(lambda: f"peer {self.any('bport', 'bport', 'rport')}", 0.7)
            mac = self.maybe(lambda: f"mac {self.rng.choice(MACS[:-1])}", 0.3)
            port = f" address {net}.{self.rng.choice((1, 2))} net {net}.0/{length}"
            given = self.maybe(port, 0.85)
            self.make("rport", f"router {self.any('router')} add port{given}{mac}{peer}")
        for _ in range(self.rng.randint(0, 4)):
            self.type(f"{self.any('bport', 'rport')} set peer {self.any('bport', 'rport')}")

    def hosts(self) -> None:
        """Hosts, bindings, guests of all sorts."""
        for number in range(self.rng.randint(1, 2)):
            self.make("host", f"host create name h{number} addresses 10.9.0.{number + 1}")
        if len(self.there.get("host", ())) > 1 and self.rng.random() < 0.5:
            zone = self.make("zone", f"tunnel-zone create name z type {self.pick('vxlan', 'gre')}")
            for number, host in enumerate(self.there["host"]):
                self.type(f"tunnel-zone {zone} add member host {host} address 10.9.0.{number + 1}")
        for number in range(self.rng.randint(1, 6)):
            host, port = self.any("host"), self.any("bport", "bport", "rport")
            bound = self.type(f"host {host} add binding port {port} interface i{number}")
            if bound is not None or self.rng.random() < 0.2:
                self.there.setdefault("point", []).append(f"{host}:i{number}")
                if bound is None:
                    self.type(f"host {host} add interface iface i{number}")
        for number in range(self.rng.randint(0, 5)):
            self.guest(number)

    def guest(self, number: int) -> None:
        """A guest, which may forward, be tagged, serve, and have more interfaces."""
        rng = self.rng
        gw = self.maybe(lambda: f"gw {self.address()}", 0.7)
        extras = self.maybe(lambda: f"vlan {rng.randint(1, 3)}", 0.15)
        extras += self.maybe("forwarding yes", 0.3) + self.maybe("reply-df yes", 0.1)
        extras += self.maybe(lambda: f"mtu {rng.choice((68, 576, 9000))}", 0.2)
        place = self.maybe(lambda: f"interface {self.any('point')}", 0.9)
        address = f"{rng.choice(NETS)}.{rng.choice(HOSTS[:4])}/{rng.choice((24, 24, 16, 32))}"
        mac = self.maybe(lambda: f"mac {rng.choice(MACS[:-1])}", 0.6)
        line = f"guest create name g{number}{place}{mac} address {address}{gw}{extras}"
        guest = self.make("guest", line)
        if guest is None:
            return
        for _ in range(rng.randint(0, 2)):
            service = f"proto {self.pick('tcp', 'udp')} port {rng.choice((7, 80))}"
            self.type(f"guest {guest} add service {service}")
        if rng.random() < 0.3:
            self.type(f"guest {guest} add nic interface {self.any('point')} address {self.net()}")
        if rng.random() < 0.3:
            self.type(f"guest {guest} add route dst {self.net()} gw {self.address()}")

    def routes(self) -> None:
        """Routes of every type, some of them half-given."""
        for router in self.there.get("router", ()):
            for _ in range(self.rng.randint(0, 5)):
                kind = self.pick("normal", "normal", "normal", "normal", "blackhole", "reject")
                line = f"router {router} add route dst {self.net()} type {kind}"
                line += self.maybe(lambda: f"src {self.net()}", 0.2)
                line += self.maybe(lambda: f"port {self.any('rport')}", 0.9)
                line += self.maybe(lambda: f"gw {self.address()}", 0.3)
                line += self.maybe(lambda: f"weight {self.rng.randint(0, 3)}", 0.2)
                self.make("route", line)

    def groups(self) -> None:
        """Port groups and address groups."""
        for _ in range(self.rng.randint(0, 2)):
            stateful = self.maybe("stateful true", 0.3)
            group = self.make("pgroup", f"port-group create name pg{stateful}")
            for _ in range(self.rng.randint(0, 3)):
                self.type(f"port-group {group} add member port {self.any('bport', 'rport')}")
            group = self.make("igroup", "ip-address-group create name ig")
            for _ in range(self.rng.randint(0, 3)):
                self.type(f"ip-address-group {group} add ip address {self.address()}")

    def condition(self) -> str:
        """Some fields of a rule's condition."""
        rng = self.rng
        fields: Sequence[Callable[[], str]] = (
            lambda: f"src {self.negation()}{self.net()}",
            lambda: f"dst {self.negation()}{self.net()}",
            lambda: f"proto {self.negation()}{rng.choice((1, 2, 6, 17))}",
            lambda: f"tos {rng.choice((0, 4, 184))}",
            lambda: f"src-port {self.negation()}{rng.choice(('0-8', '8', '1-65535', '80'))}",
            lambda: f"dst-port {self.negation()}{rng.choice(('0', '1-90', '80', '7'))}",
            lambda: f"hw-src {self.negation()}{rng.choice(MACS)}",
            lambda: f"hw-dst {self.negation()}{rng.choice(MACS)} hw-dst-mask ffff.ffff.fff0",
            lambda: f"ethertype {self.negation()}{rng.choice((2048, 2054, 34525))}",
            lambda: f"flow {self.pick('fwd-flow', 'return-flow')}",
            lambda: f"port-group {self.negation()}{self.any('pgroup')}",
            lambda: f"in-port-group {self.any('pgroup')}",
            lambda: f"out-port-group {self.any('pgroup')}",
            lambda: f"ip-address-group-src {self.negation()}{self.any('igroup')}",
            lambda: f"ip-address-group-dst {self.any('igroup')}",
            lambda: f"in-ports {self.negation()}{self.any('bport', 'rport')}",
            lambda: f"out-ports {self.negation()}{self.any('bport', 'rport')}",
            lambda: f"fragment-policy {self.pick('any', 'header', 'nonheader', 'unfragmented')}",
            lambda: "no-vlan true",
            lambda: f"vlan {rng.randint(0, 3)}",
            lambda: f"icmp-data-src {self.net()}",
            lambda: f"icmp-data-dst {self.negation()}{self.net()}",
            lambda: "match-nw-dst-rewritten true",
            lambda: "inverted yes",
        )
        chosen = rng.sample(range(len(fields)), rng.choice((0, 0, 1, 1, 2, 3)))
        return "".join(f" {fields[index]()}" for index in chosen)

    def negation(self) -> str:
        """A field may be negated."""
        return "!" if self.rng.random() < 0.2 else ""

    def rule(self) -> str:
        """Type and action of a rule, with what the type needs."""
        rng = self.rng
        kind = self.pick(
            *("accept", "accept", "drop", "reject", "return", "continue", "jump", "dnat", "snat"),
            *("rev_dnat", "rev_snat", "redirect", "l2-transform", "trace", "dnat", "snat"),
        )
        text = f" type {kind}"
        if kind in ("dnat", "snat"):
            end = self.pick("", "", ":80", ":1000-1003", ":7")
            last = self.maybe(f"-{NETS[3]}.255", 0.1).strip()
            text += f" target {self.address()}{last}{end}"
        if kind in ("dnat", "snat", "rev_dnat", "rev_snat"):
            text += f" action {self.pick('accept', 'continue', 'return', 'redirect')}"
        if kind == "jump":
            text += f" jump-to {self.any('chain')}"
        if kind == "redirect":
            text += f" target-port {self.any('bport', 'rport')}"
            text += self.maybe("ingress true", 0.5) + self.maybe("fail-open true", 0.5)
        if kind == "l2-transform":
            text += f" action {self.pick('accept', 'continue', 'redirect')}"
            text += self.maybe(f"target-port {self.any('bport', 'rport')}", 0.8)
        if kind in ("redirect", "l2-transform"):
            text += self.maybe("pop-vlan true") + self.maybe(f"push-vlan {rng.randint(1, 3)}")
        return text

    def chains(self) -> None:
        """Chains with rules of every type, used as any filter there is."""
        for _ in range(self.rng.randint(0, 4)):
            self.make("chain", "chain create name c")
        for _ in range(self.rng.randint(0, 12) if "chain" in self.there else 0):
            line = f"chain {self.any('chain')} add rule{self.condition()}{self.rule()}"
            self.make("rule", line)
        for _ in range(self.rng.randint(0, 5) if "chain" in self.there else 0):
            if self.rng.random() < 0.5:
                field = self.pick("infilter", "outfilter", "forward-chain", "local-redirect-chain")
                self.type(f"router {self.any('router')} set {field} {self.any('chain')}")
            field, thing = self.pick("infilter", "outfilter"), self.any("bport", "rport", "bridge")
            self.type(f"{thing} set {field} {self.any('chain')}")

    def services(self) -> None:
        """Load balancer, mirrors, inserted services, DHCP, marks, trace requests."""
        rng = self.rng
        if rng.random() < 0.3 and "router" in self.there:
            self.balancer()
        for _ in range(rng.choice((0, 0, 1, 2))):
            mirror = self.make("mirror", f"mirror create to-port {self.any('bport', 'rport')}")
            self.type(f"mirror {mirror} add matches{self.condition()}")
        for _ in range(rng.randint(0, 3) if "mirror" in self.there else 0):
            field = self.pick("in-mirrors", "out-mirrors", "post-in-filter-mirrors")
            place = self.any("bport", "rport", "bridge", "router")
            self.type(f"{place} set {field} {self.any('mirror')}")
        for _ in range(rng.choice((0, 0, 0, 1, 2))):
            line = f"l2insertion create port {self.any('bport')} srv-port {self.any('bport')}"
            line += f" mac {rng.choice(MACS[:-1])} pos {rng.randint(1, 3)}"
            self.type(line + self.maybe("vlan 2", 0.5) + self.maybe("fail-open true", 0.4))
        if rng.random() < 0.2:
            bridge = self.any("bridge")
            self.type(f"bridge {bridge} add dhcp subnet 10.0.0.0/24 gw 10.0.0.1")
            host = f"add host name x mac {MACS[0]} address 10.0.0.9"
            self.type(f"bridge {bridge} dhcp subnet 10.0.0.0/24 {host}")
        if rng.random() < 0.2:
            policy = self.make("qos", "qos-policy create name q")
            self.type(f"qos-policy {policy} add dscp-rule dscp-mark {rng.randint(0, 63)}")
            if rng.random() < 0.4:
                limit = "max-kbps 10 max-burst-kb 1"
                self.type(f"qos-policy {policy} add bw-limit-rule {limit}")
            self.type(f"{self.any('bport', 'bridge')} set qos-policy {policy}")
        if rng.random() < 0.2:
            where = self.pick(f"router {self.any('router')}", f"bridge {self.any('bridge')}")
            self.type(f"tracerequest create {where}{self.condition()} enabled true limit 5")

    def balancer(self) -> None:
        """A load balancer on a router."""
        rng = self.rng
        balancer = self.make("lb", "load-balancer create")
        self.type(f"router {self.any('router')} set load-balancer {balancer}")
        self.type(f"load-balancer {balancer} add pool")
        for _ in range(rng.randint(0, 2)):
            member = f"address {self.address()} protocol-port {rng.choice((7, 80))}"
            weight = self.maybe("weight 0", 0.2)
            self.type(f"load-balancer {balancer} pool pool0 add member {member}{weight}")
        vip = f"address {self.address()} protocol-port 80"
        sticky = self.maybe("persistence SOURCE_IP", 0.4)
        self.type(f"load-balancer {balancer} pool pool0 add vip {vip}{sticky}")

    def breakage(self) -> None:
        """Things switched off, unplugged and deleted."""
        for _ in range(self.rng.choice((0, 0, 1, 2, 3))):
            self.type(
                self.pick(
                    f"{self.any('bport', 'rport', 'bridge', 'router', 'guest')} set state down",
                    f"delete {self.any('bport', 'rport', 'route', 'rule', 'chain', 'guest')}",
                    f"delete {self.any('bridge', 'router', 'host', 'mirror', 'pgroup', 'lb')}",
                    f"{self.any('bport', 'rport')} clear peer",
                    f"host {self.any('host')} set alive false",
                    f"host {self.any('host')} interface iface i0 set status down",
                    f"host {self.any('host')} delete binding interface i1",
                    "undo",
                )
            )

    def lab(self) -> None:
        """A network that works: a router, up to four bridges, a guest or two behind each."""
        router = self.make("router", "router create name r")
        host = self.make("host", "host create name lab addresses 10.9.0.9")
        for index in range(self.rng.randint(1, 4)):
            net = NETS[index]
            bridge = self.make("bridge", "bridge create name b")
            inner = self.make("bport", f"bridge {bridge} add port")
            port = f"address {net}.1 net {net}.0/24 peer {inner}"
            port = self.make("rport", f"router {router} add port {port}") or ""
            line = f"router {router} add route dst {net}.0/24 type normal port {port}"
            self.make("route", line)
            for number in self.rng.choice(((9,), (9, 2))):
                outer = self.make("bport", f"bridge {bridge} add port")
                name = f"lab{index}{number}"
                self.type(f"host {host} add binding port {outer} interface {name}")
                self.there.setdefault("point", []).append(f"{host}:{name}")
                line = f"guest create name {name} interface {host}:{name}"
                guest = self.make("guest", f"{line} address {net}.{number}/24 gw {net}.1")
                self.type(f"guest {guest} add service proto {self.pick('tcp', 'udp')} port 80")

    def build(self) -> None:
        """A whole network."""
        if self.rng.random() < 0.6:
            self.lab()
            if self.rng.random() < 0.3:
                self.devices()
        else:
            self.devices()
        self.hosts()
        self.groups()
        self.routes()
        self.chains()
        self.services()
        self.breakage()

    # -- what is sent -----------------------------------------------------------------

    def point(self) -> str:
        """Where frames go in: an interface, or a port of any sort."""
        return self.any("point", "point", "bport", "rport")

    def frame(self) -> bytes:
        """A frame: one that means something, damaged in any way, or mere bytes."""
        rng = self.rng
        if rng.random() < 0.05:
            return rng.randbytes(rng.choice((14, 15, 20, 60, 9000)))
        data = bytearray(self.packet().to_bytes())
        for _ in range(rng.choice((0, 0, 0, 1, 2, 5))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        if rng.random() < 0.15:
            del data[max(14, rng.randrange(len(data) + 1)) :]
        if rng.random() < 0.1:
            data += rng.randbytes(rng.choice((1, 46, 8000)))
        return bytes(data.ljust(14, b"\0"))

    def packet(self) -> Frame:
        """A frame of this network's addresses, whatever it carries."""
        rng = self.rng
        frame = Frame(self._mac(), self._mac())
        frame.vlans = rng.choice(TAGS)
        kind = rng.random()
        if kind < 0.2:
            frame.ethertype, frame.proto = 0x0806, rng.choice((1, 1, 2, 3))
            frame.nw_src, frame.nw_dst = self._ip(), self._ip()
            frame.arp_sha, frame.arp_tha = self._mac(), self._mac()
            return frame
        if kind < 0.25:
            frame.ethertype, frame.payload = rng.choice((0x86DD, 0x88B5, 0x0026)), rng.randbytes(40)
            return frame
        if kind < 0.3:
            request = Message(1, 7, self._mac(), {MESSAGE_TYPE: bytes((rng.choice((1, 3)),))})
            return client_frame(request)
        frame.nw_src, frame.nw_dst, frame.ttl = self._ip(), self._ip(), rng.choice((0, 1, 2, 3, 64))
        frame.tos, frame.ip_id = rng.choice((0, 0, 255)), rng.randrange(65536)
        frame.fragment = rng.choice((0, 0, 0x4000, 0x2000, 0x2001, 0x0001, 0x1FFF, 0x8000))
        frame.options = rng.choice((b"", b"", b"\x07\x0b\x04" + bytes(9), b"\x44\x04\x05\x00"))
        frame.proto = rng.choice((1, 1, 6, 17, 17, 47))
        self._fill(frame)
        return frame

    def _fill(self, frame: Frame) -> None:
        """A transport header, or for an ICMP error the packet it quotes."""
        rng = self.rng
        if frame.fragment & 0x1FFF:
            frame.payload = rng.randbytes(rng.choice((8, 16, 1400)))
            return
        if frame.proto == 1:
            frame.tp_src, frame.tp_dst = rng.choice(ICMP_KINDS)
            frame.tp_sum = None
            frame.icmp_id, frame.icmp_seq = rng.choice((1, 2, 700)), 1
            frame.payload = rng.randbytes(rng.choice((0, 8, 56)))
            if frame.tp_src in (3, 11):
                inner = Frame(nw_src=self._ip(), nw_dst=self._ip(), tos=0, ttl=3)
                inner.proto = rng.choice((1, 6, 17))
                self._fill(inner)
                frame.payload = inner.ip_bytes()[: rng.choice((20, 28, 40, 9999))]
        elif frame.proto in (6, 17):
            frame.tp_src, frame.tp_dst = rng.choice((7, 80, 1000, 1001)), rng.choice((7, 80, 1000))
            frame.tp_sum = None
            data = rng.randbytes(rng.choice((0, 1, 9)))
            if frame.proto == 17:
                frame.payload = struct.pack("!H", 8 + len(data)) + data
            else:
                flags = rng.choice((2, 16, 18, 4, 1, 24, 255))
                frame.payload = struct.pack("!IIBBHH", 1, 1, 0x50, flags, 500, 0) + data
        else:
            frame.payload = rng.randbytes(20)

    def _ip(self) -> int:
        parts = self.address().split(".")
        value = int.from_bytes(bytes(map(int, parts)), "big")
        return 0 if value == NO_ADDRESS else value

    def _mac(self) -> int:
        """A MAC somebody may have: of our own choice or made up by the network."""
        if self.rng.random() < 0.5:
            return int(self.rng.choice(MACS).replace(":", ""), 16)
        text = "01:00:5e:00:00:01"
        with suppress(MidoError):
            text = self.world.run(f"{self.any('rport', 'guest')} show mac") or text
        return int(text.replace(":", ""), 16)

    def probe(self) -> str:
        """A command that makes traffic."""
        rng = self.rng
        explain = self.maybe("explain", 0.5)
        kind = rng.random()
        if kind < 0.6:
            return f"inject {self.point()} frame {self.frame().hex()}{explain}"
        source = self.any("guest", "guest", "rport")
        capture = self.maybe(self.pick("capture all", "capture none"), 0.5)
        to = self.address()
        if kind < 0.8:
            more = self.maybe(f"size {rng.choice((0, 3000, 65507))}", 0.2)
            more += self.maybe(f"ttl {rng.choice((1, 2, 255))}", 0.2) + self.maybe("count 3", 0.2)
            if rng.random() < 0.2:
                source, more = self.point(), f" src {self.address()}{more}"
            return f"ping {source} {to} timeout 2{more}{capture}{explain}"
        if kind < 0.9:
            udp = self.pick("tcp", "udp")
            return f"connect {source} {udp} {to} {rng.choice((7, 80))}{capture}{explain}"
        if kind < 0.95:
            return f"traceroute {source} {to} max-ttl 4 queries 1{explain}"
        return f"arping {source} {to}{explain}"
