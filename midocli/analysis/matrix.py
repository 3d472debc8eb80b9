"""`matrix`: all pairs of machines, or of sets of them, with equal rows and columns as one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from grammar.commands.matrix import By, Scheduler
from grammar.commands.reach import Traffic
from grammar.errors import RefusedError
from midocli.analysis.atoms import Atoms, in_words, part_data
from midocli.analysis.ends import Machine, group_members, guest_machines, name_of, names_of
from midocli.analysis.reach import found
from midocli.analysis.standing import Grid, Standing, Sums
from midocli.analysis.twins import alike
from midocli.results.values import Record, Result

if TYPE_CHECKING:
    from midocli.context.context import Context


class Cell(NamedTuple):
    """How the machines of one set fare to those of another.

    `every` are the packets that are answered from each to each, `some` those of some pair (of no
    other), `open` those of which it is not known beforehand.
    """

    every: int
    some: int
    open: int
    asked: int

    @property
    def verdict(self) -> str:
        """One word for it."""
        if self.every == self.asked:
            return "yes"
        if self.every or self.some:
            return "some"
        return "unknown" if self.open else "no"


#: What stands for sets of machines.
_KINDS = {"bridge": ("bridge",), "group": ("port-group", "ip-address-group")}
#: What is said of machines that are in none of them.
_ELSEWHERE = {"guest": "", "bridge": "on no bridge", "group": "in no group"}
#: None stands for a machine and itself.
Cells = tuple[Cell | None, ...]


class Row(NamedTuple):
    """Sources that fare alike, and their cell for each target."""

    names: tuple[str, ...]
    cells: Cells


class Table(NamedTuple):
    """The whole: its rows, the names of its columns, and what was asked.

    `left_out` says why some are in none of them, with the names of each.
    """

    rows: tuple[Row, ...]
    columns: tuple[str, ...]
    atoms: Atoms
    traffic: Traffic
    by: By
    left_out: Mapping[str, Sequence[str]] = MappingProxyType({})


def table(context: Context, by: By, traffic: Traffic, workers: int | Scheduler = 1) -> Table:
    """Ask about all pairs, in so many processes or on a cluster.

    RefusedError where there are not two machines, or no such cluster.
    """
    sets = _sets(context, by)
    machines = list(dict.fromkeys(each for some in sets.values() for each in some))
    _refuse_few(by, machines)
    standing = Standing.of(context, traffic)
    known = grid_of(context, standing, machines, workers)
    numbers = {machine: number for number, machine in enumerate(machines)}
    members = [[numbers[each] for each in own] for own in sets.values()]
    cell = _Cells(known, standing.wanted).cell
    rows = [
        Row((name,), tuple(cell(ours, theirs) for theirs in members))
        for name, ours in zip(sets, members, strict=True)
        if any(machines[each].key is not None for each in ours)
    ]
    left_out = _left_out(context, by, machines)
    return Table(tuple(_merged(rows)), tuple(sets), standing.lab.atoms, traffic, by, left_out)


def _refuse_few(by: By, machines: Sequence[Machine]) -> None:
    """RefusedError where there are no two machines to ask about."""
    if len({(each.key, each.key or each.address) for each in machines}) > 1:
        return
    if not machines and by == "group":
        raise RefusedError("there is no port group or address group with machines")
    where = {"guest": "", "bridge": " on a bridge", "group": " in a group"}[by]
    if not machines:
        raise RefusedError(f"there is no machine with an address{where}")
    only = f"{machines[0].name} is the only machine with an address{where}"
    raise RefusedError(f"{only}: there is nobody else to ask about")


def _left_out(context: Context, by: By, machines: Sequence[Machine]) -> dict[str, list[str]]:
    """The machines that are neither in a row nor in a column, by the reason for that."""
    there = {each.key for each in machines}
    addressed = {each.key for each in guest_machines(context)}
    reasons = {
        "without an address": [
            name_of(row) for row in context.store.rows("guest") if row.id not in addressed
        ],
        _ELSEWHERE[by]: [each.name for each in guest_machines(context) if each.key not in there],
    }
    return {why: names for why, names in reasons.items() if names}


def grid_of(
    context: Context, standing: Standing, machines: Sequence[Machine], workers: int | Scheduler
) -> Grid:
    """What becomes of the packets of all pairs."""
    count = range(len(machines))
    is_sent = isinstance(workers, Scheduler)
    grid: Grid = [[None] * len(machines) for _ in count] if is_sent else standing.grid(machines)
    left = [
        (row, column)
        for row in count
        for column in [column for column, sums in enumerate(grid[row]) if sums is None]
        if machines[row].key not in (None, machines[column].key)
    ]
    groups = alike(standing.lab, machines, left)
    answers = found(context, standing, machines, [pairs[0] for pairs in groups], workers)
    for pairs, fates in zip(groups, answers, strict=True):
        sums = Sums.of(fates)
        for row, column in pairs:
            grid[row][column] = sums
    return grid


def _sets(context: Context, by: By) -> dict[str, list[Machine]]:
    """The sets of machines that are rows and columns, by their names; none is empty."""
    if by == "guest":
        machines = guest_machines(context)
        names = names_of(each.end for each in machines)
        return {names[each.end]: [each] for each in machines}
    return dict(group_members(context, _KINDS[by]))


class _Cells:
    """Cells for sets of machines by their numbers; what is the same sums are the same cell."""

    def __init__(self, grid: Grid, asked: int) -> None:
        self._grid, self._asked = grid, asked
        self.known: dict[frozenset[int], Cell | None] = {}

    def cell(self, ours: Iterable[int], theirs: Sequence[int]) -> Cell | None:
        """How the machines of a set fare to those of another; None: there is no pair."""
        rows = [self._grid[row] for row in ours]
        sums = {id(row[column]): row[column] for row in rows for column in theirs}
        key = frozenset(sums)
        if key not in self.known:
            self.known[key] = self._made([each for each in sums.values() if each is not None])
        return self.known[key]

    def _made(self, sums: Sequence[Sums]) -> Cell | None:
        if not sums:
            return None
        every, some, unsure = self._asked, 0, 0
        for each in sums:
            every &= each.reached
            some |= each.reached | each.some
            unsure |= each.unknown
        return Cell(every, some & ~every, unsure, self._asked)


def _merged(rows: Iterable[Row]) -> list[Row]:
    """Rows that say the same as one, wherever one says nothing of itself."""
    merged: list[Row] = []
    for row in rows:
        for at, other in enumerate(merged):
            if _agree(row.cells, other.cells):
                cells = tuple(one or two for one, two in zip(other.cells, row.cells, strict=True))
                merged[at] = Row(other.names + row.names, cells)
                break
        else:
            merged.append(row)
    return merged


def _agree(one: Cells, other: Cells) -> bool:
    pairs = zip(one, other, strict=True)
    return all(a == b or a is None or b is None for a, b in pairs)


class MatrixShown(Result):
    """The table as text, data, and a row for each set of sources."""

    table: Table

    def text(self) -> str:
        """Each row, its columns with the same cell together."""
        return "".join(self.pieces())

    def pieces(self) -> Iterator[str]:
        """The lines of each row."""
        for row in self.table.rows:
            start = f"{', '.join(row.names)} -> "
            for cell, names in columns_of(self.table, row):
                words = cell_words(self.table, cell)
                yield f"{start}{', '.join(names)}   {words}\n"
                start = " " * (len(start) - 3) + "-> "
        yield from (f"{line}\n" for line in left_out_words(self.table))

    def document(self) -> dict[str, Any]:
        """The rows with their columns, packets as ranges of ports."""
        shown = self.table
        return {
            "by": shown.by,
            "protocol": shown.traffic.proto,
            "port": shown.traffic.port,
            "rows": [
                {
                    "from": list(row.names),
                    "to": [
                        {"names": names, **_cell_data(shown.atoms, cell)}
                        for cell, names in columns_of(shown, row)
                    ],
                }
                for row in shown.rows
            ],
            "left_out": [
                {"names": list(names), "why": why} for why, names in shown.left_out.items()
            ],
        }

    def records(self) -> Sequence[Record]:
        """A row for each set of sources, a column for each target."""
        return [
            {
                "from": ", ".join(row.names),
                **{
                    name: cell_words(self.table, cell) if cell is not None else "-"
                    for name, cell in zip(self.table.columns, row.cells, strict=True)
                },
            }
            for row in self.table.rows
        ]


def left_out_words(shown: Table) -> list[str]:
    """A line for each reason for which somebody is left out."""
    return [f"left out, {why}: {', '.join(names)}" for why, names in shown.left_out.items()]


def columns_of(shown: Table, row: Row) -> list[tuple[Cell, list[str]]]:
    """The cells of a row, each once, with the names of its columns."""
    found: dict[Cell, list[str]] = {}
    for name, cell in zip(shown.columns, row.cells, strict=True):
        if cell is not None:
            found.setdefault(cell, []).append(name)
    return list(found.items())


def cell_words(shown: Table, cell: Cell) -> str:
    """A cell in words: yes and no about one question, else what is reached."""
    if shown.traffic.proto is not None and cell.verdict in ("yes", "no", "unknown"):
        return cell.verdict
    if cell.verdict == "yes":
        return "everything"
    every, some = in_words(shown.atoms.parts(cell.every)), in_words(shown.atoms.parts(cell.some))
    if shown.traffic.port is not None:
        return "some"
    words = [each for each in (every, f"some: {some}" if some else "") if each]
    unsure = in_words(shown.atoms.parts(cell.open))
    return "; ".join([*words, *([f"unknown: {unsure}"] if unsure else [])]) or "nothing"


def _cell_data(atoms: Atoms, cell: Cell) -> dict[str, Any]:
    return {
        "verdict": cell.verdict,
        "atoms": [part_data(part) for part in atoms.parts(cell.every)],
        "some": [part_data(part) for part in atoms.parts(cell.some)],
        "unknown": [part_data(part) for part in atoms.parts(cell.open)],
    }
