"""A prompt beside a server: both have the same topology, one at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from threading import current_thread, main_thread

from midocli.context.preferences import Preferences
from midocli.shell.terminal import Terminal


class Beside(Terminal):
    """A terminal whose commands, and what it looks at, have the topology for themselves.

    The server's thread comes here as well, for what it changes is a command too; it has the
    topology already, and signals are no business of its.
    """

    def __init__(
        self, preferences: Preferences, colour: str | None, alone: AbstractContextManager[object]
    ) -> None:
        super().__init__(preferences, colour)
        self._alone = alone

    @contextmanager
    def undisturbed(self) -> Iterator[None]:
        if _is_prompts():
            with self._alone, super().undisturbed():
                yield
        else:
            yield

    @property
    def interactive(self) -> bool:
        return super().interactive and _is_prompts()

    def looking(self) -> AbstractContextManager[object]:
        return self._alone

    def progress(self, what: str, done: int, total: int) -> None:
        if _is_prompts():
            super().progress(what, done, total)


def _is_prompts() -> bool:
    """Whether this is the thread of the prompt, not that of the server."""
    return current_thread() is main_thread()
