"""The kept sessions once more, on a store: they print the same.

`python tests/stored.py [NAME ...]` compares all in SQLite, `python tests/campaigns.py transcripts`
in both databases.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from difflib import unified_diff
from pathlib import Path

from sessions import ROOT, named, scripts

#: What prints something else by its nature, and why.
DIFFERENT = {
    "diff": "without a file it compares with what the session found, not with what was saved"
}


def transcript(script: Path, where: str) -> str:
    """What a session prints on a store, errors in their places, and its exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "--store", where,
         "--echo", "--seed", "1", "--keep-going", script.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=script.parent,
        timeout=120,
        env={"PATH": "", "TZ": "UTC", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    return f"{done.stdout.decode()}[exit status {done.returncode}]\n"


def difference(script: Path, where: str) -> str:
    """How that differs from what is kept; empty where it does not."""
    kept = script.with_suffix(".out").read_text().splitlines(keepends=True)
    return "".join(unified_diff(kept, transcript(script, where).splitlines(keepends=True)))


def comparable() -> list[Path]:
    """The scripts of all kept sessions that print the same on a store."""
    return [script for script in scripts() if script.stem not in DIFFERENT]


def side_by_side(program: list[str], script: str, many: int) -> list[str]:
    """The words that so many sessions of a program print which are given a script at once."""
    sessions = [
        subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        for _ in range(many)
    ]
    printed = []
    for session in sessions:
        assert session.stdin is not None
        session.stdin.write(script.encode())
        session.stdin.close()
    for session in sessions:
        assert session.stdout is not None
        printed += session.stdout.read().decode().split()
        assert session.wait() == 0
    return printed


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for number, script in enumerate(named(*sys.argv[1:])):
            found = difference(script, f"{folder}/{number}.db")
            print(f"{script.stem}: {found or 'the same'}", flush=True)
