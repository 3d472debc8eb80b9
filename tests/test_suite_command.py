"""`midocli test`: scripts as tests, each in a world of its own."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from netlab import LAN
from sessions import ROOT, midocli

from midocli.suite import world
from midocli.suite.cases import cases

_LAN = f"""\
{LAN}guest create name alice interface tap1 address 10.0.1.10/24
guest create name bob interface tap2 address 10.0.1.11/24
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a network that is loaded before its tests."""
    (tmp_path / "before.mido").write_text(_LAN)
    return tmp_path


def _test(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.mido"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return file


def test_all_labs_are_tests() -> None:
    done = midocli("test", "-j", "2", "docs/labs")
    assert (done.returncode, done.stderr) == (0, "")
    every = sorted((ROOT / "docs" / "labs").rglob("*.mido"))
    labs = [file for file in every if file.name != "before.mido"]
    assert done.stdout.splitlines() == [
        *(f"passed  {lab.relative_to(ROOT)}" for lab in labs),
        f"{len(labs)} passed",
    ]


def test_a_job_that_is_killed_is_one_sentence(folder: Path) -> None:
    """As by the kernel, where memory is short."""
    for name in "ab":
        _test(folder, name, "ping alice bob count 100000 interval 0.01 capture none quiet\n")
    words = [sys.executable, "-m", "midocli", "test", "-j", "2", "."]
    pipe = subprocess.PIPE
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, cwd=folder, text=True) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not (jobs := children.read_text().split()):
            time.sleep(0.01)
        os.kill(int(jobs[0]), signal.SIGKILL)
        out, told = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert told == "midocli: a process that ran tests was killed: -j 1 tells during which\n"


def test_each_file_has_a_world_of_its_own(folder: Path) -> None:
    for name in "ab":
        _test(folder, name, "expect not bridge mine show\nbridge create name mine\n")
    done = midocli("test", ".", cwd=folder)
    assert done.stdout == "passed  a.mido\npassed  b.mido\n2 passed\n"


def test_an_expectation_that_fails_shows_the_command_and_the_reason(folder: Path) -> None:
    _test(folder, "down", "guest bob set state down\nexpect ping alice bob capture none\n")
    done = midocli("test", ".", cwd=folder)
    assert done.returncode == 1
    lines = [line.strip() for line in done.stdout.splitlines()]
    assert lines[:2] == ["failed  down.mido", "expect ping alice bob capture none"]
    ended = "icmp_seq=1 ended at guest0 (alice) (arp-timeout)"
    assert any(line.startswith(ended) for line in lines)
    assert lines[-2].startswith("down.mido:2:8: expected to succeed")
    assert lines[-1] == "1 failed"


def test_an_error_outside_of_expect_is_told_apart(folder: Path) -> None:
    _test(folder, "wrong", "bridge creat name x\nexpect not ping alice bob\n")
    done = midocli("test", ".", cwd=folder)
    assert done.returncode == 2
    assert "wrong.mido:1:" in done.stdout
    assert done.stdout.endswith("1 error\n")


@pytest.mark.parametrize("path", ["nosuch.mido", "empty"])
def test_nothing_to_test_is_an_error(tmp_path: Path, path: str) -> None:
    (tmp_path / "empty").mkdir()
    done = midocli("test", path, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout + done.stderr in (
        "midocli: cannot read nosuch.mido: No such file or directory\n",
        "nothing was found\n",
    )


def test_what_comes_before_is_that_of_each_folder_down_to_the_file(folder: Path) -> None:
    _test(folder, "sub/before", "guest bob set state down\n")
    _test(folder, "sub/deep/it", "expect not ping alice bob quiet capture none\n")
    _test(folder, "top", "expect ping alice bob quiet capture none\n")
    assert midocli("test", ".", cwd=folder).stdout.endswith("2 passed\n")
    assert midocli("test", "sub", cwd=folder).returncode == 2, "nobody has made bob"


def test_what_fails_before_a_test_fails_the_test(tmp_path: Path) -> None:
    _test(tmp_path, "before", "bridge nosuch show\n")
    _test(tmp_path, "a", "router create name r\n")
    (tmp_path / "a.out").write_text("midonet> router create name r\nrouter0\n[exit status 0]\n")
    done = midocli("test", "a.mido", cwd=tmp_path)
    assert done.returncode == 2
    assert "before.mido:1:8:" in done.stdout
    kept = midocli("test", "--update", "a", "a.mido", cwd=tmp_path)
    told = "midocli: cannot update a.mido: before.mido:1:8: unknown bridge: 'nosuch'\n"
    assert (kept.returncode, kept.stderr) == (2, told)
    _test(tmp_path, "below/b", "router create name r\n")
    (tmp_path / "below" / "gone.mido").symlink_to("nowhere")
    gone = midocli("test", "--update", "gone", "below", cwd=tmp_path)
    assert gone.stderr == (
        "midocli: cannot update below/gone.mido: cannot read gone.mido: No such file or directory\n"
    )
    assert midocli("test", ".", cwd=tmp_path).stdout.splitlines()[-1] == "3 errors"


def test_what_cannot_be_printed_is_told_of(folder: Path) -> None:
    _test(folder, "a", "bridge list\n")
    command = [sys.executable, "-m", "midocli", "test", str(folder)]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    told = "midocli: cannot write the output: No space left on device\n"
    assert (done.returncode, done.stderr) == (1, told)


def test_kept_output_is_compared_and_written_anew(folder: Path) -> None:
    _test(folder, "kept", "bridge list\nbridge nosuch show\n")
    (folder / "kept.out").write_text("midonet> bridge list\nbridge bridge9\n[exit status 0]\n")
    done = midocli("test", ".", cwd=folder)
    assert done.returncode == 1
    changes = [line.strip() for line in done.stdout.splitlines() if line.startswith("    +")]
    assert changes[1:3] == ["+bridge bridge0 name lan state up", "+midonet> bridge nosuch show"]
    assert midocli("test", ".", "--update", "kept", cwd=folder).stdout == "updated kept.out\n"
    assert (folder / "kept.out").read_text() == (
        "midonet> bridge list\nbridge bridge0 name lan state up\nmidonet> bridge nosuch show\n"
        "kept.mido:2:8: unknown bridge: 'nosuch'\n[exit status 1]\n"
    )
    assert midocli("test", ".", cwd=folder).returncode == 0


def test_a_word_chooses_and_the_first_failure_may_end_it(folder: Path) -> None:
    for name in ("ping-1", "ping-2", "route"):
        _test(folder, name, "expect not ping alice bob quiet capture none\n")
    done = midocli("test", "-k", "ping", ".", cwd=folder)
    assert done.stdout.endswith("2 failed\n")
    assert midocli("test", "--fail-fast", ".", cwd=folder).stdout.endswith("\n1 failed\n")


def test_a_test_has_its_time(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = _test(folder, "long", "ping alice bob count 1000000 interval 0.2 quiet capture none\n")
    monkeypatch.setattr(world, "SECONDS", 0.3)
    (case,) = cases([str(file)])
    outcome = world.run(case)
    assert (outcome.verdict, outcome.message) == ("error", "stopped after 0.3 s")


def test_somebody_else_s_alarm_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends a test as it would end any other, and is still set behind one that has ended."""

    def ring(number: int, frame: object) -> None:
        pytest.fail("theirs")  # as pytest-timeout has it

    monkeypatch.setattr(world, "SECONDS", 0.01)
    (short,) = cases([str(_test(folder, "short", "ping alice bob quiet capture none\n"))])
    endless = "ping alice bob count 1000000 interval 0.2 quiet capture none\n"
    (long,) = cases([str(_test(folder, "long", endless))])
    before = signal.signal(signal.SIGALRM, ring)
    was_enabled = gc.isenabled()
    gc.disable()  # an alarm that falls into a callback of its is lost
    try:
        signal.setitimer(signal.ITIMER_REAL, 1000)
        assert world.run(short).verdict == "passed"
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 900
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(pytest.fail.Exception, match="theirs"):
            world.run(long)
        assert signal.getsignal(signal.SIGALRM) is ring
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if was_enabled:
            gc.enable()


