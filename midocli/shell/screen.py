"""What results are written to on a terminal: a pager where they are long."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TextIO

from prompt_toolkit.utils import get_cwidth

from midocli.context.preferences import Preferences
from midocli.results.printable import printable_lines
from midocli.shell.folding import folded, unpainted
from midocli.shell.pager import page


class Screen:
    """A terminal that shows each text it is given; what does not fit goes through the pager.

    No text programs it: what is no plain character is shown as its number. `paint` puts colours
    into a text; `clear` takes away what stands in the way of it.
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
        #: Whether what does not fit goes through the pager; else it scrolls.
        self._pages = True

    @contextmanager
    def scrolling(self) -> Iterator[None]:
        """Inside, nothing goes through the pager."""
        self._pages = False
        try:
            yield
        finally:
            self._pages = True

    def write(self, text: str) -> int:
        """Show a text."""
        self.writelines([text])
        return len(text)

    def writelines(self, pieces: Iterable[str]) -> None:
        """Show texts one behind the other, in one pager, no faster than that takes them."""
        pager = self._pager()
        room = _Room()
        held: list[str] = []
        coming = map(printable_lines, pieces)
        try:
            for piece in coming:
                held.append(self._fitting(piece))
                if pager is not None and not room.has_room_for(unpainted(held[-1])):
                    self._clear()
                    begun, held = held, []
                    for left in page(pager, chain(begun, map(self._fitting, coming))):
                        self._put([left])
                    return
                if pager is None:
                    self._put(held)
        finally:
            self._put(held)

    def flush(self) -> None:
        """Write out what is held back."""
        self._clear()
        self._out.flush()

    def _fitting(self, text: str) -> str:
        """A text with its colours, broken between words where it is wider than the screen."""
        return folded(self._paint(text), shutil.get_terminal_size().columns)

    def _put(self, held: list[str]) -> None:
        self._clear()
        self._out.write("".join(held))
        self._out.flush()
        held.clear()

    def _pager(self) -> list[str] | None:
        """The pager's command, None where there is none to use."""
        wish = self._preferences["pager"] if self._pages else "off"
        try:
            words = [] if wish == "off" else shlex.split(wish)
        except ValueError:
            words = []
        dumb = os.environ.get("TERM", "dumb") == "dumb"
        return words if words and not dumb and shutil.which(words[0]) else None


class _Room:
    """The rows of the screen above the next prompt that are still free; at least one."""

    def __init__(self) -> None:
        self._columns, lines = shutil.get_terminal_size()
        self._left = max(lines - 1, 1)

    def has_room_for(self, text: str) -> bool:
        """Whether a text fits as well."""
        for line in text.split("\n")[: self._left + 2]:
            width = get_cwidth(line[: (self._left + 1) * self._columns].expandtabs())
            self._left -= max(1, -(-width // max(self._columns, 1)))
        self._left += not text or text.endswith("\n")
        return self._left >= 0
