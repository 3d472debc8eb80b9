"""Make the pictures of the documentation: what the prompt, a trace and a report look like.

`python docs/screenshots.py` drives midocli in a terminal (pexpect and pyte, of the `test`
extra), and writes what the screen shows as SVG into `docs/images/`; the report is
photographed by Chromium, where that is installed. Run it after a change of what the
screens show, and look at the pictures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import pexpect
import pyte
from pyte.screens import Char
from transcribe import ROOT, SEED

from midocli.pictures.markup import Markup, join, tag

IMAGES = ROOT / "docs" / "images"
_COLUMNS = 112
_SECONDS = 20.0
_SETTLED = 0.6

#: The network all pictures are of, and what is typed for those that a test compares.
NETWORK = r"""
bridge create name lan
bridge lan add port
bridge lan add port
bridge create name dmz
bridge dmz add port
router create name edge
router edge add port mac 02:00:00:00:01:01 address 10.0.1.1 net 10.0.1.0/24 peer bridge0:port0
router edge add port mac 02:00:00:00:02:01 address 10.0.2.1 net 10.0.2.0/24
router edge add route dst 10.0.1.0/24 type normal port router0:port0
router edge add route dst 10.0.2.0/24 type normal port router0:port1
bridge dmz add port peer router0:port1
chain create name no-pings
chain no-pings add rule ethertype 0x800 proto 1 type drop
chain create name vip
chain vip add rule dst 203.0.113.80 in-ports router0:port0 type dnat action accept \
    target 10.0.2.80:1024-65535
