"""Random networks that mean something: a router between bridges, with what operators put there.

Each has some of stateful firewalls, groups, static and dynamic NAT, uplinks of the same weight, a
load balancer, VLANs, mirrors, redirects and inserted services, most of it as it is meant to be.
"""

from __future__ import annotations

from random import Random

from random_sessions import Builder
from worlds import World, rows

PORTS = ("22", "53", "80", "443", "8000-8010", "1-1023", "1024-65535", "40000", "5060-5061")
#: Where the Internet is here, and an address that only a rule or a VIP knows.
INTERNET = "192.0.2"
PUBLIC = "198.51.100"


class Office(Builder):
    """Types the commands that make such a network."""

    def __init__(self, rng: Random, world: World | None = None) -> None:
        super().__init__(rng, world)
        self.homes: list[tuple[str, str]] = []

    def address(self) -> str:
        """An address that somebody has, or that means something to a rule."""
        if not self.homes or self.rng.random() < 0.2:
            return self.pick(
                f"{INTERNET}.80", f"{PUBLIC}.80", f"{PUBLIC}.10", "10.0.0.1", "8.8.8.8"
            )
        return self.rng.choice(self.homes)[1]

    def net(self) -> str:
        """A network that a rule may be about."""
        nets = (f"10.0.{self.rng.randint(0, 3)}.0/24", f"{self.address()}/32", "10.0.0.0/8")
        return self.rng.choice((*nets, f"{PUBLIC}.0/24", "0.0.0.0/0"))

    def build(self) -> None:
        """A whole network."""
        self.make("router", "router create name edge")
        self.make("host", "host create name rack")
        for number in range(self.rng.randint(1, 3)):
            self.segment(number)
        self.groups()
        for each in (self.uplinks, self.translation, self.balancer, self.vlans, self.firewalls):
            if self.rng.random() < 0.5:
                each()
        for each in (self.mirror, self.redirect, self.insertion, self.lists, self.filters):
            if self.rng.random() < 0.25:
                each()
        if self.rng.random() < 0.3:
            self.breakage()

    def segment(self, number: int) -> None:
        """A bridge with some guests, linked to the router."""
        net = f"10.0.{number}"
        bridge = self.make("bridge", f"bridge create name lan{number}")
        inner = self.make("bport", f"bridge {bridge} add port")
        port = f"address {net}.1 net {net}.0/24 peer {inner}"
        port = self.make("rport", f"router edge add port {port}") or ""
        self.type(f"router edge add route dst {net}.0/24 type normal port {port}")
        for place in range(self.rng.randint(1, 3)):
            outer = self.make("bport", f"bridge {bridge} add port") or ""
            address = f"{net}.{10 + place}"
            self.plug(outer, f"m{number}{place}", f"address {address}/24 gw {net}.1")
            self.homes.append((outer, address))

    def plug(self, port: str, name: str, more: str) -> None:
        """A guest behind a port."""
        self.type(f"host rack add binding port {port} interface {name}")
        self.there.setdefault("point", []).append(f"host0:{name}")
        guest = self.make("guest", f"guest create name {name} interface host0:{name} {more}")
        if self.rng.random() < 0.5:
            self.type(f"guest {guest} add service proto tcp port {self.pick('22', '80', '443')}")

    def uplinks(self) -> None:
        """One or two ways out of the same weight, with a provider's router behind them or not."""
        for number in range(self.rng.randint(1, 2)):
            net = f"203.0.113.{4 * number}"
            own, other = f"203.0.113.{4 * number + 1}", f"203.0.113.{4 * number + 2}"
            port = self.make("rport", f"router edge add port address {own} net {net}/30") or ""
            self.type(f"router edge add route dst {net}/30 type normal port {port}")
            self.type(f"router edge add route dst 0.0.0.0/0 type normal port {port} gw {other}")
            self.type(f"host rack add binding port {port} interface up{number}")
            if self.rng.random() < 0.7:
                more = f"address {other}/30,{INTERNET}.80/32 gw {own}"
                self.make(
                    "guest", f"guest create name isp{number} interface host0:up{number} {more}"
                )

    def translation(self) -> None:
        """Chains before and after routing that translate, and take it back."""
        inner = self.address()
        public, where = f"{PUBLIC}.10", ""
        if self.rng.random() < 0.4:
            port = self.pick("80", "443", "22")
            where, inner = f" proto 6 dst-port {port}", f"{inner}:{self.pick(port, '8080')}"
        pre = self.make("chain", "chain create name pre")
        post = self.make("chain", "chain create name post")
        self.type(
            f"chain {pre} add rule dst {public}{where} type dnat target {inner} action accept"
        )
        self.type(f"chain {pre} add rule type rev_snat action {self.pick('accept', 'continue')}")
        self.type(f"chain {post} add rule type rev_dnat action {self.pick('accept', 'continue')}")
        source = self.pick("10.0.0.0/24", "10.0.0.0/8", f"{self.address()}/32")
        target = self.pick(
            f"{PUBLIC}.1", f"{PUBLIC}.1:5000-5010", f"{PUBLIC}.1-{PUBLIC}.3:1024-65535"
        )
        out = self.maybe(lambda: f"out-ports {self.any('rport')}")
        out += self.maybe(lambda: f"dst !{self.net()}")
        self.type(
            f"chain {post} add rule src {source}{out} type snat target {target} action accept"
        )
        if self.rng.random() < 0.3:
            both = f"chain {pre} add rule dst {PUBLIC}.20 type dnat action accept"
            self.type(f"{both} target {self.address()},{self.address()}")
        self.type(f"router edge set infilter {pre} outfilter {post}")
        if self.rng.random() < 0.4:
            address = self.any("address") if self.there.get("address") else self.address()
            self.type(
                f"router edge add route dst {address}/32 type {self.pick('reject', 'blackhole')}"
            )

    def balancer(self) -> None:
        """A VIP before some guests."""
        self.type("load-balancer create")
        self.type("router edge set load-balancer lb0")
        self.type("load-balancer lb0 add pool")
        port = self.pick("80", "443", "8080")
        for _ in range(self.rng.randint(0, 3)):
            weight = self.maybe("weight 0", 0.1)
            member = f"address {self.address()} protocol-port {self.pick(port, '8080')}{weight}"
            self.type(f"load-balancer lb0 pool pool0 add member {member}")
        vip = f"address {PUBLIC}.80 protocol-port {port}"
        self.type(f"load-balancer lb0 pool pool0 add vip {vip}")
        if self.rng.random() < 0.3:
            self.type("load-balancer lb0 pool pool0 vip vip0 set persistence SOURCE_IP")

    def vlans(self) -> None:
        """A trunk between a bridge and one that knows VLANs, whose ports tag and untag."""
        trunk = self.make("bridge", "bridge create name trunk")
        for number in (1, 2):
            tagged = self.make("bport", f"bridge {trunk} add port vlan {number}")
            other = self.make("bridge", f"bridge create name vlan{number}")
            self.make("bport", f"bridge {other} add port peer {tagged}")
            plain = self.make("bport", f"bridge {other} add port") or ""
            self.plug(plain, f"v{number}", f"address 10.0.3.{number}/24")
            self.homes.append((plain, f"10.0.3.{number}"))
        port = self.make("bport", f"bridge {trunk} add port") or ""
        tag = self.maybe(lambda: f"vlan {self.rng.randint(1, 2)}", 0.8)
        self.plug(port, "trunked", f"address 10.0.3.9/24{tag}")
        self.homes.append((port, "10.0.3.9"))

    def firewalls(self) -> None:
        """Security groups at guests' ports: answers, some services, and nothing else."""
        leaving = self.make("chain", "chain create name leaving")
        self.type(f"chain {leaving} add rule flow return-flow type accept")
        if self.rng.random() < 0.4:
            self.type(f"chain {leaving} add rule{self.ask()} type {self.pick('drop', 'reject')}")
        for name in range(self.rng.randint(1, 3)):
            chain = self.make("chain", f"chain create name group{name}")
            self.type(f"chain {chain} add rule type drop pos 1")
            for _ in range(self.rng.randint(0, 3)):
                self.type(f"chain {chain} add rule{self.ask()} type accept pos 1")
            if self.rng.random() < 0.9:
                self.type(f"chain {chain} add rule flow return-flow type accept pos 1")
            if self.rng.random() < 0.9:
                self.type(f"chain {chain} add rule ethertype 2054 type accept pos 1")
            for port, _ in self.homes:
                if self.rng.random() < 0.5:
                    asks = self.maybe(f"infilter {leaving}", 0.8)
                    self.type(f"{port} set outfilter {chain}{asks}")

    def ask(self) -> str:
        """What a rule of a firewall asks for."""
        asked = self.maybe(lambda: f"src {self.negation()}{self.net()}", 0.4)
        asked += self.maybe(lambda: f"ip-address-group-src {self.any('igroup')}", 0.15)
        asked += self.maybe(lambda: f"port-group {self.negation()}{self.any('pgroup')}", 0.15)
        if self.rng.random() < 0.7:
            ports = self.maybe(lambda: f"dst-port {self.negation()}{self.pick(*PORTS)}", 0.8)
            ports += self.maybe(lambda: f"src-port {self.negation()}{self.pick(*PORTS)}", 0.15)
            return f"{asked} proto {self.pick('6', '6', '17')}{ports}"
        return asked + self.maybe(lambda: f"proto {self.pick('1', '47', '132')}", 0.5)

    def groups(self) -> None:
        """Some ports, and some addresses."""
        group = self.make("pgroup", "port-group create name some")
        addresses = self.make("igroup", "ip-address-group create name those")
        for port, address in self.homes:
            if self.rng.random() < 0.5:
                self.type(f"port-group {group} add member port {port}")
            if self.rng.random() < 0.5:
                self.type(f"ip-address-group {addresses} add ip address {address}")

    def mirror(self) -> None:
        """Copies of some traffic for an analyser."""
        mirror = self.make("mirror", f"mirror create to-port {self.rng.choice(self.homes)[0]}")
        self.type(f"mirror {mirror} add matches{self.ask()}")
        field = self.pick("in-mirrors", "out-mirrors", "post-in-filter-mirrors")
        self.type(f"{self.any('bport', 'rport', 'bridge', 'router')} set {field} {mirror}")

    def redirect(self) -> None:
        """A rule that sends some traffic elsewhere."""
        chain = self.make("chain", "chain create name redirects")
        target = f"target-port {self.rng.choice(self.homes)[0]}"
        more = self.maybe("fail-open true", 0.5) + self.maybe("ingress true", 0.3)
        self.type(f"chain {chain} add rule{self.ask()} type redirect {target}{more}")
        field = self.pick("infilter", "outfilter")
        self.type(f"{self.any('bport', 'bridge')} set {field} {chain}")

    def insertion(self) -> None:
        """A service in a machine's path."""
        (port, _), (service, _) = self.rng.choice(self.homes), self.rng.choice(self.homes)
        line = f"l2insertion create port {port} srv-port {service} mac 02:00:00:00:00:0{port[-1]}"
        self.type(f"{line} pos 1" + self.maybe("fail-open true", 0.5))

    def lists(self) -> None:
        """A list of what is refused, for a bridge or the router."""
        chain = self.make("chain", "chain create name refused")
        for _ in range(self.rng.randint(1, 4)):
            kind = self.pick("drop", "drop", "reject", "accept", "return")
            self.type(f"chain {chain} add rule{self.ask()} type {kind}")
        where = self.pick("infilter", "outfilter")
        field = self.pick("forward-chain", "local-redirect-chain")
        self.type(f"{self.any('bridge')} set {where} {chain}")
        if self.rng.random() < 0.5:
            self.type(f"router edge set {field} {chain}")

    def filters(self) -> None:
        """Any conditions at all, in chains that jump to each other."""
        one = self.make("chain", "chain create name one")
        other = self.make("chain", "chain create name other")
        for _ in range(self.rng.randint(1, 4)):
            kind = self.pick("accept", "drop", "return", "continue", f"jump jump-to {other}")
            self.type(f"chain {one} add rule{self.condition()} type {kind}")
            self.type(
                f"chain {other} add rule{self.condition()} type {self.pick('drop', 'return')}"
            )
        where = self.any("bport", "rport", "bridge", "router")
        self.type(f"{where} set {self.pick('infilter', 'outfilter')} {one}")


