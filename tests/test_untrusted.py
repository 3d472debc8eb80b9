"""`--untrusted`: what a script may do that its user did not write, and what it may not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sessions import ROOT, midocli

LAB = """\
host create name h
guest create name one interface h:a address 10.0.0.1/24
guest create name two interface h:b address 10.0.0.2/24
"""


def run(folder: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script of that folder from elsewhere."""
    folder.mkdir(exist_ok=True)
    (folder / "lab.mido").write_text(script)
    return midocli("--untrusted", "--keep-going", str(folder / "lab.mido"), *arguments)


def errors(done: subprocess.CompletedProcess[str]) -> list[str]:
    """What the errors say, without where they are."""
    return [line.split(": ", 1)[1] for line in done.stderr.splitlines()]


def test_a_script_reads_and_writes_below_its_folder(tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    lab.mkdir()
    (lab / "more.mido").write_text("router create name more\n")
    done = run(lab, f"source {lab}/more.mido\nsave {lab}/new.mido\nrouter list name more\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "name more" in (lab / "new.mido").read_text()


@pytest.mark.parametrize(
    "command",
    [
        "source {outside}/secret.mido",
        "source {lab}/../outside/secret.mido",
        "source {lab}/link/secret.mido",
        "source ~/.profile",
        "save {outside}/new.mido",
        "save {lab}/link/new.mido",
        "save /dev/stdout",
        "show topology write {outside}/new.svg",
        "tcpdump read {outside}/secret.pcap",
        "tcpdump any write {outside}/new.pcapng",
        "ping one 10.0.0.2 write {outside}/new.pcapng",
        "ping one 10.0.0.2 draw {outside}/new.svg",
        "ping one 10.0.0.2 report {outside}/new.html",
        "inject h:a file {outside}/secret.pcap",
    ],
)
def test_nothing_outside_is_read_or_written(command: str, tmp_path: Path) -> None:
    lab, outside = tmp_path / "lab", tmp_path / "outside"
    outside.mkdir()
    lab.mkdir()
    (outside / "secret.mido").write_text("router create name stolen\n")
    (outside / "secret.pcap").write_bytes(b"")
    (lab / "link").symlink_to(outside)
    before = sorted(outside.iterdir())
    done = run(lab, LAB + command.format(lab=lab, outside=outside) + "\nrouter list\n")
    assert len(errors(done)) == 1
    assert f"is not below {lab}, and the script is untrusted" in done.stderr
    assert "stolen" not in done.stdout
    assert sorted(outside.iterdir()) == before


@pytest.mark.parametrize("command", ["save {there}", "save {there} force", "save {pipe}"])
def test_nothing_is_replaced(command: str, tmp_path: Path) -> None:
    lab = tmp_path / "lab"
    midocli("-e", f"save {tmp_path}/there.mido")
    lab.mkdir()
    there = (tmp_path / "there.mido").replace(lab / "there.mido")
    before = there.read_bytes()
    subprocess.run(["mkfifo", lab / "pipe"], check=True)
    done = run(lab, command.format(there=there, pipe=lab / "pipe"))
    assert "is there, and an untrusted script replaces nothing" in done.stderr
    assert there.read_bytes() == before


def test_the_current_folder_is_that_of_other_commands(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for arguments, stdin in ((["-e", "save below/e.mido"], ""), ([], "save below/stdin.mido\n")):
        done = midocli("--untrusted", *arguments, stdin=stdin, cwd=tmp_path / "below" / "..")
        assert (done.returncode, done.stderr) == (0, "")
    done = midocli("--untrusted", "-e", "save ../new.mido", cwd=tmp_path / "below")
    assert done.returncode == 1
    assert sorted(file.name for file in tmp_path.iterdir()) == ["below"]


def test_other_machines_are_not_reached(tmp_path: Path) -> None:
    done = run(
        tmp_path / "lab", f"{LAB}matrix tcp 80 workers tcp://127.0.0.1:8786\nmatrix workers 8\n"
    )
    assert errors(done) == ["an untrusted script reaches no other machines"]
    assert done.stdout.endswith("one, two -> one, two   nothing\n")


def test_preferences_are_not_touched(tmp_path: Path) -> None:
    config = {"XDG_CONFIG_HOME": str(tmp_path / "config"), "PATH": "", "PYTHONPATH": str(ROOT)}
    done = midocli("--untrusted", "-e", "prefs hint off", env=config)
    assert (done.returncode, done.stderr) == (1, "-e:1:1: an untrusted script has no preferences\n")
    assert not (tmp_path / "config").exists()


def test_there_is_no_prompt(tmp_path: Path) -> None:
    code = "import pty, sys; sys.exit(pty.spawn([sys.executable, *sys.argv[1:]]) >> 8)"
    done = subprocess.run(
        [sys.executable, "-c", code, "-m", "midocli", "--untrusted"],
        capture_output=True,
        cwd=ROOT,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout.strip()) == (
        2,
        "midocli: --untrusted runs scripts, and has no prompt",
    )


def test_its_time_ends(tmp_path: Path) -> None:
    script = tmp_path / "long.mido"
    script.write_text(LAB + "echo begun\nping one 10.0.0.9 count 1000000 quiet capture none\n")
    code = (
        "import sys\n"
        "from midocli.app import cli, untrusted\n"
        "untrusted.SECONDS = 2\n"
        "sys.exit(cli.main(['--untrusted', *sys.argv[1:]]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(script)], capture_output=True, cwd=ROOT, text=True
    )
    assert done.returncode == 1
    assert done.stdout.endswith("begun\n")
    assert done.stderr == "midocli: stopped after 2 s, as long as --untrusted lets it run\n"


def test_its_memory_and_its_files_end(tmp_path: Path) -> None:
    code = (
        "from midocli.app import untrusted\n"
        "untrusted.MEGABYTES = 200\n"
        "untrusted.bound()\n"
        "for too_much in (lambda: bytearray(300 << 20), lambda: out.truncate(300 << 20)):\n"
        "    with open('out', 'wb') as out:\n"
        "        try: too_much()\n"
        "        except (MemoryError, OSError) as error: print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT)},
        text=True,
    )
    assert done.stdout.split() == ["MemoryError", "OSError"]


def test_usual_scripts_fit(tmp_path: Path) -> None:
    script = tmp_path / "lab.mido"
    files = f"write {tmp_path}/p.pcapng report {tmp_path}/r.html"
    script.write_text(f"{LAB}ping one 10.0.0.2 {files}\n")
    done = midocli("--untrusted", str(script))
    assert done.stderr == ""
    assert {"p.pcapng", "r.html"} <= {file.name for file in tmp_path.iterdir()}
