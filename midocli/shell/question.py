"""`?`: what may follow at the cursor, as a router's console prints it."""

from __future__ import annotations

from itertools import islice

import grammar
from grammar.expectation import Expectation
from midocli.interpreter import Interpreter
from midocli.shell.completer import described_fields, fixed_words, near
from midocli.shell.names import Candidate, Names
from midocli.shell.words import at_cursor

_MOST_NAMES = 20


def explain(interpreter: Interpreter, line: str) -> str:
    """Each word that may stand at the end of a line with its help, then kinds of words."""
    word = at_cursor(line)
    before = line[: word.start]
    expected = grammar.expected(before, word.start)
    words = [*fixed_words(expected), *described_fields(expected)]
    entries = [each for each in words if each.text.startswith(word.typed)]
    names = Names(interpreter)
    for each in expected:
        if not each.text and each.target:
            found = list(islice(names.beginning(each, before, word.typed), _MOST_NAMES + 1))
            entries += found[:_MOST_NAMES]
            if len(found) > _MOST_NAMES:
                entries.append(Candidate("…", "more of them"))
    entries = list(dict.fromkeys(entries or (near(word.typed, words) if word.typed else ())))
    width = max((len(text) for text, _ in entries), default=0)
    lines = [f"  {text:<{width}}  {help}".rstrip() for text, help in entries]
    lines += [f"  <{each}>" for each in dict.fromkeys(map(_kind, expected)) if each]
    return "\n".join(lines) or "  nothing may follow"


def _kind(expected: Expectation) -> str:
    """What kind of word may come, where no fixed words do."""
    if expected.kind == "end":
        return "Enter"
    return "" if expected.words else expected.help
