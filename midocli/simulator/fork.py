"""A fork of the network: one that goes on from here by itself, and leaves the first as it is.

What has been learnt and bound is copied, with what is still to happen. Nobody watches a fork,
what trace requests and flows have kept stays behind, and so do frames that wait for a MAC at a
router (it goes on asking).
"""

from __future__ import annotations

from collections.abc import Sized
from copy import deepcopy
from dataclasses import replace
from functools import partial
from random import Random
from typing import cast

from midocli.simulator.engine import Engine, Entry
from midocli.simulator.learnt.flows import Flows
from midocli.simulator.learnt.state import State
from midocli.simulator.learnt.trails import TraceLog
from midocli.simulator.monitors import Monitors
from midocli.simulator.topology.topology import Topology
from midocli.simulator.traffic import Simulator

_OURS = "midocli.simulator."


def fork(
    monitors: Monitors, network: Simulator, topology: Topology, engine: Engine, rng: Random
) -> tuple[Simulator, Monitors]:
    """A network with a topology of its own that knows what another has learnt, and its monitors.

    `engine` is taken to the same time, with the same actions pending.
    """
    other = Simulator(topology, State(), engine, rng)
    state = network.state
    memo: dict[int, object] = {
        id(network): other,
        id(network.topology): topology,
        id(network.engine): engine,
        id(network.rng): rng,
        id(state.trace_log): TraceLog(),
        id(state.flows): Flows(),
    }
    for record in _records(network):
        memo[id(record)] = record
    for loop in state.arp_loops.values():
        memo[id(loop)] = replace(loop, waiting=[])
    pending = [list(filter(_is_ours, heap)) for heap in network.engine.pending()]
    ours = state, network.guests, network.checkers, monitors, pending
    other.state, other.guests, other.checkers, its_monitors, copied = deepcopy(ours, memo)
    engine.take_over(network.engine.now_ns, *copied)
    other.walks = network.walks
    return other, its_monitors


def entries(network: Simulator) -> int:
    """How much there is to copy, roughly: entries of the state, and actions pending."""
    state = network.state
    tables = [*state.macs.values(), *state.arp.values(), *state.neighbours.values()]
    bound = len(state.nat) + len(state.connections) + len(state.tcp) + len(state.reassemblies)
    waiting = len(state.expiry) + sum(map(len, network.engine.pending()))
    learnt = sum(len(cast(Sized, table)) for table in tables)
    return learnt + bound + waiting + len(network.guests)


def _records(network: Simulator) -> list[object]:
    """The records that entries and actions may hold: they never change, so they are shared."""
    topology = network.topology
    nics = (nic for guest in topology.guests.values() if guest for nic in guest.nics)
    return [*topology.ports.values(), *nics]


def _is_ours(entry: Entry) -> bool:
    """Whether an action is the network's own: a probe's, which is over, has no meaning here."""
    action = entry[2]
    done = action.func if isinstance(action, partial) else action
    return getattr(done, "__module__", "").startswith(_OURS)
