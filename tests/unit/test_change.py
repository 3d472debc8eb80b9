"""`begin` to `commit`: what is held, what ends it, and that nothing of it stays that should not."""

from __future__ import annotations

from io import BytesIO

import pytest
from handmade import Hands, errors, session_of
from sessions import midocli
from worlds import World, check, snapshot

from grammar.errors import MidoError, RefusedError
from grammar.script import Line, read_lines
from midocli.session.session import Session
from midocli.store import journal
from midocli.store.journal import Remembered, Transaction


def run(session: Session, *lines: str) -> list[bool]:
    return [session.run_line("", Line(line, number)) for number, line in enumerate(lines, 1)]


def test_the_first_error_of_a_script_takes_all_of_it_back() -> None:
    script = "bridge create name a\nbegin\nbridge create name b\nbridge crate\n"
    done = midocli("-", "-e", "bridge list", stdin=script)
    assert done.returncode == 1
    assert "rolled back" not in done.stderr
    done = midocli("--keep-going", "-", "-e", "bridge list", stdin=script)
    assert done.stdout.endswith("bridge bridge0 name a state up\n")


def test_so_does_the_end_of_the_input() -> None:
    done = midocli("-", "-e", "bridge list", stdin="begin\nbridge create name b\n")
    assert done.stdout == "bridge0\n"
    assert done.stderr == "<stdin>: rolled back: the input ended before commit\n"
    done = midocli("-e", "begin", "-e", "bridge create")
    assert done.stderr == "-e: rolled back: the input ended before commit\n"
    done = midocli("-e", "begin", "-e", "bridge create", "-e", "commit", "-e", "undo")
    assert (done.stdout, done.stderr) == ("bridge0\nundone: bridge0 created\n", "")


def test_a_wrong_line_at_the_prompt_ends_it_not() -> None:
    session = session_of(Hands(is_interactive=True))
    assert run(session, "begin", "bridge create name a", "bridge crate") == [True, True, False]
    assert session.prompt == "midonet*> "
    assert run(session, "commit", "bridge a show") == [True, True]
    assert session.prompt == "midonet> "


def test_what_is_saved_in_it_is_saved_when_it_is_committed(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(str(tmp_path))
    session = session_of(Hands(is_interactive=True))
    run(session, "begin", "bridge create", "save net.mido", "commit")
    assert not session.saved.is_changed
    run(session, "begin", "bridge create", "rollback")
    assert not session.saved.is_changed
    run(session, "begin", "bridge create", "save net.mido", "rollback")
    assert session.saved.is_changed


class Choosy(Remembered):
    """A history below that lets nothing through, as a store may that another session changed."""

    def settle(self, transaction: Transaction) -> None:
        raise RefusedError("bridge0 was deleted by another session")


def test_what_the_history_below_refuses_is_taken_back() -> None:
    world = World("bridge create name a")
    before = snapshot(world.store)
    world.store.journal.history = Choosy(world.store.journal)
    for line in ("begin", "bridge a set name b", "bridge create name c"):
        world.run(line)
    with pytest.raises(MidoError, match="deleted by another session"):
        world.run("commit")
    after = snapshot(world.store)
    assert {key: after[key] for key in before if isinstance(key, int)} == {
        key: value for key, value in before.items() if isinstance(key, int)
    }
    assert "a change has begun" not in str(world.error("commit"))
    check(world.store)


def test_a_change_of_any_size_can_be_rolled_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_CHANGES", 10)
    world = World("bridge create name a", "begin")
    for number in range(40):
        world.run(f"bridge create name b{number}")
    world.run("rollback")
    assert world.run("bridge list") == "bridge bridge0 name a state up"
    check(world.store)


def test_a_file_of_any_size_is_one_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_CHANGES", 10)
    session = session_of(Hands())
    lines = b"".join(b"bridge create name b%d\n" % number for number in range(40))
    session.read_topology("net.mido", read_lines(BytesIO(lines)))
    history = session.context.store.journal
    assert (history.undoable, session.saved.is_changed) == (1, False)
    assert run(session, "undo", "redo") == [True, True], errors(session)
    assert not session.saved.is_changed
    assert session.context.store.count == 40


def test_ctrl_c_ends_a_command_not_the_change(monkeypatch: pytest.MonkeyPatch) -> None:
    hands = Hands(is_interactive=True)
    session = session_of(hands)
    run(session, "begin", "chain create name c", "chain c add rule type drop")

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    hands.hear = stop
    with pytest.raises(KeyboardInterrupt):
        session.run_line("", Line("chain c delete", 4))
    hands.hear = lambda what, done, total: None
    assert session.prompt == "midonet*> "
    assert run(session, "commit", "chain c rule list") == [True, True]
