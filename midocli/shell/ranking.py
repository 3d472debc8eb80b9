"""How well words fit what was typed: first what was meant, then the closest letters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from grammar.nearest import nearest

_T = TypeVar("_T")


Fit = tuple[bool, bool, int, int, int]


def fit(typed: str, word: str) -> Fit | None:
    """How well a word fits letters it has in their order, the less the better; None if it has not.

    Best is a word that has them side by side, then one that begins with the first of them; then the
    closer they stand together, and the nearer to its beginning; then the shorter word.
    """
    letters, word = typed.lower(), word.lower()
    best: Fit | None = None
    start = word.find(letters[:1])
    while start >= 0:
        at = start
        for letter in letters[1:]:
            at = word.find(letter, at + 1)
            if at < 0:
                return best
        apart = at - start - len(letters) + 1
        found = (apart > 0, start > 0, apart, start, len(word))
        best = found if best is None or found < best else best
        start = word.find(letters[:1], start + 1)
    return best


def ranked(typed: str, items: Iterable[_T], text: Callable[[_T], str]) -> list[_T]:
    """The items whose text has the letters of `typed` in their order, the best first."""
    fitting = ((found, item) for item in items if (found := fit(typed, text(item))) is not None)
    return [item for _, item in sorted(fitting, key=lambda pair: pair[0])]


def meant(typed: str, items: Sequence[_T], text: Callable[[_T], str]) -> list[_T]:
    """The items that a misspelt word probably stands for."""
    word = nearest(typed, [text(item) for item in items])
    return [item for item in items if text(item) == word]
