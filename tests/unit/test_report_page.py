"""The page a probe writes with `report`: well-formed, escaped, alone, and shown by a browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from picturelab import LAB, made

import grammar
from midocli.commands.dispatch import run

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--window-size=1000,700")
VOID = ("meta", "br", "hr")
EVIL = "<script>alert('x')</script>"
WALK = f"""
clock set 2026-01-05T09:00:00+00:00
bridge create name "{EVIL}"
bridge1 add port peer router0:port1
bridge1 add port
host rack1 add binding port bridge1:port1 interface tap2
guest create name bob interface tap2 address 10.0.2.11/24 gw 10.0.2.1
router r add route dst 10.0.1.0/24 type normal port router0:port0
router r add route dst 10.0.2.0/24 type normal port router0:port1
router r add route dst 10.99.0.0/16 type reject
"""


class Page(HTMLParser):
    """Reads a page; complains of elements that do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def report(folder: Path, command: str) -> str:
    """The page of a probe in a network whose names are no friends of HTML."""
    file = folder / "ping.html"
    made(LAB, WALK, f"{command} report {file}")
    return file.read_text()


@pytest.fixture
def page(tmp_path: Path) -> str:
    return report(tmp_path, "ping alice bob id 1")


def test_elements_nest(page: str) -> None:
    read = Page(page)
    assert read.open == []
    assert {"main", "svg", "ol", "table", "pre", "h1", "h2", "h3"} <= set(read.seen)


def test_it_needs_nothing_else_and_runs_nothing(page: str) -> None:
    read = Page(page)
    assert not {"script", "link", "img", "iframe", "object"} & set(read.seen)
    assert not [name for name, _ in read.attributes if name.startswith("on")]
    assert not [name for name, _ in read.attributes if name in ("src", "href")]
    assert "@import" not in page
    assert "url(" not in page


def test_what_users_named_is_escaped(page: str) -> None:
    assert "<script" not in page
    assert EVIL in "".join(Page(page).words)


def test_it_tells_the_walk_the_changes_the_frames_and_the_verdict(page: str) -> None:
    words = "\n".join(Page(page).words)
    for said in (
        "✓ succeeded",
        "icmp_seq=1: answered by 10.0.2.11",
        "64 bytes from 10.0.2.11: icmp_seq=1 ttl=63",
        "route router0:route1: 10.0.2.0/24 by router0:port1",
        "tcpdump: listening on tap1",
        "10.0.1.10 > 10.0.2.11: ICMP echo request, id 1, seq 1",
    ):
        assert said in words
    assert re.search(r"<th scope=\"row\">TTL</th><td><del>64</del></td>.*<ins>63</ins>", page)


def test_the_walk_is_what_explain_prints(tmp_path: Path) -> None:
    chain = """
chain create name vip
chain vip add rule dst 203.0.113.80 type dnat action accept target 10.0.2.11:1024-65535
chain vip add rule src 10.0.2.11 type rev_dnat action accept
router r set infilter vip
"""
    file = tmp_path / "ping.html"
    context = made(LAB, WALK, chain)
    command = grammar.parse(f"ping alice 203.0.113.80 explain full report {file}")
    assert command is not None
    printed = run(context, command).text()
    walk = printed.partition("\n\nwalk 1:")[2].rpartition("\n\n")[0]
    steps = [line.strip() for line in f"walk 1:{walk}".splitlines() if line and " -> " not in line]
    assert any("binding of chain1:rule0" in step for step in steps)
    words = iter(Page(file.read_text()).words)
    assert [step for step in steps if step not in words] == []  # in this order


def test_of_many_requests_the_first_is_open_and_verdicts_are_joined(tmp_path: Path) -> None:
    page = report(tmp_path, "ping alice bob count 9 interval 0.1")
    assert page.count("<details") == 9
    assert page.count("<details open=") == 1
    assert "<li>icmp_seq=1…9: answered by 10.0.2.11</li>" in page
    assert "<details" not in report(tmp_path, "ping alice bob count 3")


def test_a_failure_says_where_and_what_to_try(tmp_path: Path) -> None:
    refused = "\n".join(Page(report(tmp_path, "ping alice 10.99.1.1 id 1")).words)
    assert "✗ failed" in refused
    assert "✗ route-reject: route" in refused
    down = "\n".join(Page(report(tmp_path, "guest bob set state down\nping alice bob")).words)
    assert "✗ router0: arp-timeout" in down
    assert "guest guest1 set state up" in down


@pytest.mark.parametrize(
    "command",
    [
        "traceroute alice 10.0.2.11",
        "arping alice 10.0.1.1",
        "connect alice tcp 10.0.2.11 22",
        "dhcp alice",
        "inject tap1 frame " + "ff" * 12 + "0800" + "00" * 46,
        "ping alice bob capture none",
        "ping router0:port0 10.0.1.10 capture all",
    ],
)
def test_every_probe_writes_one(tmp_path: Path, command: str) -> None:
    read = Page(report(tmp_path, command))
    assert read.open == []
    assert command.split()[0] in "".join(read.words)


def test_it_is_the_same_every_time(tmp_path: Path) -> None:
    assert report(tmp_path, "ping alice bob") == report(tmp_path, "ping alice bob")


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")
def test_a_browser_shows_it(tmp_path: Path, page: str) -> None:
    file, shot = tmp_path / "ping.html", tmp_path / "ping.png"

    def browse(*arguments: str) -> str:
        done = subprocess.run(
            [str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", *arguments, file.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    shown = browse("--dump-dom")
    assert Page(shown).open == []
    assert shown.count("<article") == page.count("<article")
    assert "<svg" in shown
    browse(f"--screenshot={shot}")
    image = shot.read_bytes()
    assert image.startswith(b"\x89PNG")
    assert int.from_bytes(image[16:20], "big") == 1000
