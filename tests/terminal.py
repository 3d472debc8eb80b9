"""midocli, or another program, on a terminal, and the screen as its user sees it."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pexpect
import pyte
from pyte.screens import Char

ROOT = Path(__file__).parent.parent
MIDOCLI = (sys.executable, "-m", "midocli")
_PATIENCE = 30
#: How long nothing more comes when all is there, in seconds.
_REST = 0.1


class Terminal:
    """A program on a terminal that understands what xterm does."""

    def __init__(
        self,
        home: Path,
        columns: int = 100,
        environment: dict[str, str] | None = None,
        *,
        lines: int = 30,
        arguments: Sequence[str] = (),
        command: Sequence[str] = (*MIDOCLI, "--seed", "1"),
    ) -> None:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT),
            **(environment or {}),
        }
        program, *words = (*command, *arguments)
        self.process = pexpect.spawn(
            program,
            words,
            env=environment,
            cwd=str(home),
            dimensions=(lines, columns),
            encoding="utf-8",
            codec_errors="replace",
            timeout=_PATIENCE,
        )
        # pexpect waits before it types, for programs that are slow to hide passwords, and while it
        # ends programs, which nobody does here but to be rid of them.
        self.process.delaybeforesend = None
        self.process.ptyproc.delayafterclose = self.process.ptyproc.delayafterterminate = 0.05
        self.screen = pyte.Screen(columns, lines)
        # The terminal answers when it is asked where the cursor stands.
        self.screen.write_process_input = self.process.send  # type: ignore[method-assign]
        self._stream = pyte.Stream(self.screen)
        #: All that was written to the terminal.
        self.written = ""

    def text(self) -> str:
        """The screen, without trailing blanks, once nothing more comes."""
        try:
            while True:
                self._show(self.process.read_nonblocking(65536, timeout=_REST))
        except (pexpect.TIMEOUT, pexpect.EOF):
            pass
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()

    def _show(self, written: str) -> None:
        self.written += written
        self._stream.feed(written)

    def wait_for(self, words: str) -> str:
        """The screen once it shows some words."""
        return self.wait_until(lambda text: words in text, repr(words))

    def wait_until(self, shows: Callable[[str], bool], what: str = "that") -> str:
        """The screen once it is as it should be."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            text = self.text()
            if shows(text):
                return text
        raise AssertionError(f"{what} never appeared on:\n{self.text()}")

    def wait_for_prompt(self) -> str:
        """The screen once an empty prompt is the last line that is not at the bottom."""
        return self.wait_until(lambda text: "\nmidonet>\n" in f"\n{text}\n", "an empty prompt")

    def hang_up(self) -> None:
        """Close the terminal, and wait until the program has ended."""
        self.process.ptyproc.fileobj.close()
        self._reap()

    def end(self) -> int | None:
        """The exit status once the program has ended; minus the number of a signal."""
        self._drain()
        self._reap()
        status: int | None = self.process.exitstatus
        return status if status is not None else -self.process.signalstatus

    def _reap(self) -> None:
        deadline = time.monotonic() + _PATIENCE
        while self.process.isalive() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.process.close()

    def _drain(self) -> None:
        """Show what still comes, until the program has closed the terminal."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            try:
                self._show(self.process.read_nonblocking(65536, timeout=_REST))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return
        raise AssertionError(f"it never ended:\n{self.text()}")

    def look(self, words: str, line: str = "") -> list[Char]:
        """How some words look, a character each: the last on the screen, or in a line."""
        for number, shown in reversed([*enumerate(self.screen.display)]):
            at = shown.rfind(words)
            if at >= 0 and line in shown:
                row = self.screen.buffer[number]
                return [row[column] for column in range(at, at + len(words))]
        raise AssertionError(f"{words!r} is not on:\n{self.text()}")

    def colour(self, words: str, line: str = "") -> str:
        """The one colour that they have."""
        colours = {str(char.fg) for char in self.look(words, line)}
        assert len(colours) == 1, f"{words!r} has {colours}"
        return colours.pop()

    def resize(self, lines: int, columns: int) -> None:
        self.process.setwinsize(lines, columns)
        self.screen.resize(lines, columns)

    def type(self, keys: str) -> None:
        self.process.send(keys)

    def run(self, line: str) -> None:
        """Type a line and Enter."""
        self.type(line + "\r")

    def paste(self, text: str) -> None:
        """Paste, as a terminal does that marks what is pasted."""
        self.type(f"\x1b[200~{text}\x1b[201~")


def at_prompt(home: Path, *arguments: str, **options: object) -> Terminal:
    """midocli at its first prompt."""
    terminal = Terminal(home, arguments=arguments, **options)  # type: ignore[arg-type]
    terminal.wait_for("midonet>")
    return terminal


def shell_words(*words: str) -> str:
    """A command line for a shell."""
    return shlex.join(words)
