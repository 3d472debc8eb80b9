"""A probe that failed, and a way out of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from midocli.simulator.reason import Reason

if TYPE_CHECKING:
    from midocli.simulator.wire.frame import Frame


class Change(NamedTuple):
    """Commands that would help (none: something only a person can decide), and why.

    `plain`: nothing else is likelier to be what the user wants.
    """

    why: str
    commands: tuple[str, ...]
    plain: bool = True


class Failure(NamedTuple):
    """Why a request ended, with the frame that did and who sent the request to whom.

    `remembered`: the network knows the frame's connection by either of its ends.
    """

    reason: Reason
    frame: Frame | None = None
    source: str | None = None
    destination: int | None = None
    remembered: bool = False
