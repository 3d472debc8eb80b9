"""The one family of errors a user can meet.

Each says what is wrong, where (a column of the line, from 1) and what would be
right. The codes keep apart the classes the original CLI distinguishes, so that
scripts and the JSON form can tell them apart.
"""

from __future__ import annotations


class MidoError(Exception):
    """A mistake or refusal, told to the user in one sentence.

    `code` is stable and part of the JSON form; `column` counts characters from 1
    and is None where the line as a whole is meant; `expected` lists what could
    have stood there. `line` counts the lines of the script from 1, where it is
    known that it is one.
    """

    code = "error"
    line: int | None = None

    def __init__(
        self, message: str, column: int | None = None, expected: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message)
        self.message = message
        self.column = column
        self.expected = expected


class LineSyntaxError(MidoError):
    """The line is not a command: a word stands where none or another belongs."""

    code = "syntax"


class IncompleteError(MidoError):
    """The line is the proper start of a command, and ends too soon."""

    code = "incomplete"


class UnknownObjectError(MidoError):
    """An alias, UUID, name or filter that selects no object, or too many."""

    code = "not-found"


class InvalidValueError(MidoError):
    """A word that is no value of its field."""

    code = "invalid-value"


class ReadOnlyError(MidoError):
    """A field that cannot be set."""

    code = "read-only"


class NotClearableError(MidoError):
    """A field that cannot be cleared."""

    code = "not-clearable"


class RefusedError(MidoError):
    """A well-formed command that would make the topology inconsistent.

    `field` names the field whose value is at fault, where there is one.
    """

    code = "refused"

    def __init__(self, message: str, field: str | None = None, column: int | None = None) -> None:
        super().__init__(message, column)
        self.field = field


class ConflictError(RefusedError):
    """A command that what is there already stands against: it exists, is in use or referred to."""


class MissingError(RefusedError):
    """A command that creates an object without a field it needs."""


class InternalError(MidoError):
    """A mistake of midocli itself, told in one line like any other."""

    code = "internal"


class FileError(MidoError):
    """A file that cannot be read or written."""

    code = "file"


class StoreError(MidoError):
    """A store that cannot be read, or that what was changed cannot be written to."""

    code = "store"


def shorten(word: str, limit: int = 40) -> str:
    """A word as it is quoted in a message: printable, and not a page long."""
    text = word if len(word) <= limit else word[: limit - 1] + "…"
    return repr(text)
