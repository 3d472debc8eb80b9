"""What results are written to on a terminal: a pager where they are long."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from typing import TextIO

from midocli.prefs import Preferences


class Screen:
    """A terminal that shows each text it is given; what does not fit goes through the pager.

    `paint` puts colours into a text.
    """

    def __init__(
        self, out: TextIO, preferences: Preferences, paint: Callable[[str], str] | None = None
    ) -> None:
        self._out = out
        self._preferences = preferences
        self._paint = paint

    def write(self, text: str) -> int:
        """Show a text."""
        painted = self._paint(text) if self._paint else text
        pager = self._pager()
        if pager is None or _fits(text):
            self._out.write(painted)
            self._out.flush()
        else:
            self._out.flush()
            _page(pager, painted)
        return len(text)

    def flush(self) -> None:
        """Write out what is held back."""
        self._out.flush()

    def _pager(self) -> list[str] | None:
        """The pager's command, None where there is none to use."""
        wish = self._preferences["pager"]
        try:
            words = [] if wish == "off" else shlex.split(wish)
        except ValueError:
            words = []
        return words if words and shutil.which(words[0]) else None


def _fits(text: str) -> bool:
    """Whether a text fits on the screen above the next prompt."""
    columns, lines = shutil.get_terminal_size()
    needed = sum(max(1, -(-len(line) // max(columns, 1))) for line in text.splitlines())
    return needed < lines


def _page(pager: list[str], text: str) -> None:
    """Show a text in a pager; leaving it early, or Ctrl-C, ends only the pager."""
    environment = {**os.environ, "LESSCHARSET": "utf-8"}
    process = subprocess.Popen(pager, stdin=subprocess.PIPE, env=environment)
    try:
        process.communicate(text.encode("utf-8", "backslashreplace"))
    except BrokenPipeError:
        pass
    except KeyboardInterrupt:
        process.terminate()
    finally:
        process.wait()
