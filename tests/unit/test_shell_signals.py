"""Ctrl-C while lines are read, at every moment at which the toolkit talks to the terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from handmade import session_of
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from midocli.context.preferences import Preferences
from midocli.shell.shell import Shell
from midocli.shell.terminal import Terminal

_TAKEN = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    before = [signal.getsignal(number) for number in _TAKEN]
    yield
    for number, handler in zip(_TAKEN, before, strict=True):
        signal.signal(number, handler)


class _Interrupting(DummyOutput):
    """A terminal where Ctrl-C comes as it is told something for the `left`th time."""

    left = 0

    def __getattribute__(self, name: str) -> object:
        if name in vars(DummyOutput) and not name.startswith("_"):
            self.left -= 1
            if self.left == 0:
                signal.raise_signal(signal.SIGINT)
        return super().__getattribute__(name)


def _session(folder: Path, moment: int) -> int:
    """Run a command at a prompt, and leave; how many moments there were behind that one."""
    terminal = _Interrupting()
    preferences = Preferences(folder / "prefs.toml")
    manner = Terminal(preferences)
    session = session_of(manner, sys.stderr, preferences=preferences)
    with create_pipe_input() as keyboard, create_app_session(keyboard, terminal):
        shell = Shell(session, manner)
        keyboard.send_text("echo said\rquit\rquit\rquit\r")
        terminal.left = moment
        assert shell.run() == 0
        return -terminal.left


def test_ctrl_c_is_an_error_at_no_moment(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder
) -> None:
    moments = _session(tmp_path, 0)
    assert moments > 50
    for moment in range(1, moments):
        _session(tmp_path, moment)
        assert capfd.readouterr().err == "", moment
    assert not [each for each in recwarn if each.category is RuntimeWarning]
