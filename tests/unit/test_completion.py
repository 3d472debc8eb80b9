"""Completion scripts for midocli's own options, in the shells that are installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from sessions import ROOT, midocli

SHELLS = ("bash", "zsh", "fish")


def _script(shell: str) -> str:
    done = midocli("--completion", shell)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def _bash(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last word."""
    given = " ".join(f"'{word}'" for word in words)
    ask = (
        f"COMP_WORDS=({given}); COMP_CWORD={len(words) - 1}; _midocli; "
        "printf '%s\\n' \"${COMPREPLY[@]}\""
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{_script('bash')}\ncomplete -p midocli >&2\n{ask}"],
        capture_output=True,
        text=True,
        cwd=folder,
        check=True,
        timeout=60,
    )
    assert "-F _midocli midocli" in done.stderr
    return sorted(done.stdout.split("\n")[:-1])


@pytest.mark.skipif(not shutil.which("bash"), reason="needs bash")
@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["--k"], ["--keep-going"]),
        (["--c"], ["--check", "--color", "--completion"]),
        (["--format", ""], ["json", "text"]),
        (["--format", "=", "j"], ["json"]),
        (["--format", "="], ["json", "text"]),
        (["x.mido", "--color", "a"], ["always", "auto"]),
        (["-e", ""], [""]),
        (["tc"], ["tcpdump"]),
        (["my"], ["my lab.mido"]),
        (["--echo", "x"], ["x.pcap"]),
        (["tcpdump", "-r", "x"], ["x.pcap"]),
        (["tcpdump", "-r", "my"], ["my lab.mido"]),
    ],
)
def test_bash_offers(tmp_path: Path, words: list[str], offered: list[str]) -> None:
    for name in ("my lab.mido", "x.pcap"):
        (tmp_path / name).touch()
    assert _bash(tmp_path, "midocli", *words) == offered


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_takes_its_script(shell: str) -> None:
    text = _script(shell)
    if not shutil.which(shell):
        pytest.skip(f"needs {shell}")
    done = subprocess.run(
        [shell, "-n"], input=text, capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("shell", SHELLS)
def test_a_script_knows_every_option(shell: str) -> None:
    text = _script(shell)
    for option in ("format", "keep-going", "no-alias", "seed", "color", "completion"):
        assert (f"-l {option} " if shell == "fish" else f"--{option}") in text


def test_another_shell_is_no_good() -> None:
    done = midocli("--completion", "tcsh")
    assert done.returncode == 2
    assert "invalid choice: 'tcsh'" in done.stderr


@pytest.mark.skipif(not shutil.which("groff"), reason="needs groff")
def test_the_manual_page_is_well_formed() -> None:
    page = ROOT / "docs" / "man" / "midocli.1"
    done = subprocess.run(
        ["groff", "-man", "-ww", "-Tascii", str(page)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stderr == ""
    assert "print each command before its result" in done.stdout
