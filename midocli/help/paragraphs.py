"""Text of help, filled to the width of a terminal: the same on all of them."""

from __future__ import annotations

from collections.abc import Iterable

WIDTH = 79
_NAMES = 24


def paragraph(text: str, first: int = 0, later: int = 0, width: int = WIDTH) -> list[str]:
    """Lines of at most `width` columns where blanks allow it; indents in columns."""
    from textwrap import wrap

    return wrap(
        text,
        width,
        initial_indent=" " * first,
        subsequent_indent=" " * later,
        break_long_words=False,
        break_on_hyphens=False,
    )


def entries(pairs: Iterable[tuple[str, str]], indent: int = 4) -> list[str]:
    """A name and what it is, beside it."""
    column = indent + _NAMES
    lines = []
    for name, text in pairs:
        first, *others = paragraph(text, column, column) or [""]
        lines += [f"{' ' * indent}{name:<{_NAMES}}{first.lstrip()}".rstrip(), *others]
    return lines
