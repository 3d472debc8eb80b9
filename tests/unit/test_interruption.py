"""Signals come between two changes, and stop the simulator between two of its actions."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from io import StringIO

import pytest
from handmade import Hands, errors, session_of
from netlab import PAIR

from grammar.script import Line
from midocli.results.values import Interrupted
from midocli.session.recovery import Ended
from midocli.session.session import Session
from midocli.shell.signals import Signals
from midocli.simulator.engine import Engine


@pytest.fixture
def session() -> Iterator[Session]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    signals = Signals()
    session = session_of(Hands(signals=signals))
    signals.catch(session.context.interrupt)
    yield session
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def hands(session: Session) -> Hands:
    manner = session.context.manner
    assert isinstance(manner, Hands)
    return manner


def printed(session: Session) -> str:
    screen = hands(session).screen
    assert isinstance(screen, StringIO)
    return screen.getvalue()


def run(session: Session, *lines: str) -> str:
    before = len(printed(session))
    for line in lines:
        assert session.run_line("", Line(line, 1)), errors(session)
    return printed(session)[before:]


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, Ended)]
)
def test_a_signal_waits_for_the_end_of_a_change(
    session: Session, number: int, raised: type[BaseException]
) -> None:
    context = session.context
    with pytest.raises(raised), context.changing():
        os.kill(os.getpid(), number)
        run(session, "router create name whole")
    assert run(session, "router list").startswith("router router0 name whole")
    run(session, "undo")


def test_an_end_from_outside_is_no_error_of_the_command_it_hits(session: Session) -> None:
    run(session, *PAIR.splitlines())
    hands(session).hear = lambda *told: os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(Ended) as ended:
        run(session, "ping one 10.0.0.2 count 3")
    assert ended.value.number == signal.SIGTERM
    assert errors(session) == ""


def test_an_interrupted_ping_leaves_a_network_that_works(session: Session) -> None:
    run(session, *PAIR.splitlines())
    told: list[int] = []

    def interrupt(what: str, done: int, total: int) -> None:
        told.append(done)
        if done == 5:
            engine = session.context.datapath.engine
            engine.at(engine.now_ns + 1000, lambda: os.kill(os.getpid(), signal.SIGINT))

    hands(session).hear = interrupt
    with pytest.raises(KeyboardInterrupt):
        run(session, "ping one 10.0.0.2 count 100000")
    assert told == [0, 1, 2, 3, 4, 5]
    hands(session).hear = lambda what, done, total: None
    assert "2 packets transmitted, 2 received, 0% packet loss" in run(
        session, "ping one 10.0.0.2 count 2"
    )
    run(session, "bridge br set state down")
    assert not session.context.datapath.engine.interrupt()


def test_an_interrupted_ping_at_the_prompt_sums_up_what_it_has_sent(session: Session) -> None:
    run(session, *PAIR.splitlines(), "tcpdump h:a flags '-nt' filter 'icmp[icmptype] == 8'")
    hands(session).is_interactive = True

    def interrupt(what: str, done: int, total: int) -> None:
        if done == 2:
            engine = session.context.datapath.engine
            engine.at(engine.now_ns + 1000, lambda: os.kill(os.getpid(), signal.SIGINT))

    hands(session).hear = interrupt
    with pytest.raises(Interrupted) as stopped:
        run(session, "ping one 10.0.0.2 count 100000 capture none")
    before = len(printed(session))
    session.show(stopped.value.result)
    lines = printed(session)[before:].splitlines()
    assert [line.partition(" time=")[0] for line in lines[1:3]] == [
        "64 bytes from 10.0.0.2: icmp_seq=1 ttl=64",
        "64 bytes from 10.0.0.2: icmp_seq=2 ttl=64",
    ]
    assert lines[5] == ("3 packets transmitted, 2 received, 33.3333% packet loss, time 2000ms")
    # There is no verdict on the third, which has not left yet; the capture shows the others.
    assert lines[7].startswith("tcpdump: listening on a,")
    assert [line.partition(" seq ")[2] for line in lines[8:]] == [
        "1, length 64",
        "2, length 64",
    ]


def test_a_second_ctrl_c_waits_until_the_first_has_been_dealt_with(session: Session) -> None:
    signals = hands(session).signals
    assert isinstance(signals, Signals)
    with pytest.raises(KeyboardInterrupt), signals.listening():
        os.kill(os.getpid(), signal.SIGINT)
    os.kill(os.getpid(), signal.SIGINT)  # the shell is telling of the first one
    entered = False
    with pytest.raises(KeyboardInterrupt), signals.listening():
        entered = True
    assert not entered


def test_an_interruption_that_python_hides_is_one(session: Session) -> None:
    class Stopped:
        def __set_name__(self, owner: type, name: str) -> None:
            raise KeyboardInterrupt

    def make(what: str, done: int, total: int) -> None:
        type("Made", (), {"field": Stopped()})

    run(session, *PAIR.splitlines())
    hands(session).hear = make
    with pytest.raises(KeyboardInterrupt):
        run(session, "ping one 10.0.0.2 count 3")


def test_an_engine_stops_between_two_actions() -> None:
    engine, done = Engine(), list[str]()

    def first() -> None:
        assert engine.interrupt()
        assert not engine.interrupt()
        done.append("first")

    engine.at(1, first)
    engine.at(1, lambda: done.append("second"))
    with pytest.raises(KeyboardInterrupt):
        engine.run_until(5)
    assert done == ["first"]
    engine.run_until(5)
    assert done == ["first", "second"]


def test_an_engine_interrupted_in_its_last_action_says_so_at_the_end() -> None:
    engine = Engine()
    engine.at(1, lambda: None if engine.interrupt() else pytest.fail("it runs"))
    with pytest.raises(KeyboardInterrupt):
        engine.run(lambda: engine.now_ns == 1, 5)
    assert not engine.run(lambda: False, 5)
