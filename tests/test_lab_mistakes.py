"""Labs with planted mistakes: what is done about each is what its verdict advises, and it helps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pytest
from sessions import ROOT

from midocli import Lab
from midocli.results.probed import Probed

LABS = ("tenant", "edge-firewall", "web-farm")


class _Mistake(NamedTuple):
    """What is done until a probe fails, and what is done about that until another succeeds."""

    planted: Sequence[str]
    failing: str
    repair: Sequence[str]
    working: str


def _mistakes(lines: Sequence[str]) -> Iterator[_Mistake]:
    """The numbered parts of a lab."""
    starts = [at for at, line in enumerate(lines) if line[:2] == "# " and line[2].isdigit()]
    for start in starts:
        part = [line for line in lines[start + 1 :] if line and not line.startswith("#")]
        fails = next(at for at, line in enumerate(part) if line.startswith("expect not "))
        works = next(at for at, line in enumerate(part) if line.startswith("expect connect "))
        failing, working = part[fails].removeprefix("expect not "), part[works]
        yield _Mistake(part[:fails], failing, part[fails + 1 : works], working)


@pytest.mark.parametrize("name", LABS)
def test_a_mistake_is_repaired_as_its_verdict_advises(name: str) -> None:
    lines = (ROOT / "docs" / "labs" / f"{name}.mido").read_text().splitlines()
    mistakes = list(_mistakes(lines))
    assert len(mistakes) == 3
    lab = Lab(seed=1)
    lab("\n".join(lines[: lines.index(next(line for line in lines if line[:4] == "# 1."))]))
    for mistake in mistakes:
        lab("\n".join(mistake.planted))
        failed = lab(mistake.failing)
        assert isinstance(failed, Probed)
        assert failed.advice == list(mistake.repair)
        lab("\n".join(failed.advice))
        lab(mistake.working)
