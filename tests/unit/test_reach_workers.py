"""Pairs that several processes ask about."""

from __future__ import annotations

import os
import signal
from random import Random

from random_sessions import Builder

from midocli.analysis.fare import Fate, Verdict
from midocli.analysis.workers import found_by


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
