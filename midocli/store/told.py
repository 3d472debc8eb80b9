"""Whom long work tells how far it is; what that raises, stops it."""

from __future__ import annotations

from collections.abc import Callable

#: Is told how much of something is done, and of how much.
Told = Callable[[int, int], None]


def untold(done: int, total: int) -> None:
    """Tell nobody."""
