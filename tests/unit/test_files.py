"""Files that commands write: what is replaced, what is kept of the old one, and odd files."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from sessions import ROOT, midocli

from grammar.errors import FileError
from grammar.tree import Argument
from midocli.context.files import Files
from midocli.context.marks import DOT, MARKUP, MERMAID, SCRIPT, Style
from midocli.context.preferences import Preferences

FILES = Files()


def named(path: Path) -> Argument:
    return Argument(str(path), 6)


@pytest.mark.parametrize("style", [SCRIPT, DOT, MERMAID, MARKUP])
def test_what_midocli_wrote_is_replaced_until_somebody_changes_it(
    style: Style, tmp_path: Path
) -> None:
    path = tmp_path / "file"
    for content in (b"first\n", b"second, which is longer\n" * 200, b""):
        FILES.write(named(path), content, style)
        assert content in path.read_bytes()
    FILES.write(named(path), b"one\ntwo\n", style)
    changed = path.read_bytes().replace(b"two", b"too")
    path.write_bytes(changed)
    for touch in (FILES.check, lambda file: FILES.write(file, b"", style)):
        with pytest.raises(FileError, match="force as the last word replaces it") as refused:
            touch(named(path))
        assert refused.value.column == 6
    assert path.read_bytes() == changed
    FILES.check(named(path), force=True)
    FILES.write(named(path), b"three\n", style, force=True)
    FILES.write(named(path), b"four\n", style)


@pytest.mark.parametrize("there", [b"my own\n", b"# midocli 0.2.0 sha256:" + b"0" * 64 + b"\n"])
def test_what_somebody_else_wrote_is_not_replaced(there: bytes, tmp_path: Path) -> None:
    path = tmp_path / "lab.mido"
    path.write_bytes(there)
    with pytest.raises(FileError):
        FILES.write(named(path), b"", SCRIPT)
    with pytest.raises(FileError):
        FILES.grow(named(path), b"")
    assert path.read_bytes() == there


def test_an_empty_file_is_filled(tmp_path: Path) -> None:
    path = tmp_path / "made-by-mktemp"
    path.touch()
    FILES.write(named(path), b"x\n", SCRIPT)
    assert path.read_bytes().endswith(b"\nx\n")


def test_a_file_that_grows_is_always_marked(tmp_path: Path) -> None:
    path = tmp_path / "grows"
    growing = FILES.grow(named(path), b"head\n", SCRIPT)
    for piece in (b"one\n", b"", b"two\n" * 1000):
        FILES.check(named(path))
        growing.add(piece)
    assert path.read_bytes().endswith(b"\nhead\none\n" + b"two\n" * 1000)
    FILES.write(named(path), b"anew\n", SCRIPT)


def test_a_file_that_was_replaced_while_it_grew_is_told_of_once(tmp_path: Path) -> None:
    path = tmp_path / "grows"
    growing = FILES.grow(named(path), b"head\n", SCRIPT)
    path.unlink()
    path.write_text("another's\n")
    with pytest.raises(FileError, match="replaced or removed"):
        growing.add(b"one\n")
    growing.add(b"two\n")
    assert path.read_text() == "another's\n"


def test_permissions_and_other_names_stay(tmp_path: Path) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    FILES.write(named(path), b"first\n", SCRIPT)
    path.chmod(0o640)
    FILES.write(named(path), b"second\n", SCRIPT)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    os.link(path, other)
    link = tmp_path / "link"
    link.symlink_to(path)
    FILES.write(named(link), b"third, longer than the second\n", SCRIPT)
    FILES.write(named(link), b"4\n", SCRIPT)
    assert link.is_symlink()
    assert path.read_bytes() == other.read_bytes()
    assert path.read_bytes().endswith(b"\n4\n")
    assert stat.S_IMODE(other.stat().st_mode) == 0o640


def test_the_longest_name_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    FILES.write(named(path), b"x\n", SCRIPT)
    FILES.write(named(path), b"y\n", SCRIPT)
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_the_standard_output_is_written_to_wherever_it_leads(tmp_path: Path) -> None:
    command = "save /dev/stdout"
    piped = midocli("-e", "router create name r", "-e", command).stdout
    out = tmp_path / "out"
    with out.open("wb") as stream:
        done = subprocess.run(
            [sys.executable, "-m", "midocli", "-e", "router create name r", "-e", command],
            stdout=stream,
            cwd=ROOT,
        )
    assert done.returncode == 0
    assert sorted(out.read_text().splitlines()) == sorted(piped.splitlines())
    assert "midocli " in piped


def test_a_shell_may_take_what_is_saved(tmp_path: Path) -> None:
    told = tmp_path / "told"
    saved = f'{sys.executable} -m midocli -e "router create name r" -e "save ">(cat >{told}); wait'
    done = subprocess.run(["bash", "-c", saved], cwd=ROOT, capture_output=True, timeout=60)
    assert done.stderr == b""
    assert "router create name r\n" in told.read_text()


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null", "/dev/urandom"])
def test_a_device_is_no_script(device: str) -> None:
    done = midocli("-e", f"source {device}")
    assert (done.returncode, done.stderr) == (
        1,
        f"-e:1:8: cannot read {device}: it is a device, not a file\n",
    )
    done = midocli(device)
    assert (done.returncode, done.stderr) == (
        2,
        f"midocli: cannot read {device}: it is a device, not a file\n",
    )


def test_a_script_that_grows_while_it_runs_ends_where_it_ended(tmp_path: Path) -> None:
    script = tmp_path / "grows.mido"
    script.write_text("router create name one\nsave grows.mido force\nrouter create name two\n")
    done = midocli("-e", f"source {script.name}", "-e", "router list", cwd=tmp_path)
    assert "name one" in done.stdout


def test_a_script_that_cannot_be_read_is_an_error_of_the_file(tmp_path: Path) -> None:
    done = midocli("-e", f"source {tmp_path}", "--format", "json")
    assert done.returncode == 1
    assert '"code": "file"' in done.stdout
    assert "Is a directory" in done.stdout


def test_a_pipe_may_be_a_script(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m midocli <(echo router create) -e 'router list'"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert "router router0" in done.stdout


def test_preferences_are_replaced_as_a_whole_and_a_pipe_there_does_not_hang(tmp_path: Path) -> None:
    file = tmp_path / "prefs.toml"
    file.write_text('hint = "off"\n')
    file.chmod(0o600)
    Preferences(file).set({"toolbar": False})
    assert file.read_text() == 'hint = "off"\ntoolbar = "off"\n'
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    preferences = Preferences(pipe)
    assert preferences["toolbar"] is True
    with pytest.raises(FileError, match="it is no file; they hold for this session"):
        preferences.set({"toolbar": False})
    assert preferences["toolbar"] is False
