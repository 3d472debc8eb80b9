"""What each word of a line is: the parse, laid over the text for who colours it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from grammar.errors import IncompleteError, MidoError
from grammar.expectation import Expectation
from grammar.language import synonyms
from grammar.schema import Schema
from grammar.unfinished import may_go_on
from grammar.verbs import VERB_WORDS
from grammar.words import TRAILING, WORD, behind_blanks

if TYPE_CHECKING:
    from grammar.language import Language

SpanKind = Literal[
    "verb", "collection", "command", "field", "value", "object", "text", "comment", "error"
]

#: Nobody reads longer lines in colour, and parsing them up to each of their words takes time.
_MOST_CHARACTERS = 2000
_MOST_WORDS = 100

#: What an expectation may be after that is no object of the topology.
_NO_OBJECTS = frozenset({"", "destination", "file", "tenant", "points", "filter", "flags", "help"})


def is_long(line: str) -> bool:
    """Whether a line is too long to be looked at word by word while it is typed."""
    return len(line) > _MOST_CHARACTERS or len(line.split(maxsplit=_MOST_WORDS)) > _MOST_WORDS


class Span(NamedTuple):
    """Characters `start` up to `end` of a line, and what they are."""

    start: int
    end: int
    kind: SpanKind


def spans(language: Language, line: str) -> list[Span]:
    """The words and the comment of a line, in order.

    From the first wrong character on all is `error`; a last word that may still become a
    right one is not wrong yet. A line that is too long has none.
    """
    if is_long(line):
        return []
    wrong = _first_wrong(language, line)
    found: list[Span] = []
    for start, end in _words(line):
        expected = language.expected(line[:start], start)
        kind = _kind(expected, line[start:end])
        if (
            wrong is not None
            and end > wrong
            and not _unfinished(language, expected, line, start, end)
        ):
            found.append(Span(max(start, wrong), len(line), "error"))
            return found
        found.append(Span(start, end, kind))
    end = found[-1].end if found else 0
    comment = line.find("#", end)
    if comment >= 0:
        found.append(Span(comment, len(line), "comment"))
    elif (start := behind_blanks(line, end)) < len(line):  # a quote that is still open
        found.append(Span(start, len(line), "text"))
    return found


def _first_wrong(language: Language, line: str) -> int | None:
    """Where the first wrong character stands; None where the line is right so far."""
    try:
        language.parse(line)
    except IncompleteError:
        return None
    except MidoError as error:
        return None if error.column is None else error.column - 1
    return None


def _words(line: str) -> Iterator[tuple[int, int]]:
    at = 0
    while not TRAILING.match(line, at):
        start = behind_blanks(line, at)
        word = WORD.match(line, start)
        if word is None:
            return
        yield start, word.end()
        at = word.end()


def _unfinished(
    language: Language, expected: list[Expectation], line: str, start: int, end: int
) -> bool:
    """Whether the word at the end of the line could go on to be one that is expected."""
    word = line[start:end]
    return end == len(line) and any(_begins(language, each, word) for each in expected)


def _begins(language: Language, expected: Expectation, word: str) -> bool:
    """Whether an expected word, value or alias may begin with these characters."""
    if any(each.startswith(word) for each in (*expected.words, *synonyms(expected.text))):
        return True
    if expected.kind == "value" and expected.type is not None and not expected.words:
        return may_go_on(expected.type, word.removeprefix("!" if expected.invertible else ""))
    if expected.target == "*":
        return _begins_alias(language.schema, word)
    return False


def _begins_alias(schema: Schema, word: str) -> bool:
    """Whether an alias may begin with these characters; at the root it needs no more than form."""
    owner, colon, last = word.rpartition(":")
    if not colon:
        prefixes = [schema[name].prefix for name in schema.root if schema[name].has_id]
    else:
        above = schema.of_alias(owner)
        inner = schema.children(above) if above else ()
        prefixes = [each.prefix for each in inner if each.has_id]
    return any(each.startswith(last) for each in prefixes) or schema.of_alias(word) is not None


def _kind(expected: list[Expectation], word: str) -> SpanKind:
    """The kind of the expectation a word meets: the one that names it, else any it can."""
    meant = VERB_WORDS.get(word, word)
    for each in expected:
        if word in each.words or (each.kind == "verb" and meant in each.words):
            return "value" if each.kind == "end" else each.kind
    for each in expected:
        if not each.text and (each.kind in ("object", "value") or each.target):
            return "value" if each.target in _NO_OBJECTS or " " in each.target else "object"
    return "text"
