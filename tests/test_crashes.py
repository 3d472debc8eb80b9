"""What was answered outlives crashes: a little of what `python tests/campaigns.py` does."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from crashing import Recording
from scheduled import Schedule
from sessions import ROOT
from sharer import quick_folder


@pytest.fixture(scope="module")
def recording() -> Iterator[Recording]:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: no writes are recorded")
    with quick_folder() as folder:
        try:
            yield Recording(Random(1), 200, folder / "recorded")
        except RuntimeError as error:
            pytest.skip(f"strace may not trace: {error}")


@pytest.fixture
def folder() -> Iterator[Path]:
    with quick_folder() as folder:
        yield folder


def test_crashes_leave_what_was_answered(recording: Recording, folder: Path) -> None:
    """By hand: every write of several sessions, in both journal modes."""
    dice = Random(1)
    share = 100 / recording.size
    states = recording.states(dice, lambda: dice.random() < share)
    count = 0
    for count, (where, files, answered) in enumerate(states, 1):  # noqa: B007
        try:
            recording.check(files, answered, folder / "left")
        except Exception as error:
            raise AssertionError(where) from error
    assert count > 50


def test_what_was_not_synced_would_be_missed(recording: Recording, folder: Path) -> None:
    dice = Random(1)
    share = 20 / recording.size
    found = 0
    for _, files, answered in recording.unsynced().states(dice, lambda: dice.random() < share):
        try:
            recording.check(files, answered, folder / "left")
        except Exception:
            found += 1
    assert found


def test_courses_of_events_are_as_the_model_says(folder: Path) -> None:
    """Sessions interleaved step by step, with crashes and a full disk. By hand: thousands."""
    for seed in range(30):
        schedule = Schedule(Random(seed), str(folder / f"{seed}.db"))
        assert not schedule.run(), "\n".join([f"seed {seed}", *schedule.events, *schedule.wrong])


def test_sessions_in_processes_of_their_own_lose_nothing() -> None:
    """In SQLite and, where it is there, PostgreSQL. By hand: 1,000 kills, and 8 x 500 commands."""
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "campaigns.py", "killed", "crowded", "--number", "50"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    print(done.stdout)
