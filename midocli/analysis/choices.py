"""What chance would choose, tried in turn: every way a packet may go, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from midocli.simulator.topology.plans import ActiveRoute, RouterPlan
from midocli.simulator.wire.frame import Frame


class Choices:
    """The choices made on the way of one packet; `next_way` goes on to the next combination."""

    def __init__(self) -> None:
        self._chosen: list[int] = []
        self._sizes: list[int] = []
        self._at = 0
        #: Who chose, where there was more than one thing to choose.
        self.whys: dict[str, None] = {}

    def begin(self) -> None:
        """Forget all choices: the first way comes next."""
        self._chosen, self._sizes, self.whys = [], [], {}
        self._at = 0

    def replay(self) -> None:
        """Begin at the start of the way that is tried now."""
        self._at = 0

    def pick(self, count: int, why: str) -> int:
        """The number of what is chosen of `count` on the way that is tried now."""
        at = self._at
        if at == len(self._chosen):
            self._chosen.append(0)
            self._sizes.append(count)
        self._at += 1
        if count > 1:
            self.whys[why] = None
        return self._chosen[at]

    def next_way(self) -> bool:
        """Try the next way; False where all were tried."""
        while self._chosen:
            self._chosen[-1] += 1
            if self._chosen[-1] < self._sizes[-1]:
                return True
            self._chosen.pop()
            self._sizes.pop()
        return False


class Chance(Random):
    """Chance that chooses as it is told, where a choice decides about a packet's way.

    `choose_number` gives one of a range of numbers: of addresses, or of ports.
    """

    def __init__(self, choices: Choices, choose_number: Callable[[int, int], int]) -> None:
        super().__init__(0)
        self._choices = choices
        self._choose_number = choose_number

    def choice(self, seq: Any) -> Any:
        """One of the targets of a NAT rule."""
        return seq[self._choices.pick(len(seq), "a NAT rule chooses one of its targets")]

    def choices(self, population: Any, *weights: Any, **more: Any) -> list[Any]:
        """One of the members of a pool."""
        why = "a load balancer chooses one of its members"
        return [population[self._choices.pick(len(population), why)]]

    def randint(self, a: int, b: int) -> int:
        """One of a NAT target's addresses or ports."""
        return self._choose_number(a, b)


class ChoosingRouterPlan(RouterPlan):
    """A router's routes, of which equal ones are tried in turn."""

    choices: Choices
    hashes: dict[object, int]

    def one_of(self, equal: Sequence[ActiveRoute], frame: Frame) -> ActiveRoute:
        """The same for every packet of a flow; one hash decides at all routers."""
        if len(equal) == 1:
            return equal[0]
        ends = frame.nw_src, frame.nw_dst, frame.proto, frame.tp_src, frame.tp_dst
        key = (*ends, len(equal))
        if key not in self.hashes:
            why = f"{self.router.alias} chooses between equal routes by a hash"
            self.hashes[key] = self.choices.pick(len(equal), why)
        return equal[self.hashes[key]]
