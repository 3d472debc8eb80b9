"""Signals at the prompt: they come between two changes, never in the middle of one.

Ctrl-C stops a command: the simulator between two of its actions, everything else at once,
except that what changes the topology is first carried through. SIGTERM, and the hang-up of
a closed terminal, end the session in the same way. A second Ctrl-C waits for the end of a
change only.
"""

from __future__ import annotations

import signal
from types import FrameType, TracebackType

from midocli.interpreter import Interpreter
from midocli.shell.recovery import Ended

_ENDS = (signal.SIGTERM, signal.SIGHUP)


class Signals:
    """Raises KeyboardInterrupt and `Ended`; inside a `with` of it, only when that ends."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter
        self._depth = 0
        self._pending: BaseException | None = None

    def catch(self) -> None:
        """Take the signals from now on."""
        signal.signal(signal.SIGINT, self._interrupted)
        for number in _ENDS:
            signal.signal(number, self._ended)

    def ignore_ends(self) -> None:
        """Let nothing disturb the last thing a session does."""
        for number in (signal.SIGINT, *_ENDS):
            signal.signal(number, signal.SIG_IGN)

    def _interrupted(self, number: int, frame: FrameType | None) -> None:
        if self._depth:
            self._pending = self._pending or KeyboardInterrupt()
        elif not self._interpreter.interrupt():
            raise KeyboardInterrupt

    def _ended(self, number: int, frame: FrameType | None) -> None:
        self.ignore_ends()  # one is enough: a closed window may send several
        end = Ended(number)
        if not self._depth:
            raise end
        self._pending = end

    def __enter__(self) -> None:
        self._depth += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._depth -= 1
        pending = self._pending
        if pending is not None and not self._depth:
            self._pending = None
            raise pending
