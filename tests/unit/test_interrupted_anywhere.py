"""Ctrl-C at many moments of every kind of command: it is carried out whole, or not at all."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from handmade import Hands, errors, session_of
from netlab import ROUTED_PAIR

from grammar.script import Line
from midocli.session.session import Session
from midocli.shell.signals import Signals
from midocli.store.saving import script

LAB = f"""\
{ROUTED_PAIR}bridge br add dhcp subnet 10.0.0.0/24 gw 10.0.0.254
router r set name edge
tcpdump a flags -n
"""
COMMANDS = (
    "ping one 10.0.0.2 count 3 interval 0.1 explain draw",
    "ping one 10.0.0.9 count 2 report page.html write frames.pcapng",
    "ping a 10.0.0.2 src 10.0.0.77 count 2 interval 0.1 draw way.svg",
    "traceroute one 10.0.0.2 explain",
    "connect one tcp 10.0.0.2 80 explain",
    "connect a udp 10.0.0.2 7 src 10.0.0.77",
    "arping one 10.0.0.2 explain",
    "arping a 10.0.0.254 src 10.0.0.77",
    "dhcp one explain",
    "inject a frame ffffffffffff0200000000770806000108000604000102000000007"
    "70a00004d0000000000000a000002",
    "reset",
    "clock advance 90s",
    "source more.mido",
    "save net.mido",
    "show topology write net.svg",
    "router create name other",
    "bridge br delete",
    "undo 2",
    "tcpdump b write b.pcapng",
    "list router",
)
#: At how many moments each command is interrupted.
MOMENTS = 60
MORE = "router create name x\nping one 10.0.0.2\nbridge create name y\n"


class Interrupting:
    """Sends SIGINT at the given call of a function, and counts the calls there were."""

    def __init__(self, moment: int) -> None:
        self.calls = 0
        self._moment = moment

    def __enter__(self) -> Interrupting:
        sys.setprofile(self._called)
        return self

    def __exit__(self, *error: object) -> None:
        sys.setprofile(None)

    def _called(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call":
            self.calls += 1
            if self.calls == self._moment:
                os.kill(os.getpid(), signal.SIGINT)


@pytest.fixture(autouse=True)
def _handlers() -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def begun() -> tuple[Session, Signals]:
    """A session at the prompt, in a network to work on."""
    signals = Signals()
    manner = Hands(signals=signals, is_interactive=True)
    manner.hear = lambda what, done, total: signals.check()
    session = session_of(manner)
    for line in (*LAB.splitlines(), "ping one 10.0.0.2"):
        run(session, line)
    assert not session.failed, session._err
    signals.catch(session.context.interrupt)
    return session, signals


def run(session: Session, line: str) -> bool:
    return session.run_line("", Line(line, 1))


def state(session: Session) -> tuple[object, ...]:
    """What must be as it was before, or as it is afterwards."""
    store = session.context.store
    return script(store), store.journal.undoable, store.journal.redoable


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command.split()[:3]))
def test_a_command_is_interrupted_anywhere(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("more.mido").write_text(MORE)
    session, _ = begun()
    states = [state(session)]
    before = session.context.store.journal.undoable
    if command.startswith("source"):
        for line in MORE.splitlines():  # of a file, one step for undo
            run(session, line)
            text, undoable, redoable = state(session)
            assert isinstance(undoable, int)
            states.append((text, min(undoable, before + 1), redoable))
    else:
        run(session, command)
        states.append(state(session))
    session, _ = begun()
    with Interrupting(0) as counted:
        run(session, command)
    files = {file.name for file in tmp_path.iterdir()}
    was_stopped = False
    for place in range(MOMENTS):
        session, signals = begun()
        moment = 1 + place * counted.calls // MOMENTS
        try:
            with Interrupting(moment) as interrupting:
                run(session, command)
        except KeyboardInterrupt:
            was_stopped = True
        assert interrupting.calls >= moment
        check_whole(session, states)
        assert {file.name for file in tmp_path.iterdir()} <= files
        assert signals._depth == 0
    assert was_stopped


def check_whole(session: Session, states: list[tuple[object, ...]]) -> None:
    """A session that was interrupted has lost nothing, keeps nothing open, and goes on."""
    assert state(session) in states
    assert errors(session) == ""
    network = session.context.datapath.network
    assert not network.listeners._by_key
    assert session.context.clock.elapsed_ns == network.engine.now_ns
    assert run(session, "reset")
    if "bridge create name br\n" in str(state(session)[0]):
        assert run(session, "expect ping two 10.0.0.254 count 2 interval 0.1")
    assert errors(session) == ""


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("ping one 10.0.0.2 count 3", {"ping", "printing frames"}),
        ("ping one 10.0.0.2 capture none explain", {"ping", "telling the walk"}),
        ("ping one 10.0.0.2 capture none report p.html", {"ping", "writing the page", "drawing"}),
        ("ping one 10.0.0.2 write p.pcapng", {"ping", "writing frames"}),
        ("clock advance 90s", {"clock advance"}),
        ("save net.mido", {"save"}),
        ("show topology write net.svg", {"drawing"}),
    ],
)
def test_a_long_command_tells_how_far_it_is(
    command: str, told: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    session, _ = begun()
    heard: set[str] = set()

    def hear(what: str, done: int, total: int) -> None:
        heard.add(what)
        assert 0 <= done <= total

    assert isinstance(session.context.manner, Hands)
    session.context.manner.hear = hear
    assert run(session, command)
    assert told <= heard
