"""What changes of the topology open and close, in one line.

Told is of packets from ports that programs send from; of others only where there are none of
these. What was found about a topology stands while it is edited (`standing`), so that no more is
asked again than what a change touches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING

from grammar.commands.reach import Traffic
from grammar.errors import RefusedError
from midocli.analysis.atoms import Atoms, in_words
from midocli.analysis.ends import group_members, guest_machines, names_of
from midocli.analysis.pair_words import Pair, in_groups
from midocli.analysis.standing import Move, Standing

if TYPE_CHECKING:
    from midocli.context.context import Context

#: Of how many machines it is told at most.
MOST_MACHINES = 100
#: So many groups of pairs are told of one by one.
_MOST_GROUPS = 3


class Impact:
    """Remembers how all machines fare, and tells what has changed since.

    RefusedError, from both methods, where there are too many machines or kinds of packets; what the
    context's `progress` raises may come from both, too.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: object = None

    def looked(self) -> str:
        """Take note of how all fare as the topology is now; there is nothing to say of it."""
        if self._state() != self._known:
            self._moves()
        return ""

    def told(self) -> str:
        """What is opened and closed since, in a line; nothing where nothing is."""
        if self._known is None or self._state() == self._known:
            return ""
        atoms, moves = self._moves()
        bridges = dict(group_members(self._context, ("bridge",)))
        ends = {(each.name, each.address) for each in chain(*bridges.values())}
        ends |= {(each.name, each.address) for move in moves for each in move[:2]}
        names = names_of(ends)
        sets = {
            bridge: [names[each.name, each.address] for each in on_it]
            for bridge, on_it in bridges.items()
            if len(on_it) > 1
        }
        lost, gained = dict[Pair, int](), dict[Pair, int]()
        for one, other, was, now in moves:
            pair = names[one.name, one.address], names[other.name, other.address]
            lost[pair], gained[pair] = was & ~now, now & ~was
        return in_a_line(atoms, lost, gained, sets)

    def _state(self) -> tuple[object, ...]:
        """What is another whenever packets may fare otherwise."""
        context = self._context
        return context.store.journal.last, dict(context.datapath.network.state.found_alive)

    def _moves(self) -> tuple[Atoms, list[Move]]:
        self._known = None
        count = len(guest_machines(self._context))
        if count > MOST_MACHINES:
            raise RefusedError(f"told of up to {MOST_MACHINES} machines, and there are {count}")
        state, standing = self._state(), Standing.of(self._context, Traffic())
        atoms = standing.lab.atoms
        moves = standing.moves()
        self._known = state
        return atoms, moves


def in_a_line(
    atoms: Atoms,
    lost: Mapping[Pair, int],
    gained: Mapping[Pair, int],
    sets: Mapping[str, Sequence[str]],
) -> str:
    """What pairs lost and gained: `closes 3 pairs: web <- lan tcp 80; opens 1 pair: …`."""
    is_usual = any(some & atoms.usual for some in (*lost.values(), *gained.values()))
    whole = atoms.usual if is_usual else atoms.all
    told = [
        _told(atoms, does, {pair: some & whole for pair, some in pairs.items()}, sets)
        for does, pairs in (("closes", lost), ("opens", gained))
    ]
    return "; ".join(each for each in told if each)


def _told(
    atoms: Atoms, does: str, pairs: Mapping[Pair, int], sets: Mapping[str, Sequence[str]]
) -> str:
    """What becomes of the pairs that have some packets: those of most pairs, one by one."""
    alike: dict[int, list[Pair]] = {}
    for pair, some in pairs.items():
        if some:
            alike.setdefault(some, []).append(pair)
    groups = [
        (f"{words} {_packets(atoms, some)}", count)
        for some, own in alike.items()
        for words, count in in_groups(own, sets)
    ]
    if not groups:
        return ""
    count = sum(own for _, own in groups)
    groups.sort(key=lambda each: -each[1])
    left = count - sum(own for _, own in groups[:_MOST_GROUPS])
    told = [words for words, _ in groups[:_MOST_GROUPS]] + [f"and {left} more"] * bool(left)
    return f"{does} {count} pair{'s' if count > 1 else ''}: {'; '.join(told)}"


def _packets(atoms: Atoms, some: int) -> str:
    """Some packets in words, without the source ports where they are those of programs."""
    if some in (atoms.usual, atoms.all):
        return "everything"
    parts = atoms.parts(some)
    if not some & ~atoms.usual:
        parts = tuple(part._replace(src_ports=None) for part in parts)
    return in_words(parts).replace("; ", ", ")
