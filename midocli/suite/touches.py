"""When a change of one thing can first matter in a test: what happens there that depends on it.

What a rule or route decides is told of by name. Beside that, a rule that asks for another port
matters where frames of that port come by, and one that asks for a connection has it remembered.
Who asks what would become of all packets depends on everything there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import StringIO

from grammar.script import Line
from midocli.context.context import Context
from midocli.simulator.events import Dropped, RouteChosen
from midocli.simulator.reason import Code
from midocli.simulator.recorder import Step
from midocli.store.rows import Row
from midocli.suite.cases import Case
from midocli.suite.changes import AWAY, DST_PORT, SRC_PORT, Ports, changes, moved, ports_of
from midocli.suite.coverage import Coverage, Covering, Deciders
from midocli.suite.made import Kind, Mutant, Place
from midocli.suite.world import Outcome, run

#: Types of ICMP messages that are answers; they stand where other protocols have their source port.
_ANSWERS = (0, 3, 11)
#: Words of commands that ask of all packets, without any being sent.
_OF_ALL = frozenset(("reach", "matrix", "check"))


class _Steps(Deciders):
    """Keeps as well the routers at which more counts than the route that was taken."""

    def __init__(self) -> None:
        super().__init__()
        self.choosers: set[str] = set()

    def append(self, step: Step) -> None:
        super().append(step)
        match step.event:
            case RouteChosen(equals=equals) if equals > 1:
                self.choosers.add(step.at)
            case Dropped(reason=reason) if reason.code is Code.NO_ROUTE:
                self.choosers.add(reason.at)


class _Touching(Covering):
    """Notes what decides, and before which line each change is soon enough."""

    def __init__(self) -> None:
        self._told = _Steps()
        super().__init__(self._told)
        self.mutants: dict[Mutant, int | None] = {}
        self._moving: dict[Mutant, Ports] = {}
        self._now_ns = 0

    def begin(self, context: Context, screen: StringIO) -> None:
        super().begin(context, screen)
        self._network = context.datapath.network

    def ahead(self, file: str, line: Line) -> None:
        super().ahead(file, line)
        if not _OF_ALL.isdisjoint(line.text.split()):
            self._touch(self.mutants)

    def note(self, row: Row, kind: Kind, file: str, line: Line) -> Place:
        place = super().note(row, kind, file, line)
        for change in changes(row):
            mutant = Mutant(place, change)
            self.mutants[mutant] = self.line + 1 if _matters_at_once(row, change) else None
            ports = ports_of(row, change)
            if ports is not None:
                self._moving[mutant] = ports
        return place

    def decide(self, places: set[Place]) -> None:
        super().decide(places)
        for place in places.union(self._routes_of_choosers()):
            self._touch(Mutant(place, change) for change in changes(self.rows[place]))
        ports = self._ports_seen()
        if ports:
            untouched = [each for each in self._moving.items() if self.mutants[each[0]] is None]
            self._touch(each for each, asked in untouched if _matter(asked, ports[each.change]))

    def _routes_of_choosers(self) -> Iterator[Place]:
        choosers, self._told.choosers = self._told.choosers, set()
        for place, row in self.rows.items() if choosers else ():
            if row.parent is not None and row.parent.full_alias in choosers:
                yield place

    def _ports_seen(self) -> dict[str, set[int]]:
        """The ports of what came into the network or left it, where time has passed since."""
        now_ns, before_ns = self._network.engine.now_ns, self._now_ns
        if now_ns == before_ns:
            return {}
        self._now_ns = now_ns
        seen: dict[str, set[int]] = {SRC_PORT: set(_ANSWERS), DST_PORT: set()}
        for flow in self._network.state.flows.live(now_ns):
            if flow.used_ns >= before_ns:
                for header in (flow.before(), *(header for _, header in flow.outputs)):
                    seen[SRC_PORT].add(header[7])
                    seen[DST_PORT].add(header[8])
        return seen

    def _touch(self, mutants: Iterable[Mutant]) -> None:
        """Changes matter from here on, of what a thing has become since it was made as well."""
        for mutant in mutants:
            if self.mutants.get(mutant) is None:
                self.mutants[mutant] = self.line


def _matters_at_once(row: Row, change: str) -> bool:
    """Whether a change may matter where nothing tells of the thing: balancers choose by ports."""
    if row.collection.path == "chain.rule":
        return change == AWAY and row.get("flow") is not None
    return row.collection.path != "router.route"


def _matter(asked: Ports, seen: set[int]) -> bool:
    """Whether a port is among those asked for, or among those one further, and not among both."""
    only = {asked[0], asked[1], *moved(asked)}
    return any(_is_in(port, asked) != _is_in(port, moved(asked)) for port in only & seen)


def _is_in(port: int, ports: Ports) -> bool:
    return ports[0] <= port <= ports[1]


def touched(case: Case) -> tuple[Outcome, Coverage]:
    """Run a test, and see what decides in it and which changes may matter."""
    touching = _Touching()
    outcome = run(case, touching)
    return outcome, Coverage(touching.made, touching.decided, touching.mutants)
