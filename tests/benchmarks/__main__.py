"""All benchmarks, and how far they are from their goals.

    python tests/benchmarks

prints a table of ratios, each measured within this run: `best` compares the fastest of
several runs, `median` the middle ones. The exit status is 1 when a goal was missed.
Each file runs by itself as well: `python tests/benchmarks/startup.py`.
"""

from __future__ import annotations

import sys

import commands
import datapath
import filters
import lab
import pings
import printing
import scale
import shell
import startup
from measure import report

SUBJECTS = (startup, commands, filters, pings, printing, datapath, scale, shell, lab)

if __name__ == "__main__":
    sys.exit(report([one for subject in SUBJECTS for one in subject.measure()]))