def test_threads_may_run_tests(folder: Path) -> None:
    texts = ("expect ping alice bob quiet capture none\n", "expect ping alice 10.0.1.99 quiet\n")
    for number in range(4):
        (folder / f"{number}").mkdir()
        (folder / f"{number}" / "part.txt").write_text(texts[number % 2])
        _test(folder / f"{number}", "sourced", "source part.txt\n")
    with ThreadPoolExecutor(4) as pool:
        outcomes = list(pool.map(world.run, cases([str(folder)])))
    assert [each.verdict for each in outcomes] == ["passed", "failed"] * 2


def test_time_is_up_though_the_garbage_collector_heard_the_alarm(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def collecting(phase: str, told: dict[str, int]) -> None:
        if not losses:  # the alarm falls in here, and is lost
            time.sleep(5)

    file = _test(folder, "long", "ping alice bob count 1000000 interval 0.2 quiet capture none\n")
    (case,) = cases([str(file)])
    monkeypatch.setattr(world, "SECONDS", 1)
    monkeypatch.setattr(sys, "unraisablehook", lambda lost: losses.append(lost.exc_type))
    losses: list[type[BaseException]] = []
    was_enabled = gc.isenabled()  # not where a program has run in this process
    gc.enable()
    gc.callbacks.append(collecting)
    try:
        outcome = world.run(case)
    finally:
        gc.callbacks.remove(collecting)
        if not was_enabled:
            gc.disable()
    assert losses
    assert (outcome.verdict, outcome.message) == ("error", "stopped after 1 s")


def test_tap(folder: Path) -> None:
    _test(folder, "good", "expect ping alice bob quiet capture none\n")
    _test(folder, "odd #1", "expect not ping alice bob quiet capture none\n")
    done = midocli("test", "--tap", ".", cwd=folder)
    lines = done.stdout.splitlines()
    assert lines[:4] == [
        "TAP version 13",
        "1..2",
        "ok 1 - good.mido",
        "not ok 2 - odd \\#1.mido",
    ]
    assert all(line.startswith("# ") for line in lines[4:] if line)


def test_junit_is_read_by_a_parser_of_it(folder: Path) -> None:
    junit = pytest.importorskip("junitparser", reason="needs junitparser")
    _test(folder, "good", "expect ping alice bob quiet capture none\n")
    _test(folder, "bad", "expect not ping alice bob quiet capture none\n")
    _test(folder, "wrong", 'bridge "nosuch\x01 <&>" show\n')
    done = midocli("test", "--junit", "report.xml", ".", cwd=folder)
    assert done.returncode == 2
    (suite,) = junit.JUnitXml.fromfile(str(folder / "report.xml"))
    assert (suite.tests, suite.failures, suite.errors) == (3, 1, 1)
    results = {case.name: [type(each).__name__ for each in case.result] for case in suite}
    assert results == {"bad.mido": ["Failure"], "good.mido": [], "wrong.mido": ["Error"]}
    ElementTree.parse(folder / "report.xml")


def test_a_report_that_cannot_be_written_is_told_of(folder: Path) -> None:
    _test(folder, "good", "bridge list\n")
    done = midocli("test", "--junit", "no/such.xml", ".", cwd=folder)
    assert (done.returncode, done.stderr) == (
        2,
        "midocli: cannot write no/such.xml: No such file or directory\n",
    )


def test_an_error_before_a_test_names_the_folder_it_is_in(folder: Path) -> None:
    _test(folder, "sub/before", "source more.mido\n")
    _test(folder, "sub/deep/it", "bridge list\n")
    (folder / "sub" / "more.mido").write_text("guest bob set stat down\n")
    done = midocli("test", "sub/deep/it.mido", ".", "-k", "deep", cwd=folder)
    assert "\n    sub/more.mido:1:15: unexpected 'stat': expected " in done.stdout
