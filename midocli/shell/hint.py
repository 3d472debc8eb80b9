"""The line under the input: what may come next, or what is wrong, before Enter is pressed."""

from __future__ import annotations

from typing import NamedTuple

import grammar
from grammar.errors import IncompleteError, MidoError
from grammar.expectation import Expectation
from grammar.highlight import is_long
from midocli import render
from midocli.interpreter import Interpreter
from midocli.shell.completer import describe_field
from midocli.shell.lexer import kinds
from midocli.shell.lines import commands
from midocli.shell.words import at_cursor

_MOST_WORDS = 10


class Hint(NamedTuple):
    """One line of words; `wrong` where they say what is wrong."""

    text: str
    wrong: bool = False


def hint(interpreter: Interpreter, text: str) -> Hint:
    """What to say of an input as it stands."""
    lines = commands(text)
    if len(lines) > 1:
        return Hint(f"{len(lines)} lines; Enter runs them up to the first error")
    line = lines[0].text if lines else ""
    if not line.strip() or line.lstrip().startswith("#"):
        return Hint("Tab completes, ? shows what may come, help is a map")
    if is_long(line):
        return Hint(f"a line of {len(line)} characters; Enter runs it")
    word = at_cursor(line)
    expected = grammar.expected(line[: word.start], word.start)
    try:
        command = grammar.parse(line)
    except IncompleteError:
        return Hint(_next(expected, word.typed))
    except MidoError as error:
        if word.quote or not _is_wrong(line):
            return Hint(_next(expected, word.typed))
        return Hint(_short(error), True)
    try:
        interpreter.resolver.path(getattr(command, "path", ()))
    except MidoError as error:
        return Hint(render.printable(error.message), True)
    return Hint(f"Enter, or {_next(expected, word.typed)}")


def _short(error: MidoError) -> str:
    """An error in one line; where one word is near, all that would do need not be listed."""
    message = render.printable(error.message)
    what, _, near = message.rpartition("; did you mean ")
    return f"{what.partition(': expected')[0]}; did you mean {near}" if what else message


def _is_wrong(line: str) -> bool:
    """Whether the line is wrong already, and not only unfinished."""
    found = kinds(line)
    return bool(found) and found[-1].kind == "error"


def _next(expected: list[Expectation], typed: str) -> str:
    """What may stand where a word has been begun; one alone is explained."""
    named = [each for each in expected if each.text.startswith(typed) and each.text]
    kinds = [each.help for each in expected if not each.text and each.kind != "end"]
    if len(named) == 1 and not kinds:
        return f"{named[0].text}: {describe_field(named[0])}"
    words = [each.text for each in named]
    shown = list(dict.fromkeys(kinds + words))
    if len(shown) > _MOST_WORDS:
        shown = [*shown[:_MOST_WORDS], "…"]
    return ", ".join(shown) or "the end of the line"
