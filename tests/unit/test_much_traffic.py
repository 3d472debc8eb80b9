"""What a long probe keeps is bounded, and what is left out is said."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from terminal import ROOT
from worlds import World

from midocli.context.files import Files
from midocli.probes import capture_request, kept_steps
from midocli.results.values import Report
from midocli.trace.capture_reader import open_capture

LAB = """\
host create name h
bridge create name br
bridge br add port
bridge br add port
host h add binding port br:port0 interface a
host h add binding port br:port1 interface b
guest create name one interface h:a address 10.0.0.1/24
guest create name two interface h:b address 10.0.0.2/24
"""
#: Bytes of address space.
_ROOM = 700 * 2**20


def test_the_first_walks_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_steps, "MOST_STEPS", 200)
    world = World(*LAB.splitlines())
    lines = world.lines("ping one 10.0.0.2 count 50 interval 0.1 capture none explain")
    told = [line for line in lines if line.startswith("# guest0:")]
    left = [line for line in lines if "are left out here" in line]
    assert 5 < len(told) < 45
    assert left == [f"the walks of the next {50 - len(told)} are left out here"]
    assert sum(line.startswith("icmp_seq=50: answered by") for line in lines) == 2
    document = json.loads(
        world.run("ping one 10.0.0.2 count 50 interval 0.1 capture none explain as json")
    )
    assert document["steps_left_out"] > 0
    assert len(document["probes"]) == 50
    short = json.loads(world.run("ping one 10.0.0.2 capture none explain as json"))
    assert "steps_left_out" not in short


def test_the_page_says_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(kept_steps, "MOST_STEPS", 200)
    monkeypatch.setattr(capture_request, "MOST_ON_A_PAGE", 30)
    monkeypatch.chdir(tmp_path)
    world = World(*LAB.splitlines(), files=Files())
    printed = world.run(
        "ping one 10.0.0.2 count 50 interval 0.1 capture all report page.html write all.pcapng"
    )
    page = Path("page.html").read_text()
    assert "are left out here" in page
    assert page.count("70 more frames are left out here; write FILE keeps all") == 2
    assert printed.count("ICMP echo request") == 100, "all are printed"
    with Path("all.pcapng").open("rb") as stream:
        frames = [frame for frame in open_capture(stream).frames if len(frame.data) == 98]
    assert len(frames) == 200, "all are written"


def test_every_frame_has_its_comment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    command = "ping one 10.0.0.2 count 50 interval 0.1 id 7 explain capture all write {}"
    World(*LAB.splitlines(), files=Files()).run(command.format("whole.pcapng"))
    monkeypatch.setattr(kept_steps, "MOST_STEPS", 10)
    World(*LAB.splitlines(), files=Files()).run(command.format("bounded.pcapng"))
    assert Path("whole.pcapng").read_bytes() == Path("bounded.pcapng").read_bytes()


def test_frames_are_printed_one_by_one() -> None:
    world = World(*LAB.splitlines())
    import grammar
    from midocli.commands.dispatch import run

    command = grammar.parse("ping one 10.0.0.2 count 50 interval 0.1 capture all")
    assert command is not None
    result = run(world.context, command)
    assert isinstance(result, Report)
    pieces = list(result.pieces())
    assert len(pieces) > 200
    assert max(map(len, pieces)) < 10_000
    assert "".join(pieces) == result.text()


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_ROOM, _ROOM))


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is limited as on Linux")
def test_thirty_thousand_echoes_fit_into_700_mebibytes(tmp_path: Path) -> None:
    probe = "ping one 10.0.0.2 count 30000 interval 0.1 capture all explain report r.html"
    script = f"{LAB}expect {probe} write m.pcapng\nping one 10.0.0.2 quiet\n"
    with (tmp_path / "printed").open("wb") as printed:
        done = subprocess.run(
            [sys.executable, "-m", "midocli", "--seed", "1"],
            input=script.encode(),
            stdout=printed,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
            preexec_fn=_limited,
        )
    assert (done.returncode, done.stderr) == (0, b"")
    text = (tmp_path / "printed").read_text()
    assert "30000 packets transmitted, 30000 received" in text
    assert text.count("ICMP echo reply") >= 60_000
    assert "1 packets transmitted, 1 received" in text
    assert (tmp_path / "r.html").stat().st_size and (tmp_path / "m.pcapng").stat().st_size
