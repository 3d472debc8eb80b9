"""What the benchmarks do with what they measure; how long anything takes is not tested."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cachegrind import Work, available, instructions
from counts import Subject, subjects
from measure import Count, Ratio, relative_spread
from runs import Run, compare
from sessions import ROOT


def timed(typical: float, spread: float | None = 0.02) -> Run:
    return Run([Ratio("a ping", "a sum", typical, typical, 0.001, 3, spread=spread)], [])


def counted(instructions: float) -> Run:
    return Run([], [Count("a line", instructions)])


def compared(before: Run, now: Run) -> list[str]:
    return [line.text for line in compare(before, now)][1:]


@pytest.mark.parametrize(
    ("now", "end"),
    [
        (2.06, "1.030   0.040  within the noise"),
        (2.2, "1.100   0.040  slower"),
        (1.6, "0.800   0.040  faster"),
    ],
)
def test_a_difference_of_times_counts_when_it_is_larger_than_the_noise(
    now: float, end: str
) -> None:
    (line,) = compared(timed(2), timed(now))
    assert line.startswith("a ping")
    assert line.endswith(end)


def test_what_was_measured_once_says_so() -> None:
    (line,) = compared(timed(2), timed(9, spread=None))
    assert line.endswith("measured once")


def test_more_instructions_than_allowed_are_told() -> None:
    fine, more = (list(compare(counted(100), counted(now)))[1] for now in (105, 106))
    assert (fine.too_many, more.too_many) == (False, True)
    assert more.text.endswith("more than 1.05 times")


def test_what_only_one_run_has_is_told() -> None:
    assert compared(timed(2), counted(5)) == ["1 measured before only", "1 measured now only"]


def test_a_run_is_kept_whole(tmp_path: Path) -> None:
    run = Run([*timed(2).ratios, *timed(3, spread=None).ratios], counted(7).counts)
    run.save(tmp_path / "run.json")
    assert Run.load(tmp_path / "run.json") == run


def test_the_spread_is_that_of_the_middle_half() -> None:
    assert relative_spread([1, 9, 10, 11, 50]) == pytest.approx(0.2)


@pytest.mark.parametrize("subject", list(subjects()), ids=lambda subject: subject.what)
def test_what_is_counted_succeeds(subject: Subject) -> None:
    for work in subject.works:
        done = subprocess.run(
            [sys.executable, *work.arguments],
            input=work.stdin,
            capture_output=True,
            cwd=ROOT,
            check=False,
        )
        assert done.returncode == 0, done.stderr


@pytest.mark.skipif(not available(), reason="valgrind is not installed")
def test_a_count_is_the_same_again() -> None:
    work = Work(("-c", "print({'one', 'two', 'three'})"))
    assert instructions(work) == instructions(work) > 1_000_000
