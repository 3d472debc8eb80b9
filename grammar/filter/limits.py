"""How long and how deep a filter may be: more is a mistake, and would exhaust the stack."""

from __future__ import annotations

from grammar.errors import LineSyntaxError

LONGEST = 4096
DEEPEST = 16
MOST_OPERATORS = 64


def check_size(expression: str) -> None:
    """Refuse a text that is too long, or has too many parentheses inside each other."""
    if len(expression) > LONGEST:
        raise LineSyntaxError(f"the filter is longer than {LONGEST} characters")
    depth = 0
    for column, character in enumerate(expression, 1):
        if character in "([":
            depth += 1
            check_depth(depth, column)
        elif character in ")]":
            depth -= 1


def check_depth(depth: int, column: int | None = None) -> None:
    """Refuse what stands inside too many other things."""
    if depth > DEEPEST:
        raise LineSyntaxError(f"the filter is nested more than {DEEPEST} deep", column)
