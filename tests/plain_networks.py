"""Random networks whose ways are mostly plain, and edits of random networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from random_sessions import Builder

GROUPS = 4


class Plain(Builder):
    """Networks of bridges around a router, with groups of rules that jump, return and reject."""

    def build(self) -> None:
        self.lab()
        self.groups()
        for _ in range(self.rng.randint(1, GROUPS)):
            self.make("chain", "chain create name c")
        for _ in range(self.rng.randint(2, 14)):
            kind = self.pick("accept", "accept", "drop", "reject", "return", "continue", "jump")
            text = f" type {kind}" + (f" jump-to {self.any('chain')}" if kind == "jump" else "")
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
