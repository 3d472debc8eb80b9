"""Pairs asked about by several processes at once.

The processes are copies of this one, laboratory and all, so that nothing has to be sent to them but
which pairs to ask about. A process that is killed costs time: what it had left is asked for here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context

from midocli.advice.failure import Failure
from midocli.analysis.fare import Fate, Kind, Verdict
from midocli.simulator.reason import Code, Reason

#: Pairs in a block: enough to be worth a message, few enough that all have something to do.
_BLOCK = 200

#: What becomes of a pair, as it is sent: atoms, the kind, why, and the reason's parts and filter.
_Sent = list[tuple[int, Kind, str, tuple[str, str, str | None, str, str] | None]]
#: What becomes of the pair of a number.
Ask = Callable[[int], Sequence[Fate]]

#: What a copy of this process asks.
_ask: Ask | None = None


def found_by(
    workers: int, ask: Ask, count: int, progress: Callable[[int], None]
) -> Iterator[Sequence[Fate]]:
    """What becomes of `count` pairs, found by some processes; `progress` hears how many are."""
    global _ask
    blocks = [range(start, min(start + _BLOCK, count)) for start in range(0, count, _BLOCK)]
    found: dict[range, list[list[Fate]]] = {}
    _ask = ask
    try:
        with ProcessPoolExecutor(workers, get_context("fork")) as pool:
            futures = {pool.submit(_asked, block): block for block in blocks}
            for block, sent in _finished(futures):
                found[block] = [_received(each) for each in sent]
                progress(len(found) * _BLOCK)
    finally:
        _ask = None
    for block in blocks:
        yield from found[block] if block in found else map(ask, block)


def _finished(futures: dict[Future[list[_Sent]], range]) -> Iterator[tuple[range, list[_Sent]]]:
    """The blocks that come to an end."""
    for future in as_completed(futures):
        try:
            yield futures[future], future.result()
        except BrokenProcessPool:
            return


def _asked(block: range) -> list[_Sent]:
    """In a copy of the process: what becomes of a block of pairs."""
    assert _ask is not None
    return [_sent(_ask(number)) for number in block]


def _sent(fates: Sequence[Fate]) -> _Sent:
    sent: _Sent = []
    for atoms, verdict in fates:
        reason = verdict.failure.reason if verdict.failure is not None else None
        parts = None
        if reason is not None:
            where = str(reason.details.get("filter", ""))
            parts = str(reason.code), reason.at, reason.rule, reason.text, where
        sent.append((atoms, verdict.kind, verdict.why, parts))
    return sent


def _received(sent: _Sent) -> list[Fate]:
    fates = []
    for atoms, kind, why, parts in sent:
        failure = None
        if parts is not None:
            code, at, rule, text, where = parts
            reason = Reason(Code(code), at, rule, text, {"filter": where} if where else {})
            failure = Failure(reason)
        fates.append(Fate(atoms, Verdict(kind, failure, why)))
    return fates
