"""The word at the cursor, and words of the small languages inside quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from grammar.elements import WORD
from grammar.filter import words as filter_words
from grammar.resources import SCHEMA

_OPEN_QUOTE = re.compile(r"""[^\s'"]*(?P<quote>['"])(?P<text>.*)\Z""", re.DOTALL)
_BLANKS = re.compile(r"\s+")
_LAST = re.compile(r"[^\s()]*\Z")

#: What tcpdump's filters are made of.
FILTER_WORDS = (
    *("and", "or", "not", "src", "dst", "host", "net", "port", "portrange", "proto"),
    *("ether", "vlan", "less", "greater", "broadcast", "multicast"),
    *sorted(filter_words.STANDING_ALONE),
)
#: tcpdump's flags that change what is printed.
FLAGS = {
    "-n": "addresses as numbers",
    "-nn": "ports as numbers, too",
    "-nnn": "all as numbers",
    "-e": "the link-level header",
    "-q": "fewer words",
    "-t": "no time",
    "-tt": "seconds since the epoch",
    "-ttt": "time since the line before",
    "-tttt": "date and time",
    "-ttttt": "time since the first line",
    "-v": "more words",
    "-vv": "even more",
    "-vvv": "all there is",
    "-x": "bytes in hex",
    "-xx": "bytes in hex, with the link-level header",
    "-X": "bytes in hex and ASCII",
    "-XX": "bytes in hex and ASCII, with the link-level header",
    "-A": "bytes in ASCII",
    "-S": "absolute sequence numbers",
}
#: Words a comma list of points may hold besides points.
POINT_WORDS = {"all": "all points", "none": "no point", "any": "every interface"}


class AtCursor(NamedTuple):
    """The word the cursor stands behind: where it begins, its text, and the quote it opened."""

    start: int
    typed: str
    quote: str


@cache
def help_words() -> dict[str, str]:
    """The words `help` explains, with a line on each."""
    from midocli.help import words

    return words(SCHEMA)


def at_cursor(line: str) -> AtCursor:
    """The word that ends a line; empty behind a blank."""
    at = 0
    while True:
        blanks = _BLANKS.match(line, at)
        start = blanks.end() if blanks else at
        word = WORD.match(line, start)
        if word is None:
            break
        if word.end() == len(line):
            return AtCursor(start, word[0], "")
        at = word.end()
    opened = _OPEN_QUOTE.match(line, start)
    if opened:
        return AtCursor(start, opened["text"], opened["quote"])
    return AtCursor(len(line), "", "")


def inner_words(target: str, typed: str) -> Iterator[tuple[str, str, int]]:
    """(word, help, how much of `typed` it replaces) of a language inside quotes."""
    found = _LAST.search(typed)
    last = found[0] if found else ""
    if target == "flags":
        choices = FLAGS
    elif target == "filter":
        choices = dict.fromkeys(FILTER_WORDS, "")
    else:
        return
    for word, help in choices.items():
        if word.startswith(last):
            yield word, help, len(last)
