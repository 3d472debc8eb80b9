"""`midocli test`: its options, and running the tests that they choose."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import inf
from pathlib import Path

from grammar.errors import FileError, RefusedError
from midocli.context.files import reason
from midocli.results.printable import printable
from midocli.suite import coverage, reports
from midocli.suite.cases import Case, cases
from midocli.suite.coverage import Coverage
from midocli.suite.world import NotReadyError, Outcome, printed

#: Stands for a number where none is given.
_ALL = "all"
_EPILOG = """\
Each file runs in a world of its own: the same seed, clock and time zone unless it sets them, and
the before.mido of each folder from PATH down to it loaded first. Where NAME.out is beside
NAME.mido, it has to print that. The exit status is 1 when an expectation or a comparison failed,
2 when another line is an error, a file cannot be read, or nothing was found.
"""


def argument_parser() -> ArgumentParser:
    """The options of `midocli test`."""
    parser = ArgumentParser("midocli test", description="run scripts as tests", epilog=_EPILOG)
    add = parser.add_argument
    add("paths", nargs="+", metavar="PATH", help="a .mido file, or a folder of them")
    add("-k", dest="word", default="", metavar="WORD", help="only files whose path holds WORD")
    add("-j", dest="jobs", type=_jobs, default=1, metavar="N", help="so many at a time")
    add("--fail-fast", action="store_true", help="stop behind the first that does not pass")
    add("--tap", action="store_true", help="print the Test Anything Protocol")
    add("--junit", type=Path, metavar="FILE", help="write JUnit's XML as well")
    add("--cover", action="store_true", help="say which rules, routes and ports decided nothing")
    add(
        "--mutants",
        type=_mutants,
        metavar="[N]",
        help="change one rule, route or port at a time, N of them if given,"
        " and list the changes that no test notices",
    )
    add("--update", metavar="NAME", help="write NAME.out anew, and test nothing")
    return parser


def _with_number(words: Sequence[str]) -> list[str]:
    """The words, with one behind `--mutants` that says how many where none does."""
    counted: list[str] = []
    for word, following in pairwise((*words, "")):
        counted.append(word)
        if word == "--mutants" and not following.isdecimal():
            counted.append(_ALL)
    return counted


def _mutants(text: str) -> float:
    return inf if text == _ALL else _jobs(text)


def _jobs(text: str) -> int:
    if not text.isdecimal() or int(text) == 0:
        raise ArgumentTypeError(f"{text!r} is no number from 1")
    return int(text)


def main(words: Sequence[str]) -> int:
    """Run tests and tell of them; the exit status. OSError where nothing can be printed."""
    options = argument_parser().parse_args(_with_number(words))
    try:
        chosen = cases(options.paths, options.word)
        if options.update is not None:
            return _update(options.update, chosen)
        outcomes, coverages = _tell(options, chosen)
        remarks = _remarks(options, list(zip(chosen, outcomes, coverages, strict=False)))
        if options.junit is not None:
            reports.write_junit(outcomes, options.junit, remarks)
    except (FileError, RefusedError) as error:
        return _complain(error.message)
    except OSError as error:
        if error.filename is None:
            raise
        return _complain(f"cannot write {error.filename}: {reason(error)}")
    return _status(outcomes)


def _complain(message: str) -> int:
    sys.stderr.write(f"midocli: {printable(message)}\n")
    return 2


def _update(name: str, found: Sequence[Case]) -> int:
    named = [case for case in found if case.file.stem == name]
    if not named:
        return _complain(f"no test is called {name}")
    for case in named:
        try:
            text = printed(case)
        except NotReadyError as told:
            *_, why = str(told).splitlines()
            return _complain(f"cannot update {case.name}: {why}")
        except OSError as error:
            why = f"cannot read {error.filename}: {reason(error)}"
            return _complain(f"cannot update {case.name}: {why}")
        case.expected.write_bytes(text)
        print(f"updated {printable(str(case.expected))}")
    return 0


def _tell(options: Namespace, chosen: Sequence[Case]) -> tuple[list[Outcome], list[Coverage]]:
    """Run tests, telling of each as it ends; TAP first says how many there are."""
    outcomes: list[Outcome] = []
    coverages: list[Coverage] = []
    for outcome, covered in _ended(options, chosen):
        outcomes.append(outcome)
        coverages.append(covered)
        if not options.tap:
            print(reports.line(outcome), end="", flush=True)
        if options.fail_fast and outcome.verdict != "passed":
            break
    print("".join(reports.tap(outcomes)) if options.tap else reports.summary(outcomes), end="")
    return outcomes, coverages


def _remarks(options: Namespace, tests: Sequence[tuple[Case, Outcome, Coverage]]) -> list[str]:
    """Print, and give back, what is to be said of all tests together."""
    remarks: list[str] = []
    if options.cover:
        remarks += coverage.lines(coverage.together(each for _, _, each in tests))
    if options.mutants is not None:
        from midocli.suite import mutants

        passed = [(case, each) for case, outcome, each in tests if outcome.verdict == "passed"]
        remarks += mutants.lines(mutants.tried(passed, options.mutants, options.jobs))
    for remark in remarks:
        print(f"# {remark}" if options.tap else remark)
    return remarks


def _ended(options: Namespace, chosen: Sequence[Case]) -> Iterator[tuple[Outcome, Coverage]]:
    """The outcomes, in order; with several jobs each test runs in a process of a few.

    RefusedError where one of these is killed.
    """
    one = coverage.covered if options.cover else coverage.uncovered
    if options.mutants is not None:
        from midocli.suite.touches import touched as one
    if options.jobs == 1 or len(chosen) < 2:
        yield from map(one, chosen)
        return
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    with ProcessPoolExecutor(min(options.jobs, len(chosen))) as pool:
        try:
            yield from pool.map(one, chosen)
        except BrokenProcessPool:
            message = "a process that ran tests was killed: -j 1 tells during which"
            raise RefusedError(message) from None
        finally:
            pool.shutdown(cancel_futures=True)


def _status(outcomes: Sequence[Outcome]) -> int:
    verdicts = {outcome.verdict for outcome in outcomes}
    if not verdicts or "error" in verdicts:
        return 2
    return 1 if "failed" in verdicts else 0
