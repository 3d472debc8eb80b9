"""Random networks whose ways are mostly plain, and edits of random networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from random_sessions import Builder

GROUPS = 4


class Plain(Builder):
    """Networks of bridges around a router, with groups of rules that jump, return and reject."""

    kinds: tuple[str, ...] = ("accept", "accept", "drop", "reject", "return", "continue", "jump")

    def build(self) -> None:
        self.lab()
        self.filters()

    def filters(self) -> None:
        """Groups, and chains of rules on everything there is."""
        self.groups()
        for _ in range(self.rng.randint(1, GROUPS)):
            self.make("chain", "chain create name c")
        for _ in range(self.rng.randint(2, 14)):
            kind = self.pick(*self.kinds)
            text = f" type {kind}" + (f" jump-to {self.any('chain')}" if kind == "jump" else "")
            if kind.startswith("rev"):
                text += f" action {self.pick('accept', 'continue', 'return')}"
            pos = self.rng.randint(1, 3)
            line = f"chain {self.any('chain')} add rule{self.condition()}{text}"
            if self.type(f"{line} pos {pos}") is None:
                self.type(line)
        if self.rng.random() < 0.7:
            for chain in self.there["chain"]:
                self.type(f"chain {chain} add rule ethertype 2054 type accept pos 1")
        for _ in range(self.rng.randint(1, 6)):
            field, thing = self.pick("infilter", "outfilter"), self.any("bport", "rport", "bridge")
            self.type(f"{thing} set {field} {self.any('chain')}")
        if self.rng.random() < 0.6:
            field = self.pick("infilter", "outfilter", "forward-chain", "local-redirect-chain")
            self.type(f"router {self.any('router')} set {field} {self.any('chain')}")


class Wide(Plain):
    """The same with several routers, which lead to each other, now and then in circles."""

    kinds = (*Plain.kinds, "rev_snat", "rev_dnat")

    def build(self) -> None:
        rng, routers = self.rng, self.rng.randint(2, 4)
        for number in range(routers):
            self.make("router", f"router create name r{number}")
        for number in range(routers):
            for place in range(rng.randint(1, 2)):
                self.lan(f"r{number}", f"10.{number}.{place}", f"m{number}{place}")
        for number in range(routers if rng.random() < 0.3 else routers - 1):
            self.link(number, (number + 1) % routers)
        self.filters()
        if rng.random() < 0.3:
            self.breakage()

    def lan(self, router: str, net: str, name: str) -> None:
        """A bridge with guests behind a router."""
        bridge = self.make("bridge", "bridge create name b")
        inner = self.make("bport", f"bridge {bridge} add port")
        port = f"address {net}.1 net {net}.0/24 peer {inner}"
        port = self.make("rport", f"router {router} add port {port}") or ""
        self.type(f"router {router} add route dst {net}.0/24 type normal port {port}")
        for place in range(self.rng.randint(1, 2)):
            guest = f"guest create name {name}{place} bridge {bridge}"
            self.make("guest", f"{guest} address {net}.{9 + place}/24 gw {net}.1")
        ports = self.world.lines(f"bridge {bridge} port list")[1:]
        self.there["bport"] += [f"{bridge}:{line.split()[1]}" for line in ports]

    def link(self, one: int, other: int) -> None:
        """Two routers, port to port, with routes to what is behind them."""
        net, bare = f"172.16.{one}", self.rng.random() < 0.1
        own = "" if bare else f"address {net}.1 net {net}.0/30"
        far = self.make("rport", f"router r{one} add port {own}") or ""
        near = f"address {net}.2 net {net}.0/30 peer {far}"
        near = self.make("rport", f"router r{other} add port {near}") or ""
        for router, port, gateway in ((one, far, 2), (other, near, 1)):
            for number in {self.rng.randint(0, 3), one if router == other else other}:
                if number != router:
                    gw = self.maybe(f"gw {net}.{gateway}", 0.8)
                    route = f"dst 10.{number}.0.0/16 type normal port {port}{gw}"
                    self.type(f"router r{router} add route {route}")


def edit(builder: Builder) -> None:
    """Type one change, of any kind."""
    rng, state = builder.rng, builder.pick("up", "down")
    thing = builder.any("bport", "rport", "bridge", "router", "guest", "chain")
    chain, guest = f"chain {builder.any('chain')}", f"guest {builder.any('guest')}"
    changes: Sequence[Callable[[], object]] = (
        lambda: builder.type(f"{chain} add rule{builder.condition()} type drop"),
        lambda: builder.type(f"{chain} add rule{builder.condition()}{builder.rule()}"),
        lambda: builder.type(f"{chain} rule rule0 delete"),
        lambda: builder.type(
            f"port-group {builder.any('pgroup')} add member port {builder.any('bport')}"
        ),
        lambda: builder.type(
            f"ip-address-group {builder.any('igroup')} add ip address {builder.address()}"
        ),
        lambda: builder.guest(rng.randint(100, 999)),
        lambda: builder.type(f"{builder.any('bport', 'rport')} set state {state}"),
        lambda: builder.type(f"{thing} set infilter {builder.any('chain')}"),
        lambda: builder.type(f"{thing} clear outfilter"),
        lambda: builder.type(f"{guest} set state {state}"),
        lambda: builder.type(f"{guest} set address {builder.net()}"),
        lambda: builder.type(f"delete {thing}"),
        lambda: builder.type("undo"),
        builder.routes,
        builder.breakage,
    )
    rng.choice(changes)()
