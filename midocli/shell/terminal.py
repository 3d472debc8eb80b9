"""A terminal's manner: results are painted and paged, errors stand under a caret, work shows a bar.

Until the prompt takes over, what was given on the command line runs as a script does; only
signals already wait for what is carried out.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from math import inf
from shutil import get_terminal_size
from time import monotonic

from grammar.errors import MidoError
from grammar.script import Line
from midocli.context.manner import PROMPT, Manner, Output
from midocli.context.preferences import Preferences
from midocli.results.printable import printable
from midocli.shell.folding import folded
from midocli.shell.lines import MORE
from midocli.shell.paint import Painter, red
from midocli.shell.progress import Progress
from midocli.shell.screen import Screen
from midocli.shell.signals import Signals
from midocli.shell.style import has_colour

#: Of a paste, a line that fails is shown again if it is no longer.
_MOST_SHOWN = 2000


class TooLongError(Exception):
    """Something takes longer than it may."""


class Terminal(Manner):
    """The terminal that midocli was started on; `colour` overrides the preference."""

    def __init__(self, preferences: Preferences, colour: str | None = None) -> None:
        super().__init__(sys.stdout)
        self.signals = Signals()
        self._preferences = preferences
        self._colour = colour
        self._painter = Painter()
        self._progress = Progress(sys.stdout)
        self._screen = Screen(sys.stdout, preferences, self._painted, self._progress.clear)
        self._shows_progress = os.environ.get("TERM", "dumb") != "dumb"
        self._at_prompt = False
        self._deadline = inf
        #: Whether the lines that run are of a paste: none of them is the last on the screen.
        self._is_pasting = False

    def take_over(self) -> None:
        """From now on commands are typed, and each result is read before the next."""
        self._at_prompt = True

    def begin(self, is_pasted: bool) -> None:
        """A command that was typed begins, or one of several that were pasted."""
        self._is_pasting = is_pasted
        self._painter.begin()
        self._progress.begin()

    def scrolling(self) -> AbstractContextManager[None]:
        """Inside, the end of what is shown is what matters: nothing goes through the pager."""
        return self._screen.scrolling()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Inside, whatever tells how far it is may take so long in all; TooLongError then."""
        self._deadline = monotonic() + seconds
        try:
            yield
        finally:
            self._deadline = inf

    def clear(self) -> None:
        """Take away what only shows while a command runs."""
        self._progress.clear()

    @property
    def wished_colour(self) -> str:
        """Whether colours are wanted: auto, always or never."""
        return self._colour or str(self._preferences["color"])

    # -- what a session asks of its manner --------------------------------------------

    @property
    def interactive(self) -> bool:
        return self._at_prompt

    @property
    def out(self) -> Output:
        return self._screen if self._at_prompt else super().out

    @property
    def columns(self) -> int:
        return get_terminal_size().columns if self._at_prompt else super().columns

    @property
    def width(self) -> int | None:
        return get_terminal_size().columns if self._at_prompt else None

    def undisturbed(self) -> AbstractContextManager[object]:
        return self.signals

    def progress(self, what: str, done: int, total: int) -> None:
        if not self._at_prompt:
            return
        self.signals.check()
        if self._deadline < inf and monotonic() > self._deadline:
            raise TooLongError
        if self._shows_progress:
            self._progress(what, done, total)

    def worded(self, name: str, line: Line, error: MidoError, prompt: str = PROMPT) -> str:
        if not self._at_prompt:
            return super().worded(name, line, error)
        if name:
            told = super().worded(name, line, error)
        else:
            told = pointed_out(line, error, get_terminal_size().columns, prompt)
        told = folded(told, get_terminal_size().columns)
        if not name and self._is_pasting:
            told = f"{_typed(line, prompt)}{told}"
        # The standard error may be a file, even at the prompt.
        return red(told) if has_colour(self.wished_colour, sys.stderr) else told

    def _painted(self, text: str) -> str:
        return self._painter.paint(text) if has_colour(self.wished_colour) else text


def _typed(line: Line, prompt: str) -> str:
    """A line as it would be typed at the prompt; nothing of one that is too long to be read."""
    if len(line.text) > _MOST_SHOWN:
        return ""
    more = MORE.rjust(len(prompt))
    shown = f"\n{more}".join(map(printable, line.text.split("\n")))
    return f"{prompt}{shown}\n"


def pointed_out(
    line: Line, error: MidoError, columns: int = sys.maxsize, prompt: str = PROMPT
) -> str:
    """The message under a caret at the column it is about.

    On a screen of that many `columns` long lines wrap; a caret stands under the last row only.
    """
    message = printable(error.message) + "\n"
    if error.column is None:
        return message
    number, column = line.position(error.column)
    last = line.number + line.text.count("\n")
    row, place = divmod(len(prompt) + column - 1, columns)
    written = len(prompt) + len(line.text.rpartition("\n")[2])
    is_seen = number == last and row >= (written - 1) // columns
    return " " * place + "^\n" + message if is_seen else message
