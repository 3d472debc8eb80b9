"""Text that is safe to print: no terminal acts on it, and all of it can be seen."""

from __future__ import annotations

TYPE_CHECKING = False  # importing typing would take longer than all of this
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO


def printable(text: str) -> str:
    """Text on one line, without characters that a terminal would act on or cannot show."""
    if text.isprintable():
        return text
    return "".join(
        char
        if char.isprintable()
        else char.encode("unicode_escape", "backslashreplace").decode("ascii")
        for char in text
    )


def printable_lines(text: str) -> str:
    """As `printable`, of any number of lines, with tabs: what a terminal may be given."""
    return "\n".join(
        line if line.isprintable() else "\t".join(map(printable, line.split("\t")))
        for line in text.split("\n")
    )


class PrintableOutput:
    """A stream to a terminal that no text can program."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; OSError where that fails."""
        self._stream.write(printable_lines(text))
        return len(text)

    def writelines(self, pieces: Iterable[str]) -> None:
        """Write texts one behind the other; OSError where that fails."""
        self._stream.writelines(map(printable_lines, pieces))

    def flush(self) -> None:
        """Write out what is held back; OSError where that fails."""
        self._stream.flush()


def output_to(stream: TextIO) -> TextIO | PrintableOutput:
    """What to write to a stream with: files and pipes get all text as it is."""
    return PrintableOutput(stream) if stream.isatty() else stream
