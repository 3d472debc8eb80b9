"""The prompt: reads lines with editing, history and completion, and runs them."""

from __future__ import annotations

from collections.abc import Callable
from shutil import get_terminal_size

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app_session
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples

from grammar.script import Line
from midocli.help.version import VERSION
from midocli.results.printable import printable
from midocli.results.values import Interrupted
from midocli.session.recovery import Ended, Recovery
from midocli.session.session import OutputError, Session, SessionEnd
from midocli.shell.completer import CommandCompleter
from midocli.shell.folding import folded
from midocli.shell.hint import Hint, hint
from midocli.shell.history import Histories
from midocli.shell.impact import ImpactLine
from midocli.shell.keyboard import Keyboard
from midocli.shell.keys import bindings
from midocli.shell.lexer import CommandLexer
from midocli.shell.lines import MORE, commands
from midocli.shell.others import told_of_others
from midocli.shell.question import explain
from midocli.shell.style import STYLE, colour_depth
from midocli.shell.terminal import Terminal
from midocli.shell.toolbar import bottom, fit
from midocli.shell.unseen import show_unseen

BANNER = f"midocli {VERSION}. Type help for a map, demo for a network to try, Ctrl-D to leave."
#: A topology of no more objects is left without asking.
_FEW_OBJECTS = 5
#: So many lines of a paste that was stopped are listed, and so many characters of each.
_MOST_LEFT = 10
_MOST_OF_A_LINE = 200


