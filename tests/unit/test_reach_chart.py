"""What holds for all machines of a kind is what is found for each pair alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from random import Random

import pytest
from random_sessions import Builder

from grammar.commands.reach import Traffic
from midocli.analysis.ends import guest_machines
from midocli.analysis.kinds import Kinds
from midocli.analysis.standing import Standing, laboratory
from midocli.analysis.ways import Ways

MACHINES = 3
SEEDS = range(8)


class Crowd(Builder):
    """Networks of several machines a bridge, and rules that tell some of them from the others."""

    def build(self) -> None:
        self.make("router", "router create name r")
        self.make("host", "host create name lab")
        self.make("pgroup", "port-group create name pg")
        self.make("igroup", "ip-address-group create name ig")
        for number in range(2):
            self.network(number)
        for number in range(3):
            chain = self.make("chain", "chain create name c")
            self.type(f"chain {chain} add rule ethertype 2054 type accept")
            self.type(f"chain {chain} add rule proto 17 dst-port {number + 100} type drop")
            for served in self.rng.sample((7, 53, 80), 2):
                rule = f"{self.telling()} proto 6 dst-port {served} type drop"
                self.type(f"chain {chain} add rule {rule} pos 2")
        for number in range(2):
            self.type(f"bridge bridge{number} set infilter chain{number}")
        for field in ("infilter", "outfilter"):
            chain = self.any("chain")
            for port in self.there["bport"]:
                self.type(f"{port} set {field} {chain}")

    def network(self, number: int) -> None:
        """A bridge at the router, with machines."""
        bridge = self.make("bridge", "bridge create name b")
        uplink, net = self.type(f"bridge {bridge} add port"), f"10.0.{number}"
        port = f"router router0 add port address {net}.1 net {net}.0/24 peer {uplink}"
        port = self.make("rport", port) or ""
        self.type(f"router router0 add route dst {net}.0/24 type normal port {port}")
        for machine in range(MACHINES):
            outer = self.make("bport", f"bridge {bridge} add port")
            name = f"m{number}{machine}"
            self.type(f"host host0 add binding port {outer} interface {name}")
            line = (
                f"guest create name {name} interface host0:{name} mac {self.mac(number, machine)}"
            )
            self.type(f"{line} address {net}.{machine + 2}/24 gw {net}.1")
        self.type(f"port-group {self.any('pgroup')} add member port {self.any('bport')}")
        self.type(f"ip-address-group {self.any('igroup')} add ip address {self.one()}")

    def mac(self, number: int, machine: int) -> str:
        """The MAC of a machine."""
        return f"02:00:00:00:0{number}:0{machine}"

    def one(self) -> str:
        """The address of a machine."""
        return f"10.0.{self.rng.randrange(2)}.{self.rng.randrange(MACHINES) + 2}"

    def telling(self) -> str:
        """A condition that some machine meets, and others like it do not."""
        mac = self.mac(self.rng.randrange(2), self.rng.randrange(MACHINES))
        return self.pick(
            f"src {self.negation()}{self.one()}/32",
            f"dst {self.negation()}{self.one()}/31",
            f"hw-src {self.negation()}{mac}",
            f"hw-dst {self.negation()}{mac}",
            f"in-ports {self.any('bport')}",
            f"out-ports {self.any('bport')}",
            f"{self.pick('in-', 'out-', '')}port-group {self.any('pgroup')}",
            f"ip-address-group-{self.pick('src', 'dst')} {self.any('igroup')}",
        )


def differences(seed: int) -> Iterator[str]:
    """Pairs of which is known otherwise at once than where nothing is known of another pair."""
    builder = Crowd(Random(seed))
    builder.build()
    context = builder.world.context
    machines = guest_machines(context)
    standing = Standing(context, Traffic())
    chart = standing.chart(machines)
    assert list(chart.unsettled(standing.wanted)) == []
    for one, other in permutations(machines, 2):
        alone = laboratory(context, Traffic())
        anew = alone.settle(one.key, one.address, other.address, alone.atoms.all)
        passage = chart.row(one.key, [other.key])[0]
        assert anew is not None
        if passage is None or passage.reached != anew.reached:
            yield f"{one.name} -> {other.name}"
        at_once = standing.lab.settle(one.key, one.address, other.address, standing.wanted)
        if at_once != anew:
            yield f"{one.name} -> {other.name}: not for the same reasons"


@pytest.mark.parametrize("seed", SEEDS)
def test_machines_of_a_kind_fare_as_each_alone(seed: int) -> None:
    assert list(differences(seed)) == []


@pytest.mark.parametrize("told", ["_address", "_port", "_mac"])
def test_kinds_that_are_too_wide_are_noticed(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kinds, told, lambda self, key: frozenset())
    assert any(next(differences(seed), "") for seed in SEEDS)


def test_natures_that_are_too_wide_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ways, "_stage", lambda self, stage: None)
    assert any(next(differences(seed), "") for seed in SEEDS)
