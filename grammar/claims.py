"""What `expect` can say of how a command ends: why it fails, or what it shows.

`because CODE at PLACE by RULE`, or any part of it, stands behind a probe that has to fail; `is
WORD`, `is empty` and `has N` behind a command that shows something. A line that is whole without
these words means them as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from grammar.errors import IncompleteError, LineSyntaxError, shorten
from grammar.expectation import END, Expectation
from grammar.node import Node
from grammar.words import behind_blanks, quoted, unquote, words_of

#: The words behind `because` that say which part comes next, and what it is; a word of no part is
#: the code.
_PARTS = {"at": "where it ended", "by": "the rule that ended it"}
_CODE = "a reason's code"
BECAUSE = Expectation("verb", "because", "say why it fails")
IS = Expectation("verb", "is", "say what it shows")
HAS = Expectation("verb", "has", "say how many it shows")


class Because(Node):
    """Why a probe fails: the reason's code, where it ended, and the rule that ended it."""

    code: str | None
    at: str | None
    by: str | None

    def written(self) -> list[str]:
        code = [] if self.code is None else [quoted(self.code)]
        parts = (
            (part, word) for part, word in (("at", self.at), ("by", self.by)) if word is not None
        )
        return ["because", *code, *(word for part, at in parts for word in (part, quoted(at)))]


class Shows(Node):
    """What is printed: a text, or nothing."""

    what: str

    def written(self) -> list[str]:
        return ["is", quoted(self.what) if self.what else "empty"]


class Counts(Node):
    """How many objects or rows there are."""

    number: int

    def written(self) -> list[str]:
        return ["has", str(self.number)]


#: What an expectation says beyond success and failure; `written` gives the words of it.
Claim = Because | Shows | Counts


class Claimed(Node):
    """A line in two parts: the command, and what is claimed of it, which begins at `column`."""

    command: str
    claim: Claim
    column: int


def claimed(line: str) -> Claimed | None:
    """What a line of `expect` claims at its end, if it does.

    LineSyntaxError or IncompleteError where the words behind `because` are no claim.
    """
    words = _expecting(line)
    if len(words) < 3:
        return None
    before, last = words[-2][0], words[-1][0]
    if before == "is":
        shown = "" if last == "empty" else unquote(last)
        return _cut(line, words[-2], Shows(shown))
    if before == "has" and last.isdecimal():
        return _cut(line, words[-2], Counts(int(last)))
    for at in range(len(words) - 1, 1, -1):
        if words[at][0] == "because":
            return _cut(line, words[at], _because(line, words[at + 1 :]))
    return None


def _cut(line: str, word: re.Match[str], claim: Claim) -> Claimed:
    """A line whose claim begins with a word."""
    return Claimed(line[: word.start()], claim, word.start() + 1)


def _expecting(line: str) -> list[re.Match[str]]:
    """The words of a line of `expect`; none of other lines."""
    words = words_of(line)
    first = next(words, None)
    return [first, *words] if first is not None and first[0] == "expect" else []


def continuing(line: str) -> list[Expectation]:
    """What may come at the end of a line that has begun a claim; nothing where it has not."""
    words = _expecting(line)
    if len(words) < 3:
        return []
    if words[-1][0] == "is":
        return [Expectation("value", "", "a word"), Expectation("verb", "empty", "nothing")]
    if words[-1][0] == "has":
        return [Expectation("value", "", "a number")]
    began = [at for at, word in enumerate(words) if word[0] == "because"]
    return _parts_to_come([word[0] for word in words[began[-1] + 1 :]]) if began else []


def _parts_to_come(words: Sequence[str]) -> list[Expectation]:
    """What may come behind `because` and some words."""
    if words and words[-1] in _PARTS:
        return [Expectation("value", "", _PARTS[words[-1]])]
    code = [] if words else [Expectation("value", "", _CODE)]
    parts = [Expectation("verb", part, what) for part, what in _PARTS.items() if part not in words]
    return [*code, *parts, *([END] if words else [])]


def _because(line: str, words: Sequence[re.Match[str]]) -> Because:
    said: dict[str, str] = {}
    part = "code"
    for word in words:
        if not part or (part == "code" and word[0] in _PARTS):
            part = _part(word, said)
        else:
            said[part] = unquote(word[0])
            part = ""
    if part:
        wanted = tuple(each.text or each.help for each in _parts_to_come([w[0] for w in words]))
        message = f"incomplete expectation: expected {' or '.join(wanted)}"
        raise IncompleteError(message, behind_blanks(line, len(line.rstrip())) + 1, wanted)
    return Because(said.get("code"), said.get("at"), said.get("by"))


def _part(word: re.Match[str], said: dict[str, str]) -> str:
    """The part that a word begins."""
    if word[0] not in _PARTS or word[0] in said:
        wanted = tuple(part for part in _PARTS if part not in said)
        message = f"unexpected {shorten(word[0])}: expected {' or '.join(wanted) or 'the end'}"
        raise LineSyntaxError(message, word.start() + 1, wanted)
    return word[0]
