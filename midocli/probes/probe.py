"""What all probes have in common: traffic first, then what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from midocli.advice.failure import Advice, Failure
from midocli.context.context import Context
from midocli.results.values import Report


class Probe(Protocol):
    """One command that makes traffic, made of a context and the command."""

    def __init__(self, context: Context, command: Any) -> None:
        """MidoError where the command makes no sense here."""

    def drive(self) -> None:
        """Make the traffic."""

    @property
    def succeeded(self) -> bool:
        """Whether it came to what it was made for."""

    @property
    def failures(self) -> Sequence[Failure]:
        """Why it did not."""

    def sum_up(self, advice: Advice) -> Report:
        """What came of it, with what would change that."""
