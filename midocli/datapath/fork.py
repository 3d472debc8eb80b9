"""The network behind the topology, forked: what would become of traffic, without making any."""

from __future__ import annotations

from random import Random

from midocli.datapath.datapath import Datapath
from midocli.simulator.engine import Action, Engine
from midocli.simulator.fork import entries, fork
from midocli.store.store import Store


class ExhaustedError(Exception):
    """As much was tried in forks as there was to be."""


class Meter:
    """How much is left to be tried: actions, and entries that are copied."""

    def __init__(self, work: int) -> None:
        self._left = work

    def spend(self, work: int) -> None:
        """Take note of work; ExhaustedError where that was too much."""
        self._left -= work
        if self._left < 0:
            raise ExhaustedError


class _MeteredEngine(Engine):
    """An engine whose actions are metered."""

    __slots__ = ("_meter",)

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        self._meter = meter

    def at(self, time_ns: int, action: Action) -> None:
        self._meter.spend(1)
        super().at(time_ns, action)

    def in_background(self, time_ns: int, action: Action) -> None:
        self._meter.spend(1)
        super().in_background(time_ns, action)


class Fork(Datapath):
    """Another network behind the same topology, which can begin anew from the first's state."""

    def __init__(self, origin: Datapath, store: Store) -> None:
        # What is drawn is told apart from what the first draws, even if its seed is known.
        self._chance = Random("what becomes of traffic in a fork")
        super().__init__(store, origin.clock.stopped(), self._chance)
        self._origin = origin

    def begin(self, meter: Meter) -> None:
        """Go on from where the first network is, as long as the meter lets it."""
        origin = self._origin
        meter.spend(entries(origin.network))
        self.engine = _MeteredEngine(meter)
        topology = self.network.topology
        self.network, self.monitors = fork(
            origin.monitors, origin.network, topology, self.engine, self._chance
        )
        self.watch()
        self.sync()