class Edits(Office):
    """Changes a network as operators do: rules, filters, groups, machines, and what fails."""

    def edit(self) -> None:
        """Try one change."""
        some = self.pick(
            "rule", "rule", "rule", "gone", "gone", "filter", "state", "guest", "group"
        )
        if some == "rule":
            kind = self.pick("drop", "accept", "reject", "return")
            pos = self.rng.randint(1, 2)
            self.type(f"chain {self.any('chain')} add rule{self.ask()} type {kind} pos {pos}")
        elif some == "gone":
            self.type(f"delete {self._row('chain.rule', 'chain.rule', 'router.route', 'guest')}")
        elif some == "filter":
            thing = self.any("bport", "rport", "bridge")
            filter_ = self.pick("infilter", "outfilter")
            self.type(f"{thing} set {filter_} {self.any('chain')}")
        elif some == "state":
            state = self.pick("up", "down")
            self.type(f"{self.any('bport', 'rport', 'guest')} set state {state}")
        elif some == "guest":
            bridge = self.any("bridge")
            address = f"10.0.{bridge[-1]}.{self.rng.randint(40, 44)}/24"
            self.type(f"guest create name new bridge {bridge} address {address}")
        else:
            self.type(f"ip-address-group {self.any('igroup')} add ip address {self.address()}")

    def _row(self, *paths: str) -> str:
        path = self.pick(*paths)
        found = [row for row in rows(self.world.store) if row.collection.path == path]
        return self.rng.choice(found).full_alias if found else "chain99"
