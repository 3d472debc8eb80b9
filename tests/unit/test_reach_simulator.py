"""`reach` against the packets themselves, in random networks with everything in them.

A longer campaign: `PYTHONPATH=tests python tests/reaching.py SEED NETWORKS QUESTIONS`.
"""

from __future__ import annotations

from collections import Counter

import pytest
from reaching import disagreements

#: Networks of a second or less; every tenth of the first hundred.
SEEDS = range(3, 100, 10)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_verdict_is_what_becomes_of_the_packets(seed: int) -> None:
    assert disagreements(seed, 25, Counter()) == []


def test_the_networks_have_verdicts_of_every_kind() -> None:
    count: Counter[str] = Counter()
    for seed in (3, 13, 23):
        disagreements(seed, 25, count)
    assert count["reached"] and count["refused"]
