"""Running one test in a world of its own: nothing comes from outside but its files.

Seed, clock and zone are always the same, unless the script sets them; nobody's preferences are
read. A file whose output is kept beside it, as `NAME.out`, has to print that, to the byte, errors
in their places and the exit status last; any other has to run to its end.
"""

from __future__ import annotations

import difflib
import io
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Literal, NamedTuple, NoReturn

from grammar.errors import MidoError
from grammar.script import Line, read_lines
from midocli.context.context import Context
from midocli.context.files import reason
from midocli.context.manner import PROMPT, Manner
from midocli.results.printable import printable
from midocli.results.values import ExpectationError
from midocli.session.session import Session, SessionEnd, Settings
from midocli.session.world import fixed_world
from midocli.suite.cases import Case

SECONDS = 60
_ONE_AT_A_TIME = threading.Lock()
#: Lines of a comparison that are shown.
_MOST_LINES = 40

Verdict = Literal["passed", "failed", "error"]


class Outcome(NamedTuple):
    """How a test ended: `message` says why it did not pass, `seconds` how long it took."""

    name: str
    verdict: Verdict
    message: str
    seconds: float


class _TimeIsUp(BaseException):
    """The test has taken all the time there is for it; nothing that catches errors stops it."""


class NotReadyError(Exception):
    """What comes before a test has failed."""


class _Heard(Manner):
    """A script's manner that keeps the first error."""

    def __init__(self, screen: io.StringIO) -> None:
        super().__init__(screen)
        self.first: tuple[str, Line, MidoError] | None = None

    def worded(self, name: str, line: Line, error: MidoError, prompt: str = PROMPT) -> str:
        self.first = self.first or (name, line, error)
        return super().worded(name, line, error, prompt)


class Watch:
    """Looks on while a test runs; this one sees nothing."""

    def begin(self, context: Context, screen: io.StringIO) -> None:
        """A world begins, with nothing in it yet, and nothing printed."""

    def ready(self) -> None:
        """What comes before the test is done, and what it has printed forgotten."""

    def ahead(self, file: str, line: Line) -> None:
        """A line comes next, of a file as it is named there."""

    def behind(self, file: str, line: Line) -> None:
        """A line is done, however it ended."""


class _Watched(Session):
    """A session at whose lines somebody looks on."""

    def __init__(
        self, settings: Settings, context: Context, screen: io.StringIO, watch: Watch
    ) -> None:
        super().__init__(settings, context, screen)
        self._watch = watch
        watch.begin(context, screen)

    def run_line(self, name: str, line: Line) -> bool:
        self._watch.ahead(name, line)
        try:
            return super().run_line(name, line)
        finally:
            self._watch.behind(name, line)


class _World:
    """A network with nothing in it yet, and what a script prints there."""

    def __init__(self, kept: bool, watch: Watch | None, advises: bool) -> None:
        self.screen = io.StringIO()
        self.heard = _Heard(self.screen)
        settings = Settings(echo=kept, keep_going=kept)
        context = fixed_world(self.heard, advises=advises)
        if watch is None:
            self.session = Session(settings, context, self.screen)
        else:
            self.session = _Watched(settings, context, self.screen, watch)

    def run(self, file: Path) -> None:
        """Run a script as the command line does; OSError where it cannot be read."""
        with file.open("rb") as stream, suppress(SessionEnd):
            self.session.read_topology(file.name, read_lines(io.BytesIO(stream.read())))
        self.session.flush()


def run(case: Case, watch: Watch | None = None) -> Outcome:
    """Run a test, in its folder and within its time; somebody may look on.

    The folder is the process's: of several threads that run tests, one does at a time.
    """
    with _ONE_AT_A_TIME:
        return _run(case, watch)


