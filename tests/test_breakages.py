"""Generated breakages: the first way out that is advised repairs the probe, and no way fails.

A sample, for the whole takes some minutes: `python tests/breakages.py`.
"""

from __future__ import annotations

import random

import pytest
from breakages import NETWORKS, Bench, Network, Tally

#: Of each network so many edits, and pairs of them.
_EDITS, _PAIRS = 7, 1


@pytest.mark.parametrize("network", NETWORKS, ids=lambda network: network.name)
def test_what_is_advised_repairs(network: Network) -> None:
    chance, bench = random.Random(network.name), Bench(network)
    single, pairs = Tally(), Tally()
    edits = chance.sample(bench.edits, 2 * _EDITS)
    for edit in edits[:_EDITS]:
        single.add(bench.broken_by(edit, most=2))
    for one, other in zip(edits[_EDITS:], edits, strict=False):
        if pairs.broken < _PAIRS:
            pairs.add(bench.broken_by(one, other, most=1))
    assert single.broken >= 3, "nothing is broken"
    assert not single.false_ways + pairs.false_ways
    assert single.repaired >= single.broken - 1, single.misses
