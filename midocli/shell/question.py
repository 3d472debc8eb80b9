"""`?`: what may follow at the cursor, as a router's console prints it."""

from __future__ import annotations

import grammar
from grammar.expectation import END, Expectation
from midocli.context.context import Context
from midocli.results.printable import printable
from midocli.shell.cursor import at_cursor, last_command
from midocli.shell.hint import RUNS, hint
from midocli.shell.offers import Offers

_MOST_NAMES = 20


def explain(context: Context, text: str) -> str:
    """Each word that may stand at the end of an input with its help, then kinds of words.

    As the hint does, it says first what is wrong before that, and <Enter> where that runs the line.
    """
    word = at_cursor(last_command(text))
    if word is None:
        return "  nothing may follow in a comment"
    offers = Offers(context)
    found = offers.at(word, _MOST_NAMES)
    entries = [(printable(each.shown or each.text), printable(each.meta)) for each in found]
    if len(offers.at(word, _MOST_NAMES + 1)) > len(found):
        entries.append(("…", "more of them"))
    width = max((len(text) for text, _ in entries), default=0)
    lines = [f"  {text:<{width}}  {help}".rstrip() for text, help in entries]
    expected = grammar.expected(word.before, len(word.before))
    lines += [f"  <{each}>" for each in dict.fromkeys(map(_kind, expected)) if each]
    told = hint(context, text)
    if told.text.startswith(RUNS):
        lines.append("  <Enter>")
    if told.wrong and word.raw:  # for what is wrong at the cursor, what was meant is offered
        told = hint(context, text.removesuffix(word.raw))
    if told.wrong:
        lines.insert(0, f"  {printable(told.text)}")
    return "\n".join(lines) or "  nothing may follow"


def _kind(expected: Expectation) -> str:
    """What kind of word may come, where no fixed words do."""
    return "" if expected.words or expected == END else expected.help
