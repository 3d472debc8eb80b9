"""A copy of an unsaved topology in a file, a few seconds old at most.

It is there for a session that dies without a chance to write anything, as one that is killed, or
that gets no more memory. A child of the process writes it, of the topology as it was at that
moment, so that whoever types does not wait for it.
"""

from __future__ import annotations

import fcntl
import gc
import os
import signal
import tempfile
from collections.abc import Callable, Hashable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import NoReturn

#: Seconds from a change to the beginning of writing it down.
DELAY = 3.0
#: Seconds after which to look again, where it cannot be written now or a child is at it.
_AGAIN = 0.2
#: Nine times as long as writing took nothing is written, so that it takes a tenth of a processor.
_REST = 9
#: What is in the file where a child has failed.
_UNKNOWN = object()
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Backup:
    """Writes the copy.

    `state` tells states of the topology apart (None: nothing would be lost), `content` is what to
    write of it, `is_whole` whether it is between two changes, and `claim` makes a new file.
    """

    def __init__(
        self,
        state: Callable[[], Hashable],
        content: Callable[[], bytes],
        is_whole: Callable[[], bool],
        claim: Callable[[], Path],
    ) -> None:
        self._state = state
        self._content = content
        self._is_whole = is_whole
        self._claim = claim
        self._written: Hashable = None
        self._is_started = False
        self._is_armed = False
        self._child: int | None = None
        self._part: Path | None = None
        self._lock: int | None = None
        self._delay = DELAY
        #: The file that holds the copy; None before there is one.
        self.file: Path | None = None

    def start(self) -> None:
        """Follow the session from now on."""
        signal.signal(signal.SIGALRM, self._is_due)
        self._is_started = True

    def note(self) -> None:
        """Something was done, which may have changed the topology."""
        if self._is_started and not self._is_armed and self._state() != self._written:
            self._arm(self._delay)

    def stop(self) -> None:
        """Follow it no more; what was written stays."""
        if self._is_started:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, signal.SIG_IGN)
        self._is_started = self._is_armed = False
        if self._child is not None:
            os.kill(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._child = None
        if self._part is not None:
            self._part.unlink(missing_ok=True)
        self._unlock()

    def discard(self) -> None:
        """Follow it no more, and leave nothing behind."""
        self.stop()
        self._remove()

    def _arm(self, seconds: float) -> None:
        self._is_armed = True
        signal.setitimer(signal.ITIMER_REAL, seconds)

    def _is_due(self, number: int, frame: FrameType | None) -> None:
        """Write, if there is something to write; called between two steps of whatever goes on."""
        self._is_armed = False
        try:
            if self._is_busy() or not self._is_whole():
                self._arm(_AGAIN)
                return
            state = self._state()
            if state is None:
                self._remove()
            elif state != self._written:
                self._write()
            self._written = state
        except (OSError, MemoryError):
            self._arm(self._delay)

    def _is_busy(self) -> bool:
        """Whether a child still writes; what one that failed was to write is not written."""
        if self._child is None:
            return False
        ended, status, used = os.wait4(self._child, os.WNOHANG)
        if not ended:
            return True
        self._child = None
        self._delay = max(DELAY, _REST * (used.ru_utime + used.ru_stime))
        if status:
            self._written = _UNKNOWN
        return False

    def _write(self) -> None:
        if self.file is None:
            self.file = self._claim()
        number, name = tempfile.mkstemp(prefix=f".{self.file.name}.", dir=self.file.parent)
        self._part = Path(name)
        with suppress(OSError):  # some file systems have no locks
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._child = os.fork()
        if not self._child:
            _write_and_exit(number, self._part, self.file, self._content)
        self._unlock()
        self._lock = number
        self._arm(_AGAIN)

    def _remove(self) -> None:
        self._unlock()
        if self.file is not None:
            self.file.unlink(missing_ok=True)
            self.file = None

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def is_locked(file: Path) -> bool:
    """Whether the session that wrote a copy still lives."""
    with suppress(OSError), file.open("rb") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _write_and_exit(number: int, part: Path, file: Path, content: Callable[[], bytes]) -> NoReturn:
    """What the child does; nothing of what it inherited is to run in it."""
    try:
        gc.disable()
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        left = memoryview(content())
        while left:
            left = left[os.write(number, left) :]
        part.replace(file)
        os._exit(0)
    except BaseException:
        with suppress(OSError):
            part.unlink()
    finally:
        os._exit(1)
