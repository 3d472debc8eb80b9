"""The house's rules that no other tool checks; a message says what to do."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from sessions import ROOT, scripts

from midocli import __version__

TOP = {"__init__.py", "__main__.py", "py.typed", "data", "lab.py", "testing.py"}
#: A file holds one idea, however long that needs.
LONGEST = 500
MACHINES = re.compile(r"(?<![\w./-])/(home|Users|root|work|opt|workspace|mnt|private/tmp)/\w")


def kept_files() -> list[Path]:
    """The files of the repository, as far as there is one."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this is no clone: nobody knows which files are kept")
    names = done.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_the_top_of_midocli_holds_rooms_and_no_loose_modules() -> None:
    loose = [
        entry.name
        for entry in (ROOT / "midocli").iterdir()
        if entry.name not in {*TOP, "__pycache__"} and not (entry / "__init__.py").exists()
    ]
    assert loose == [], "put it into the room that it belongs to (docs/architecture.md)"


@pytest.mark.parametrize("package", ["grammar", "midocli"])
def test_a_file_holds_one_idea(package: str) -> None:
    long = {
        str(source.relative_to(ROOT)): lines
        for source in (ROOT / package).rglob("*.py")
        if (lines := len(source.read_text().splitlines())) > LONGEST
    }
    assert long == {}, f"more than {LONGEST} lines: find the second idea, and give it a file"


def test_the_changelog_begins_with_this_version() -> None:
    headings = re.findall(r"^## \[?([^\s\]]+)", (ROOT / "CHANGELOG.md").read_text(), re.M)
    assert headings[:1] == [__version__], (
        "CHANGELOG.md: say below a heading for this version what is new in it"
    )


def test_no_file_knows_a_machine() -> None:
    found = []
    for file in kept_files():
        try:
            text = file.read_text()
        except UnicodeDecodeError:
            continue
        found += [f"{file.relative_to(ROOT)}: {hit[0]}" for hit in MACHINES.finditer(text)]
    assert found == [], "a path of one machine: say it relative to the clone"


def test_every_decision_is_told_in_the_same_order() -> None:
    folder = ROOT / "docs" / "decisions"
    pages = sorted({*folder.glob("*.md")} - {folder / "README.md"})
    assert pages
    for page in pages:
        headings = re.findall(r"^## (.*)$", page.read_text(), re.M)
        assert headings == ["Context", "Decision", "Consequences"], page.name


def test_every_session_is_kept_with_what_it_prints() -> None:
    silent = [script.stem for script in scripts() if not script.with_suffix(".out").exists()]
    assert silent == [], "python tests/sessions.py NAME writes it"
