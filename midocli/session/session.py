"""A session: lines in, results out, in scripts and on terminals alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from os import fstat
from typing import TYPE_CHECKING, BinaryIO, Protocol, TextIO

import grammar
from grammar import tree
from grammar.errors import InternalError, MidoError, RefusedError
from grammar.script import Line, read_lines
from midocli.commands.interpreter import ExpectationError, Interpreter
from midocli.context.files import Files
from midocli.results import render
from midocli.results.values import Formatted, Result, Spoilt, Stream
from midocli.session.saved import Kept
from midocli.simulator.clock import Clock

if TYPE_CHECKING:
    import random

_DEEPEST_SOURCE = 16
PROMPT = "midonet> "


@dataclass(slots=True)
class Settings:
    """How a session behaves; see `midocli --help`."""

    json: bool = False
    echo: bool = False
    keep_going: bool = False
    aliases: bool = True


class Output(Protocol):
    """What results are written to."""

    def write(self, text: str, /) -> int:
        """Write a text; OSError where that fails."""

    def writelines(self, pieces: Iterable[str], /) -> None:
        """Write texts that belong together, as they come; OSError where that fails."""

    def flush(self) -> None:
        """Write out what is held back; OSError where that fails."""


class SessionEnd(Exception):  # noqa: N818 (an end, not an error)
    """The session ends: by `quit` or, if `failed`, at the first error of a script."""

    def __init__(self, failed: bool = False) -> None:
        super().__init__(failed)
        self.failed = failed


class _ShownError(Exception):
    """`error` went wrong beside a result, which has been shown and holds it as data."""

    def __init__(self, error: MidoError) -> None:
        super().__init__(error.message)
        self.error = error


class OutputError(Exception):
    """Results cannot be written any more; `error` is why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Session:
    """Runs lines against one interpreter and prints what comes of them.

    `carried_out` is told of each command that was. `answered` tells whether the last probe was
    answered, `last` how the last command ended; `show_error` words an error. `kept` knows what
    the topology is called.
    """

    def __init__(
        self,
        settings: Settings,
        chance: random.Random,
        clock: Clock,
        out: Output,
        err: TextIO,
    ) -> None:
        self.settings = settings
        self.interpreter = Interpreter(chance, clock, Files(), settings.aliases)
        self._failures = 0
        self.answered = True
        self.last: bool | None = None
        self.kept = Kept(self.interpreter.store)
        self.out = out
        self._err = err
        self.carried_out: Callable[[tree.Command], None] = _untold
        self.show_error: Callable[[str, Line, MidoError], str] = located
        self._depth = 0

    @property
    def failed(self) -> bool:
        """Whether a command has failed."""
        return self._failures > 0

    def read_topology(self, name: str, lines: Iterable[Line]) -> None:
        """Run a script; where there was nothing before, the topology is the script's."""
        empty = self.interpreter.store.count == 0
        self.run_script(name, lines)
        if empty:
            self.kept.keep(name)

    def run_script(self, name: str, lines: Iterable[Line]) -> None:
        """Run lines one after the other; SessionEnd at the first error unless told to go on."""
        for line in lines:
            if not self.run_line(name, line) and not self.settings.keep_going:
                raise SessionEnd(failed=True)

    def run_line(self, name: str, line: Line) -> bool:
        """Run one line and print its result, or its error; whether it succeeded."""
        self.answered = True
        self.last = False  # until it ends otherwise, by Ctrl-C for instance
        succeeded = self._succeeds(name, line)
        self.last = succeeded and self.answered
        return succeeded

    def _succeeds(self, name: str, line: Line) -> bool:
        try:
            if line.error is not None:
                raise line.error
            if self.settings.echo and not _is_blank(line.text):
                self._print(PROMPT + line.text.strip() + "\n")
            command = grammar.parse(line.text)
            if command is not None:
                self._run(command)
        except _ShownError as shown:
            self._complain(name, line, shown.error)
            return False
        except MidoError as error:
            self._report(name, line, error)
            return False
        except (RecursionError, MemoryError):
            self._report(name, line, RefusedError("too large or too deeply nested to work on"))
            return False
        except (SessionEnd, OutputError):
            raise
        except Exception as error:
            if _is_interrupted(error):
                raise KeyboardInterrupt from None
            what = f"internal error, a mistake of midocli: {type(error).__name__}: {error}"
            self._report(name, line, InternalError(what))
            return False
        return True

    def _run(self, command: tree.Command) -> None:
        match command:
            case tree.Quit():
                self.show(None)
                raise SessionEnd
            case tree.Format(name=form):
                self.settings.json = form == "json"
                self.show(None)
            case tree.Source(file=file):
                self._source(file)
                self._note(command)
                self.show(None)
            case _:
                with self.interpreter.undisturbed:
                    result = self.interpreter.run(command)
                    self.answered = result.succeeded
                    self._note(_bare(command))
                if isinstance(result, Stream) and not self.settings.json:
                    self._show_stream(result)
                else:
                    self.show(result)
                inner = result.result if isinstance(result, Formatted) else result
                if isinstance(inner, Spoilt):
                    raise _ShownError(inner.error)

    def _note(self, command: tree.Command | None) -> None:
        """Tell those who follow it of a command that was carried out."""
        if command is not None:
            self.kept.note(command)
            self.carried_out(command)

    def _source(self, file: tree.Argument) -> None:
        """Run a file's commands; its first error is an error here as well."""
        if self._depth >= _DEEPEST_SOURCE:
            raise RefusedError(f"source is nested more than {_DEEPEST_SOURCE} deep")
        stream = self.interpreter.files.open(file)
        self._depth += 1
        before = self._failures
        try:
            with stream:
                self.read_topology(file.text, self._told_of(file.text, stream))
        except SessionEnd as end:
            # At the prompt, an error ends the script it is in, not the session.
            if not (end.failed and self.interpreter.interactive):
                raise
        finally:
            self._depth -= 1
        failed = self._failures - before
        if failed:
            raise RefusedError(f"{failed} of its commands failed", None, file.column)

    def _told_of(self, name: str, stream: BinaryIO) -> Iterator[Line]:
        """The commands of a file, telling how far they have got."""
        size = fstat(stream.fileno()).st_size
        done = 0
        for line in read_lines(stream):
            yield line
            done += len(line.text) + 1
            self.interpreter.progress(f"source {name}", min(done, size), size)

    def show(self, result: Result | None) -> None:
        """Print a result; None is one without words."""
        display = self.interpreter.display
        if self.settings.json:
            self._print((render.as_json(result, display) if result else '{"ok": true}') + "\n")
        elif result:
            self._print(render.text(result, display))

    def _show_stream(self, result: Stream) -> None:
        self.flush()
        self._tell(result.header)
        try:
            self.out.writelines(map(result.text_of, result.items))
        except OSError as failure:
            raise OutputError(failure) from None

    def _report(self, name: str, line: Line, error: MidoError) -> None:
        as_json = self.settings.json or grammar.form(line.text) == "json"
        if isinstance(error, ExpectationError) and error.result and not as_json:
            self.show(error.result)
        if as_json:
            number = line.position(error.column)[0] if error.column else line.number
            self._print(render.error_as_json(error, number) + "\n")
        self._complain(name, line, error)

    def _complain(self, name: str, line: Line, error: MidoError) -> None:
        """Tell of an error, behind the results there are."""
        self._failures += 1
        self.flush()
        self._tell(self.show_error(name, line, error))

    def _tell(self, text: str) -> None:
        """Print to the standard error."""
        try:
            self._err.write(text)
            self._err.flush()
        except OSError as failure:
            raise OutputError(failure) from None

    def flush(self) -> None:
        """Write out results that are still held back; OutputError where that fails."""
        try:
            self.out.flush()
        except OSError as failure:
            raise OutputError(failure) from None

    def _print(self, text: str) -> None:
        try:
            self.out.write(text)
        except OSError as failure:
            raise OutputError(failure) from None


def _untold(command: tree.Command) -> None:
    """Tell nobody that a command was carried out."""


def _bare(command: tree.Command) -> tree.Command | None:
    """A command without what only shows or checks it; None where it was to fail."""
    while isinstance(command, (tree.As, tree.Expect)):
        if isinstance(command, tree.Expect) and command.negated:
            return None
        command = command.command
    return command


def _is_blank(text: str) -> bool:
    """Whether a line says nothing, or only something to its readers."""
    text = text.strip()
    return not text or text.startswith("#")


def located(name: str, line: Line, error: MidoError) -> str:
    """`FILE:LINE:COLUMN: message`, as compilers write it."""
    number, column = line.position(error.column or _first_column(line.text))
    return f"{render.printable(name)}:{number}:{column}: {render.printable(error.message)}\n"


def _first_column(text: str) -> int:
    return len(text) - len(text.lstrip()) + 1


def reason(error: Exception) -> str:
    """Why a file operation failed, in the operating system's words."""
    return getattr(error, "strerror", None) or str(error)


def _is_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is what an error came of: Python hides it while it makes a class."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
