"""Counting the instructions of a process, which a busy machine does not change.

valgrind counts what Python executes: the same to the last digit run after run, where neither
addresses nor hashes are random. That takes some fifty times as long, so works are small.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from typing import NamedTuple

from measure import ROOT

_SETARCH, _VALGRIND = shutil.which("setarch"), shutil.which("valgrind")
_CACHEGRIND = ("--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_ENVIRONMENT = {"PATH": "", "TZ": "UTC", "PYTHONHASHSEED": "0", "PYTHONPATH": str(ROOT)}
_REFERENCES = re.compile(rb"^==\d+== I +refs: +([\d,]+)$", re.MULTILINE)


class Work(NamedTuple):
    """What Python is to do: its arguments, and what it reads."""

    arguments: tuple[str, ...]
    stdin: bytes = b""


def available() -> bool:
    """Whether instructions can be counted on this machine."""
    return bool(_SETARCH and _VALGRIND)


def instructions(work: Work) -> int:
    """How many instructions a work takes from start to end; it must succeed."""
    assert _SETARCH and _VALGRIND
    with tempfile.TemporaryFile() as stdin:  # a pipe would be read in pieces of any size
        stdin.write(work.stdin)
        stdin.seek(0)
        done = subprocess.run(
            [_SETARCH, "-R", _VALGRIND, *_CACHEGRIND, sys.executable, *work.arguments],
            stdin=stdin,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_ENVIRONMENT,
            cwd=ROOT,
        )
    counted = _REFERENCES.search(done.stderr)
    if counted is None or done.returncode:
        sys.exit(f"python {' '.join(work.arguments)} failed: {done.stderr.decode()}")
    return int(counted[1].replace(b",", b""))
