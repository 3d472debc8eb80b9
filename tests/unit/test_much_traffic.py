"""What a long probe keeps is bounded, and what is left out is said."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from handmade import Hands, errors, session_of
from netlab import PAIR
from terminal import ROOT
from worlds import World

from grammar.script import Line
from midocli.context import context
from midocli.context.files import Files
from midocli.probes import capture_request, kept_steps
from midocli.trace.capture_reader import open_capture


def test_the_first_walks_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept_steps, "MOST_STEPS", 200)
    world = World(*PAIR.splitlines())
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
    world = World(*PAIR.splitlines(), files=Files())
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
    World(*PAIR.splitlines(), files=Files()).run(command.format("whole.pcapng"))
    monkeypatch.setattr(kept_steps, "MOST_STEPS", 10)
    World(*PAIR.splitlines(), files=Files()).run(command.format("bounded.pcapng"))
    assert Path("whole.pcapng").read_bytes() == Path("bounded.pcapng").read_bytes()


def test_frames_are_printed_one_by_one() -> None:
    world = World(*PAIR.splitlines())
    result = world.lab("ping one 10.0.0.2 count 50 interval 0.1 capture all")
    pieces = list(result.pieces())
    assert len(pieces) > 200
    assert max(map(len, pieces)) < 10_000
    assert "".join(pieces) == result.text()


def test_no_room_is_an_error_in_one_line_while_there_is_some(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hands = Hands()
    session = session_of(hands)
    for line in PAIR.splitlines():
        assert session.run_line("", Line(line, 1))
    with monkeypatch.context() as patch:
        patch.setattr(context, "_ROOM", 2**62)
        assert not session.run_line("", Line("ping one 10.0.0.2 count 100 quiet", 1))
    assert errors(session) == ":1:1: too large or too deeply nested to work on\n"
    assert session.run_line("", Line("expect ping one 10.0.0.2 count 100 quiet", 1))


def run_with(script: str, bytes_: int, folder: Path) -> tuple[int, str]:
    """The status of a script with so much address space, and its errors; it prints to a file."""
    with (folder / "printed").open("wb") as printed:
        done = subprocess.run(
            [sys.executable, "-m", "midocli", "--seed", "1", "--keep-going"],
            input=script.encode(),
            stdout=printed,
            stderr=subprocess.PIPE,
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "HOME": str(folder)},
            preexec_fn=partial(resource.setrlimit, resource.RLIMIT_AS, (bytes_, bytes_)),
        )
    return done.returncode, done.stderr.decode()


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is limited as on Linux")
def test_what_does_not_fit_is_one_line_and_the_script_goes_on(tmp_path: Path) -> None:
    probe = "ping one 10.0.0.2 count 1000000 interval 0.1 capture all explain"
    status, told = run_with(f"{PAIR}{probe}\nping one 10.0.0.2 quiet\n", 130 * 2**20, tmp_path)
    assert (status, told) == (1, "<stdin>:9:1: too large or too deeply nested to work on\n")
    assert "1 packets transmitted, 1 received" in (tmp_path / "printed").read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the address space is limited as on Linux")
def test_thirty_thousand_echoes_fit_into_700_mebibytes(tmp_path: Path) -> None:
    probe = "ping one 10.0.0.2 count 30000 interval 0.1 capture all explain report r.html"
    script = f"{PAIR}expect {probe} write m.pcapng\nping one 10.0.0.2 quiet\n"
    assert run_with(script, 700 * 2**20, tmp_path) == (0, "")
    text = (tmp_path / "printed").read_text()
    assert "30000 packets transmitted, 30000 received" in text
    assert text.count("ICMP echo reply") >= 60_000
    assert "1 packets transmitted, 1 received" in text
    assert (tmp_path / "r.html").stat().st_size and (tmp_path / "m.pcapng").stat().st_size
