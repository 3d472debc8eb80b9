"""Pairs that several processes ask about."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from random import Random
from threading import Timer
from typing import Any

import pytest
from offices import Office
from random_sessions import Builder
from worlds import World

from grammar.commands.reach import Traffic
from midocli.analysis import cluster, remote
from midocli.analysis.blocks import packed, unpacked
from midocli.analysis.ends import guest_machines, pairs_of
from midocli.analysis.fare import Fate, Verdict, fates_between
from midocli.analysis.standing import laboratory
from midocli.analysis.twins import alike
from midocli.analysis.workers import found_by


@pytest.fixture(scope="module")
def dask() -> Iterator[Any]:
    """A cluster of two processes, on this machine."""
    library = pytest.importorskip("distributed", reason="midocli[cluster] is not installed")
    with library.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as local:
        yield local


def office() -> World:
    """A network with a balancer, uplinks, groups and firewalls, for its seed."""
    builder = Office(Random(10))
    builder.build()
    return builder.world


def test_several_processes_find_what_one_does() -> None:
    builder = Builder(Random(33))
    builder.build()
    for line in ("matrix", "matrix tcp 80", "matrix by bridge icmp"):
        assert builder.world.run(f"{line} workers 2") == builder.world.run(line)


def test_a_process_that_is_killed_costs_time_alone() -> None:
    parent = os.getpid()

    def ask(number: int) -> list[Fate]:
        if number == 300 and os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        return [Fate(number, Verdict("reached"))]

    heard: list[int] = []
    found = list(found_by(2, ask, 1000, heard.append))
    assert [fates[0].atoms for fates in found] == list(range(1000))


def test_a_process_killed_once_is_replaced(tmp_path: Any) -> None:
    mark = tmp_path / "killed"
    parent = os.getpid()

    def ask(number: int) -> list[Fate]:
        if number == 300 and not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
        assert os.getpid() != parent
        return [Fate(number, Verdict("reached"))]

    found = list(found_by(2, ask, 1000, lambda done: None))
    assert [fates[0].atoms for fates in found] == list(range(1000))


def test_a_block_of_pairs_is_packed_into_little() -> None:
    some = [Fate(3 << 200, Verdict("reached")), Fate(4, Verdict("refused"))]
    other = [Fate(1, Verdict("some", why="by a hash")), Fate(8, Verdict("some", why="by chance"))]
    block = packed([other if number % 7 else some for number in range(10_000)])
    assert len(block) < 1200
    found = unpacked(block)
    assert len(found) == 10_000
    assert list(found[0]) == some
    assert list(found[1]) == [Fate(9, Verdict("some"))]


def test_what_is_sent_is_all_that_is_asked_about() -> None:
    world = office()
    machines = guest_machines(world.context)
    lab = laboratory(world.context, Traffic())
    pairs = [group[0] for group in alike(lab, machines, pairs_of(machines))]
    sent = remote.message(world.context, machines, Traffic())
    here = [
        fates_between(lab, one, other.address, lab.atoms.all, other.meant)
        for one, other in ((machines[one], machines[other]) for one, other in pairs)
    ]
    assert remote.answers("it", sent, 0, len(pairs)) == packed(here)


def test_a_cluster_finds_what_is_found_here(dask: Any) -> None:
    world = office()
    world.run("ip-address-group those add ip address 10.0.0.99")
    for line in ("matrix", "matrix by group tcp 80"):
        assert world.run(f"{line} workers {dask.scheduler_address}") == world.run(line)


def test_workers_are_there_whenever_a_client_looks_how_its_cluster_is(dask: Any) -> None:
    from dask import config

    with (
        config.set({"distributed.client.scheduler-info-interval": "1ms"}),
        dask.get_client() as client,
    ):
        assert {cluster._workers(client) for _ in range(40)} == {2}


def test_a_worker_that_is_killed_costs_time_alone(dask: Any) -> None:
    world = office()
    for number in range(8):
        world.run(f"guest create name x{number} bridge lan0 address 10.0.0.{100 + number}/24")
    pid = next(iter(dask.workers.values())).pid
    assert pid
    Timer(0.2, os.kill, (pid, signal.SIGKILL)).start()
    assert world.run(f"matrix workers {dask.scheduler_address}") == world.run("matrix")


def test_a_cluster_that_is_none_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed", reason="midocli[cluster] is not installed")
    monkeypatch.setattr(cluster, "_PATIENCE", "300ms")
    error = office().error("matrix tcp 80 workers tcp://127.0.0.1:9")
    assert error.message == "cannot ask tcp://127.0.0.1:9: no Dask scheduler answers there"
    assert error.column == 23


def test_a_cluster_without_workers_is_not_waited_for() -> None:
    library = pytest.importorskip("distributed", reason="midocli[cluster] is not installed")
    with library.LocalCluster(
        n_workers=0, processes=False, protocol="tcp", dashboard_address=":0"
    ) as local:
        error = office().error(f"matrix workers {local.scheduler_address}")
    assert error.message.endswith(": it has no workers")


def test_what_a_cluster_needs_is_said_where_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    error = office().error("matrix workers tcp://127.0.0.1:8786")
    assert error.message.endswith("not installed: pip install 'midocli[cluster]'")


def test_workers_of_another_version_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    world = office()
    sent = remote.message(world.context, guest_machines(world.context), Traffic())
    monkeypatch.setattr(remote, "VERSION", "9.9")
    with pytest.raises(remote.OtherVersionError, match=r"it has midocli 9\.9, not "):
        remote.answers("other", sent, 0, 1)


@pytest.mark.parametrize("word", ["tcp://10.0.0.1", "udp://a:1", "tcp://:1", "tcp://a b:1", "65"])
def test_a_scheduler_is_an_address(word: str) -> None:
    error = World().error(f"matrix workers {word}")
    assert "expected a number from 1 to 64, or tcp://HOST:PORT" in error.message
    assert error.column == 16
