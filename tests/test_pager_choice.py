"""No program runs that nobody typed: a script cannot choose the pager, who types can."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessions import ROOT, midocli
from terminal import at_prompt

from midocli.context.preferences import Preferences

EVIL = "prefs pager \"sh -c 'id > x; cat'\" hint off"
REFUSED = "pager names a program, and later sessions would run it"


def prefs_file(home: Path) -> Path:
    return home / ".config" / "midocli" / "prefs.toml"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (("evil.mido",), ""),
        (("-e", EVIL), ""),
        (("-e", "source evil.mido"), ""),
        (("-e", f"expect {EVIL}"), ""),
        ((), EVIL),
    ],
)
def test_a_script_cannot_choose_the_pager(
    arguments: tuple[str, ...], stdin: str, tmp_path: Path
) -> None:
    (tmp_path / "evil.mido").write_text(EVIL)
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("XDG_CONFIG_HOME", None)
    done = midocli(*arguments, stdin=stdin, cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert REFUSED in done.stderr
    assert not prefs_file(tmp_path).exists()


def test_nor_can_one_that_is_sourced_at_the_prompt_or_runs_before_it(tmp_path: Path) -> None:
    (tmp_path / "evil.mido").write_text(EVIL)
    terminal = at_prompt(tmp_path, "-i", "evil.mido", columns=200)
    terminal.wait_for(REFUSED)
    terminal.run("source evil.mido")
    terminal.wait_for("evil.mido:1:")
    assert not prefs_file(tmp_path).exists()
    terminal.run("prefs pager more")
    terminal.wait_for("midonet> prefs pager more\nmidonet>")
    assert prefs_file(tmp_path).read_text() == 'pager = "more"\n'


def test_a_script_may_still_choose_what_is_no_program(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("XDG_CONFIG_HOME", None)
    prefs_file(tmp_path).parent.mkdir(parents=True)
    prefs_file(tmp_path).write_text("pager = 'more'\n")
    done = midocli("-e", "prefs hint off", "-e", "prefs", env=environment)
    assert done.returncode == 0, done.stderr
    assert "hint off" in done.stdout
    assert "pager more" in done.stdout


@given(st.text())
def test_what_is_kept_is_read_again(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.mktemp("prefs") / "prefs.toml"
    Preferences(file).set({"pager": text, "hint": False})
    assert Preferences(file)["pager"] == text
    assert Preferences(file)["hint"] is False


def test_what_no_file_of_utf8_can_hold_is_refused(tmp_path: Path) -> None:
    environment = {**os.environ, "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = midocli("-e", r"prefs flags $'-n \xff'", env=environment)
    assert done.returncode == 1
    assert "flags is kept in a file of UTF-8, and this is none" in done.stderr
