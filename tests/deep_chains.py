"""Random networks whose filters are chains that jump to others, which translate now and then."""

from __future__ import annotations

from random_sessions import Builder

#: Where machines are, and an address that none has.
ADDRESSES = ("10.0.1.10", "10.0.1.11", "10.0.2.10", "10.0.2.99")


class DeepChains(Builder):
    """Types the commands that make a router between two bridges, and its chains."""

    def build(self) -> None:
        """A whole network."""
        self.type("router create name r")
        for bridge, guests in (1, ("a", "b")), (2, ("c",)):
            net = f"10.0.{bridge}"
            self.type(f"bridge create name lan{bridge}")
            self.type(f"bridge lan{bridge} add port")
            peer = f"peer bridge{bridge - 1}:port0"
            port = self.type(f"router r add port address {net}.1 net {net}.0/24 {peer}")
            self.type(f"router r add route dst {net}.0/24 type normal port {port}")
            for number, guest in enumerate(guests):
                place = f"bridge lan{bridge} address {net}.{10 + number}/24 gw {net}.1"
                self.type(f"guest create name {guest} {place}")
        chains: list[str] = []
        for _ in range(self.rng.randint(2, 5)):
            chains.append(self.chain(chains))
        for chain in chains[-3:]:
            place = self.pick("router r", "bridge lan1", "bridge0:port1", "bridge1:port1")
            self.type(f"{place} set {self.pick('infilter', 'outfilter')} {chain}")

    def chain(self, others: list[str]) -> str:
        """A chain that may jump to others."""
        chain = self.make("chain", "chain create name c") or ""
        for _ in range(self.rng.randint(1, 6)):
            self.type(f"chain {chain} add rule{self.asked()} {self.does(others)} pos 1")
        return chain

    def asked(self) -> str:
        """What a rule asks for."""
        asked = self.maybe(lambda: f"dst {self.negation()}{self.near()}", 0.5)
        asked += self.maybe(lambda: f"src {self.negation()}{self.near()}", 0.2)
        asked += self.maybe(lambda: f"flow {self.pick('return-flow', 'fwd-flow')}", 0.1)
        asked += self.maybe("ethertype 2054", 0.1) or self.maybe(self.transport, 0.4)
        asked += self.maybe(lambda: f"in-ports {self.pick('router0:port0', 'router0:port1')}", 0.1)
        return asked + self.maybe("inverted yes", 0.1)

    def transport(self) -> str:
        """A protocol, with ports or without."""
        port = self.maybe(lambda: f"dst-port {self.negation()}{self.pick('22', '1-80', '60-99')}")
        return f"proto {self.pick('1', '6', '17')}{port}"

    def near(self) -> str:
        """An address or network that means something here."""
        return self.pick("10.0.1.0/24", "10.0.0.0/8", *ADDRESSES)

    def does(self, others: list[str]) -> str:
        """What a rule does."""
        chance = self.rng.random()
        if chance < 0.25 and others:
            return f"type jump jump-to {self.rng.choice(others)}"
        action = f"action {self.pick('accept', 'continue', 'continue', 'return')}"
        if chance < 0.4:
            return f"type {self.pick('dnat', 'snat')} target {self.pick(*ADDRESSES)} {action}"
        if chance < 0.45:
            return f"type {self.pick('rev_dnat', 'rev_snat')} {action}"
        return f"type {self.pick('accept', 'accept', 'drop', 'drop', 'reject', 'return')}"
