"""What a key press costs with 100,000 objects loaded: completion, hint and colours.

Against the same key on an empty topology, and against parsing the line once. The keys of the
worst kind are among them: letters no name begins with, which are looked for inside names.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from io import StringIO

from handmade import session_of
from measure import Ratio, ratio
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from scale import script

import grammar
from grammar.script import Line
from midocli.context.manner import Manner
from midocli.session.session import Session
from midocli.shell import lexer
from midocli.shell.completer import CommandCompleter
from midocli.shell.hint import hint

#: A key press is to take less.
_MOST_MS = 50
_LINES = (
    "router ",
    "router r99",
    "router zq",
    "bridge bridge1999 port po",
    "bridge bridge0 create port infilter ch",
    "guest g1",
    "ping ",
    "ping g299",
    "ping zq9",
    "ping guest0 ",
    "ping guest0 10.99",
    "ping guest0 zq",
    "ping guest0 10.0.0.1 capture bridge0:port0,zq",
    "tcpdump zq",
    "chain chain3 rule rule19",
    "chain chain0 add rule in-ports bridge",
    "chain chain0 add rule jump-to zq",
    "router list name zq",
    "router tr set infilter nosuch",
    "zqx",
)


def measure() -> list[Ratio]:
    """Completion, hint and both with colours, for the slowest of some lines."""
    empty = _session([])
    full = _session([line for _, lines in script() for line in lines])
    found = []
    for what, press in (("complete", _complete), ("hint", _hint)):
        slowest = max(
            (
                ratio(
                    f"{what} {line!r}"[:43],
                    press(full, line),
                    "with no objects",
                    press(empty, line),
                    rounds=5,
                )
                for line in _LINES
            ),
            key=lambda one: one.seconds,
        )
        found.append(slowest)
        milliseconds = slowest.seconds * 1000
        amount = f"{milliseconds:.1f} ms"
        found.append(
            Ratio(
                f"{what}: the slowest key",
                f"{_MOST_MS} ms",
                milliseconds / _MOST_MS,
                milliseconds / _MOST_MS,
                slowest.seconds,
                1,
                amount,
            )
        )
    line = "bridge bridge0 create port infilter chain0 state up"
    found.append(
        ratio(
            "colours of a line of 8 words",
            lambda: _colours(line),
            "grammar.parse of it",
            lambda: grammar.parse(line),
            50,
            rounds=5,
        )
    )
    return found


def _session(lines: list[str]) -> Session:
    err = StringIO()
    session = session_of(Manner(StringIO()), err)
    for number, line in enumerate(lines, 1):
        if not session.run_line("", Line(line, number)):
            sys.exit(f"{line}: {err.getvalue()}")
    return session


def _complete(session: Session, line: str) -> Callable[[], object]:
    completer = CommandCompleter(session.context)
    document, event = Document(line), CompleteEvent(text_inserted=True)
    return lambda: list(completer.get_completions(document, event))


def _hint(session: Session, line: str) -> Callable[[], object]:
    return lambda: hint(session.context, line)


def _colours(line: str) -> None:
    lexer.kinds.cache_clear()
    lexer.styled_lines(line)
