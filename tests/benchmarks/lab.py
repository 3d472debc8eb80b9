"""How long a whole lab takes: the published DNAT example, from start to exit."""

from __future__ import annotations

from measure import ROOT, Ratio, compile_all, python, ratio

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
