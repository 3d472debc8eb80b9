"""Reading commands from a stream of bytes: lines, continuations, and where they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from grammar.errors import LineSyntaxError

MAX_LINE = 4 * 1024 * 1024


class Line(NamedTuple):
    """A command as it stands in a script: its text, and the number of its first line.

    Lines joined by a trailing backslash are one command; a blank and a line
    break stand where the backslash and its line break were, so that every
    character keeps its line and column. `error` is set for what cannot be a
    command at all.
    """

    text: str
    number: int
    error: LineSyntaxError | None = None

    def position(self, column: int) -> tuple[int, int]:
        """The line and column in the script of a column of the text, both from 1."""
        before = self.text[: column - 1]
        return self.number + before.count("\n"), column - before.rfind("\n") - 1


def read_lines(stream: BinaryIO) -> Iterator[Line]:
    """The commands of a script, one after the other as they arrive.

    Bytes that are no UTF-8 are kept as surrogates: they make an error where a
    value does not take them, not a crash. No more than one command is kept in
    memory, and of one that is too long only its beginning.
    """
    number = first = size = 0
    held: list[str] = []
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if not held:
            first, size = number, 0
        size += len(raw)
        if size > MAX_LINE:
            raw = _end_of_line(stream, raw)
            held.clear()
        text = raw.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if _continues(text) and (held or size > MAX_LINE or not text.lstrip().startswith("#")):
            held.append(text[:-1] + " ")
            continue
        held.append(text)
        yield _command(held, first, size)
        held.clear()
    if held:
        yield _command(held, first, size)


def _command(lines: list[str], first: int, size: int) -> Line:
    if size > MAX_LINE:
        return Line("", first, LineSyntaxError(f"command longer than {MAX_LINE} bytes", 1))
    return Line("\n".join(lines), first)


def _continues(text: str) -> bool:
    """Whether a line ends in a backslash that no other backslash escapes."""
    return text.endswith("\\") and (len(text) - len(text.rstrip("\\"))) % 2 == 1


def _end_of_line(stream: BinaryIO, raw: bytes) -> bytes:
    """The last part of a line that is too long to be kept."""
    while not raw.endswith(b"\n") and (more := stream.readline(MAX_LINE)):
        raw = raw[-1:] + more
    return raw
