"""The prompt: reads lines with editing, history and completion, and runs them."""

from __future__ import annotations

from io import BytesIO

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory

from grammar.errors import MidoError
from midocli import __version__, render
from midocli.script import Line, read_lines
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
                self._run(self._read(), number)
            except KeyboardInterrupt:
                print("^C")
            except (EOFError, SessionEnd):
                return 0

    def _run(self, text: str, number: int) -> None:
        """Run what was typed or pasted: line by line, up to the first error."""
        lines = list(read_lines(BytesIO(text.encode("utf-8", "surrogateescape"))))
        for place, line in enumerate(lines):
            if not self._session.run_line("", Line(line.text, number, line.error)):
                left = len(lines) - place - 1
                if left:
                    print(f"{left} pasted line{'s' if left > 1 else ''} left undone")
                return

    def _read(self) -> str:
        """One command, over several lines where each but the last ends in a backslash."""
        lines: list[str] = []
        while True:
            line = self._prompt.prompt(_MORE if lines else PROMPT)
            lines.append(line)
            if not line.endswith("\\"):
                return "\n".join(lines)


def pointed_out(name: str, line: Line, error: MidoError) -> str:
    """The message under a caret at the column it is about."""
    message = render.printable(error.message) + "\n"
    if error.column is None:
        return message
    number, column = line.position(error.column)
    last = line.number + line.text.count("\n")
    caret = " " * (len(PROMPT) + column - 1) + "^\n" if number == last else ""
    return caret + message
