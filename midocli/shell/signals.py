"""Signals at the prompt: a command is stopped where it says that it can be, and nowhere else.

Commands are carried out *undisturbed*: what comes meanwhile waits until they are done. Long ones
do not keep it waiting: the simulator is stopped between two of its actions, everything else
where it tells how far it has got. Either raises KeyboardInterrupt, while a second signal still
waits, so that what has to be put back is put back. What only shows results is stopped at once.
SIGTERM, and the hang-up of a closed terminal, end the session in the same way.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType

from midocli.session.recovery import Ended

_ENDS = (signal.SIGTERM, signal.SIGHUP)


def _nothing_runs() -> bool:
    return False


class Signals:
    """Raises KeyboardInterrupt and `Ended`; inside a `with` of it, only when that ends."""

    def __init__(self) -> None:
        self._interrupt: Callable[[], bool] = _nothing_runs
        self._depth = 0
        self._pending: BaseException | None = None
        self._give_up: Callable[[], object] | None = None

    def catch(self, interrupt: Callable[[], bool]) -> None:
        """Take the signals from now on.

        `interrupt` stops the simulator between two of its actions; False where it is not running.
        """
        self._interrupt = interrupt
        signal.signal(signal.SIGINT, self._interrupted)
        for number in _ENDS:
            signal.signal(number, self._ended)

    def ignore_ends(self) -> None:
        """Let nothing disturb the last thing a session does."""
        for number in (signal.SIGINT, *_ENDS):
            signal.signal(number, signal.SIG_IGN)

    def check(self) -> None:
        """Raise what has come: here a command can be stopped, as what it changed is taken back."""
        pending = self._pending
        if pending is not None:
            self._pending = None
            raise pending

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Let signals come at once, and before and after that at no time."""
        self._depth = 0
        try:
            self.check()
            yield
        finally:
            self._depth = 1

    @contextmanager
    def reading(self, give_up: Callable[[], object]) -> Iterator[None]:
        """Inside, Ctrl-C calls `give_up` and raises nothing: a line is read by an event loop."""
        self._give_up = give_up
        try:
            yield
        finally:
            self._give_up = None

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._give_up is not None:
            self._give_up()
            return
        if self._interrupt():
            return
        if not self._depth:
            raise KeyboardInterrupt
        self._pending = self._pending or KeyboardInterrupt()

    def _ended(self, number: int, frame: FrameType | None) -> None:
        if not self._depth:
            raise Ended(number)
        self._pending = Ended(number)
        self._interrupt()

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        if not self._depth:
            self.check()
