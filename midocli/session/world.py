"""Worlds that are the same every time: nothing comes from outside but what is given."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from midocli.context.context import Context
from midocli.context.files import Files
from midocli.context.manner import Manner
from midocli.context.preferences import Preferences
from midocli.simulator.clock import Clock

if TYPE_CHECKING:
    from midocli.context.context import Stored

#: When such a world begins: 2026-01-05T09:00:00Z.
START_NS = 1_767_603_600 * 10**9


class Defaults(Preferences):
    """Nobody's preferences: the defaults, and what is set for this world alone."""

    def _write(self, values: dict[str, object]) -> None:
        self._given = dict(values)

    def _values(self) -> dict[str, object]:
        return self._given or {}


def fixed_world(
    manner: Manner,
    seed: int | str = 1,
    clock: Clock | None = None,
    files: Files | None = None,
    preferences: Preferences | None = None,
    advises: bool = True,
    stored: Stored | None = None,
) -> Context:
    """A network with nothing in it yet, as `--seed` makes it; the clock shows UTC."""
    return Context(
        random.Random(str(seed)),  # the option gives it a text
        clock or Clock(START_NS),
        files or Files(),
        manner,
        preferences=preferences or Defaults(),
        stored=stored,
        advises=advises,
    )
