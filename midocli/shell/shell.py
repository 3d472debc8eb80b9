"""The prompt: reads lines with editing, history and completion, and runs them."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory

from grammar.errors import MidoError
from midocli import __version__, render
from midocli.script import Line
from midocli.session import PROMPT, Session, SessionEnd
from midocli.shell.completer import CommandCompleter
from midocli.shell.history import open_history

_MORE = "... ".rjust(len(PROMPT))
_BANNER = f"midocli {__version__}. Type help for a map, Tab to complete, Ctrl-D to leave."


class Shell:
    """An interactive session on a terminal."""

    def __init__(self, session: Session) -> None:
        self._session = session
        session.show_error = pointed_out
        self._prompt: PromptSession[str] = PromptSession(
            history=open_history(),
            completer=CommandCompleter(session.interpreter),
            auto_suggest=AutoSuggestFromHistory(),
            complete_while_typing=False,
            enable_open_in_editor=True,
        )

    def run(self) -> int:
        """Read and run lines until the user leaves; the exit status."""
        print(_BANNER)
        number = 0
        while True:
            number += 1
            try:
                self._session.run_line("", Line(self._read(), number))
            except KeyboardInterrupt:
                print("^C")
            except (EOFError, SessionEnd):
                return 0

    def _read(self) -> str:
        """One command, over several lines where each but the last ends in a backslash."""
        lines: list[str] = []
        while True:
            line = self._prompt.prompt(_MORE if lines else PROMPT)
            if not line.endswith("\\"):
                return "\n".join([*lines, line])
            lines.append(line[:-1] + " ")


def pointed_out(name: str, line: Line, error: MidoError) -> str:
    """The message under a caret at the column it is about."""
    message = render.printable(error.message) + "\n"
    if error.column is None:
        return message
    number, column = line.position(error.column)
    last = line.number + line.text.count("\n")
    caret = " " * (len(PROMPT) + column - 1) + "^\n" if number == last else ""
    return caret + message
