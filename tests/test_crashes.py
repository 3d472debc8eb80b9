"""What was answered outlives crashes: a little of what `python tests/campaigns.py` does."""

from __future__ import annotations

import shutil
from pathlib import Path
from random import Random

import pytest
from crashing import Recording


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Recording:
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed: no writes are recorded")
    folder = tmp_path_factory.mktemp("recorded")
    try:
        return Recording(Random(1), 200, folder)
    except RuntimeError as error:
        pytest.skip(f"strace may not trace: {error}")


def test_crashes_leave_what_was_answered(recording: Recording, tmp_path: Path) -> None:
    """By hand: every write of several sessions, in both journal modes."""
    dice = Random(1)
    share = 100 / recording.size
    states = recording.states(dice, lambda: dice.random() < share)
    count = 0
    for count, (where, files, answered) in enumerate(states, 1):  # noqa: B007
        try:
            recording.check(files, answered, tmp_path / "left")
        except Exception as error:
            raise AssertionError(where) from error
    assert count > 50


def test_what_was_not_synced_would_be_missed(recording: Recording, tmp_path: Path) -> None:
    dice = Random(1)
    share = 20 / recording.size
    found = 0
    for _, files, answered in recording.unsynced().states(dice, lambda: dice.random() < share):
        try:
            recording.check(files, answered, tmp_path / "left")
        except Exception:
            found += 1
    assert found