def _run(case: Case, watch: Watch | None) -> Outcome:
    begun = time.monotonic()
    try:
        with _in_time():
            verdict, message = judged(case, watch)
        if verdict == "failed" and not case.expected.exists():
            message = _advised(case, message)
    except NotReadyError as told:
        verdict, message = "error", str(told)
    except _TimeIsUp:
        verdict, message = "error", f"stopped after {SECONDS} s"
    except OSError as error:
        verdict, message = "error", f"cannot read {error.filename}: {reason(error)}"
    return Outcome(case.name, verdict, message, time.monotonic() - begun)


def judged(case: Case, watch: Watch | None = None) -> tuple[Verdict, str]:
    """Run a test for as long as it takes: how it ends, and why it did not pass.

    What would help is looked for only where that is printed and kept. NotReadyError where what
    comes before a test fails, OSError where a file cannot be read.
    """
    if not case.expected.exists():
        return _blamed(_stopped(case, watch, advises=False))
    expected, now = case.expected.read_bytes(), printed(case, watch)
    return ("passed", "") if now == expected else ("failed", _difference(expected, now))


def printed(case: Case, watch: Watch | None = None, advises: bool = True) -> bytes:
    """All that a test prints when it goes on behind errors, and its exit status.

    NotReadyError and OSError as `judged`.
    """
    world = _World(True, watch, advises)
    _run_in(world, case, watch)
    text = f"{world.screen.getvalue()}[exit status {int(world.session.failed)}]\n"
    return text.encode("utf-8", "backslashreplace")


def _advised(case: Case, message: str) -> str:
    """Why a test fails, with what would help, where there is time to run it once more."""
    try:
        with _in_time():
            return _blamed(_stopped(case, None, advises=True))[1]
    except _TimeIsUp:
        return message


def _stopped(case: Case, watch: Watch | None, advises: bool) -> _World:
    world = _World(False, watch, advises)
    _run_in(world, case, watch)
    return world


def _run_in(world: _World, case: Case, watch: Watch | None) -> None:
    """Run a test behind what comes before it."""
    _set_up(world, case)
    if watch is not None:
        watch.ready()
    with chdir(case.file.parent):
        world.run(Path(case.file.name))


def _set_up(world: _World, case: Case) -> None:
    """Load what comes before a test, and forget what that prints; NotReadyError where it fails."""
    for script in case.before:
        with chdir(script.parent):
            world.run(Path(script.name))
        if world.heard.first:
            raise NotReadyError(_blamed(world, script.parent)[1])
    world.screen.seek(0)
    world.screen.truncate()


def _blamed(world: _World, folder: Path | None = None) -> tuple[Verdict, str]:
    """What the first error of a world says of a test: its command, what was printed, and why.

    Where it is not in the test's folder it says in which.
    """
    if world.heard.first is None:
        return "passed", ""
    name, line, error = world.heard.first
    verdict: Verdict = "failed" if isinstance(error, ExpectationError) else "error"
    result = error.result.text() if isinstance(error, ExpectationError) and error.result else ""
    place = name if folder is None else str(folder / name)
    told = Manner.worded(world.heard, place, line, error)
    return verdict, f"{printable(line.text.strip())}\n{result}{told}"


def _difference(expected: bytes, printed: bytes) -> str:
    """What is printed differently, as diff -u shows it."""
    before, now = (text.decode("utf-8", "replace").splitlines() for text in (expected, printed))
    shown = list(difflib.unified_diff(before, now, "expected", "printed", lineterm=""))
    left_out = [f"... and {len(shown) - _MOST_LINES} lines more"] if shown[_MOST_LINES:] else []
    return "\n".join([*shown[:_MOST_LINES], *left_out])


@contextmanager
def _in_time() -> Iterator[None]:
    """Inside, an alarm ends what takes too long.

    It rings again each second: where it interrupts a finalizer or a callback of the garbage
    collector, Python prints the exception and goes on. A process has one, in its main thread:
    where somebody has set it already (pytest-timeout does), or in another thread, theirs counts.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or signal.getitimer(signal.ITIMER_REAL)[0]:
        yield
        return
    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: FrameType | None) -> NoReturn:
    raise _TimeIsUp
