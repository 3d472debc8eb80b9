"""Colours for the input, from the parse that will run it."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

import grammar
from grammar.highlight import Span
from midocli.shell.lines import placed


class CommandLexer(Lexer):
    """Gives each word the style class of its kind: `class:verb`, `class:error` and so on."""

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        styled = styled_lines(document.text)
        return lambda number: styled[number] if number < len(styled) else []


def styled_lines(text: str) -> list[StyleAndTextTuples]:
    """The lines of a text, each as (style, characters) pairs."""
    styles = [""] * len(text)
    for offset, line in placed(text):
        for start, end, kind in _spans(line.text):
            styles[offset + start : offset + end] = [f"class:{kind}"] * (end - start)
    lines: list[StyleAndTextTuples] = [[]]
    for character, style in zip(text, styles, strict=False):
        if character == "\n":
            lines.append([])
        elif lines[-1] and lines[-1][-1][0] == style:
            lines[-1][-1] = (style, lines[-1][-1][1] + character)
        else:
            lines[-1].append((style, character))
    return lines


@lru_cache(maxsize=512)
def _spans(line: str) -> list[Span]:
    return grammar.spans(line)
