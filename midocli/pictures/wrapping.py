"""Text in lines of so many columns, as terminals count them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def cells(text: str) -> int:
    """The columns that a text takes."""
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def wrapped(text: str, width: int) -> list[str]:
    """Lines of at most so many columns, broken at blanks where there are any."""
    lines = [""]
    for word in _pieces(text.split(" "), width):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if cells(joined) <= width or not lines[-1]:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _pieces(words: Iterable[str], width: int) -> Iterator[str]:
    """Words, those that are longer than a line cut into pieces."""
    for word in words:
        while cells(word) > width:
            size = width
            while cells(word[:size]) > width:
                size -= 1
            yield word[:size]
            word = word[size:]
        yield word
