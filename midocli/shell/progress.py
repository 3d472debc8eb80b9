"""How far a long command has got: a bar on one line of the terminal, while it runs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from typing import TextIO

from midocli.results.printable import printable
from midocli.shell.toolbar import fit

#: Seconds before a bar appears, and from one picture of it to the next.
_PATIENCE = 0.5
_PAUSE = 0.1
_BAR = 20
#: What is counted, where one asks how many there are in a second.
_COUNTED = {"asking": "pairs", "comparing": "pairs"}


class Progress:
    """Called with what goes on, how much of it is done, and of how much."""

    def __init__(self, out: TextIO, now: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._now = now
        self._is_shown = False
        self._due = 0.0
        self._since = ("", 0.0, 0)
        self.begin()

    def begin(self) -> None:
        """A command begins."""
        self._due = self._now() + _PATIENCE
        #: What goes on, since when, and how much of it was done by then.
        self._since = ("", 0.0, 0)

    def __call__(self, what: str, done: int, total: int) -> None:
        now = self._now()
        if what != self._since[0]:
            self._since = (what, now, done)
        if now < self._due or total <= 0:
            return
        self._due = now + _PAUSE
        filled = _BAR * done // total
        bar = "#" * filled + "-" * (_BAR - filled)
        text = f"[{bar}] {100 * done // total:3}% {printable(what)}{self._rate(what, done, now)}"
        self._out.write("\r" + fit(text, shutil.get_terminal_size().columns - 1) + "\x1b[K")
        self._out.flush()
        self._is_shown = True

    def _rate(self, what: str, done: int, now: float) -> str:
        """How much is done in a second, of what is counted."""
        _, began, first = self._since
        if what not in _COUNTED or now <= began:
            return ""
        return f", {(done - first) / (now - began):,.0f} {_COUNTED[what]}/s"

    def clear(self) -> None:
        """Take the bar away, if there is one."""
        if self._is_shown:
            self._is_shown = False
            self._out.write("\r\x1b[K")
            self._out.flush()
