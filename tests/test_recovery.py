"""What sessions that were ended leave behind, and what is told of an untouched `demo`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from handmade import Hands, errors, session_of
from terminal import Terminal, at_prompt

from grammar.script import Line
from grammar.tree import Argument
from midocli.context import files
from midocli.session import backup, recovery
from midocli.session.backup import Backup, is_locked
from midocli.session.recovery import Recovery
from midocli.session.session import Session

#: Holds what follows sessions, as the prompt does until it is left.
_FOLLOWED = ExitStack()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where recovered topologies go; its name needs quotes."""
    place = tmp_path / "my state"
    monkeypatch.setattr(recovery, "user_state_path", lambda name: place / name)
    return place / "midocli"


def begin(*lines: str) -> tuple[Session, Recovery]:
    session = session_of(Hands())
    kept = Recovery(session)
    _FOLLOWED.enter_context(session.followed_by(kept.follow))
    for line in lines:
        run(session, line)
    return session, kept


def run(session: Session, line: str) -> None:
    assert session.run_line("", Line(line, 1)), errors(session)


def left(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def leave(*names: str) -> None:
    for name in names:
        assert begin(f"router create name {name}")[1].keep() is not None


def source_told(told: list[str]) -> str:
    """The command in the first line."""
    return told[0].partition(": ")[2]


def test_sessions_do_not_overwrite_what_others_left(folder: Path) -> None:
    leave(*"abcdefghijkl")
    assert len(left(folder)) == 12
    assert "name a" in (folder / "recovered.mido").read_text()
    assert "name l" in (folder / "recovered-12.mido").read_text()
    told = begin()[1].begin()
    assert [line.rpartition("/")[2].strip("'") for line in told[:3]] == [
        "recovered.mido",
        "recovered-2.mido",
        "recovered-3.mido",
    ]
    assert "recovered-12.mido" in told[11]


def test_what_was_sourced_and_saved_is_told_of_no_more(folder: Path, tmp_path: Path) -> None:
    leave("precious")
    session, kept = begin()
    run(session, source_told(kept.begin()))
    assert left(folder) == ["recovered.mido"], "it stays until it is saved"
    run(session, f"save '{tmp_path / 'mine.mido'}'")
    assert left(folder) == ["recovered.mido~"]
    assert begin()[1].begin() == []


def test_what_was_only_looked_at_is_told_of_again(folder: Path) -> None:
    leave("precious")
    session, kept = begin()
    run(session, source_told(kept.begin()))
    assert kept.keep() is None, "the file has it"
    assert "source" in begin()[1].begin()[0]


def test_saving_without_sourcing_leaves_it(folder: Path, tmp_path: Path) -> None:
    leave("precious")
    session, kept = begin("router create")
    kept.begin()
    run(session, f"save '{tmp_path / 'mine.mido'}'")
    assert left(folder) == ["recovered.mido"]


def test_saving_to_the_file_itself_keeps_it(folder: Path) -> None:
    leave("precious")
    session, kept = begin()
    run(session, source_told(kept.begin()))
    run(session, "router create name second")
    run(session, f"save '{folder / 'recovered.mido'}'")
    assert left(folder) == ["recovered.mido"]
    assert "second" in (folder / "recovered.mido").read_text()


def test_what_is_left_again_takes_the_place_of_what_was_sourced(folder: Path) -> None:
    leave("precious")
    session, kept = begin()
    run(session, source_told(kept.begin()))
    run(session, "router create name second")
    assert kept.keep() == folder / "recovered-2.mido"
    assert left(folder) == ["recovered-2.mido", "recovered.mido~"]
    assert "precious" in (folder / "recovered-2.mido").read_text()


def test_a_failed_source_does_not_take_it_up(folder: Path, tmp_path: Path) -> None:
    leave("precious")
    file = folder / "recovered.mido"
    file.write_text(file.read_text() + "nonsense\n")
    session, kept = begin()
    assert isinstance(session.context.manner, Hands)
    session.context.manner.is_interactive = True
    assert not session.run_line("", Line(source_told(kept.begin()), 1))
    run(session, f"save '{tmp_path / 'mine.mido'}'")
    assert left(folder) == ["recovered.mido"]


def test_nothing_is_kept_of_an_empty_topology(folder: Path) -> None:
    assert begin("router create", "router router0 delete")[1].keep() is None
    assert not folder.exists()


def test_a_place_that_cannot_be_written_is_no_error(folder: Path) -> None:
    folder.parent.write_text("a file, not a directory")
    _, kept = begin("router create")
    assert kept.begin() == []
    assert kept.keep() is None


@pytest.mark.parametrize("command", ["demo", "demo as json", "expect demo"])
def test_an_untouched_demo_is_not_worth_keeping(folder: Path, command: str) -> None:
    session, kept = begin(command, "ping client 192.168.79.119 capture none")
    assert session.saved.name == "demo"
    assert not session.saved.is_changed
    assert kept.keep() is None
    run(session, "router create")
    assert session.saved.is_changed
    run(session, "undo")
    assert not session.saved.is_changed
    run(session, "redo")
    assert kept.keep() is not None


def test_a_demo_that_is_undone_is_gone(folder: Path) -> None:
    session, kept = begin("demo", "undo")
    assert session.saved.name is None
    assert kept.keep() is None
    run(session, "redo")
    assert session.saved.name == "demo"
    assert kept.keep() is None
    run(session, "undo")
    run(session, "router create")
    assert session.saved.name is None
    assert kept.keep() is not None


def test_a_file_called_demo_is_a_file(folder: Path, tmp_path: Path) -> None:
    session, _ = begin("demo")
    assert session.saved.file is None
    run(session, f"save '{tmp_path / 'demo'}'")
    assert session.saved.file == str(tmp_path / "demo")
    run(session, "undo")
    assert session.saved.name == str(tmp_path / "demo")
    assert session.saved.is_changed


def test_what_is_undone_and_done_again_is_as_it_was_saved(folder: Path, tmp_path: Path) -> None:
    session, _ = begin("router create", f"save '{tmp_path / 'net.mido'}'", "undo")
    assert session.saved.is_changed
    run(session, "redo")
    assert not session.saved.is_changed


@pytest.mark.parametrize("prefix", ["", "expect "])
def test_saving_counts_however_it_is_said(folder: Path, tmp_path: Path, prefix: str) -> None:
    session, _ = begin("router create", f"{prefix}save '{tmp_path / 'mine.mido'}'")
    assert not session.saved.is_changed


def test_a_save_that_was_to_fail_is_none(folder: Path, tmp_path: Path) -> None:
    session, _ = begin("router create", f"expect not save '{tmp_path / 'no' / 'mine.mido'}'")
    assert session.saved.is_changed


def test_an_interrupted_write_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(stream: object, data: bytes) -> None:
        raise KeyboardInterrupt

    (tmp_path / "net.mido").write_text("good")
    monkeypatch.setattr(files, "_write_whole", interrupted)
    with pytest.raises(KeyboardInterrupt):
        files.Files().write(Argument(str(tmp_path / "net.mido"), 1), b"new", force=True)
    assert left(tmp_path) == ["net.mido"]
    assert (tmp_path / "net.mido").read_text() == "good"


def test_what_a_closed_terminal_left_is_told_of_until_saved(tmp_path: Path) -> None:
    first = Terminal(tmp_path)
    first.wait_for("midonet>")
    first.type("router create name precious\r")
    first.wait_for("router0")
    first.hang_up()
    second = Terminal(tmp_path, columns=250)  # the path on one line
    text = second.wait_for("Save it to a file of yours, or delete it.")
    told = next(line for line in text.splitlines() if "An ended session" in line)
    second.type(source_told([told]) + "\r")
    second.wait_for("1 object |")
    second.type("save mine.mido\r")
    second.wait_for("mine.mido | 1 object |")
    third = Terminal(tmp_path)
    assert "ended session" not in third.wait_for("midonet>")
    assert "name precious" in (tmp_path / "mine.mido").read_text()


def with_demo(tmp_path: Path) -> Terminal:
    """A session that has loaded the demo."""
    terminal = Terminal(tmp_path)
    terminal.wait_for("midonet>")
    terminal.type("demo\r")
    terminal.wait_for("demo | ")
    return terminal


def test_an_untouched_demo_is_left_without_a_question(tmp_path: Path) -> None:
    terminal = with_demo(tmp_path)
    terminal.type("\x04")
    terminal.end()


def test_a_changed_demo_is_asked_about(tmp_path: Path) -> None:
    terminal = with_demo(tmp_path)
    terminal.type("router create\r")
    terminal.wait_for("demo* | ")
    terminal.type("\x04")
    terminal.wait_for("Ctrl-D again leaves")


def test_an_interrupted_recovery_leaves_nothing_empty(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(stream: object, data: bytes) -> None:
        raise KeyboardInterrupt

    _, kept = begin("router create")
    with monkeypatch.context() as patch:
        patch.setattr(files, "_write_whole", interrupted)
        with pytest.raises(KeyboardInterrupt):
            kept.keep()
    assert left(folder) == []
    assert kept.keep() == folder / "recovered.mido"


def test_what_a_killed_session_claimed_is_not_told_of(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "recovered.mido").touch()
    leave("precious")
    told = begin()[1].begin()
    assert len(told) == 2, "one file, and what to do with it"
    assert "recovered-2.mido" in told[0]


# -- a copy while the session lives -----------------------------------------------------------


#: midocli with copies that are a third of a second old at most.
QUICK = (
    sys.executable,
    "-c",
    "from midocli.session import backup; backup.DELAY = 0.3;"
    "from midocli.app import cli; cli.main()",
)


def copies(home: Path) -> dict[str, str]:
    """The copies in a home, by their names."""
    folder = home / ".local/state/midocli"
    found = sorted(folder.glob("recovered*")) if folder.exists() else []
    return {file.name: file.read_text() for file in found}


def wait_for_copies(home: Path, shows: Callable[[dict[str, str]], bool]) -> dict[str, str]:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(FileNotFoundError):
            found = copies(home)
            if shows(found):
                return found
        time.sleep(0.05)
    raise AssertionError(f"the copies are {copies(home)}")


def test_a_session_that_is_killed_has_left_a_copy(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, command=QUICK)
    terminal.run("router create name first")
    wait_for_copies(tmp_path, lambda found: "first" in found.get("recovered.mido", ""))
    terminal.run("router create name second")
    wait_for_copies(tmp_path, lambda found: "second" in found.get("recovered.mido", ""))
    other = at_prompt(tmp_path, command=QUICK)
    assert "ended session" not in other.text(), "it lives"
    other.run("bridge create name another")
    wait_for_copies(tmp_path, lambda found: "another" in found.get("recovered-2.mido", ""))
    terminal.process.kill(signal.SIGKILL)
    terminal.end()
    third = at_prompt(tmp_path, command=QUICK)
    text = third.text()
    assert "An ended session left a topology: source" in text
    assert "recovered-2" not in text
    for each in (other, third):
        each.run("quit")
        each.end()
    assert list(copies(tmp_path)) == ["recovered.mido"]


def test_a_copy_of_what_is_saved_goes(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, command=QUICK)
    for make, keep in (("router create", "save net.mido"), ("bridge create", "undo")):
        terminal.run(make)
        wait_for_copies(tmp_path, bool)
        terminal.run(keep)
        wait_for_copies(tmp_path, lambda found: not found)


def test_a_copy_is_made_while_a_long_command_runs(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path, command=QUICK)
    terminal.run("demo")
    terminal.run("router create name precious")
    terminal.type("ping client 192.168.79.119 count 1000000 quiet capture none\r")
    wait_for_copies(tmp_path, lambda found: "precious" in found.get("recovered.mido", ""))
    terminal.process.kill(signal.SIGKILL)
    terminal.end()
    assert list(copies(tmp_path)) == ["recovered.mido"]


def test_a_session_that_ends_takes_the_place_of_its_copy(tmp_path: Path) -> None:
    terminal = at_prompt(tmp_path)
    terminal.run("router create name first")
    wait_for_copies(tmp_path, bool)
    terminal.run("router create name second")
    terminal.wait_for("2 objects")
    terminal.process.kill(signal.SIGTERM)
    terminal.end()
    found = copies(tmp_path)
    assert list(found) == ["recovered.mido"]
    assert "second" in found["recovered.mido"]


def test_no_copy_is_made_in_the_middle_of_a_change(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "DELAY", 0.01)
    monkeypatch.setattr(backup, "_AGAIN", 0.01)
    before = signal.getsignal(signal.SIGALRM)
    file, asked = tmp_path / "copy", 0

    def is_whole() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    copy = Backup(lambda: 1, lambda: b"content", is_whole, lambda: file)
    copy.start()
    copy._delay = 0.01
    copy.note()
    try:
        deadline = time.monotonic() + 30
        while not file.exists() and time.monotonic() < deadline:
            assert asked <= 6
            time.sleep(0.01)
        assert file.read_bytes() == b"content"
        assert is_locked(file)
        copy.stop()
        assert not is_locked(file)
        assert [each.name for each in tmp_path.iterdir()] == ["copy"]
        copy.discard()
        assert list(tmp_path.iterdir()) == []
    finally:
        copy.stop()
        signal.signal(signal.SIGALRM, before)
