"""The line under the input: what may come next, or what is wrong, before Enter is pressed."""

from __future__ import annotations

from typing import NamedTuple

import grammar
from grammar.addresses import IPv4
from grammar.errors import IncompleteError, MidoError, MissingError, RefusedError
from grammar.expectation import END, Expectation
from grammar.highlight import is_long
from grammar.language import synonyms
from grammar.unfinished import may_go_on
from midocli.commands.rehearsal import rehearse
from midocli.context.context import Context
from midocli.shell.checking import check
from midocli.shell.cursor import AtCursor, at_cursor
from midocli.shell.lexer import kinds
from midocli.shell.lines import commands
from midocli.shell.offers import Offers, describe_field

_MOST_WORDS = 10
#: What is said of a line that is a command.
RUNS = "Enter runs it"


class Hint(NamedTuple):
    """One line of words; `wrong` where they say what is wrong."""

    text: str
    wrong: bool = False


def hint(context: Context, text: str) -> Hint:
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
    try:
        command = grammar.parse(line)
        assert command is not None, "the line is not blank"
        check(context, command)
        rehearse(context, command)
    except MissingError as error:
        return Hint(_short(error))
    except MidoError as error:
        if word is None or not _is_unfinished(context, line, word, error):
            return Hint(_short(error), True)
        return Hint(_short(error) if isinstance(error, RefusedError) else _next(word))
    return Hint(_complete(line, word))


def _is_unfinished(context: Context, line: str, word: AtCursor, error: MidoError) -> bool:
    """Whether what is wrong may become right as more is typed behind the cursor."""
    if word.quote:
        return True
    if isinstance(error, IncompleteError):
        return "; did you mean " not in error.message or _is_begun(context, word)
    column = error.column or 1
    if column > len(line.rstrip()):
        return True
    found = kinds(line)
    if column <= len(word.before) or not word.raw or (found and found[-1].kind == "error"):
        return False
    return _is_begun(context, word)


def _is_begun(context: Context, word: AtCursor) -> bool:
    """Whether something that is there begins like the word at the cursor, or any value would do."""
    expected = grammar.expected(word.before, len(word.before))
    if not any(each.target for each in expected if not each.text):
        return True
    if any(each.target == "destination" for each in expected) and may_go_on(IPv4(), word.typed):
        return True
    return Offers(context).begins(word)


def _complete(line: str, word: AtCursor | None) -> str:
    """What to say of a line that is a command: that, and what else may follow."""
    if word is None:
        return RUNS
    rest = _listed(grammar.expected(f"{line} ", len(line) + 1), "")
    return f"{RUNS}; or {rest}" if rest else RUNS


def _short(error: MidoError) -> str:
    """An error in one line; where one word is near, all that would do need not be listed."""
    what, _, near = error.message.rpartition("; did you mean ")
    return f"{what.partition(': expected')[0]}; did you mean {near}" if what else near


def _next(word: AtCursor) -> str:
    """What may stand where a word has been begun; one alone is explained."""
    expected = [
        each._replace(text=_begun(each, word.typed)) if each.text else each
        for each in grammar.expected(word.before, len(word.before))
        if each != END and (not each.text or _begun(each, word.typed))
    ]
    if len(expected) == 1 and expected[0].text:
        return f"{expected[0].text}: {describe_field(expected[0])}"
    return _listed(expected, word.typed) or "the end of the line"


def _begun(expected: Expectation, typed: str) -> str:
    """The word that is expected or another for it, whichever begins as typed; empty if none."""
    words = (expected.text, *synonyms(expected.text))
    return next((word for word in words if word.startswith(typed)), "")


def _listed(expected: list[Expectation], typed: str) -> str:
    """Kinds of words, and words; of those of a closed set the ones that begin as typed."""
    begun = {each: [word for word in each.words if word.startswith(typed)] for each in expected}
    kinds = [
        ", ".join(begun[each] if typed else ()) or each.help
        for each in expected
        if not each.text and each != END
    ]
    shown = list(dict.fromkeys(kinds + [each.text for each in expected if each.text]))
    if len(shown) > _MOST_WORDS:
        shown = [*shown[:_MOST_WORDS], "…"]
    return ", ".join(shown)
