"""What a stage of the walk decides: a closed set. A device returns one and never sends itself.

* a `Port`: send the frame out of that port;
* `Fork`: send a copy out of each of these ports;
* `Redirect`: leave the ordinary walk for a rule's target port;
* a `Reason`: the frame is dropped;
* `CONSUMED`: it ended well here (answered, learned from, delivered, or waiting for a MAC).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from midocli.simulator.reason import Reason
from midocli.simulator.topology.records import Port, Rule


class Consumed(Enum):
    """The type of `CONSUMED`."""

    CONSUMED = "consumed"


CONSUMED: Final = Consumed.CONSUMED


@dataclass(frozen=True, slots=True)
class Fork:
    """A copy of the frame for each port."""

    ports: tuple[Port, ...]


@dataclass(frozen=True, slots=True)
class Redirect:
    """A redirect rule took the frame; `at` is where the rule ran."""

    rule: Rule
    at: str


Decision = Port | Fork | Redirect | Reason | Consumed
#: What a filter says: None lets the frame go on.
Verdict = Reason | Redirect | None
