"""Completion: what kind of thing may come (the grammar) and which there are (the store)."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

import grammar
from grammar.elements import WORD
from grammar.expectation import Expectation
from midocli.interpreter import Interpreter
from midocli.shell.names import names


class CommandCompleter(Completer):
    """Offers what may stand at the cursor."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._interpreter = interpreter

    def get_completions(
        self, document: Document, complete_event: CompleteEvent
    ) -> Iterable[Completion]:
        """The words that begin like the one under the cursor."""
        line = document.text_before_cursor
        typed = ""
        for found in WORD.finditer(line):
            if found.end() == len(line):
                typed = found[0]
        seen = set()
        for expected in grammar.expected(line, len(line)):
            for word, meta in self._words(expected):
                if word.startswith(typed) and word not in seen:
                    seen.add(word)
                    text = word if word.isprintable() and " " not in word else shlex.quote(word)
                    yield Completion(text, -len(typed), display_meta=meta[:60])

    def _words(self, expected: Expectation) -> Iterator[tuple[str, str]]:
        for word in expected.words:
            yield word, expected.help
        if not expected.text:
            yield from names(self._interpreter.store, self._interpreter.display, expected)
