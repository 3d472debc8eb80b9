"""A session's manner: how it deals with whoever gives it commands."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Protocol

from midocli.results.printable import output_to, printable

if TYPE_CHECKING:
    from typing import TextIO

    from grammar.errors import MidoError
    from grammar.script import Line

PROMPT = "midonet> "
_NOTHING = nullcontext()


class Output(Protocol):
    """What results are written to."""

    def write(self, text: str, /) -> int:
        """Write a text; OSError where that fails."""

    def writelines(self, pieces: Iterable[str], /) -> None:
        """Write texts that belong together, as they come; OSError where that fails."""

    def flush(self) -> None:
        """Write out what is held back; OSError where that fails."""


class Manner:
    """A script's manner: nobody watches, and nothing disturbs it but the end of the program.

    Results go to a stream as they are, but not what a terminal would act on to a terminal. What
    reads commands in another way, as the prompt does, is a manner of its own.
    """

    def __init__(self, out: TextIO) -> None:
        self._out: Output = output_to(out)

    @property
    def interactive(self) -> bool:
        """Whether somebody types the commands and reads each result before the next."""
        return False

    @property
    def keeps_traffic(self) -> bool:
        """Whether what probes see is kept whole, for who asks of it later."""
        return False

    @property
    def out(self) -> Output:
        """What results are written to."""
        return self._out

    @property
    def columns(self) -> int:
        """How wide a picture in text may be: that of output which is no terminal."""
        return 80

    @property
    def width(self) -> int | None:
        """The columns of the screen that results are to fit; None where there is none."""
        return None

    def undisturbed(self) -> AbstractContextManager[object]:
        """What signals wait for while it is entered."""
        return _NOTHING

    def looking(self) -> AbstractContextManager[object]:
        """Inside, the topology stays as it is for who looks at it between two commands."""
        return _NOTHING

    def progress(self, what: str, done: int, total: int) -> None:
        """Hear how much of something is done, of how much; what may be stopped there raises."""

    def worded(self, name: str, line: Line, error: MidoError, prompt: str = PROMPT) -> str:
        """An error in a line of a script as `FILE:LINE:COLUMN: message`, as compilers write it.

        `prompt` is what stood before a line that was typed.
        """
        number, column = line.position(error.column or _first_column(line.text))
        return f"{printable(name)}:{number}:{column}: {printable(error.message)}\n"


def _first_column(text: str) -> int:
    return len(text) - len(text.lstrip()) + 1
