"""Random networks as an OpenStack cloud has them: tenants' routers behind those of the provider.

Each tenant has a router between its bridges, floating addresses and a common one to the outside,
security groups with jumps and protection against false senders; tenants may use the same addresses.
"""

from __future__ import annotations

from offices import INTERNET, PUBLIC, Office

LINKS = "169.254"


class Cloud(Office):
    """Types the commands that make such a network."""

    def build(self) -> None:
        """A whole network."""
        for number in range(self.rng.randint(1, 2)):
            self.make("host", f"host create name rack{number}")
        if len(self.there["host"]) > 1 and self.rng.random() < 0.8:
            self.make("zone", "tunnel-zone create name z type vxlan")
            for number, host in enumerate(self.there["host"]):
                address = f"172.16.0.{number + 1}"
                self.type(f"tunnel-zone z add member host {host} address {address}")
        self.edges = self.rng.choice((["edge"], ["edge"], ["edge", "edge1"]))
        for number, edge in enumerate(self.edges):
            self.make("router", f"router create name {edge}")
            self.uplink(number, edge)
        for number in range(self.rng.randint(1, 3)):
            self.tenant(number)
        self.groups()
        for each in (self.protection, self.firewalls, self.balancer, self.shortcut, self.servers):
            if self.rng.random() < 0.5:
                each()
        for each in (self.mirror, self.redirect, self.lists, self.filters, self.breakage):
            if self.rng.random() < 0.15:
                each()

    def plug(self, port: str, name: str, more: str) -> None:
        """A guest behind a port, on some host."""
        host = self.any("host")
        self.type(f"host {host} add binding port {port} interface {name}")
        self.there.setdefault("point", []).append(f"{host}:{name}")
        guest = self.make("guest", f"guest create name {name} interface {host}:{name} {more}")
        for _ in range(self.rng.randint(0, 2)):
            service = f"proto {self.pick('tcp', 'udp')} port {self.pick('22', '53', '80', '443')}"
            self.type(f"guest {guest} add service {service}")

    def uplink(self, number: int, edge: str) -> None:
        """A way out, mostly with somebody there."""
        net = f"203.0.113.{4 * number}"
        own, other = f"203.0.113.{4 * number + 1}", f"203.0.113.{4 * number + 2}"
        port = self.make("rport", f"router {edge} add port address {own} net {net}/30") or ""
        self.type(f"router {edge} add route dst {net}/30 type normal port {port}")
        self.type(f"router {edge} add route dst 0.0.0.0/0 type normal port {port} gw {other}")
        if self.rng.random() < 0.8:
            addresses = f"{other}/30,{INTERNET}.80/32"
            self.plug(port, f"isp{number}", f"address {addresses} gw {own} forwarding yes")
        else:
            self.type(f"host {self.any('host')} add binding port {port} interface up{number}")

    def tenant(self, number: int) -> None:
        """A router with bridges, links to the edges, and translation."""
        router = f"t{number}"
        self.make("router", f"router create name {router}")
        second = self.pick("1", f"{number + 1}")
        for place in range(self.rng.randint(1, 2)):
            self.lan(router, f"10.{second}.{place}", f"{number}{place}")
        for place, edge in enumerate(self.edges):
            net = f"{LINKS}.{number}.{4 * place}"
            inner = f"{LINKS}.{number}.{4 * place + 2}"
            outer = f"{LINKS}.{number}.{4 * place + 1}"
            far = self.make("rport", f"router {edge} add port address {outer} net {net}/30")
            near = f"address {inner} net {net}/30 peer {far}"
            near = self.make("rport", f"router {router} add port {near}") or ""
            self.type(f"router {router} add route dst {net}/30 type normal port {near}")
            self.type(f"router {router} add route dst 0.0.0.0/0 type normal port {near} gw {outer}")
            for public in (f"{PUBLIC}.{number}/32", f"{PUBLIC}.{16 * (number + 1)}/28"):
                self.type(f"router {edge} add route dst {public} type normal port {far} gw {inner}")
        if self.rng.random() < 0.8:
            self.floating(number, router)

    def lan(self, router: str, net: str, name: str) -> None:
        """A bridge with some guests, linked to a router; a guest may stand on two."""
        bridge = self.make("bridge", f"bridge create name lan{name}")
        inner = self.make("bport", f"bridge {bridge} add port")
        port = f"address {net}.1 net {net}.0/24 peer {inner}"
        port = self.make("rport", f"router {router} add port {port}") or ""
        self.type(f"router {router} add route dst {net}.0/24 type normal port {port}")
        for place in range(self.rng.randint(1, 3)):
            outer = self.make("bport", f"bridge {bridge} add port") or ""
            address = f"{net}.{10 + place}"
            more = self.maybe(f"mtu {self.pick('576', '1400', '1500')}", 0.2)
            self.plug(outer, f"m{name}{place}", f"address {address}/24 gw {net}.1{more}")
            self.homes.append((outer, address))
        if self.rng.random() < 0.2:
            outer = self.make("bport", f"bridge {bridge} add port") or ""
            host, guest = self.any("host"), self.any("guest")
            self.type(f"host {host} add binding port {outer} interface n{name}")
            self.type(f"guest {guest} add nic interface {host}:n{name} address {net}.50/24")
            if self.rng.random() < 0.5:
                self.type(f"guest {guest} add route dst {self.net()} gw {net}.1")

    def floating(self, number: int, router: str) -> None:
        """Floating addresses for some machines, and one address for all others."""
        pre = self.make("chain", f"chain create name pre{number}")
        post = self.make("chain", f"chain create name post{number}")
        for place in range(self.rng.randint(0, 2)):
            public, inner = f"{PUBLIC}.{16 * (number + 1) + place}", self.address()
            rule = f"dst {public} type dnat target {inner} action accept"
            self.type(f"chain {pre} add rule {rule}")
            out = self.maybe(f"dst !10.{number + 1}.0.0/16", 0.5)
            rule = f"src {inner}{out} type snat target {public} action accept"
            self.type(f"chain {post} add rule {rule}")
        self.type(f"chain {pre} add rule type rev_snat action {self.pick('accept', 'continue')}")
        self.type(f"chain {post} add rule type rev_dnat action {self.pick('accept', 'continue')}")
        own = self.pick(f"{PUBLIC}.{number}", f"{PUBLIC}.{number}:1-65535", f"{LINKS}.{number}.2")
        inside = self.pick(f"src 10.{number + 1}.0.0/16", "dst !10.0.0.0/8", f"src {self.net()}")
        ports = self.maybe(lambda: f"out-ports {self.any('rport')}")
        self.type(f"chain {post} add rule {inside}{ports} type snat target {own} action accept")
        self.type(f"router {router} set infilter {pre} outfilter {post}")

    def protection(self) -> None:
        """Nobody sends from addresses that are not its own; what else may pass, groups say."""
        group = self.make("chain", "chain create name group")
        for _ in range(self.rng.randint(0, 3)):
            self.type(f"chain {group} add rule{self.ask()} type accept")
        for number, (port, address) in enumerate(self.homes):
            if self.rng.random() < 0.4:
                continue
            out = self.make("chain", f"chain create name from{number}")
            self.type(f"chain {out} add rule ethertype 2048 src !{address}/32 type drop")
            self.type(f"chain {out} add rule flow return-flow type accept")
            into = self.make("chain", f"chain create name to{number}")
            self.type(f"chain {into} add rule flow return-flow type accept")
            self.type(f"chain {into} add rule ethertype 2054 type accept")
            self.type(f"chain {into} add rule type jump jump-to {group}")
            self.type(f"chain {into} add rule type {self.pick('drop', 'drop', 'reject')}")
            self.type(f"{port} set infilter {out} outfilter {into}")

    def balancer(self) -> None:
        """A VIP of a tenant's."""
        super().balancer()
        self.type("router edge clear load-balancer")
        self.type("router t0 set load-balancer lb0")
        if self.rng.random() < 0.5:
            self.type(f"load-balancer lb0 pool pool0 vip vip0 set address {self.address()}")

    def shortcut(self) -> None:
        """Two routers linked beside all else, with routes to each other, which may go round."""
        one, other = self.any("router"), self.any("router")
        far = self.make("rport", f"router {one} add port address 10.254.0.1 net 10.254.0.0/30")
        near = f"address 10.254.0.2 net 10.254.0.0/30 peer {far}"
        near = self.make("rport", f"router {other} add port {near}") or ""
        weight = self.maybe(f"weight {self.pick('10', '100', '200')}", 0.5)
        for router, port, gateway in ((one, far, 2), (other, near, 1)):
            route = f"dst {self.net()} type normal port {port} gw 10.254.0.{gateway}{weight}"
            self.type(f"router {router} add route {route}")

    def servers(self) -> None:
        """A machine on a router's own port."""
        router, number = self.any("router"), len(self.homes)
        net = f"10.200.{number}"
        port = f"router {router} add port address {net}.1 net {net}.0/24"
        port = self.make("rport", port) or ""
        self.type(f"router {router} add route dst {net}.0/24 type normal port {port}")
        self.plug(port, "server", f"address {net}.10/24 gw {net}.1")
        self.homes.append((port, f"{net}.10"))
