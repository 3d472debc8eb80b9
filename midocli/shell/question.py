"""`?`: what may follow at the cursor, as a router's console prints it."""

from __future__ import annotations

import grammar
from grammar.expectation import Expectation
from midocli.context.context import Context
from midocli.results.printable import printable
from midocli.shell.cursor import at_cursor, last_command
from midocli.shell.offers import Offers

_MOST_NAMES = 20


def explain(context: Context, text: str) -> str:
    """Each word that may stand at the end of an input with its help, then kinds of words."""
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
    return "\n".join(lines) or "  nothing may follow"


def _kind(expected: Expectation) -> str:
    """What kind of word may come, where no fixed words do."""
    if expected.kind == "end":
        return "Enter"
    return "" if expected.words else expected.help
