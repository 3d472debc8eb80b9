"""Lines of the operations guide are taken, or refused as it shows; its mistakes are listed."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from sessions import ROOT, midocli

GUIDE = ROOT / "tests" / "data" / "operations-guide.txt"


class Line(NamedTuple):
    """A line, whether it is the guide's, and for one that is refused the words and the mark."""

    text: str
    guides: bool
    words: str
    mark: str


def sections() -> dict[str, list[Line]]:
    """The guide's sections by title, in its order; the file itself says how it is written."""
    found: dict[str, list[Line]] = {}
    words, kind = "", ""
    for text in GUIDE.read_text().splitlines():
        if text.startswith("= "):
            lines = found.setdefault(text.removeprefix("= "), [])
        elif mark := re.fullmatch(r"(shown|mistake|differs): (.+?)(?: \| (.+))?", text):
            kind, words = mark[1], mark[2]
            assert bool(mark[3]) is (kind != "shown"), text
        elif text and not text.startswith("#"):
            lines.append(Line(text.removeprefix("+ "), not text.startswith("+ "), words, kind))
            words, kind = "", ""
    return found


SECTIONS = sections()


@pytest.mark.parametrize("title", SECTIONS)
def test_lines_are_taken_or_refused_as_the_guide_shows(title: str, tmp_path: Path) -> None:
    script = tmp_path / "guide.mido"
    lines = SECTIONS[title]
    script.write_text("".join(f"{line.text}\n" for line in lines))
    done = midocli("--seed", "1", "--keep-going", str(script))
    said = {
        int(number): text
        for number, text in re.findall(r"guide\.mido:(\d+):\d+: (.*)", done.stderr)
    }
    refused = {number: line.words for number, line in enumerate(lines, 1) if line.words}
    # parity: guide-lines
    assert said.keys() == refused.keys(), done.stderr
    assert [said[number] for number in refused if refused[number] not in said[number]] == []
    assert "nternal error" not in done.stdout + done.stderr


def test_the_whole_guide_is_there() -> None:
    lines = [line for section in SECTIONS.values() for line in section if line.guides]
    marks = Counter(line.mark for line in lines)
    assert len(SECTIONS) == 77
    assert marks == {"": 245, "shown": 5, "mistake": 30, "differs": 1}
