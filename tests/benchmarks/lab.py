"""How long a whole lab takes: the published DNAT example, from start to exit.

Run by itself (`python tests/benchmarks/lab.py`) or with the others.
"""

from __future__ import annotations

import sys

from measure import ROOT, Ratio, compile_all, python, ratio, report

LAB = "docs/labs/dnat-rev_snat.mido"


def measure() -> list[Ratio]:
    """The lab as a process; nothing, said aloud, while there is no lab."""
    if not (ROOT / LAB).exists():
        print(f"skipped: there is no {LAB}")
        return []
    compile_all()
    return [
        ratio(
            LAB,
            python("-m", "midocli", "--seed", "1", LAB),
            "import pyparsing",
            python("-c", "import pyparsing"),
            5,
        )
    ]


if __name__ == "__main__":
    sys.exit(report(measure()))
