"""What the hint says of a change that would fail, and that trying it leaves nothing behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessions import FOLDERS
from worlds import World

from grammar.errors import MidoError
from grammar.script import read_lines
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


@pytest.mark.parametrize("session", SESSIONS, ids=lambda path: path.stem)
def test_a_session_goes_on_as_if_nothing_had_been_hinted(session: Path) -> None:
    plain, hinted = World(), World()
    with session.open("rb") as stream:
        lines = [line.text for line in read_lines(stream) if line.error is None]
    lines = [line for line in lines if line.strip() and not line.lstrip().startswith("#")]
    for line in lines:
        before = script(hinted.store)
        hint(hinted.context, line)
        assert script(hinted.store) == before
        assert _ended(hinted, line) == _ended(plain, line)


def _ended(world: World, line: str) -> str:
    """What a line prints, or the error it ends in; of files there are none."""
    try:
        return world.run(line)
    except MidoError as error:
        return f"{type(error).__name__}: {error}"
