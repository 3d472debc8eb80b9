"""All benchmarks, or some of them, and how far they are from their goals.

    python tests/benchmarks [NAME ...] [--save FILE] [--compare FILE] [--root DIR]

prints a table of ratios, each measured within this run: `best` compares the fastest of
several runs, `median` the middle ones; and where valgrind is installed a table of counted
instructions. The exit status is 1 when a goal was missed. `--save` keeps the run, and
`--compare` shows it beside one that was kept; the exit status is 1 as well when something takes
more than 1.05 times the instructions it took then. `--root` measures another checkout's code.
"""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from measure import Row

NAMES = ("startup", "commands", "filters", "pings", "printing", "datapath", "reach", "edits",
         "scale", "stores", "shell", "lab", "server", "counts")  # fmt: skip


def _options() -> Namespace:
    parser = ArgumentParser("benchmarks", description="Measure midocli.")
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help=f"what to measure: {', '.join(NAMES)}")
    add("--save", type=Path, metavar="FILE", help="keep what is measured")
    add("--compare", type=Path, metavar="FILE", help="show it beside a run that was kept")
    add("--root", type=Path, metavar="DIR", help="measure the code of this checkout")
    options = parser.parse_args()
    if unknown := sorted({*options.names} - {*NAMES}):
        parser.error(f"no benchmark is called {', '.join(unknown)}")
    return options


def _measured(name: str) -> Sequence[Row]:
    """What a benchmark measures; nothing, said aloud, where another tree has no such modules."""
    try:
        benchmark = import_module(name)
    except ImportError as error:
        if "MIDOCLI_ROOT" not in os.environ:
            raise
        print(f"skipped: {name} does not know this tree: {error}", file=sys.stderr)
        return ()
    measured: Sequence[Row] = benchmark.measure()
    return measured


def main(options: Namespace) -> int:
    """Measure, keep, compare; returns the exit status."""
    if options.root:
        os.environ["MIDOCLI_ROOT"] = str(options.root.resolve())
    from measure import report
    from runs import Run, compare

    before = Run.load(options.compare) if options.compare else None
    run = Run.of(row for name in options.names or NAMES for row in _measured(name))
    status = report([*run.ratios, *run.counts])
    if options.save:
        run.save(options.save)
    if before:
        for line in compare(before, run):
            print(line.text)
            status |= line.too_many
    return status


if __name__ == "__main__":
    sys.exit(main(_options()))
