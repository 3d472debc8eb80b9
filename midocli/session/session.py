"""A session: lines in, results out, in scripts and on terminals alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from os import fstat
from typing import TYPE_CHECKING, BinaryIO, TextIO, cast

import grammar
from grammar import tree
from grammar.as_form import As
from grammar.errors import InternalError, MidoError, RefusedError, StoreError
from grammar.pipe import Piped
from grammar.script import Line, read_lines
from grammar.verbs import VERBS
from midocli.commands.dispatch import run
from midocli.context.context import Context
from midocli.context.manner import PROMPT
from midocli.results.errors import error_as_json
from midocli.results.forms import as_json
from midocli.results.printable import printable, printable_lines
from midocli.results.values import Done, ExpectationError, Result, Stream
from midocli.session.mistakes import Mistakes
from midocli.session.saved import Saved

if TYPE_CHECKING:
    from grammar.commands.expect import Expect
    from grammar.commands.format import Format
    from grammar.commands.source import Source
    from midocli.session.held import Held

_DEEPEST_SOURCE = 16

#: Is told of a command that was carried out.
Follower = Callable[[tree.Command], None]


class Settings:
    """How a session behaves; see `midocli --help`."""

    def __init__(
        self, json: bool = False, echo: bool = False, keep_going: bool = False, quiet: bool = False
    ) -> None:
        self.json = json
        self.quiet = quiet
        self.echo = echo
        self.keep_going = keep_going


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


class _EndOfScriptError(RefusedError):
    """Commands of a script failed, which have been told of; `is_over`: it ended at the first."""

    def __init__(self, message: str, column: int, is_over: bool) -> None:
        super().__init__(message, None, column)
        self.is_over = is_over


class OutputError(Exception):
    """Results cannot be written any more; `error` is why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Session:
    """Runs lines against one topology and prints what comes of them.

    `answered` tells whether the last probe was answered, `last` how the last command ended;
    `saved` knows what the topology is called.
    """

    def __init__(
        self, settings: Settings, context: Context, err: TextIO, mistakes: Mistakes | None = None
    ) -> None:
        self.settings = settings
        self.context = context
        self._kept = context.kept
        self.saved = Saved(context.store)
        if self._kept is not None:
            self.saved = Saved(context.store, self._kept.name, self._kept.position)
        self.mistakes = mistakes or Mistakes()
        self.answered = True
        self.last: bool | None = None
        self._failures = 0
        self._manner = context.manner
        self._err = err
        self._followers: list[Follower] = []
        self._depth = 0
        self._is_quiet = settings.quiet
        self._is_heard = True
        self._held: Held | None = None
        self._place = ("", Line("", 1))
        #: What stood before the line that is being run, if it was typed.
        self._typed_at = PROMPT
        context.saved_as(lambda: self.saved.last)
        context.leave_to(self._source, "source")
        context.leave_to(self._choose_format, "format")

    @property
    def failed(self) -> bool:
        """Whether a command has failed."""
        return self._failures > 0

    @contextmanager
    def followed_by(self, follower: Follower) -> Iterator[None]:
        """Inside, tell a follower of each command that was carried out."""
        self._followers.append(follower)
        try:
            yield
        finally:
            self._followers.remove(follower)

    def read_topology(self, name: str, lines: Iterable[Line]) -> None:
        """Run a script; where there was nothing before, the topology is the script's."""
        empty = self.context.store.count == 0
        self.run_file(name, lines)
        if empty:
            self.saved.keep(name)

    @property
    def prompt(self) -> str:
        """What stands before a line that is typed: marked as psql does while a change is open."""
        change = self.context.change
        if not change.is_open:
            return PROMPT
        return PROMPT.replace(">", "!>" if change.has_failed else "*>")

    def run_file(self, name: str, lines: Iterable[Line]) -> None:
        """Run lines of which nobody waits for each answer; see `run_script`.

        They are one step for later undo. In a store that stays they are one change, committed and
        answered some at a time.
        """
        with self._gathered(), self.context.store.journal.history.together():
            try:
                self.run_script(name, lines)
            finally:
                self.end_input(name)

    def end_input(self, name: str) -> None:
        """No further lines come from an input: a change that was begun in it is lost."""
        if self.context.change.give_up():
            self.context.committed()
            self.flush()
            self._tell(f"{printable(name)}: rolled back: the input ended before commit\n")
        if self._kept is not None:
            self._kept.commit_names()

    def close(self) -> None:
        """End the connection with the store, if there is one."""
        if self._kept is not None:
            self._kept.close()

    @contextmanager
    def _gathered(self) -> Iterator[None]:
        if self._kept is None or self._held is not None:
            yield
            return
        from midocli.session.held import Held

        self._held = Held(self._kept)
        try:
            with self._kept.gathering():
                try:
                    yield
                finally:
                    is_kept = self.release()
        finally:
            self._held = None
        if not is_kept:
            raise SessionEnd(failed=True)

    def release(self) -> bool:
        """Commit and print what is held back; whether it could be committed.

        Where not it has been told, and nothing is left of it.
        """
        if self._held is None:
            return True
        try:
            pieces = self._held.released()
        except StoreError as error:
            self._complain(*self._place, error)
            return False
        self._write(pieces)
        return True

    def release_when_due(self) -> bool:
        """The same, where it has been held back for long enough."""
        return self._held is None or not self._held.is_due or self.release()

    def catch_up(self) -> None:
        """See what other sessions have changed, but what has begun stays on what there was."""
        if self._kept is not None and not self.context.change.is_open:
            self._kept.refresh()

    def run_script(self, name: str, lines: Iterable[Line]) -> None:
        """Run lines one after the other; SessionEnd at the first error unless told to go on."""
        for line in lines:
            if not self.run_line(name, line) and not self.settings.keep_going:
                raise SessionEnd(failed=True)

    def run_line(self, name: str, line: Line) -> bool:
        """Run one line and print its result, or its error; whether it succeeded."""
        self.answered = True
        self.last = False  # until it ends otherwise, by Ctrl-C for instance
        self._place = name, line
        self._typed_at = self.prompt
        succeeded = self._succeeds(name, line)
        if not succeeded and not self._is_typed and self.context.change.fail():
            self.context.committed()
        succeeded = self.release_when_due() and succeeded
        self.last = succeeded and self.answered
        return succeeded

    def _succeeds(self, name: str, line: Line) -> bool:
        try:
            with self._mistakes_told(name, line):
                if self.settings.echo and line.error is None and not _is_blank(line.text):
                    self._print(self.prompt + line.text.strip() + "\n")
                self._show_whole(self._carried_out(line))
        except _ShownError as shown:
            self._complain(name, line, shown.error)
            return False
        except _EndOfScriptError as error:
            # At the prompt, an error ends the script it is in, not the session.
            if error.is_over and not self._manner.interactive:
                self._failures += 1
                raise SessionEnd(failed=True) from None
            self._report(name, line, error)
            return False
        except MidoError as error:
            self._report(name, line, error)
            return False
        return True

    def perform(self, name: str, line: Line) -> Result | None:
        """What a line results in, None where it is blank; nothing is printed of it.

        MidoError where it fails, SessionEnd where it is `quit`.
        """
        with self._mistakes_told(name, line):
            result = self._carried_out(line)
            return result and result.at_hand()

    @contextmanager
    def _mistakes_told(self, name: str, line: Line) -> Iterator[None]:
        """Inside, whatever goes wrong is a MidoError."""
        try:
            yield
        except (RecursionError, MemoryError) as error:
            what = "too large or too deeply nested to work on"
            raise RefusedError("; ".join((what, *_notes(error)))) from None
        except (MidoError, SessionEnd, OutputError, _ShownError):
            raise
        except Exception as error:
            if _is_interrupted(error):
                raise KeyboardInterrupt from None
            doing = f"{name}:{line.number}: {line.text}"
            raise InternalError(self.mistakes.told(error, doing)) from error

    def _carried_out(self, line: Line) -> Result | None:
        if line.error is not None:
            raise line.error
        command = grammar.parse(line.text)
        return self._run(command) if command is not None else None

    def _run(self, command: tree.Command) -> Result:
        if command.word == "quit":
            if not self._is_quiet:
                self.show(None)
            raise SessionEnd
        self.catch_up()
        if self.context.change.has_failed and command.word != "begin":
            raise RefusedError("the change has failed: nothing is done until commit or rollback")
        plain = command
        while isinstance(plain, (As, Piped)):
            plain = plain.command
        check = cast("Expect", plain) if plain.word == "expect" else None
        innermost = check.command if check else plain
        self._is_heard = innermost.sends or self._is_typed or not self._is_quiet
        if self.settings.json and innermost.has_form:
            command = As(command, "json")
        if self._held is not None and innermost.word not in VERBS:
            self._write(self._held.released())  # it may take long
        self.context.begin(self._is_typed)
        # Signals wait while a command is carried out, but for a file of them.
        with nullcontext() if innermost.word == "source" else self._manner.undisturbed():
            result = run(self.context, command)
            self.answered = result.succeeded or check is not None
            if not (check and check.negated):
                self._note(innermost)
            if self._kept is not None:
                self._kept.commit_names()
        return result

    def _show_whole(self, result: Result | None) -> None:
        """Print what a line resulted in; _ShownError where something went wrong beside it."""
        if result is None:
            return
        if not self._is_heard:
            pass
        elif isinstance(result, Stream) and not self.settings.json:
            self._show_stream(result)
        else:
            self.show(result)
        if result.remark:
            self.flush()
            self._tell(printable_lines(result.remark))
        if result.complaint is not None:
            raise _ShownError(result.complaint)

    @property
    def _is_typed(self) -> bool:
        """Whether commands come from a prompt just now, not from a file."""
        return self._manner.interactive and not self._depth

    def _note(self, command: tree.Command) -> None:
        """Tell those who follow it of a command that was carried out."""
        self.saved.note(command)
        for follower in self._followers:
            follower(command)

    def _choose_format(self, command: Format) -> Result:
        self.settings.json = command.name == "json"
        return Done()

    def _source(self, command: Source) -> Result:
        """Run a file's commands; _EndOfScriptError where one of them failed."""
        file = command.file
        if self._depth >= _DEEPEST_SOURCE:
            raise RefusedError(f"source is nested more than {_DEEPEST_SOURCE} deep")
        stream = self.context.files.open(file)
        self._deepen(1)
        before, is_over, was_quiet = self._failures, False, self._is_quiet
        self._is_quiet = was_quiet or command.quiet
        try:
            with stream:
                self.read_topology(file.text, self._told_of(file.text, stream))
        except SessionEnd as end:
            if not end.failed:
                raise
            is_over = True
        finally:
            self._deepen(-1)
            self._is_quiet = was_quiet
            self._is_heard = self._is_typed or not was_quiet
        failed, self._failures = self._failures - before, before
        if failed:
            raise _EndOfScriptError(f"{failed} of its commands failed", file.column, is_over)
        return Done()

    def _deepen(self, by: int) -> None:
        self._depth += by
        self.context.change.stand(self._depth)

    def _told_of(self, name: str, stream: BinaryIO) -> Iterator[Line]:
        """The commands of a file, telling how far they have got."""
        size = fstat(stream.fileno()).st_size
        done = 0
        for line in read_lines(stream):
            yield line
            done += len(line.text) + 1
            self.context.progress(f"source {name}", min(done, size), size)

    def show(self, result: Result | None) -> None:
        """Print a result; None is one without words."""
        if self.settings.json:
            self._print(as_json(result or Done(), is_indented=self._manner.width is not None))
        elif result:
            self._print_pieces(result.pieces())

    def _show_stream(self, result: Stream) -> None:
        self.flush()
        self._tell(printable_lines(result.header))
        self._print_pieces(result.pieces())

    def _report(self, name: str, line: Line, error: MidoError) -> None:
        as_json = self.settings.json or grammar.form(line.text) == "json"
        expected = error if isinstance(error, ExpectationError) else None
        if as_json:
            number = line.position(error.column)[0] if error.column else line.number
            document = expected.document() if expected is not None else None
            self._print(error_as_json(error, number, document) + "\n")
        elif expected is not None and expected.result is not None:
            self.show(expected.result)
        self._complain(name, line, error)

    def _complain(self, name: str, line: Line, error: MidoError) -> None:
        """Tell of an error, behind the results there are."""
        self._failures += 1
        self.flush()
        self._tell(self._manner.worded(name, line, error, self._typed_at))

    def _tell(self, text: str) -> None:
        """Print to the standard error."""
        try:
            self._err.write(text)
            self._err.flush()
        except OSError as failure:
            raise OutputError(failure) from None

    def flush(self) -> None:
        """Write out results that are still held back; OutputError where that fails."""
        self.release()
        try:
            self._manner.out.flush()
        except OSError as failure:
            raise OutputError(failure) from None

    def _print(self, text: str) -> None:
        self._print_pieces((text,))

    def _print_pieces(self, pieces: Iterable[str]) -> None:
        if self._held is not None:
            self._held.add(pieces)
        else:
            self._write(pieces)

    def _write(self, pieces: Iterable[str]) -> None:
        try:
            self._manner.out.writelines(pieces)
        except OSError as failure:
            raise OutputError(failure) from None


def _notes(error: Exception) -> Sequence[str]:
    """What was added to an error on its way up."""
    return getattr(error, "__notes__", ())


def _is_blank(text: str) -> bool:
    """Whether a line says nothing, or only something to its readers."""
    text = text.strip()
    return not text or text.startswith("#")


def _is_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is what an error came of: Python hides it while it makes a class."""
    while error is not None and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None
