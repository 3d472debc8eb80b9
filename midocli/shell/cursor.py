"""Where the cursor stands: in which command, behind what part of which word."""

from __future__ import annotations

import re
from typing import NamedTuple

from grammar.words import WORD, WORD_PATTERN, behind_blanks, coded, decoded, unquote
from midocli.shell.lines import commands, is_continued

_OPEN = re.compile(rf"(?P<closed>(?:{WORD_PATTERN})?)(?P<quote>\$?'|\")(?P<text>.*)\Z", re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
#: What needs no quotes in a word; a `~` needs none to mean the home directory.
_PLAIN = re.compile(r"[\w@%+=:,./!~-][\w@%+=:,./!~#-]*", re.ASCII)


class AtCursor(NamedTuple):
    """The word the cursor stands behind, empty behind a blank.

    `before` is the command up to the word, `raw` the word as it was typed, `typed` what that means
    so far, and `quote` the quote that is still open.
    """

    before: str
    raw: str
    typed: str
    quote: str = ""


def last_command(text: str) -> str:
    """The command a text ends in: several lines that `\\` joins are one."""
    if text.endswith("\n") and not is_continued(text[:-1]):
        return ""
    lines = commands(text)
    return lines[-1].text if lines else ""


def at_cursor(line: str) -> AtCursor | None:
    """The word that ends a command; None in a comment, where no words are."""
    at = 0
    while True:
        start = behind_blanks(line, at)
        if line.startswith("#", start) and (start > at or not start):
            return None
        word = WORD.match(line, start)
        if word is None:
            break
        if word.end() == len(line):
            return AtCursor(line[:start], word[0], unquote(word[0]))
        at = word.end()
        if behind_blanks(line, at) == at:
            break
    return _open_word(line, start)


def _open_word(line: str, start: int) -> AtCursor:
    """A word whose last quote is not closed."""
    opened = _OPEN.match(line, start)
    if opened is None:
        return AtCursor(line[:start], line[start:], line[start:])
    text, quote = opened["text"], opened["quote"]
    typed = unquote(opened["closed"]) + _so_far(text, quote)
    return AtCursor(line[:start], line[start:], typed, quote)


def _so_far(text: str, quote: str) -> str:
    """What a text means behind a quote that is not closed."""
    if quote == "$'":
        return decoded(text)
    return _ESCAPED.sub(r"\1", text) if quote == '"' else text


def quoted(text: str, quote: str = "", closed: bool = True) -> str:
    """A word as it has to be typed to mean a text.

    It goes on with a `quote` that has been opened; if not `closed`, more may follow in it.
    """
    if not quote and _PLAIN.fullmatch(text):
        return text
    if quote == "$'" or not text.isprintable():
        begun = f"$'{coded(text)}"
        return begun + "'" if closed else begun
    if quote == "'" or (not quote and "'" not in text):
        begun = "'" + text.replace("'", "'\"'\"'")
        return begun + "'" if closed else begun
    begun = '"' + text.replace("\\", "\\\\").replace('"', '\\"')
    return begun + '"' if closed else begun
