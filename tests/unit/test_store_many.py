"""Many objects: what is done to each costs the same however many there are, and can be stopped.

Costs are calls of functions, counted.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest
from handmade import Hands, errors, session_of
from worlds import World, check, snapshot

from grammar.errors import MidoError
from grammar.script import Line
from midocli.shell.signals import Signals
from midocli.store import journal

Lines = list[str]


def _ip(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def _rules(count: int) -> Lines:
    return [
        "chain create name c",
        *(f"chain c add rule src {_ip(n)} type drop" for n in range(count)),
    ]


def _routes(count: int) -> Lines:
    route = "router r add route src 0.0.0.0/0 type normal port router0:port0 dst"
    return [
        "router create name r",
        "router r add port address 10.0.0.1 net 10.0.0.0/8",
        *(f"{route} {_ip(n)}/32" for n in range(count)),
    ]


def _bindings(count: int) -> Lines:
    return [
        "host create name h",
        "bridge create name b",
        *("bridge b add port" for _ in range(count)),
        *(f"host h add binding port bridge0:port{n} interface t{n}" for n in range(count)),
    ]


def _interfaces(count: int) -> Lines:
    return [
        "host create name h alive false",
        *(f"host h add interface iface t{n}" for n in range(count)),
    ]


def _members(count: int) -> Lines:
    return [
        "port-group create name g",
        "bridge create name b",
        *("bridge b add port" for _ in range(count)),
        *(f"port-group g add member port bridge0:port{n}" for n in range(count)),
    ]


def _addresses(count: int) -> Lines:
    return [
        "ip-address-group create name g",
        *(f"ip-address-group g add ip address {_ip(n)}" for n in range(count)),
    ]


def _named_in_one_rule(count: int) -> Lines:
    ports = ",".join(f"bridge0:port{n}" for n in range(count))
    return [
        "bridge create name b",
        *("bridge b add port" for _ in range(count)),
        "chain create name c",
        f"chain c add rule in-ports {ports} type drop",
    ]


#: What is built of so many things, and what is done to them.
CASES: dict[str, tuple[Callable[[int], Lines], Callable[[int], Lines]]] = {
    "chain delete": (_rules, lambda n: ["chain c delete"]),
    "chain delete, undo, redo": (_rules, lambda n: ["chain c delete", "undo", "redo"]),
    "undo and redo rules": (_rules, lambda n: [f"undo {n}", f"redo {n}"]),
    "first rules": (_rules, lambda n: [f"chain c delete rule rule{i}" for i in range(n)]),
    "last rules": (_rules, lambda n: [f"chain c delete rule rule{n - 1 - i}" for i in range(n)]),
    "rules to the front": (
        _rules,
        lambda n: [f"chain c rule rule{i * 7919 % n} set pos 1" for i in range(n)],
    ),
    "rules about": (
        _rules,
        lambda n: [f"chain c rule rule{i} set pos {i * 7919 % n + 1}" for i in range(n)],
    ),
    "moved and shown": (
        _rules,
        lambda n: [
            line
            for i in range(n)
            for line in (f"chain c rule rule{i} set pos 1", f"chain c rule rule{i} show pos")
        ],
    ),
    "save": (_rules, lambda n: ["save all.mido"]),
    "router delete": (_routes, lambda n: ["router r delete", "undo", "redo"]),
    "port of routes": (_routes, lambda n: ["router r delete port port0", "undo", "redo"]),
    "host delete": (_interfaces, lambda n: ["host h delete", "undo", "redo"]),
    "bindings by port": (
        _bindings,
        lambda n: [f"host h delete binding port bridge0:port{i}" for i in range(n)],
    ),
    "members by port": (
        _members,
        lambda n: [f"port-group g delete member port bridge0:port{i}" for i in range(n)],
    ),
    "addresses": (_addresses, lambda n: ["ip-address-group g delete", "undo", "redo"]),
    "named in one rule": (_named_in_one_rule, lambda n: ["bridge b delete", "undo", "redo"]),
}


def calls(case: str, count: int) -> int:
    """How many calls it takes to do that, to so many."""
    build, do = CASES[case]
    world = World(*build(count))
    lines = do(count)
    counted = 0

    def called(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(called)
    try:
        for line in lines:
            world.run(line)
    finally:
        sys.setprofile(None)
    return counted


@pytest.mark.parametrize("case", CASES)
def test_four_times_as_many_cost_at_most_five_times_as_much(case: str) -> None:
    calls(case, 10)  # what is made when it is first used
    assert calls(case, 1600) <= 5 * calls(case, 400)


@pytest.mark.parametrize("lines", [["chain c delete"], ["undo 301"], ["undo 300", "redo 300"]])
def test_what_is_long_is_stopped_with_nothing_half_done(lines: Lines) -> None:
    hands = Hands(is_interactive=True)
    session = session_of(hands)
    *before, last = [*_rules(300), *lines]
    for line in before:
        assert session.run_line("", Line(line, 1)), errors(session)
    store = session.context.store
    state = snapshot(store)
    steps = store.journal.undoable, store.journal.redoable, store.journal.last

    def stop(what: str, done: int, total: int) -> None:
        assert 0 < done <= total
        if done == 150:
            raise KeyboardInterrupt

    hands.hear = stop
    with pytest.raises(KeyboardInterrupt):
        session.run_line("", Line(last, 1))
    check(store)
    assert snapshot(store) == state
    assert (store.journal.undoable, store.journal.redoable, store.journal.last) == steps
    hands.hear = lambda what, done, total: None
    assert session.run_line("", Line(last, 1))


@pytest.fixture
def _handler() -> Iterator[None]:
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_handler")
@pytest.mark.parametrize("line", ["chain c delete", "undo 300"])
def test_a_signal_stops_it(line: str) -> None:
    signals = Signals()
    hands = Hands(signals=signals, is_interactive=True)
    session = session_of(hands)
    for each in _rules(300):
        assert session.run_line("", Line(each, 1))
    signals.catch(session.context.interrupt)
    heard = 0

    def hear(what: str, done: int, total: int) -> None:
        nonlocal heard
        heard = done
        if done == 100:
            os.kill(os.getpid(), signal.SIGINT)
        signals.check()

    hands.hear = hear
    with pytest.raises(KeyboardInterrupt):
        session.run_line("", Line(line, 1))
    assert heard < 110
    assert session.context.store.journal.undoable == 301


def test_the_history_has_room_for_so_many_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_CHANGES", 100)
    world = World(*_rules(30))
    kept = snapshot(world.store)
    for _ in range(200):
        world.run("chain c rule rule0 set type accept")
    assert world.store.journal.undoable <= 100
    last = world.store.journal.last
    there = world.store.journal.undoable
    assert world.error(f"undo {there + 1}").message == (
        f"only {there} to undo; what was before is kept no more"
    )
    world.run(f"undo {there}")
    assert world.store.journal.last not in (0, last)
    assert world.error("undo").message == "nothing to undo; what was before is kept no more"
    world.run(f"redo {there}")
    assert world.store.journal.last == last
    check(world.store)
    assert snapshot(world.store).keys() == kept.keys()


def test_the_last_command_can_always_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_CHANGES", 100)
    world = World(*_rules(300))
    before = snapshot(world.store)
    world.run("chain c delete")
    world.run("undo")
    assert snapshot(world.store) == before
    with pytest.raises(MidoError):
        world.run("undo")
