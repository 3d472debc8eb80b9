"""The pager: a program that shows what does not fit the screen, and what if it fails."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import chain
from types import FrameType

from midocli.results.printable import printable

#: Of what a pager was given no more is kept, to be shown without it if it fails.
_MOST_KEPT = 1 << 20


def page(command: list[str], texts: Iterator[str]) -> Iterable[str]:
    """Show texts in a pager; returns those that are still to be shown because it failed.

    Leaving the pager ends only it, Ctrl-C what is still to come. SIGTERM ends both.
    """
    environment = {**os.environ, "LESSCHARSET": "utf-8"}
    try:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    except OSError as error:
        _tell(command, f"cannot be run: {error.strerror}")
        return texts
    given = _Given()
    with _terminal_as_it_was(), process:
        try:
            with _ended_with_the_session(process):
                _feed(process, given.noting(texts))
        finally:
            with _ended_with_the_session(process):
                was_interrupted = _wait(process)
    if process.returncode == 0 or was_interrupted:
        return ()
    how = "status" if process.returncode > 0 else "signal"
    _tell(command, f"ended with {how} {abs(process.returncode)}")
    return chain(given.texts, texts) if given.is_all else ()


class _Given:
    """The texts that a pager was given, as long as they are not too many."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.is_all = True
        self._size = 0

    def noting(self, texts: Iterator[str]) -> Iterator[str]:
        """The texts, noted."""
        for text in texts:
            self._size += len(text)
            if self._size > _MOST_KEPT:
                self.is_all = False
                self.texts.clear()
            else:
                self.texts.append(text)
            yield text


def _feed(process: subprocess.Popen[bytes], texts: Iterator[str]) -> None:
    """Give a pager all texts, or as many as it takes."""
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        for text in texts:
            process.stdin.write(text.encode("utf-8", "backslashreplace"))


def _wait(process: subprocess.Popen[bytes]) -> bool:
    """Wait until the pager has been left; whether Ctrl-C, which is the pager's now, was pressed."""
    assert process.stdin is not None
    presses: list[int] = []

    def pressed(number: int, frame: FrameType | None) -> None:
        presses.append(number)

    before = signal.signal(signal.SIGINT, pressed)
    try:
        with suppress(OSError):
            process.stdin.close()
        process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return bool(presses)


@contextmanager
def _ended_with_the_session(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the pager when a signal ends the session: nobody may be there to leave it."""
    try:
        yield
    except SystemExit:
        process.terminate()
        raise


@contextmanager
def _terminal_as_it_was() -> Iterator[None]:
    """Give back the terminal as it was: a pager that is killed leaves it without echo."""
    try:
        before = termios.tcgetattr(sys.stdin)
    except (OSError, ValueError, termios.error):
        yield
        return
    try:
        yield
    finally:
        with suppress(OSError, termios.error):
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def _tell(command: list[str], what: str) -> None:
    sys.stderr.write(
        f"the pager {printable(command[0])} {what}; prefs pager chooses another, or off\n"
    )
    sys.stderr.flush()
