"""The first minutes on a terminal of 80 columns and 24 lines: nothing scrolls away unread."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pexpect
import pyte
from sessions import ROOT
from worlds import World

LINES, COLUMNS = 24, 80


def _shown(home: Path, typed: str, last: str) -> list[str]:
    """The screen once a line that was typed has been answered, and the prompt is back."""
    process = pexpect.spawn(
        sys.executable,
        ["-m", "midocli"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "TERM": "xterm",
            "PYTHONPATH": str(ROOT),
        },
        cwd=str(home),
        dimensions=(LINES, COLUMNS),
        encoding="utf-8",
    )
    screen = pyte.Screen(COLUMNS, LINES)
    # The terminal answers when it is asked where the cursor stands.
    screen.write_process_input = process.send  # type: ignore[method-assign]
    stream = pyte.Stream(screen)
    waiting = [("midonet>", f"{typed}\r"), (last, "")]
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            stream.feed(process.read_nonblocking(65536, timeout=0.1))
            continue  # more may come at once
        except pexpect.TIMEOUT:
            pass
        text = "\n".join(screen.display)
        if waiting and waiting[0][0] in text:
            process.send(waiting.pop(0)[1])
        elif not waiting:
            break
    process.close()
    return [line.rstrip() for line in screen.display]


def test_the_whole_map_stands_above_the_prompt(tmp_path: Path) -> None:
    lines = World().lines("help")
    shown = _shown(tmp_path, "help", lines[-1])
    assert shown[: len(lines)] == lines
    assert shown[len(lines)] == "midonet>"


def test_the_banner_and_the_suggestions_of_demo_stand_there_together(tmp_path: Path) -> None:
    lines = World().lines("demo")
    shown = _shown(tmp_path, "demo", lines[-1].strip())
    assert shown[0].startswith("midocli ")
    assert {"help", "demo"} <= {*shown[0].split()}
    # The line that is wider than the screen goes on in the next one.
    assert "".join(lines[1:]) in "".join(shown)
