"""After any edits, `reach diff` says what two whole matrices say, each asked for by itself."""

from __future__ import annotations

from collections import Counter
from itertools import product
from random import Random

import pytest
from offices import Edits

from grammar.addresses import format_ipv4
from grammar.commands.reach import Traffic
from midocli.analysis.atoms import Atoms
from midocli.analysis.difference import difference
from midocli.analysis.ends import further_addresses, guest_machines
from midocli.analysis.fare import fates_between
from midocli.analysis.standing import laboratory
from midocli.commands.topologies import committed
from midocli.context.context import Context

End = tuple[str, int]
#: Packets that are answered, of each pair that has any: a number for each atom of a difference.
Matrix = dict[tuple[End, End], set[int]]

#: Whether it is opened, from whom to whom, and which atom.
Changed = tuple[bool, str, str, int]


def matrix(context: Context, atoms: Atoms) -> Matrix:
    """What all pairs of a network have, asked for in a laboratory of its own."""
    lab = laboratory(context, Traffic())
    packets = [atoms.packet(atom) for atom in range(atoms.all.bit_length())]
    found: Matrix = {}
    machines = guest_machines(context)
    for one, other in product(machines, [*machines, *further_addresses(context)]):
        if one.key == other.key:
            continue
        fates = fates_between(lab, one, other.address, lab.atoms.all, other.meant)
        reached = sum(fate.atoms for fate in fates if fate.verdict.kind == "reached")
        answered = {n for n, packet in enumerate(packets) if reached & lab.atoms.of(packet)}
        found[(one.name, one.address), (other.name, other.address)] = answered
    return found


def differences(seed: int) -> tuple[set[Changed], list[Changed]]:
    """What two matrices say after some edits, and what `reach diff` says."""
    edits = Edits(Random(seed))
    edits.build()
    edits.world.run("begin")
    for _ in range(edits.rng.randint(1, 4)):
        edits.edit()
    context = edits.world.context
    before = context.beside(committed(context))
    found = difference(context, before, Traffic())
    old, new = matrix(before, found.atoms), matrix(context, found.atoms)
    known = {
        (each.name, each.address) for where in (before, context) for each in guest_machines(where)
    }
    shared = Counter(name for name, _ in known)

    def named(end: End) -> str:
        is_alone = end in known and shared[end[0]] == 1
        return end[0] if is_alone else f"{end[0]} ({format_ipv4(end[1])})"

    expected = {
        (opens, named(one), named(other), atom)
        for opens, some, others in ((True, new, old), (False, old, new))
        for (one, other), answered in some.items()
        for atom in answered - others.get((one, other), set())
    }
    said = [
        (change.opens, *pair, atom)
        for change in found.changes
        for pair in change.pairs
        for atom in range(found.atoms.all.bit_length())
        if change.atoms >> atom & 1
    ]
    return expected, said


@pytest.mark.parametrize("seed", range(2, 13))
def test_a_difference_is_that_of_two_matrices(seed: int) -> None:
    expected, said = differences(seed)
    assert sorted(said) == sorted(expected)


def test_edits_open_and_close() -> None:
    found = [expected for seed in (2, 3) for expected in differences(seed)[0]]
    assert {opens for opens, *_ in found} == {True, False}
