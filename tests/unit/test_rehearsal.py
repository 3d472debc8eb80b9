"""What the hint says of a change that would fail, and that trying it leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import StringIO
from pathlib import Path

import pytest
from handmade import Hands, session_of
from sessions import FOLDERS
from worlds import World

from grammar.script import Line, read_lines
from midocli.context.context import Context
from midocli.session.session import SessionEnd
from midocli.shell.hint import hint
from midocli.store.saving import script

SESSIONS = sorted(FOLDERS[0].glob("*.mido"))


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("chain chain0 add rule type dnat ", "a dnat rule needs target"),
        ("chain chain0 add rule pos 9 type accept", "pos 9 is beyond the end of the chain"),
        ("host host0 add binding port bridge0:port10 interface x", "is bound to"),
        ("expect chain chain0 add rule type jump ", "a jump rule needs jump-to"),
        ("guest create name eve bridge test interface veth0 ", "is behind host0:veth0 already"),
        ("router router0 clear name", "name cannot be cleared"),
    ],
)
def test_a_change_that_would_fail_is_told_before_enter(line: str, wrong: str) -> None:
    told = hint(World("demo").context, line)
    assert told.wrong
    assert wrong in told.text


@pytest.mark.parametrize(
    "line",
    [
        "chain chain0 add rule type dnat target 10.0.0.1 action accept",
        "host host0 add binding port bridge0:port1 interface x",
        "expect not chain chain0 add rule type jump",
        "guest vm set ip-id 7",
        "guest create name eve bridge test address 192.168.77.9/24",
    ],
)
def test_a_change_that_would_do_is_not(line: str) -> None:
    assert hint(World("demo").context, line).text.startswith("Enter runs it")


@pytest.mark.parametrize("kept", SESSIONS, ids=lambda path: path.stem)
def test_a_session_goes_on_as_if_nothing_had_been_hinted(
    kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints what is kept of it, whatever is tried before each of its lines."""
    monkeypatch.chdir(kept.parent)
    screen = StringIO()
    session = session_of(Hands(screen), screen, keep_going=True)
    session.settings.echo = True
    with suppress(SessionEnd), kept.open("rb") as stream:
        session.read_topology(kept.name, _hinted(session.context, read_lines(stream)))
    session.flush()
    printed = f"{screen.getvalue()}[exit status {int(session.failed)}]\n"
    assert printed == kept.with_suffix(".out").read_text()


def _hinted(context: Context, lines: Iterable[Line]) -> Iterator[Line]:
    """Lines, each of which a prompt has told a hint of."""
    for line in lines:
        if line.error is None and line.text.strip() and not line.text.lstrip().startswith("#"):
            before = script(context.store)
            hint(context, line.text)
            assert script(context.store) == before
        yield line
