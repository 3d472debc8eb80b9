"""A probe that dies of any exception leaves a network that works."""

from __future__ import annotations

import gc
import sys
from itertools import cycle
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from handmade import Hands, errors, session_of
from netlab import ROUTED_PAIR

from grammar.script import Line
from midocli.session.session import Session
from midocli.simulator.engine import Engine

LAB = f"{ROUTED_PAIR}tcpdump a flags -n\n"
COMMANDS = (
    "ping one 10.0.0.2 count 2 interval 0.1 explain",
    "ping a 10.0.0.2 src 10.0.0.77 count 2 interval 0.1 draw way.svg",
    "traceroute one 10.0.0.2 explain",
    "connect one tcp 10.0.0.2 80",
    "arping a 10.0.0.254 src 10.0.0.77",
    "inject a frame ffffffffffff0200000000770806000108000604000102000000007"
    "70a00004d0000000000000a000002",
    "clock advance 90s",
)
MOMENTS = 60


class Dying:
    """Raises an error at the given call while the simulator is at work; counts the calls.

    What Python calls while it collects garbage is none of them: an error there reaches nobody.
    """

    def __init__(self, engine: Engine, moment: int, error: type[Exception]) -> None:
        self.calls = 0
        self._engine = engine
        self._moment = moment
        self._error = error

    def __enter__(self) -> Dying:
        gc.disable()
        sys.setprofile(self._called)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)
        gc.enable()

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and self._engine._running and frame.f_code.co_name != "_ended":
            self.calls += 1
            if self.calls == self._moment:
                raise self._error


def begun() -> Session:
    session = session_of(Hands(is_interactive=True))
    for line in LAB.splitlines():
        assert run(session, line), errors(session)
    return session


def run(session: Session, line: str) -> bool:
    return session.run_line("", Line(line, 1))


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.split()[:2]))
def test_the_next_probe_works(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session = begun()
    network = session.context.datapath.network
    if command.startswith("clock"):
        run(session, "ping one 10.0.0.2 count 1")
    with Dying(network.engine, 0, ValueError) as counted:
        run(session, command)
    kinds = cycle((MemoryError, RecursionError, ValueError))
    for place, kind in zip(range(MOMENTS), kinds, strict=False):
        session = begun()
        network = session.context.datapath.network
        if command.startswith("clock"):
            run(session, "ping one 10.0.0.2 count 1")
        with Dying(network.engine, 1 + place * counted.calls // MOMENTS, kind):
            assert not run(session, command), place
        told = errors(session)
        if kind is not ValueError:
            assert told.endswith(
                "too large or too deeply nested to work on; "
                "what the network had learnt is forgotten\n"
            )
        assert network.listeners._by_key == {}
        assert network.stations == {}
        assert len(network._recorders) == 1
        assert session.context.clock.elapsed_ns == network.engine.now_ns
        assert not network.engine.interrupt()
        assert run(session, "expect ping one 10.0.0.2 count 2 interval 0.1"), place
        assert errors(session) == told
