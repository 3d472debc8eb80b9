"""Mistakes of midocli itself: told in one line, with their traceback kept in a file.

The file is for a report of the mistake: the version, the command, and where it went wrong. It
may hold what was typed, so nobody else can read it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grammar.errors import StoreError
from midocli.help.version import VERSION
from midocli.results.printable import printable_lines

#: So many files are kept, the newest.
MOST_FILES = 20
_BEGIN, _END = "mistake-", ".txt"


class Mistakes:
    """Tells of internal errors; `folder` is where their tracebacks go (None: nowhere).

    `stamp` gives what the name of a file made now begins with, in an order of time; with
    `prints` tracebacks go to the standard error at once as well.
    """

    def __init__(
        self,
        folder: Callable[[], Path] | None = None,
        stamp: Callable[[], str] = lambda: "0",
        prints: bool = False,
    ) -> None:
        self._folder = folder
        self._stamp = stamp
        self._prints = prints
        self._noted: set[str] = set()

    def told(self, error: BaseException, doing: str) -> str:
        """The one line that tells of an error that came as midocli was `doing` something."""
        what = f"internal error, a mistake of midocli: {type(error).__name__}: {error}"
        report = _report(error, doing)
        if self._prints:
            sys.stderr.write(printable_lines(report))
        file = self._kept(report)
        return f"{what} (traceback: {file})" if file is not None else what

    @contextmanager
    def noted(self, doing: str) -> Iterator[None]:
        """Inside, keep what goes wrong and go on behind it: what only helps typing may fail.

        It is asked at every key, so the same mistake is kept once.
        """
        try:
            yield
        except StoreError:
            return  # the next command says what is wrong
        except Exception as error:
            if repr(error) not in self._noted:
                self._noted.add(repr(error))
                self.told(error, doing)

    def _kept(self, report: str) -> Path | None:
        """The file that holds a report now; None where none can be written."""
        if self._folder is None:
            return None
        with suppress(OSError, RuntimeError, ValueError):
            folder = self._folder()
            folder.mkdir(parents=True, exist_ok=True)
            file = folder / f"{_BEGIN}{self._stamp()}{_END}"
            number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(number, "w", encoding="utf-8", errors="backslashreplace") as stream:  # noqa: PTH123 (it is open already)
                stream.write(report)
            for old in sorted(folder.glob(f"{_BEGIN}*{_END}"))[:-MOST_FILES]:
                old.unlink()
            return file
        return None


def _report(error: BaseException, doing: str) -> str:
    from traceback import format_exception

    python = ".".join(map(str, sys.version_info[:3]))
    head = f"midocli {VERSION}, Python {python}\n{doing}\n\n"
    return head + "".join(format_exception(error))
