"""How long frames take to print, against the tcpdump that is installed.

Pings with everything shown, as the published traces have it, and a mixed file with one
line a frame. tcpdump's time includes reading the file; the printer gets frames as bytes.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from measure import Action, Ratio, ratio
from unit.test_tcpdump_frames import (
    START_NS,
    STEP_NS,
    Frame,
    echo,
    ethernet,
    ipv4,
    some_frame,
    write_pcap,
)

from midocli.trace.tcpdump.flags import parse_flags
from midocli.trace.tcpdump.printer import Printer

FRAMES = 100_000
GOAL = 5
SUBJECTS = (("pings", "-nnn -vvv -X -e"), ("pings", "-nn"), ("mixed", "-nnn -vvv -X -e"))


def _frames(kind: str) -> list[Frame]:
    rng = random.Random(1)
    different = (
        [ethernet(ipv4(echo(), 1, identification=number)) for number in range(1000)]
        if kind == "pings"
        else [some_frame(rng) for _ in range(1000)]
    )
    return [
        (START_NS + index * STEP_NS, frame, len(frame))
        for index in range(FRAMES)
        for frame in (different[index % len(different)],)
    ]


def _print(frames: Sequence[Frame], flags: str) -> Action:
    def action() -> None:
        show = Printer(parse_flags(flags), 0).frame
        for frame in frames:
            show(*frame)

    return action


def _real(path: Path, flags: str) -> Action:
    command = ["tcpdump", *flags.split(), "-r", str(path)]

    def action() -> None:
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    return action


def measure() -> list[Ratio]:
    """A frame's text of each kind; nothing where there is no tcpdump to compare with."""
    if shutil.which("tcpdump") is None:
        return []
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, flags in SUBJECTS:
            path = Path(folder) / f"{kind}.pcap"
            frames = _frames(kind)
            write_pcap(path, frames)
            many = ratio(
                f"a frame of {kind} printed with {flags}",
                _print(frames, flags),
                "tcpdump -r",
                _real(path, flags),
                GOAL,
                rounds=3,
            )
            ratios.append(many._replace(seconds=many.seconds / FRAMES))
    return ratios
