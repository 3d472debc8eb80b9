"""Python's prompt in the documentation: statements, and what they print."""

from __future__ import annotations

import io
from collections.abc import Sequence
from contextlib import redirect_stdout
from traceback import format_exception_only
from typing import Any

PROMPT, MORE = ">>> ", "..."


class Python:
    """A session at Python's prompt, kept as text; an error is shown as doctest writes it."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {"__name__": "__main__"}

    def type(self, lines: Sequence[str]) -> str:
        """What the screen shows for one statement, which may go over several lines."""
        shown = io.StringIO()
        shown.write("\n".join([PROMPT + lines[0], *(MORE + line for line in lines[1:])]) + "\n")
        statement = "\n".join([lines[0], *(line.removeprefix(" ") for line in lines[1:])])
        with redirect_stdout(shown):
            try:
                exec(compile(statement + "\n", "<page>", "single"), self._names)
            except Exception as error:
                print("Traceback (most recent call last):\n    ...")
                print("".join(format_exception_only(error)), end="")
        return shown.getvalue()