chain vip add rule src 10.0.2.80 in-ports router0:port1 type rev_dnat action accept
router edge set infilter vip
host create name rack1
host rack1 add binding port bridge0:port1 interface tap1
host rack1 add binding port bridge1:port0 interface tap2
guest create name alice interface tap1 mac 02:00:00:00:01:0a address 10.0.1.10/24 gw 10.0.1.1
guest create name web interface tap2 mac 02:00:00:00:02:50 address 10.0.2.80/24 gw 10.0.2.1
clock set 2026-01-05T09:00:00+00:00
ping alice web id 1 capture none
"""
TYPED = {
    "trace.svg": ['ping alice 203.0.113.80 count 1 id 7 flags "-n" explain'],
    "draw.svg": [
        "bridge1:port1 set infilter no-pings",
        "ping alice web count 1 capture none draw",
    ],
}


class Screen:
    """midocli on a terminal of so many lines and columns."""

    def __init__(self, folder: Path, lines: int, columns: int = _COLUMNS) -> None:
        self._process = pexpect.spawn(
            sys.executable,
            ["-m", "midocli", "--seed", SEED, "-i", "lab.mido"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "TERM": "xterm-256color",
                "COLORTERM": "truecolor",
                "PYTHONPATH": str(ROOT),
                "PAGER": "cat",
            },
            cwd=str(folder),
            dimensions=(lines, columns),
            encoding="utf-8",
            timeout=_SECONDS,
        )
        self.screen = pyte.Screen(columns, lines)
        # The terminal answers when it is asked where the cursor stands.
        self.screen.write_process_input = self._process.send
        self._stream = pyte.Stream(self.screen)
        self.settle("midonet>")

    def type(self, keys: str, until: str) -> None:
        """Type, and wait for words on the screen and for it to stand still."""
        self._process.send(keys)
        self.settle(until)

    def settle(self, words: str) -> None:
        """Wait for words on the screen, and for it to stand still."""
        deadline = time.monotonic() + _SECONDS
        still_since = time.monotonic()
        while time.monotonic() < deadline:
            try:
                self._stream.feed(self._process.read_nonblocking(65536, timeout=0.1))
                still_since = time.monotonic()
            except pexpect.TIMEOUT:
                shown = words in "\n".join(self.screen.display)
                if shown and time.monotonic() - still_since > _SETTLED:
                    return
        shown = "\n".join(self.screen.display)
        raise SystemExit(f"{words!r} never appeared on:\n{shown}")

    def close(self) -> None:
        """End the program."""
        self._process.close(force=True)


# -- a screen as SVG ----------------------------------------------------------------

_CELL, _LINE, _PAD, _BAR = 8.43, 18, 14, 30
_COLOURS = {
    "black": "#1e2430", "red": "#ff8a80", "green": "#7fd88f", "brown": "#f0c674",
    "blue": "#7aa8ff", "magenta": "#d0a0ff", "cyan": "#6fd3e0", "white": "#d8dee9",
    "brightblack": "#7b8794", "brightred": "#ffa8a0", "brightgreen": "#a5e8b0",
    "brightbrown": "#ffd98a", "brightyellow": "#ffd98a", "brightblue": "#a8c7ff",
    "brightmagenta": "#e2c2ff", "brightcyan": "#9be7f0", "brightwhite": "#ffffff",
}  # fmt: skip
_PAPER, _INK = "#151b26", "#d8dee9"


def as_svg(screen: pyte.Screen, title: str, lines: int) -> str:
    """The first lines of a screen as a window; backgrounds below, text above."""
    width = _PAD * 2 + _CELL * screen.columns
    height = _BAR + _LINE * lines + _PAD
    rows = [[screen.buffer[y][x] for x in range(screen.columns)] for y in range(lines)]
    dots = [
        tag("circle", cx=18 + 18 * number, cy=15, r=5.5, fill=colour)
        for number, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))
    ]
    style = (
        ".s{font:14px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;white-space:pre}"
        ".b{font-weight:bold}.i{font-style:italic}.u{text-decoration:underline}"
    )
    svg = tag(
        "svg",
        Markup("\n"),
        join(
            tag("title", title),
            tag("style", Markup(style)),
            tag("rect", width="100%", height="100%", rx=8, fill=_PAPER),
            *dots,
            *(each for y, row in enumerate(rows) for each in _backgrounds(row, y)),
            *(each for y, row in enumerate(rows) for each in _texts(row, y)),
        ),
        Markup("\n"),
        xmlns="http://www.w3.org/2000/svg",
        role="img",
        width=f"{width:.0f}",
        height=f"{height:.0f}",
        viewBox=f"0 0 {width:.0f} {height:.0f}",
    )
    return f"{svg}\n"


def _ink(cell: Char) -> str:
    own, other = (cell.bg, _PAPER) if cell.reverse else (cell.fg, _INK)
    return other if own == "default" else _colour(own)


def _paper(cell: Char) -> str | None:
    own, other = (cell.fg, _INK) if cell.reverse else (cell.bg, None)
    return other if own == "default" else _colour(own)


def _colour(name: str) -> str:
    return _COLOURS.get(name, f"#{name}")


def _runs(row: Sequence[Char], key: object) -> Iterator[tuple[int, list[Char]]]:
    """Cells beside each other that look the same, with the column they begin at."""
    column = 0
    for _, cells in groupby(row, key):  # type: ignore[call-overload]
        run = list(cells)
        yield column, run
        column += len(run)


def _backgrounds(row: Sequence[Char], y: int) -> Iterator[Markup]:
    for column, run in _runs(row, _paper):
        paper = _paper(run[0])
        if paper is not None:
            yield tag(
                "rect",
                x=f"{_PAD + _CELL * column:.1f}",
                y=_BAR + _LINE * y,
                width=f"{_CELL * len(run):.1f}",
                height=_LINE,
                fill=paper,
            )


def _texts(row: Sequence[Char], y: int) -> Iterator[Markup]:
    for column, run in _runs(row, lambda c: (_ink(c), c.bold, c.italics, c.underscore)):
        words = "".join(cell.data for cell in run)
        first = run[0]
        if words.strip():
            marks = (("b", first.bold), ("i", first.italics), ("u", first.underscore))
            yield tag(
                "text",
                words,
                class_=" ".join(["s", *(name for name, holds in marks if holds)]),
                x=f"{_PAD + _CELL * column:.1f}",
                y=_BAR + _LINE * y + 13,
                textLength=f"{_CELL * len(run):.1f}",
                fill=_ink(first),
            )


# -- the pictures ---------------------------------------------------------------------


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lab.mido").write_text(NETWORK)
        _prompt(folder)
        _trace(folder)
        _topology(folder)
        _report(folder)


def _save(screen: Screen, name: str, title: str, lines: int) -> None:
    (IMAGES / name).write_text(as_svg(screen.screen, title, lines))
    print(f"docs/images/{name}")


def _prompt(folder: Path) -> None:
    screen = Screen(folder, 14)
    screen.type("\x0c", "midonet>")
    screen.type("bridge1:port1 set infilter \t", "no-pings")
    _save(screen, "prompt.svg", "The prompt: completion, the hint line and the toolbar", 14)
    screen.close()


def _trace(folder: Path) -> None:
    screen = Screen(folder, 66, columns=136)  # all of it, with no line broken in two
    screen.type("prefs pager off\r", "midonet>")
    screen.type("\x0c", "midonet>")
    screen.type(f"{TYPED['trace.svg'][0]}\r", "takes the echo reply")
    _save(screen, "trace.svg", "A ping that is translated, with its frames and its walk", 66)
    screen.close()


def _topology(folder: Path) -> None:
    screen = Screen(folder, 44)
    screen.type("prefs pager off\r", "midonet>")
    infilter, ping = TYPED["draw.svg"]
    screen.type(f"{infilter}\r", "midonet>")
    screen.type("\x0c", "midonet>")
    screen.type(f"{ping}\r", "the way it took")
    _save(screen, "draw.svg", "The way of a ping that a rule drops", 44)
    screen.type("show topology write net.svg\r", "net.svg")
    (IMAGES / "topology.svg").write_bytes((folder / "net.svg").read_bytes())
    print("docs/images/topology.svg")
    screen.type("\x0c", "midonet>")
    screen.type("ping alice web count 1 report ping.html\r", "ended at")
    screen.close()


def _report(folder: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        print("no Chromium: docs/images/report.png stays as it is")
        return
    shot = folder / "report.png"
    page = (folder / "ping.html").as_uri()
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars")
    subprocess.run(
        [browser, *flags, "--window-size=1100,1100", f"--screenshot={shot}", page],
        check=True,
        capture_output=True,
        timeout=120,
    )
    (IMAGES / "report.png").write_bytes(shot.read_bytes())
    print("docs/images/report.png")


if __name__ == "__main__":
    main()
