"""Which process a session is, and whether it still lives."""

from __future__ import annotations

import os
from pathlib import Path


def this_process() -> str:
    """This process in a word that no other ever has: its boot, its number, and when it began."""
    return _word(os.getpid())


def lives(process: str) -> bool:
    """Whether the process of a word is still there, on this machine."""
    number = process.split(":")[-2]
    return _word(int(number)) == process


def _word(number: int) -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The name stands in parentheses, and may hold anything; the 22nd field is the start.
        began = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return f"gone:{number}:0"
    return f"{boot}:{number}:{began}"
