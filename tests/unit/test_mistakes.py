"""A mistake of midocli itself is one line, and its traceback is kept for who mends it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from itertools import count
from pathlib import Path

import pytest
from handmade import Hands, session_of
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from sessions import ROOT

from grammar.commands.debug import Debug
from grammar.script import Line
from midocli.commands import dispatch
from midocli.help.version import VERSION
from midocli.results.values import Result
from midocli.session.mistakes import MOST_FILES, Mistakes
from midocli.session.session import Session
from midocli.shell.completer import CommandCompleter
from midocli.shell.lexer import CommandLexer


def fail(context: object, command: Debug) -> Result:
    """What `debug` does while it is broken."""
    raise ZeroDivisionError("nothing to divide by")


@pytest.fixture(autouse=True)
def _broken(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setitem(dispatch._CARRIERS, Debug, fail)
    yield


def begin(folder: Path | None) -> tuple[Session, StringIO]:
    err, numbers = StringIO(), count(1)
    kept = Mistakes(None if folder is None else lambda: folder, lambda: f"{next(numbers):03}")
    return session_of(Hands(), err, mistakes=kept), err


def test_the_line_names_a_file_with_the_traceback(tmp_path: Path) -> None:
    folder = tmp_path / "state" / "midocli"
    session, err = begin(folder)
    assert not session.run_line("lab.mido", Line("debug on", 7))
    (file,) = folder.iterdir()
    assert err.getvalue() == (
        "lab.mido:7:1: internal error, a mistake of midocli: ZeroDivisionError: "
        f"nothing to divide by (traceback: {file})\n"
    )
    report = file.read_text()
    assert report.startswith(f"midocli {VERSION}, Python {sys.version_info[0]}.")
    assert "lab.mido:7: debug on\n" in report
    assert "in fail\n" in report
    assert report.endswith("ZeroDivisionError: nothing to divide by\n")
    assert file.stat().st_mode & 0o777 == 0o600


def test_the_newest_are_kept(tmp_path: Path) -> None:
    session, _ = begin(tmp_path)
    for _ in range(MOST_FILES + 5):
        session.run_line("", Line("debug on", 1))
    names = sorted(file.name for file in tmp_path.iterdir())
    assert names == [f"mistake-{number:03}.txt" for number in range(6, MOST_FILES + 6)]


def test_where_no_file_can_be_written_the_line_names_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    for folder in (None, tmp_path / "file" / "midocli"):
        session, err = begin(folder)
        session.run_line("", Line("debug on", 1))
        assert err.getvalue().endswith("ZeroDivisionError: nothing to divide by\n")


def test_the_session_goes_on_with_nothing_changed(tmp_path: Path) -> None:
    session, _ = begin(tmp_path)
    session.run_line("", Line("router create name before", 1))
    session.run_line("", Line("debug on", 2))
    assert session.run_line("", Line("router list name before", 3))
    assert session.context.store.journal.undoable == 1


def test_what_only_helps_typing_fails_unseen_and_is_kept_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, err = begin(tmp_path)
    completer = CommandCompleter(session.context, session.mistakes)
    monkeypatch.setattr(completer, "_offers", None)
    lexer = CommandLexer(session.mistakes)
    monkeypatch.setattr("midocli.shell.lexer.kinds", None)
    for text in ("rou", "router"):
        assert list(completer.get_completions(Document(text), CompleteEvent())) == []
        assert lexer.lex_document(Document(text))(0) == [("", text)]
    assert err.getvalue() == ""
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("debug", ["", "1"])
@pytest.mark.parametrize("arguments", [["-e", "debug on"], ["tcpdump", "-r", "x"]])
def test_the_program_prints_the_traceback_only_when_asked(
    arguments: list[str], debug: str, tmp_path: Path
) -> None:
    code = (
        "import sys\n"
        "from grammar.commands.debug import Debug\n"
        "from midocli.app import cli, tcpdump\n"
        "from midocli.commands import dispatch\n"
        "dispatch._CARRIERS[Debug] = tcpdump.main = lambda *given: 1 // 0\n"
        "sys.exit(cli.main(sys.argv[1:]))\n"
    )
    environment = {**os.environ, "XDG_STATE_HOME": str(tmp_path), "MIDOCLI_DEBUG": debug}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        cwd=ROOT,
        env=environment,
        text=True,
    )
    assert done.returncode == 1
    (file,) = (tmp_path / "midocli").iterdir()
    assert done.stderr.endswith(f"(traceback: {file})\n")
    assert done.stderr.count("\n") == 1 or debug
    assert ("Traceback" in done.stderr) is bool(debug)
    assert "Traceback" in file.read_text()
