"""Words that are known without a store: of points, of help, and of the languages inside quotes."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from grammar.filter import words as filter_words
from grammar.resources import SCHEMA

_LAST = re.compile(r"[^\s()]*\Z")
_ADDRESS = re.compile(r"\b(?:host|gateway)\s+\Z")

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
#: Words that stand for several points, or for none, by where they may stand.
POINT_WORDS = {
    "points": {"all": "all points", "none": "no point", "any": "every interface"},
    "watched": {"any": "every interface", "all": "all points"},
}


class Candidate(NamedTuple):
    """A word that may be typed, and what it stands for; `shown` is what the menu shows of it.

    Where `more`, it may go on right behind; `quote` is what to put before it.
    """

    text: str
    meta: str
    shown: str = ""
    more: bool = False
    quote: str = ""


@cache
def help_words() -> dict[str, str]:
    """The words `help` explains, with a line on each."""
    from midocli.help.pages import words

    return words(SCHEMA)


def inner_words(target: str, typed: str) -> tuple[str, str, dict[str, str]]:
    """Of a language inside quotes: what was typed before its last word, that word, and what may be.

    Each word that may stand there comes with its help. Behind `host` in a filter stands an
    address, which is not among them.
    """
    found = _LAST.search(typed)
    last = found[0] if found else ""
    before = typed[: len(typed) - len(last)]
    if target == "flags":
        given = before.split()
        return before, last, {word: help for word, help in FLAGS.items() if word not in given}
    return before, last, {} if _ADDRESS.search(before) else dict.fromkeys(FILTER_WORDS, "")
