"""What a line that was typed opened or closed, in a line after it, where that is wished."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from grammar.errors import MidoError
from midocli.shell.terminal import TooLongError

if TYPE_CHECKING:
    from midocli.analysis.impact import Impact
    from midocli.context.context import Context
    from midocli.shell.terminal import Terminal

#: How long the prompt may be kept waiting, in seconds: after a change, and once before the first.
_TELLING = 0.1
_LOOKING = 1.0
_TOO_LONG = "it takes too long to ask about all machines"


class ImpactLine:
    """Looks before each line that is typed, and tells after it."""

    def __init__(self, context: Context, terminal: Terminal) -> None:
        self._context = context
        self._terminal = terminal
        self._impact: Impact | None = None
        #: Why nothing is told, which is said once.
        self._why = ""
        #: Whether it took too long to find out how all fare, which is not tried again.
        self._is_given_up = False

    def looked(self) -> str:
        """Take note of how all machines fare; why not, where that is not to be."""
        if not self._context.preferences["impact"]:
            self._impact, self._why, self._is_given_up = None, "", False
        if not self._context.preferences["impact"] or self._is_given_up:
            return ""
        if self._impact is None:
            from midocli.analysis.impact import Impact

            self._impact = Impact(self._context)
        line = self._asked(self._impact.looked, _LOOKING)
        self._is_given_up = self._why == _TOO_LONG
        return line

    def told(self) -> str:
        """What has changed since, if anything; why it is not told, where it is not."""
        return self._asked(self._impact.told, _TELLING) if self._impact is not None else ""

    def _asked(self, ask: Callable[[], str], seconds: float) -> str:
        why = _TOO_LONG
        try:
            with self._terminal.undisturbed(), self._terminal.within(seconds):
                return ask()
        except MidoError as error:
            why = error.message
        except TooLongError:
            pass
        is_new, self._why = why != self._why, why
        return f"impact: {why}" if is_new else ""
