"""Pairs asked about by the workers of a Dask cluster (https://distributed.dask.org).

What is known is sent to them once; what they run is `remote`, which they import. Workers that go
cost time: Dask gives to others what they had, and what is lost for good is asked here.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager
from hashlib import sha256
from importlib import import_module
from typing import Any
from uuid import uuid4

from grammar.commands.matrix import Scheduler
from grammar.errors import RefusedError
from midocli.analysis.fare import Fate
from midocli.analysis.remote import OtherVersionError, answers
from midocli.analysis.workers import Ask, Progress, blocks, in_order

#: Pairs in a block, at most, and blocks for each worker, at least as long as there are pairs.
_BLOCK = 10_000
_BLOCKS = 4
#: How long a scheduler may take to answer, and how often it is told how far it is, in seconds.
_PATIENCE = "5s"
_PAUSE = 0.2
#: After so many pauses in which a scheduler has no workers, none is waited for.
_LONGEST_IDLE = 50


def found_on(
    scheduler: Scheduler, known: bytes, ask: Ask, count: int, progress: Progress
) -> Iterator[Sequence[Fate]]:
    """What becomes of `count` pairs, found by a cluster to which is sent what is `known`.

    RefusedError where there is no such scheduler, or its workers cannot be asked.
    """
    dask = _library(scheduler)
    with _client(dask, scheduler) as client:
        workers = _workers(client)
        if not workers:
            raise _refused(scheduler, "it has no workers")
        size = min(_BLOCK, max(1, count // (workers * _BLOCKS)))
        asked = blocks(count, size)
        found = dict(_answered(dask, client, scheduler, known, asked, progress))
    yield from in_order(asked, found, ask, progress)


def _library(scheduler: Scheduler) -> Any:
    """Dask's library; RefusedError where it is not installed."""
    try:
        return import_module("distributed")
    except ImportError:
        message = "a cluster is asked with Dask, which is not installed"
        hint = "pip install 'midocli[cluster]'"
        raise RefusedError(f"{message}: {hint}", None, scheduler.column) from None


@contextmanager
def _client(dask: Any, scheduler: Scheduler) -> Iterator[Any]:
    """A client of the scheduler, which says nothing by itself."""
    with _quiet(), warnings.catch_warnings(action="ignore"):
        try:
            client = dask.Client(scheduler.address, timeout=_PATIENCE)
        except (OSError, ValueError) as error:
            raise _refused(scheduler, "no Dask scheduler answers there") from error
        with client:
            yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Inside, Dask logs nothing: what matters of it is told as an error or as progress."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {logger: logger.level for logger in map(logging.getLogger, names)}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _workers(client: Any) -> int:
    """How many workers a cluster has; none where its scheduler is gone.

    `scheduler_info` cannot tell: before it returns what it asked for, that may be replaced with
    what the client asks for now and then, in which no workers are.
    """
    try:
        return len(client.nthreads())
    except OSError:
        return 0


def _answered(
    dask: Any,
    client: Any,
    scheduler: Scheduler,
    known: bytes,
    asked: Sequence[range],
    progress: Progress,
) -> Iterator[tuple[range, bytes]]:
    """Blocks with what is found about them, those that were lost left out."""
    digest = sha256(known).hexdigest()
    # A task, as what it holds is made anew where a worker dies that held it.
    sent = client.submit(bytes, known, key=f"midocli-{digest}-{uuid4()}")
    futures = {
        client.submit(answers, digest, sent, block.start, block.stop, pure=False): block
        for block in asked
    }
    done = idle = 0
    while futures and idle < _LONGEST_IDLE:
        progress(done)
        try:
            ended = dask.wait(list(futures), timeout=_PAUSE, return_when="FIRST_COMPLETED").done
        except TimeoutError:
            idle = 0 if _workers(client) else idle + 1
            continue
        except (CancelledError, OSError):
            return  # the scheduler is gone
        for future in ended:
            block = futures.pop(future)
            if future.status == "finished":
                yield block, future.result()
                done += len(block)
            elif future.status == "error":
                _look_at(scheduler, future.exception())


def _look_at(scheduler: Scheduler, error: BaseException | None) -> None:
    """RefusedError where workers are not the ones that could be asked; else they were lost."""
    if isinstance(error, (ImportError, OtherVersionError)):
        raise _refused(scheduler, f"a worker has not what it takes: {error}")


def _refused(scheduler: Scheduler, why: str) -> RefusedError:
    return RefusedError(f"cannot ask {scheduler.address}: {why}", None, scheduler.column)
