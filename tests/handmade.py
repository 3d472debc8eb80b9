"""Sessions with a manner that a test has a say in: what is typed, told, interrupted.

For tests of sessions themselves. A network is a lab (`worlds.py`, `netlab.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from io import StringIO
from typing import TextIO

from midocli.context.manner import Manner
from midocli.context.preferences import Preferences
from midocli.session.mistakes import Mistakes
from midocli.session.session import Session, Settings
from midocli.session.world import fixed_world
from midocli.shell.signals import Signals
from midocli.simulator.clock import Clock

Hears = Callable[[str, int, int], None]


def _deaf(what: str, done: int, total: int) -> None:
    """Hear nothing."""


class Hands(Manner):
    """A manner that a test sets: whether somebody types, who hears of progress, and signals."""

    def __init__(
        self,
        out: TextIO | None = None,
        signals: Signals | None = None,
        is_interactive: bool = False,
    ) -> None:
        self.screen = out or StringIO()
        super().__init__(self.screen)
        self.signals = signals
        self.hear: Hears = _deaf
        self.is_interactive = is_interactive

    @property
    def interactive(self) -> bool:
        return self.is_interactive

    def undisturbed(self) -> AbstractContextManager[object]:
        return self.signals or nullcontext()

    def progress(self, what: str, done: int, total: int) -> None:
        self.hear(what, done, total)


def errors(session: Session) -> str:
    """What a session of a test has printed to its standard error."""
    err = session._err
    assert isinstance(err, StringIO)
    return err.getvalue()


def session_of(
    manner: Manner,
    err: TextIO | None = None,
    *,
    keep_going: bool = False,
    clock: Clock | None = None,
    preferences: Preferences | None = None,
    mistakes: Mistakes | None = None,
) -> Session:
    """A session with seed 1 whose clock begins with the epoch, unless given."""
    context = fixed_world(manner, clock=clock or Clock(0), preferences=preferences)
    return Session(Settings(keep_going=keep_going), context, err or StringIO(), mistakes)
