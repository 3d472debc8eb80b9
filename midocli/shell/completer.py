"""Completion: what kind of thing may come (the grammar) and which there are (the store)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence

from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document

import grammar
from grammar.expectation import Expectation
from grammar.nearest import nearest
from midocli.interpreter import Interpreter
from midocli.shell.names import Candidate, Names, fuzzy
from midocli.shell.words import POINT_WORDS, AtCursor, at_cursor, help_words, inner_words

_META_WIDTH = 60


class CommandCompleter(Completer):
    """Offers what may stand at the cursor: what begins like the word there.

    Where nothing does, what was probably meant (`rotuer` for `router`), and what has its
    letters in their order (`rtr`).
    """

    def __init__(self, interpreter: Interpreter) -> None:
        self._names = Names(interpreter)
        self._paths = PathCompleter(expanduser=True)

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """What may stand at the cursor, each word once."""
        line = document.text_before_cursor
        word = at_cursor(line)
        before = line[: word.start]
        expected = grammar.expected(before, word.start)
        for each in expected:
            if each.target in ("filter", "flags"):
                yield from _inside_quotes(each, word)
        if word.quote:
            return
        for candidate in dict.fromkeys(self._candidates(expected, before, word.typed)):
            yield _completion(candidate, word.typed)
        if any(each.target == "file" for each in expected):
            yield from self._paths.get_completions(Document(word.typed), complete_event)

    def _candidates(self, expected: list[Expectation], before: str, typed: str) -> list[Candidate]:
        """Words of the language, then what exists, then fields that are not given yet."""
        typed = typed.rpartition(",")[2]
        words, fields = list(fixed_words(expected)), list(_fields(expected, before))
        objects = [each for each in expected if not each.text and each.target]

        def begins(candidate: Candidate) -> bool:
            return candidate.text.startswith(typed)

        names = [name for each in objects for name in self._names.beginning(each, before, typed)]
        begun = [*filter(begins, words), *names, *filter(begins, fields)]
        if begun or not typed:
            return begun
        names = [name for each in objects for name in self._names.near(each, before, typed)]
        return [*near(typed, [*words, *fields]), *names]


def near(typed: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """What was probably meant by a misspelt word, then what has its letters in their order."""
    meant = nearest(typed, [each.text for each in candidates])
    fits = fuzzy(typed)
    return [
        *(each for each in candidates if each.text == meant),
        *(each for each in candidates if fits(each.text)),
    ]


def fixed_words(expected: list[Expectation]) -> Iterator[Candidate]:
    """The words that are known without a store, but for fields."""
    for each in expected:
        if each.kind != "field" and not each.target:
            yield from (Candidate(text, each.help) for text in each.words)
        elif each.target == "points":
            yield from (Candidate(*pair) for pair in POINT_WORDS.items())
        elif each.target == "help":
            yield from (Candidate(*pair) for pair in help_words().items())


def _fields(expected: list[Expectation], before: str) -> Iterator[Candidate]:
    """The fields that no word before names."""
    given = before.split()
    return (each for each in described_fields(expected) if each.text not in given)


def described_fields(expected: list[Expectation]) -> Iterator[Candidate]:
    """The fields that may come, with what they are for and take."""
    for each in expected:
        if each.kind == "field":
            yield Candidate(each.text, describe_field(each))


def describe_field(field: Expectation) -> str:
    """What a field is for, what it takes, and what it is if not given."""
    words = field.help
    if field.type is not None:
        words += f" ({field.type.expected}"
        words += f"; {field.default} if not given)" if field.default else ")"
    return words


def _inside_quotes(expected: Expectation, word: AtCursor) -> Iterator[Completion]:
    """Words of a filter or of flags; a quote is opened before the first."""
    for text, help, replaced in inner_words(expected.target, word.typed if word.quote else ""):
        quote = "" if word.quote else '"'
        begin = -replaced if word.quote else -len(word.typed)
        yield Completion(quote + text, begin, display=text, display_meta=help)


def _completion(candidate: Candidate, typed: str) -> Completion:
    """A word in the place of what was typed of it, or of the last item of a comma list."""
    text = candidate.text
    shown = text if text.isprintable() and shlex.quote(text) == text else shlex.quote(text)
    begin = -len(typed.rpartition(",")[2])
    return Completion(shown, begin, display=text, display_meta=candidate.meta[:_META_WIDTH])
