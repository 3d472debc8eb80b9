"""The network behind the topology, forked: what would become of traffic, without making any."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from midocli.datapath.datapath import Datapath
from midocli.simulator.engine import Action, Engine
from midocli.simulator.fork import entries, fork

if TYPE_CHECKING:
    from midocli.store.store import Store


class ExhaustedError(Exception):
    """As much was tried in forks as there was to be."""


class _MeteredEngine(Engine):
    """An engine that takes no more actions than its owner has left."""

    __slots__ = ("_fork",)

    def __init__(self, owner: Fork) -> None:
        super().__init__()
        self._fork = owner

    def at(self, time_ns: int, action: Action) -> None:
        self._fork.spend(1)
        super().at(time_ns, action)

    def in_background(self, time_ns: int, action: Action) -> None:
        self._fork.spend(1)
        super().in_background(time_ns, action)


class Fork(Datapath):
    """Another network behind the same topology, which can begin anew from the first's state.

    `work` is how many actions all that is tried may take, and entries be copied.
    """

    def __init__(self, origin: Datapath, store: Store, work: int) -> None:
        # What is drawn is told apart from what the first draws, even if its seed is known.
        self._chance = Random("what becomes of traffic in a fork")
        super().__init__(store, origin.clock.stopped(), self._chance)
        self._origin = origin
        self._left = work

    def begin(self) -> None:
        """Go on from where the first network is."""
        origin = self._origin
        self.spend(entries(origin.network))
        self.engine = _MeteredEngine(self)
        topology = self.network.topology
        self.network, self.monitors = fork(
            origin.monitors, origin.network, topology, self.engine, self._chance
        )
        self.watch()
        self.sync()

    def spend(self, work: int) -> None:
        """Take note of work; ExhaustedError where that was too much."""
        self._left -= work
        if self._left < 0:
            raise ExhaustedError
