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
from pathlib import Path

import pexpect
import pyte
from transcribe import ROOT, SEED

import screen_svg  # isort: skip (its imports need the path that transcribe sets)

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
    "mistakes.svg": ["router edge add rout dst 10.9.0.0/16", "guest list as table"],
    "help.svg": ["help"],
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
        self.screen.write_process_input = self._process.send  # type: ignore[method-assign]
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
                is_shown = words in "\n".join(self.screen.display)
                if is_shown and time.monotonic() - still_since > _SETTLED:
                    return
        shown = "\n".join(self.screen.display)
        raise SystemExit(f"{words!r} never appeared on:\n{shown}")

    def close(self) -> None:
        """End the program."""
        self._process.close(force=True)


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "lab.mido").write_text(NETWORK)
        _prompt(folder)
        _mistakes(folder)
        _help(folder)
        _trace(folder)
        _topology(folder)
        _report(folder)


def _save(screen: Screen, name: str, title: str, lines: int) -> None:
    (IMAGES / name).write_text(screen_svg.as_svg(screen.screen, title, lines))
    print(f"docs/images/{name}")


def _prompt(folder: Path) -> None:
    screen = Screen(folder, 14)
    screen.type("\x0c", "midonet>")
    screen.type("bridge1:port1 set infilter \t", "no-pings")
    _save(screen, "prompt.svg", "The prompt: completion, the hint line and the toolbar", 14)
    screen.close()


def _mistakes(folder: Path) -> None:
    screen = Screen(folder, 28, columns=136)
    screen.type("\x0c", "midonet>")
    wrong, table = TYPED["mistakes.svg"]
    screen.type(f"{wrong}\r", "unexpected")
    screen.type(f"{table}\r", "reply-df")
    screen.type("bridge lan set ?", "out-mirrors")
    screen.type("state dwon", "invalid value")
    _save(screen, "mistakes.svg", "An error, a table, what may come, and a hint that warns", 28)
    screen.close()


def _help(folder: Path) -> None:
    screen = Screen(folder, 26, columns=80)
    screen.type("\x0c", "midonet>")
    screen.type("help\r", "help WORD")
    _save(screen, "help.svg", "The map of the language", 26)
    screen.close()


def _trace(folder: Path) -> None:
    screen = Screen(folder, 59, columns=136)  # all of it, with no line broken in two
    screen.type("prefs pager off\r", "midonet>")
    screen.type("\x0c", "midonet>")
    screen.type(f"{TYPED['trace.svg'][0]}\r", "accepts the echo reply")
    _save(screen, "trace.svg", "A ping that is translated, with its frames and its walk", 59)
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
