"""What results are written to on a terminal: a pager where they are long."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from midocli.prefs import Preferences


class Screen:
    """A terminal that shows each text it is given; what does not fit goes through the pager.

    `paint` puts colours into a text; `clear` takes away what stands in the way of it.
    """

    def __init__(
        self,
        out: TextIO,
        preferences: Preferences,
        paint: Callable[[str], str] = lambda text: text,
        clear: Callable[[], None] = lambda: None,
    ) -> None:
        self._out = out
        self._preferences = preferences
        self._paint = paint
        self._clear = clear

    def write(self, text: str) -> int:
        """Show a text."""
        self.writelines([text])
        return len(text)

    def writelines(self, pieces: Iterable[str]) -> None:
        """Show texts one behind the other, in one pager, no faster than that takes them."""
        pager = self._pager()
        room = _Room()
        held: list[str] = []
        coming = iter(pieces)
        try:
            for piece in coming:
                held.append(self._paint(piece))
                if pager is not None and not room.has_room_for(piece):
                    self.flush()
                    _page(pager, held, map(self._paint, coming))
                    held = []
                    return
                if pager is None:
                    self._put(held)
        finally:
            self._put(held)

    def flush(self) -> None:
        """Write out what is held back."""
        self._clear()
        self._out.flush()

    def _put(self, held: list[str]) -> None:
        self._clear()
        self._out.write("".join(held))
        self._out.flush()
        held.clear()

    def _pager(self) -> list[str] | None:
        """The pager's command, None where there is none to use."""
        wish = self._preferences["pager"]
        try:
            words = [] if wish == "off" else shlex.split(wish)
        except ValueError:
            words = []
        dumb = os.environ.get("TERM", "dumb") == "dumb"
        return words if words and not dumb and shutil.which(words[0]) else None


class _Room:
    """The rows of the screen above the next prompt that are still free."""

    def __init__(self) -> None:
        self._columns, lines = shutil.get_terminal_size()
        self._left = lines - 1

    def has_room_for(self, text: str) -> bool:
        """Whether a text fits as well."""
        for line in text.split("\n")[: self._left + 2]:
            self._left -= max(1, -(-len(line) // max(self._columns, 1)))
        self._left += not text or text.endswith("\n")
        return self._left >= 0


def _page(pager: list[str], held: list[str], coming: Iterator[str]) -> None:
    """Show texts in a pager; leaving it ends only it, Ctrl-C what is still to come."""
    environment = {**os.environ, "LESSCHARSET": "utf-8"}
    with subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment) as process:
        assert process.stdin is not None
        try:
            for texts in (held, coming):
                for text in texts:
                    process.stdin.write(text.encode("utf-8", "backslashreplace"))
        except BrokenPipeError:
            pass
        finally:
            with _deaf():
                with suppress(OSError):
                    process.stdin.close()
                process.wait()


@contextmanager
def _deaf() -> Iterator[None]:
    """Leave Ctrl-C to the pager."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
