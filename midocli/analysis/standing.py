"""What is known of who can talk to whom, kept while the topology is edited.

    standing = Standing.of(context, traffic)
    standing.fates(source, target.address)      how the packets asked about fare
    for change in standing.changes(): ...       the pairs that fare otherwise than when last asked

The context tells it of rows that change. Only what they touch is asked about again, and not before
somebody wants to know.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import TYPE_CHECKING, NamedTuple

from grammar.commands.reach import Traffic
from midocli.analysis.atoms import LOCAL_PORTS, Atoms
from midocli.analysis.derived import Derived
from midocli.analysis.ends import Machine, guest_machines
from midocli.analysis.fare import Fate, addresses, fates
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.outside import Outside
from midocli.simulator.topology.keys import Key

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.store.rows import Row

#: How many questions' answers a context keeps.
_MOST_KEPT = 4
#: Rows that change while nobody asks: from so many on all is found out anew.
_MOST_ROWS = 10_000

#: Who sends, from which address, and to which.
Ends = tuple[Key, int, int]


class Change(NamedTuple):
    """Two machines whose packets fare otherwise than before; None: one was (is) not there."""

    source: Machine
    target: Machine
    before: Sequence[Fate] | None
    after: Sequence[Fate] | None


class Standing:
    """How the packets of some traffic fare, between any two machines, as the topology is now."""

    def __init__(self, context: Context, traffic: Traffic) -> None:
        """RefusedError where rules tell too many kinds of packets apart."""
        self._context, self._traffic = context, traffic
        self._begin()
        #: What was told of each pair when somebody last asked for changes.
        self._told: dict[tuple[Key, int, Key, int], Change] | None = None

    def _begin(self) -> None:
        context, traffic = self._context, self._traffic
        self.lab = laboratory(context, traffic)
        self.wanted = wanted_atoms(self.lab.atoms, traffic)
        self._fates: Derived[list[Fate]] = Derived(self.lab.making, self._found)
        self._rows: list[Row] = []

    @staticmethod
    def of(context: Context, traffic: Traffic) -> Standing:
        """What the context keeps of such traffic, up to date; RefusedError as for a new one."""
        kept = context.standing
        standing = kept.pop(traffic, None)
        if not isinstance(standing, Standing) or standing._is_useless():
            standing = Standing(context, traffic)
        standing.catch_up()
        kept[traffic] = standing
        while len(kept) > _MOST_KEPT:
            kept.pop(next(iter(kept)))
        return standing

    def _is_useless(self) -> bool:
        return len(self._rows) > _MOST_ROWS or (self.lab.is_worn and self._told is None)

    def changed(self, rows: Sequence[Row]) -> None:
        """Take note of rows that are not as they were."""
        if len(self._rows) <= _MOST_ROWS:
            self._rows += rows

    def catch_up(self) -> None:
        """Forget what changes of the topology have touched."""
        self.lab.found_alive = dict(self._context.datapath.network.state.found_alive)
        if not self._rows:
            return
        before = self.lab.changed(self._rows)
        self._rows.clear()
        if before is None:
            return
        refine = before.refined(self.lab.atoms)
        self.wanted = wanted_atoms(self.lab.atoms, self._traffic)
        for ends, found in self._fates.items():
            self._fates[ends] = [fate._replace(atoms=refine(fate.atoms)) for fate in found]
        told_before = self._told or {}
        for pair, told in told_before.items():
            found = [fate._replace(atoms=refine(fate.atoms)) for fate in told.after or ()]
            told_before[pair] = told._replace(after=found)

    def fates(self, source: Machine, target: int) -> Sequence[Fate]:
        """How packets fare from a machine to an address; what is known is not asked again."""
        ends = (source.key, *addresses(self.lab, source, target))
        return self._found(ends) if isinstance(source.key, Outside) else self._fates[ends]

    def _found(self, ends: Ends) -> list[Fate]:
        return fates(self.lab, *ends, self.wanted)

    def changes(self) -> list[Change]:
        """The pairs of guests that fare otherwise than when this was last asked; at first none."""
        self.catch_up()
        before, now = self._told, self._all()
        self._told = now
        if before is None:
            return []
        found = [
            change._replace(before=was.after if was is not None else None)
            for pair, change in now.items()
            if (was := before.get(pair)) is None or not _same(was.after, change.after)
        ]
        gone = [was for pair, was in before.items() if pair not in now]
        if self.lab.is_worn:
            self._begin()
            self._told = self._all()
        return found + [was._replace(before=was.after, after=None) for was in gone]

    def _all(self) -> dict[tuple[Key, int, Key, int], Change]:
        machines = guest_machines(self._context)
        count = len(machines) * (len(machines) - 1)
        found = {}
        for done, (one, other) in enumerate(permutations(machines, 2)):
            self._context.progress("asking", done, count)
            if one.key != other.key:
                pair = one.key, one.address, other.key, other.address
                found[pair] = Change(one, other, None, self.fates(one, other.address))
        return found


def laboratory(context: Context, traffic: Traffic) -> Laboratory:
    """A network to try packets in, as the topology is now, which tells those asked about apart."""
    found_alive = context.datapath.network.state.found_alive
    return Laboratory(context.store, context.clock, found_alive, traffic.proto, traffic.port)


def wanted_atoms(atoms: Atoms, traffic: Traffic) -> int:
    """The packets that are asked about: those to a port come from where programs send from."""
    if traffic.proto is None:
        return atoms.all
    wanted = atoms.protocol(traffic.proto)
    if traffic.port is not None:
        wanted &= atoms.to_ports(traffic.port, traffic.port) & atoms.from_ports(*LOCAL_PORTS)
    return wanted


def _same(one: Sequence[Fate] | None, other: Sequence[Fate] | None) -> bool:
    """Whether two answers say the same."""
    return one is other or _said(one) == _said(other)


def _said(fates_found: Sequence[Fate] | None) -> dict[tuple[object, ...], int]:
    return {fate.verdict.key: fate.atoms for fate in fates_found or ()}
