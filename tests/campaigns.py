"""What stores are put through by hand: far more of what CI does a little of.

    python tests/campaigns.py [--seed N] [--number N] SUBJECT ...

A fixed seed draws the same cases. What goes wrong is printed, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from crashing import Recording  # noqa: E402 (the clone's own midocli, installed or not)
from damage import a_store_to_damage, mishaps  # noqa: E402
from forked import crowd, kills  # noqa: E402
from postgres_server import drop, forget, new_database  # noqa: E402
from scheduled import Schedule  # noqa: E402
from sharer import quick_folder  # noqa: E402
from stored import comparable, difference  # noqa: E402

from midocli.store.storage import sqlite  # noqa: E402


def writes(seed: int, number: int, wal: bool = False) -> Iterator[str]:
    """A recorded session of that many commands (200), and every state that a crash may leave."""
    if wal:
        sqlite.journal_mode = lambda version: "wal"  # as one session writes, any version is safe
    with quick_folder() as folder:
        home, left = folder / "recorded", folder / "left"
        recording = Recording(Random(seed), number or 200, home, wal)
        dice, count = Random(seed), 0
        for where, files, answered in recording.states(dice, lambda: True):
            count += 1
            try:
                recording.check(files, answered, left)
            except Exception as error:
                yield f"{where}: {type(error).__name__}: {error}"
    print(f"{count} states")


def wal(seed: int, number: int) -> Iterator[str]:
    """The same of a session in WAL mode."""
    yield from writes(seed, number, wal=True)


def damage(seed: int, number: int) -> Iterator[str]:
    """Stores that are damaged somehow (5,000), and what is told of them."""
    with quick_folder() as folder:
        content = a_store_to_damage(folder / "whole.db")
        for each in range(number or 5000):
            yield from mishaps(seed + each, content, folder / "net.db")


def schedules(seed: int, number: int) -> Iterator[str]:
    """Sessions on one store in SQLite, interleaved step by step: so many courses (2,000)."""
    for each in range(seed, seed + (number or 2000)):
        with quick_folder() as folder:
            yield from told(each, Schedule(Random(each), f"{folder}/net.db"))
    print(f"{number or 2000} courses of events")


def postgres(seed: int, number: int) -> Iterator[str]:
    """The same in PostgreSQL, whose connections are lost now and then (500)."""
    store = new_database()
    for each in range(seed, seed + (number or 500)):
        forget(store)
        yield from told(each, Schedule(Random(each), store, drop))
    print(f"{number or 500} courses of events")


def killed(seed: int, number: int) -> Iterator[str]:
    """Sessions that are killed (1,000), on both stores."""
    for store in _stores():
        with quick_folder() as folder:
            where = store or str(folder / "net.db")
            yield from kills(where, Random(seed), (number or 1000) // 2, folder)


def crowded(seed: int, number: int) -> Iterator[str]:
    """Eight sessions of so many commands (500) at once, on both stores."""
    for store in _stores():
        with quick_folder() as folder:
            yield from crowd(
                store or str(folder / "net.db"), Random(seed), 8, number or 500, folder
            )


def transcripts(seed: int, number: int) -> Iterator[str]:
    """Kept sessions (all), which print the same on both stores."""
    chosen = Random(seed).sample(comparable(), number or len(comparable()))
    for store in _stores():
        for script in chosen:
            with quick_folder() as folder:
                if store:
                    forget(store)
                if found := difference(script, store or f"{folder}/net.db"):
                    yield f"{script.stem}: {found}"
        print(f"{len(chosen)} sessions")


def _stores() -> Iterator[str]:
    """Where to have a store: in a file, and in PostgreSQL where it is installed."""
    yield ""
    try:
        yield new_database()
    except pytest.skip.Exception as skipped:
        print(skipped)


def told(seed: int, schedule: Schedule) -> Iterator[str]:
    """What goes wrong in a course of events, with these."""
    if wrong := schedule.run():
        yield "\n".join([f"seed {seed}:", *schedule.events, *wrong])


#: What goes wrong in a campaign with a seed, of some number of cases; 0: the usual number.
SUBJECTS: dict[str, Callable[[int, int], Iterator[str]]] = {
    each.__name__: each
    for each in (writes, wal, damage, schedules, postgres, killed, crowded, transcripts)
}


def main() -> int:
    """Go through some campaigns; 1 if anything went wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--number", type=int, default=0)
    parser.add_argument("subjects", nargs="+", metavar="SUBJECT", help=", ".join(SUBJECTS))
    given = parser.parse_args()
    status = 0
    for name in given.subjects:
        print(f"{name}, seed {given.seed}:", flush=True)
        for failure in SUBJECTS[name](given.seed, given.number):
            print(failure, flush=True)
            status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
