"""Colours for the input, from the parse that will run it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

import grammar
from grammar.highlight import Span
from midocli.session.mistakes import Mistakes
from midocli.shell.lines import placed


class CommandLexer(Lexer):
    """Gives each word the style class of its kind: `class:verb`, `class:error` and so on."""

    def __init__(self, mistakes: Mistakes | None = None) -> None:
        self._mistakes = mistakes or Mistakes()

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        styled: list[StyleAndTextTuples] = [[("", line)] for line in document.lines]
        with self._mistakes.noted(f"colouring: {document.text}"):
            styled = styled_lines(document.text)
        return lambda number: styled[number] if number < len(styled) else []


def styled_lines(text: str) -> list[StyleAndTextTuples]:
    """The lines of a text, each as (style, characters) pairs."""
    lines: list[StyleAndTextTuples] = [[]]
    for style, characters in _pieces(text):
        first, *others = characters.split("\n")
        lines[-1].append((style, first))
        lines += [[(style, each)] for each in others]
    return [[piece for piece in line if piece[1]] for line in lines]


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """A text as (style, characters) pairs, in order and without a gap."""
    at = 0
    for offset, line in placed(text):
        for start, end, kind in kinds(line.text):
            yield "", text[at : offset + start]
            at = offset + end
            yield f"class:{kind}", text[offset + start : at]
    yield "", text[at:]


@lru_cache(maxsize=512)
def kinds(line: str) -> list[Span]:
    """The kind of each word of a line; kept, for the same lines are asked about again."""
    return grammar.spans(line)