class Shell:
    """An interactive session on a terminal."""

    def __init__(self, session: Session, terminal: Terminal) -> None:
        self._session = session
        self._terminal = terminal
        self._signals = terminal.signals
        self._preferences = session.context.preferences
        self._hinted: tuple[object, Hint] | None = None
        self._impact = ImpactLine(session.context, terminal)
        self._recovery = Recovery(session)
        self._histories = Histories()
        show_unseen()
        self._prompt: PromptSession[str] = PromptSession(
            history=self._histories.of(session.saved.file),
            completer=CommandCompleter(session.context, session.mistakes),
            complete_while_typing=Condition(self._completes),
            auto_suggest=AutoSuggestFromHistory(),
            enable_open_in_editor=True,
            enable_suspend=True,
            tempfile_suffix=".mido",
            lexer=CommandLexer(session.mistakes),
            style=STYLE,
            key_bindings=bindings(self._explained),
            input=Keyboard(get_app_session().input),
            multiline=True,
            prompt_continuation=_continued,
            bottom_toolbar=self._bottom,
            include_default_pygments_style=False,
        )

    def run(self, first: Callable[[], object] | None = None) -> int:
        """Do what comes `first`, read and run lines until the user leaves; the exit status."""
        self._signals.catch(self._session.context.interrupt)
        try:
            with self._session.followed_by(self._recovery.follow):
                if first is not None:
                    with self._signals.listening():
                        first()
                self._terminal.take_over()
                for line in (BANNER, *self._recovery.begin()):
                    _say(printable(line))
                self._recovery.start()
                status = self._loop()
                self._recovery.end()
                return status
        except (Ended, OutputError, OSError) as end:
            self._signals.ignore_ends()
            self._recovery.keep()
            return 128 + end.number if isinstance(end, Ended) else 1

    def _loop(self) -> int:
        number, asked = 0, False
        while True:
            number += 1
            try:
                with self._signals.listening():
                    self._run(self._read(), number)
                asked = False
            except KeyboardInterrupt as interrupt:
                self._terminal.clear()
                print("^C")
                if isinstance(interrupt, Interrupted):
                    with self._terminal.scrolling():  # the statistics stand last
                        self._session.show(interrupt.result)
            except SessionEnd:
                return 0
            except EOFError:
                if asked or not self._would_be_lost():
                    return 0
                asked = True
                _say("The topology is not saved: save FILE keeps it, Ctrl-D again leaves.")

    def _would_be_lost(self) -> bool:
        count = self._session.context.store.count
        return self._session.saved.is_changed and count > _FEW_OBJECTS

    def _read(self) -> str:
        """One command, or all that was pasted."""
        mode = EditingMode.VI if self._preferences["key-mode"] == "vi" else EditingMode.EMACS
        self._prompt.editing_mode = mode
        self._prompt.color_depth = colour_depth(self._terminal.wished_colour)
        self._prompt.history = self._histories.of(self._session.saved.file)
        self._prompt.default_buffer.history = self._prompt.history
        # On a screen of a line or two, the line that is typed has to be seen.
        self._prompt.bottom_toolbar = self._bottom if get_terminal_size().lines > 3 else None
        # The toolkit's own handler fails when Ctrl-C comes as the line has just been taken.
        with self._signals.reading(self._give_up_line):
            return self._prompt.prompt(
                self._session.prompt, pre_run=self._look_around, handle_sigint=False
            )

    def _look_around(self) -> None:
        """While the prompt waits, tell of what other sessions do to the store."""
        if self._session.context.kept is not None:
            self._prompt.app.create_background_task(told_of_others(self._session.context.kept))

    def _give_up_line(self) -> None:
        """Forget the line, from a signal's handler: the event loop does it, when it comes to it."""
        app = self._prompt.app

        def give_up() -> None:
            if app.is_running and not app.is_done:
                app.exit(exception=KeyboardInterrupt, style="class:aborting")

        if app.loop is not None:
            app.loop.call_soon_threadsafe(give_up)

    def _run(self, text: str, number: int) -> None:
        """Run what was typed or pasted: line by line, up to the first error."""
        lines = commands(text)
        for place, line in enumerate(lines):
            self._terminal.begin(is_pasted=len(lines) > 1)
            self._tell(self._impact.looked())
            succeeded = self._session.run_line("", Line(line.text, number, line.error))
            self._tell(self._impact.told())
            if not succeeded:
                self._tell_left(lines[place + 1 :])
                return

    def _tell(self, line: str) -> None:
        """Say a line, if there is one."""
        if line:
            _say(printable(line))

    def _tell_left(self, lines: list[Line]) -> None:
        """Say which lines of a paste were not run, but not so much that the error scrolls away."""
        left = [line.text for line in lines if line.text.strip()]
        if left:
            print(f"{len(left)} pasted line{'s' if len(left) > 1 else ''} left undone:")
            for text in left[:_MOST_LEFT]:
                print(f"  {fit(printable(text[:_MOST_OF_A_LINE]), _MOST_OF_A_LINE)}")
            if len(left) > _MOST_LEFT:
                print(f"  … and {len(left) - _MOST_LEFT} more; Up brings all of the paste back")

    def _explained(self, line: str) -> str:
        """What may come behind a line, for `?`."""
        looking = self._session.context.manner.looking()
        with self._session.mistakes.noted(f"explaining: {line}"), looking:
            return explain(self._session.context, line)
        return ""

    def _completes(self) -> bool:
        """Whether to offer words: room for them would scroll away what an empty line follows."""
        return self._prefers("complete-while-typing") and bool(self._prompt.default_buffer.text)

    def _prefers(self, name: str) -> bool:
        return bool(self._preferences[name])

    def _bottom(self) -> StyleAndTextTuples:
        """The hint line and the toolbar."""
        text = self._prompt.default_buffer.text  # the line, also while history is searched
        looking = self._session.context.manner.looking()
        with self._session.mistakes.noted(f"giving a hint: {text}"), looking:
            shown = self._hint(text) if self._prefers("hint") else None
            return bottom(self._session, shown, get_terminal_size().columns)
        return []

    def _hint(self, text: str) -> Hint:
        """The hint for an input, worked out once for each input and state of the topology."""
        key = (text, self._session.context.store.journal.last)
        if self._hinted is None or self._hinted[0] != key:
            self._hinted = (key, hint(self._session.context, text))
        return self._hinted[1]


def _say(line: str) -> None:
    """Print a line, broken between words where it is wider than the screen."""
    print(folded(line, get_terminal_size().columns))


def _continued(width: int, line: int, wrapped: int) -> str:
    """What stands before a further line; nothing where a line only goes on in the next row."""
    return "" if wrapped else MORE.rjust(width)
