"""Running midocli as its users do, and the sessions that are kept as text.

A session is a script `NAME.mido` with the output it must give in `NAME.out`:
commands and results as on a terminal, errors where they happened, the exit
status last. `python tests/sessions.py NAME ...` writes the outputs of these
sessions anew (without a name, all), to be read in review.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = (ROOT / "tests" / "transcripts", ROOT / "docs" / "labs")


def scripts() -> list[Path]:
    """Every kept session's script."""
    return sorted(script for folder in FOLDERS for script in folder.glob("*.mido"))


def midocli(
    *arguments: str, stdin: str | bytes = b"", cwd: Path = ROOT, **options: object
) -> subprocess.CompletedProcess[str]:
    """Run the program; output as text, with the standard error apart."""
    done = subprocess.run(
        [sys.executable, "-m", "midocli", *arguments],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        cwd=cwd,
        timeout=120,
        **options,  # type: ignore[call-overload]
    )
    out, err = done.stdout.decode(), done.stderr.decode()
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def transcript(script: Path) -> str:
    """What a session prints, errors in their places, and its exit status."""
    done = subprocess.run(
        [sys.executable, "-m", "midocli", "--echo", "--seed", "1", "--keep-going", script.name],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=script.parent,
        timeout=120,
        env={"PATH": "", "TZ": "UTC", "PYTHONPATH": str(ROOT), **_coverage()},
    )
    return f"{done.stdout.decode()}[exit status {done.returncode}]\n"


def _coverage() -> dict[str, str]:
    """What makes a program that tests run part of their coverage, where that is measured."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


def named(*names: str) -> list[Path]:
    """The scripts of some sessions; of all without a name. SystemExit where one is not there."""
    if unknown := sorted({*names} - {script.stem for script in scripts()}):
        raise SystemExit(f"no session is called {', '.join(unknown)}")
    return [script for script in scripts() if not names or script.stem in names]


if __name__ == "__main__":
    for script in named(*sys.argv[1:]):
        script.with_suffix(".out").write_text(transcript(script))
        print(script.relative_to(ROOT))
