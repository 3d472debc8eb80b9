"""Trying what is advised leaves no trace, and a fork goes on from where the network is."""

from __future__ import annotations

import re
from contextlib import chdir
from pathlib import Path
from typing import Any, cast

import pytest
from worlds import World, snapshot

from grammar.errors import MidoError
from midocli.advice.failure import NOTHING
from midocli.commands import probing
from midocli.commands.trial import Outcome, Trial
from midocli.context.files import Files
from midocli.datapath.fork import ExhaustedError, Fork, Meter

LAB = """
router create name r
bridge create name left
bridge create name right
router r add port address 10.0.1.1 net 10.0.1.0/24
router r add port address 10.0.2.1 net 10.0.2.0/24
bridge left add port peer router0:port0
bridge right add port peer router0:port1
bridge left add port
bridge right add port
router r add route dst 10.0.1.0/24 type normal port router0:port0
router r add route dst 10.0.2.0/24 type normal port router0:port1
host create name h
host h add binding port bridge0:port1 interface t1
host h add binding port bridge1:port1 interface t2
guest create name alice interface t1 address 10.0.1.10/24 gw 10.0.1.1
guest create name bob interface t2 address 10.0.2.11/24 gw 10.0.2.1
guest bob add service proto tcp port 80
chain create name nat
chain nat add rule src 10.0.1.0/24 type snat action accept target 10.0.2.1:20000-60000
chain create name back
chain back add rule dst 10.0.2.1 type rev_snat action accept
router r set outfilter nat infilter back
health-monitor create type TCP delay 5 timeout 2 max-retries 3
load-balancer create
load-balancer lb0 add pool health-monitor hm0
load-balancer lb0 pool pool0 add member address 10.0.2.11 protocol-port 80
load-balancer lb0 pool pool0 add vip address 10.0.9.9 protocol-port 80
router r set load-balancer lb0
""".strip().splitlines()

#: What is learnt, bound and waited for by the time that something breaks.
WARM = """
ping alice bob
connect alice tcp bob 80
connect alice tcp 10.0.9.9 80
clock advance 12s
""".strip().splitlines()

#: What breaks the network, and the probe that fails then.
BREAKAGES = [
    (["delete router0:route1"], "ping alice bob timeout 4"),
    (["delete chain1:rule0"], "ping alice bob count 2"),
    (["guest bob set state down"], "connect alice tcp 10.0.9.9 80"),
    (["guest bob service service0 delete", "clock advance 40s"], "connect alice tcp 10.0.9.9 80"),
    (["host h set alive false"], "ping alice bob write probe.pcap explain"),
    (["bridge1:port1 set state down"], "traceroute alice bob"),
    (["guest alice clear gw"], "ping alice bob draw report report.html"),
    (["bridge left set state down"], "arping alice 10.0.1.1"),
    (["guest bob set address 10.0.2.99/24"], "ping alice 10.0.2.11"),
]

#: What tells whether anything is other than it would be.
LOOK = """
clock
router r list arp
bridge left list mac
bridge right list mac
flow list
connection list
router r list nat
load-balancer lb0 pool pool0 list member
capture list
guest alice ip neigh
guest create name new
chain create
bridge left add port
ping alice 10.0.1.1
connect alice udp bob 53
undo
undo
redo
clock advance 30s
load-balancer lb0 pool pool0 list member
""".strip().splitlines()


def told(world: World, line: str) -> str:
    """What a line prints, or its error."""
    try:
        return world.run(line)
    except MidoError as error:
        return f"{error.message}"


def traces(broken: list[str], probe: str, folder: Path) -> object:
    """All there is to see after a failed probe, but for its advice."""
    folder.mkdir()
    with chdir(folder):
        return _traces(broken, probe)


def _traces(broken: list[str], probe: str) -> object:
    world = World(*LAB, "tcpdump t2 write all.pcap", *WARM, files=Files())
    for line in broken:
        told(world, line)
    told(world, probe)
    context, network = world.context, world.context.datapath.network
    pending = [[entry[:2] for entry in sorted(heap)] for heap in network.engine.pending()]
    chances = context.chance.getstate(), world.store.chance.getstate(), network.rng.getstate()
    before = snapshot(world.store), pending, network.walks, chances, network.engine.now_ns
    seen = [re.sub("; try: .*", "", told(world, line)) for line in LOOK]
    told(world, "capture capture0 delete")
    files = {file.name: file.read_bytes() for file in Path().glob("*.pcap")}
    return before, seen, files, snapshot(world.store)


@pytest.mark.parametrize(("broken", "probe"), BREAKAGES, ids=[probe for _, probe in BREAKAGES])
def test_trying_leaves_no_trace(
    broken: list[str], probe: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tried = []
    outcome = Trial.outcome

    def noted(trial: Trial, *given: Any) -> Outcome | None:
        tried.append(given)
        return outcome(trial, *given)

    with monkeypatch.context() as patched:
        patched.setattr(Trial, "outcome", noted)
        with_trials = traces(broken, probe, tmp_path / "tried")
    assert tried, "nothing was tried"
    monkeypatch.setattr(probing, "advised", lambda *_: NOTHING)
    assert traces(broken, probe, tmp_path / "not") == with_trials


def forked(world: World, work: int = 10**6) -> Fork:
    fork = cast(Fork, world.context.forked().datapath)
    fork.begin(Meter(work))
    return fork


def test_a_fork_checks_on_as_the_network_would() -> None:
    world = World(*LAB, *WARM, "guest bob set state down")
    member = world.context.named("load-balancer.pool.member", "lb0:pool0:pm0")
    assert member is not None
    fork = forked(world)
    fork.advance(60 * 10**9, lambda done, total: None)
    assert fork.status(member) == "INACTIVE"
    assert world.context.datapath.status(member) == "ACTIVE"
    world.run("clock advance 60s")
    assert world.context.datapath.status(member) == "INACTIVE"


def test_a_fork_has_the_same_ahead_of_it() -> None:
    """Every action and entry is there once more, at its time, and none is shared."""
    world = World(*LAB, *WARM, "ping alice bob timeout 0.001")
    network, other = world.context.datapath.network, forked(world).network
    for ours, its in zip(network.engine.pending(), other.engine.pending(), strict=True):
        assert [entry[:2] for entry in sorted(its)] == [entry[:2] for entry in sorted(ours)]
        assert [entry[3] for entry in sorted(its)] == [entry[3] for entry in sorted(ours)]
    for table in ("macs", "arp", "nat", "connections", "neighbours"):
        assert getattr(other.state, table).keys() == getattr(network.state, table).keys()
    assert not {id(each) for each in other.state.nat.values()} & {
        id(each) for each in network.state.nat.values()
    }


def test_a_fork_stops_where_too_much_is_tried() -> None:
    world = World(*LAB, *WARM)
    with pytest.raises(ExhaustedError):
        forked(world, 100).advance(10**13, lambda done, total: None)
