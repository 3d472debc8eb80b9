"""Which process a session is, and whether it still lives."""

from __future__ import annotations

import os
from pathlib import Path


class Processes:
    """The processes of this machine; `own` is the word of this one."""

    def __init__(self) -> None:
        self.own = _word(os.getpid())

    def lives(self, process: str) -> bool:
        """Whether the process of a word is still there, and no other of its number."""
        _, _, said = process.partition(":")
        number = said.partition(":")[0]
        return number.isdigit() and _word(int(number)) == process


def _word(number: int) -> str:
    """A process as its boot, its number, and when it began: no other has the same."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        # The name stands in parentheses, and may hold anything; the 22nd field is the start.
        began = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return f"gone:{number}:0"
    return f"{boot}:{number}:{began}"
