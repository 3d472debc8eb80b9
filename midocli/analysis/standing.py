"""What is known of who can talk to whom, kept while the topology is edited.

    standing = Standing.of(context, traffic)
    standing.fates(source, target.address)      how the packets asked about fare
    for move in standing.moves(): ...           the pairs that fare otherwise than when last asked

The context tells it of rows that change. Only what they touch is asked about again, and not before
somebody wants to know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from grammar.commands.reach import Traffic
from midocli.analysis.atoms import LOCAL_PORTS, Atoms, Refined
from midocli.analysis.chart import Chart
from midocli.analysis.derived import Derived
from midocli.analysis.ends import Machine, guest_machines
from midocli.analysis.fare import Fate, addresses, fates, reached, settled_fates
from midocli.analysis.laboratory import Laboratory
from midocli.analysis.outside import Outside
from midocli.analysis.twins import alike
from midocli.simulator.topology.keys import Key

if TYPE_CHECKING:
    from midocli.context.context import Context
    from midocli.store.rows import Row

#: How many questions' answers a context keeps.
_MOST_KEPT = 4
#: Rows that change while nobody asks: from so many on all is found out anew.
_MOST_ROWS = 10_000

#: Two guests.
Guests = tuple[Key, Key]
#: Who sends, from which address, to which, and who has to have that (None: anybody).
Ends = tuple[Key, int, int, Key]


class Move(NamedTuple):
    """Two machines between which other packets are answered than before: those, and these now."""

    source: Machine
    target: Machine
    before: int
    after: int


class Sums(NamedTuple):
    """The packets of a pair by their verdicts: reached, some of them, and not known."""

    reached: int
    some: int = 0
    unknown: int = 0

    @staticmethod
    def of(found: Iterable[Fate]) -> Sums:
        """Those of fates."""
        atoms: Counter[str] = Counter()
        for fate in found:
            atoms[fate.verdict.kind] += fate.atoms
        return Sums(atoms["reached"], atoms["some"], atoms["unknown"])


#: The sums of all pairs, a row for each source; None: a machine and itself, or not yet known.
Grid = list[list[Sums | None]]


class _Told(NamedTuple):
    """How all machines fared when somebody last asked for changes."""

    machines: dict[Key, Machine]
    chart: Chart
    #: What is reached of the packets of pairs of which not all is on the chart.
    simulated: dict[Guests, int]
    wanted: int

    def reached(self, one: Key, other: Key) -> int:
        """The packets that are answered."""
        if one not in self.machines or other not in self.machines:
            return 0
        if (one, other) in self.simulated:
            return self.simulated[one, other]
        pair = self.chart.pair(one, other)
        passage = self.chart.passage(pair) if pair is not None else None
        return passage.reached & self.wanted if passage is not None else 0

    def refined(self, refined: Refined, wanted: int) -> _Told:
        """The same in finer atoms, of which these are wanted."""
        self.chart.refine(refined)
        simulated = {pair: refined(some) for pair, some in self.simulated.items()}
        return _Told(self.machines, self.chart, simulated, wanted)


class Standing:
    """How the packets of some traffic fare, between any two machines, as the topology is now."""

    def __init__(self, context: Context, traffic: Traffic) -> None:
        """RefusedError where rules tell too many kinds of packets apart."""
        self._context, self.traffic = context, traffic
        self._told: _Told | None = None
        self._begin()

    def _begin(self) -> None:
        self.lab = laboratory(self._context, self.traffic)
        self.wanted = wanted_atoms(self.lab.atoms, self.traffic)
        #: Of those of which not all is settled without a simulation.
        self._fates: Derived[list[Fate]] = Derived(self.lab.making, self._found)
        self._rows: list[Row] = []
        #: The last that was drawn.
        self._chart: Chart | None = None

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
        found_alive = dict(self._context.datapath.network.state.found_alive)
        if found_alive != self.lab.found_alive:
            self.lab.found_alive = found_alive
            self._fates.clear()
        if not self._rows:
            return
        before = self.lab.changed(self._rows)
        self._rows.clear()
        if before is None:
            return
        refined = before.refined(self.lab.atoms)
        self.wanted = wanted_atoms(self.lab.atoms, self.traffic)
        for ends, found in self._fates.items():
            self._fates[ends] = [each._replace(atoms=refined(each.atoms)) for each in found]
        if self._told is not None:
            self._told = self._told.refined(refined, self.wanted)

    def fates(self, source: Machine, target: int, meant: Key = None) -> Sequence[Fate]:
        """How packets fare from a machine to an address; what is known is not asked again.

        They have to come to the machine that is `meant`, if there is one.
        """
        ends = (source.key, *addresses(self.lab, source, target), meant)
        if isinstance(source.key, Outside):
            return self._found(ends)
        settled = self.lab.settle(*ends[:3], self.wanted)
        if settled is not None and settled.atoms == self.wanted:
            return settled_fates(settled)
        return self._fates[ends]

    def _found(self, ends: Ends) -> list[Fate]:
        return fates(self.lab, *ends[:3], self.wanted, ends[3])

    def chart(self, machines: Iterable[Machine]) -> Chart:
        """What is settled of all pairs of some machines without a simulation."""
        assert self.lab.algebra is not None
        self.lab.choices.begin()
        guests = [machine.key for machine in machines]
        self._chart = Chart(self.lab.algebra, guests, self._chart)
        return self._chart

    def grid(self, machines: Sequence[Machine]) -> Grid:
        """What is settled of all pairs of some machines without a simulation."""
        chart, wanted = self.chart(machines), self.wanted
        sums: dict[int, Sums | None] = {id(None): None}
        for each in chart.passages.values():
            is_settled = each is not None and each.is_settled(wanted)
            sums[id(each)] = Sums(each.reached & wanted) if each and is_settled else None
        keys = [machine.key for machine in machines]
        grid = [[sums.get(id(each)) for each in chart.row(key, keys)] for key in keys]
        for number, row in enumerate(grid):
            row[number] = None
        return grid

    def moves(self) -> list[Move]:
        """The pairs of guests that fare otherwise than when this was last asked; at first none."""
        self.catch_up()
        before, now = self._told, self._tell()
        self._told = now
        if before is None:
            return []
        pairs = self._in_doubt(before, now)
        moves = [_move(before, now, one, other) for one, other in pairs if one != other]
        if self.lab.is_worn:
            self._begin()
            self._told = self._tell()
        return [each for each in moves if each.before != each.after]

    def _in_doubt(self, before: _Told, now: _Told) -> list[Guests]:
        """The pairs that may fare otherwise, in the order of the machines."""
        some = {*now.chart.differing(before.chart), *before.simulated, *now.simulated}
        order = {key: at for at, key in enumerate({**now.machines, **before.machines})}
        return sorted(some, key=lambda pair: (order[pair[0]], order[pair[1]]))

    def _tell(self) -> _Told:
        machines = {machine.key: machine for machine in guest_machines(self._context)}
        chart = self.chart(machines.values())
        guests = list(machines)
        numbers = {key: number for number, key in enumerate(guests)}
        left = [(numbers[one], numbers[other]) for one, other in chart.unsettled(self.wanted)]
        groups = alike(self.lab, list(machines.values()), left)
        simulated: dict[Guests, int] = {}
        for pairs in self._context.following("asking", groups):
            one, other = (guests[number] for number in pairs[0])
            found = reached(self.fates(machines[one], machines[other].address, other))
            simulated.update(((guests[one], guests[other]), found) for one, other in pairs)
        return _Told(machines, chart, simulated, self.wanted)


def _move(before: _Told, now: _Told, one: Key, other: Key) -> Move:
    ends = [now.machines.get(key) or before.machines[key] for key in (one, other)]
    return Move(ends[0], ends[1], before.reached(one, other), now.reached(one, other))


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
