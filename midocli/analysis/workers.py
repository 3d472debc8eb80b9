"""Pairs asked about by several processes at once.

The processes are copies of this one, laboratory and all, so that nothing has to be sent to them but
which pairs to ask about. A process that is killed costs time: others take its place for what is
left, and at last this one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import get_context

from midocli.analysis.blocks import packed, unpacked
from midocli.analysis.fare import Fate

#: Pairs in a block: enough to be worth a message, few enough that all have something to do.
_BLOCK = 200
#: How often others take the place of processes that were killed.
_MOST_TIMES = 3

#: What becomes of the pair of a number.
Ask = Callable[[int], Sequence[Fate]]
#: Is told how many pairs are done.
Progress = Callable[[int], None]

#: What a copy of this process asks.
_ask: Ask | None = None


def found_by(workers: int, ask: Ask, count: int, progress: Progress) -> Iterator[Sequence[Fate]]:
    """What becomes of `count` pairs, found by some processes; `progress` hears how many are."""
    global _ask
    found: dict[range, bytes] = {}
    left = blocks(count, _BLOCK)
    _ask = ask
    try:
        for _ in range(_MOST_TIMES):
            for block, answer in _answered(workers, left) if left else ():
                found[block] = answer
                progress(min(len(found) * _BLOCK, count))
            left = [block for block in left if block not in found]
    finally:
        _ask = None
    yield from in_order(blocks(count, _BLOCK), found, ask, progress)


def blocks(count: int, size: int) -> list[range]:
    """The numbers of `count` pairs, so many together."""
    return [range(start, min(start + size, count)) for start in range(0, count, size)]


def in_order(
    blocks: Sequence[range], found: dict[range, bytes], ask: Ask, progress: Progress
) -> Iterator[Sequence[Fate]]:
    """What was found, and of blocks that were lost what is found here."""
    for block in blocks:
        if block in found:
            yield from unpacked(found[block])
            continue
        for number in block:
            progress(number)
            yield ask(number)


def _answered(workers: int, left: Sequence[range]) -> Iterator[tuple[range, bytes]]:
    """Blocks as they come to an end, until all have or a process was killed."""
    with ProcessPoolExecutor(workers, get_context("fork")) as pool, suppress(BrokenProcessPool):
        futures = {pool.submit(_asked, block): block for block in left}
        for future in as_completed(futures):
            yield futures[future], future.result()


def _asked(block: range) -> bytes:
    """In a copy of the process: what becomes of a block of pairs."""
    assert _ask is not None
    return packed(map(_ask, block))
