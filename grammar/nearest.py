"""Did you mean …? The word that was probably meant, out of those that would do."""

from __future__ import annotations

from collections.abc import Iterable


def nearest(word: str, words: Iterable[str]) -> str | None:
    """The word that was probably meant, None if none is near.

    Letters' case does not count. A word whose letters are in another order is near, and
    one that was cut short where only one begins like it.
    """
    from difflib import get_close_matches

    if not 0 < len(word) <= 60:
        return None
    word = word.lower()
    meant = {each.lower(): each for each in words}
    found = get_close_matches(word, meant, 1, 0.7)
    if not found and len(word) > 2:
        found = [each for each in meant if sorted(each) == sorted(word)]
    if not found and len(word) > 1:
        begun = [each for each in meant if each.startswith(word)]
        found = begun if len(begun) == 1 else []
    return meant[found[0]] if found else None


def suggestion(word: str, words: Iterable[str]) -> str:
    """What an error about a word ends in: the nearest word, or nothing."""
    near = nearest(word, words)
    return f"; did you mean {near}?" if near else ""
